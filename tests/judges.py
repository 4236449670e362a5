"""Programs that others wrote, asked what they make of our feeds; and what a person sees of a piece of HTML.

A judge that comes with the operating system may be absent on a developer's machine, never on a build machine (`CI`).
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from feeds.item import carried
from pipeline.rights import rendered

GRAMMAR = Path(__file__).parent / "golden" / "atom.rnc"


def flat(text: str) -> str:
    """Text as a format can carry it, with single spaces."""
    return " ".join(carried(text).split())


def seen(markup: str) -> str:
    """The text that a person sees."""
    return flat(rendered.read(markup).text)


def program(name: str) -> str:
    """Path of a judge that comes with the operating system. Absent, it is an error on the build machines only."""
    path = shutil.which(name)
    if path is None:
        absent(name)
    return path


def absent(name: str) -> NoReturn:
    """Skip for want of a judge, or fail where it has to be."""
    message = f"{name} is not installed here"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def faults(content: bytes, folder: Path) -> str:
    """What the Atom grammar says against a document; empty when it is sound."""
    file = folder / "feed.atom"
    file.write_bytes(content)
    judged = subprocess.run(
        [program("jing"), "-c", str(GRAMMAR), str(file)], check=False, timeout=60, capture_output=True, text=True
    )
    assert not re.search(r"atom\.rnc:\d+:\d+: (error|fatal)", judged.stdout + judged.stderr)  # the grammar itself
    if judged.returncode == 0:
        return ""
    return judged.stdout or "refused"


@dataclass(frozen=True)
class Subscription:
    """What newsboat stored of a feed: its title and address, and (guid, url, title, content, time) of each item."""

    title: str
    url: str
    items: list[tuple[str, str, str, str, int]]


def newsboat(address: str, home: Path) -> Subscription:
    """Subscribe with newsboat, fetch once, and read its store."""
    binary = program("newsboat")
    home.mkdir()
    (home / "urls").write_text(address + "\n")
    (home / "config").write_text("suppress-first-reload yes\n")
    told = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb"}
    arguments = ["-u", str(home / "urls"), "-C", str(home / "config"), "-c", str(home / "cache.db"), "-x", "reload"]
    subprocess.run([binary, *arguments], env=told, check=True, timeout=60, capture_output=True)
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        rows = cache.execute("SELECT guid, url, title, content, pubDate FROM rss_item").fetchall()
        title, url = cache.execute("SELECT title, url FROM rss_feed").fetchone()
    return Subscription(title, url, rows)
