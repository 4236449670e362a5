"""Programs that others wrote, asked what they make of our feeds; and what a person sees of a piece of HTML.

A judge that comes with the operating system may be absent on a developer's machine, never on a build machine (`CI`).
"""

from __future__ import annotations

import configparser
import html as html_entities
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from calendar import timegm
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NoReturn

import fastfeedparser  # type: ignore[import-untyped]
import feedparser
import pytest

from feeds.item import carried
from pipeline.rights import rendered
from pipeline.types import Entry, Status

HERE = Path(__file__).parent
GRAMMAR = HERE / "golden" / "atom.rnc"
NODE_MODULES = Path(sys.prefix) / "judges"  # where `make test` puts them
SIMPLEPIE = Path("/usr/share/wordpress/wp-includes")  # Debian's `wordpress` package


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
    """Subscribe with newsboat, or come back to the same home; fetch once, and read its store."""
    binary = program("newsboat")
    home.mkdir(exist_ok=True)
    (home / "urls").write_text(address + "\n")
    (home / "config").write_text("suppress-first-reload yes\n")
    told = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb"}
    arguments = ["-u", str(home / "urls"), "-C", str(home / "config"), "-c", str(home / "cache.db"), "-x", "reload"]
    subprocess.run([binary, *arguments], env=told, check=True, timeout=60, capture_output=True)
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        rows = cache.execute("SELECT guid, url, title, content, pubDate FROM rss_item").fetchall()
        title, url = cache.execute("SELECT title, url FROM rss_feed").fetchone()
    return Subscription(title, url, rows)


def rss2email(address: str, home: Path) -> list[EmailMessage]:
    """Subscribe with rss2email, or come back to the same home; run once. Returns every mail it has ever written."""
    binary = program("r2e")
    for folder in ("new", "cur", "tmp"):
        (home / "mail" / "in" / folder).mkdir(parents=True, exist_ok=True)
    settings = configparser.ConfigParser(interpolation=None)
    settings["DEFAULT"] = {
        **{"from": "r2e@eco.example", "to": "reader@eco.example", "html-mail": "True", "force-from": "True"},
        **{"email-protocol": "maildir", "maildir-path": str(home / "mail"), "maildir-mailbox": "in"},
    }
    settings["feed.eco"] = {"url": address}
    with (home / "config").open("w") as file:
        settings.write(file)
    told = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    command = [binary, "-c", str(home / "config"), "-d", str(home / "data.json"), "run"]
    subprocess.run(command, env=told, check=True, timeout=60, capture_output=True)
    files = (home / "mail" / "in" / "new").iterdir()
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


# --- what a reader makes of an entry -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """An entry as a reader has it. What the reader does not tell is None."""

    guid: str | None
    link: str | None
    title: str | None
    body: str | None
    published: datetime | None = None


def differences(
    entries: Sequence[Entry], found: Sequence[Seen], *, dates: bool = True, twice: bool = False
) -> list[str]:
    """Where a reader has something else than we meant: entries, order apart; ids, our page, title, first words, date.

    A title may come as plain text or as HTML: feeds do not say which, and readers differ. `twice` is for readers that
    undo the escaping of a body twice, so that a tag somebody writes about becomes a tag.
    """
    wrong = [f"{len(found)} entries instead of {len(entries)}"] if len(found) != len(entries) else []
    by_guid = {each.guid: each for each in found}
    for entry in entries:
        each = by_guid.get(entry.guid)
        if each is None:
            wrong.append(f"{entry.guid}: not there")
            continue
        title = "Retirado" if entry.status is Status.CANCELED else entry.headline
        if each.link != entry.url:
            wrong.append(f"{entry.guid}: links to {each.link}")
        if _plain(each.title or "") != _plain(title):
            wrong.append(f"{entry.guid}: is called {each.title!r}")
        if entry.status is not Status.CANCELED and opening(entry, twice=twice) not in seen(each.body or ""):
            wrong.append(f"{entry.guid}: begins {seen(each.body or '')[:80]!r}")
        if dates and each.published != entry.published:
            wrong.append(f"{entry.guid}: is of {each.published}")
    return wrong


def opening(entry: Entry, *, twice: bool = False) -> str:
    """The first words of an article's own text, as a reader has them that undoes escaping once, or twice."""
    return rendered.edge_words(carried(html_entities.unescape(entry.body) if twice else entry.body))[0]


def _plain(title: str) -> str:
    return flat(html_entities.unescape(html_entities.unescape(title)))


# --- parsers -------------------------------------------------------------------------------------------------------


def by_feedparser(content: bytes) -> list[Seen]:
    found = feedparser.parse(content)
    return [
        Seen(
            e.get("id"),
            e.get("link"),
            e.get("title"),
            e.content[0].value if e.get("content") else None,
            datetime.fromtimestamp(timegm(e.published_parsed), UTC) if e.get("published_parsed") else None,
        )
        for e in found.entries
    ]


def by_fastfeedparser(content: bytes) -> list[Seen]:
    return [
        Seen(e.get("id"), e.get("link"), e.get("title"), e["content"][0]["value"], _moment(e.get("published")))
        for e in fastfeedparser.parse(content).entries
    ]


def by_sfeed(content: bytes) -> list[Seen]:
    """sfeed(5): tab-separated lines; tab, line feed and backslash are escaped in the content."""
    done = _asked([program("sfeed"), "https://base.example/"], content)
    rows = [line.split("\t") for line in done.decode().splitlines()]
    return [Seen(row[5], row[2], row[1], _unescaped(row[3]), datetime.fromtimestamp(int(row[0]), UTC)) for row in rows]


def by_xml_feed(content: bytes) -> list[Seen]:
    """Perl's XML::Feed, asked for its entries as JSON."""
    if subprocess.run([program("perl"), "-MXML::Feed", "-e1"], check=False, capture_output=True).returncode:
        absent("XML::Feed (libxml-feed-perl)")
    asked = """
        use JSON::PP; $XML::Atom::ForceUnicode = 1; undef $/; my $text = <STDIN>;
        my $feed = XML::Feed->parse(\\$text) or die XML::Feed->errstr;
        print JSON::PP->new->ascii->encode([map { {
            guid => $_->id, link => $_->link, title => $_->title, body => $_->content->body,
            published => $_->issued ? $_->issued->epoch : undef } } $feed->entries]);
    """
    rows = json.loads(_asked([program("perl"), "-MXML::Feed", "-e", asked], content))
    return [
        Seen(
            row["guid"],
            row["link"],
            row["title"],
            row["body"],
            datetime.fromtimestamp(row["published"], UTC) if row["published"] else None,
        )
        for row in rows
    ]


def by_node(name: str, *, at_least: int = 18) -> Callable[[bytes], list[Seen]]:
    """A parser from npm by its name. It is not asked on a Node older than it says it needs, such as Debian 12's."""

    def read(content: bytes) -> list[Seen]:
        if not (NODE_MODULES / "node_modules" / name).is_dir():
            absent(f"{name} (npm; `make test` installs it)")
        rows = json.loads(
            _asked([program("node"), str(HERE / "judges_node/read.mjs"), name, str(NODE_MODULES)], content)
        )
        return [_row(row) for row in rows]

    return read


def by_simplepie(content: bytes) -> list[Seen]:
    """SimplePie as WordPress brings it, with what WordPress lets an author write (KSES) applied to the body."""
    if not SIMPLEPIE.is_dir():
        absent("wordpress")
    return [
        _row(row)
        for row in json.loads(_asked([program("php"), str(HERE / "judges_php/simplepie.php"), str(SIMPLEPIE)], content))
    ]


def _row(row: dict[str, Any]) -> Seen:
    return Seen(row.get("guid"), row.get("link"), row.get("title"), row.get("body"), _moment(row.get("published")))


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return parsedate_to_datetime(text).astimezone(UTC)


def _asked(command: Sequence[str], content: bytes) -> bytes:
    done = subprocess.run(command, input=content, check=False, timeout=60, capture_output=True)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


TWICE = frozenset({"@rowanmanning/feed-parser"})  # undo the escaping of a body twice
PARSERS: dict[str, tuple[Callable[[bytes], list[Seen]], tuple[str, ...]]] = {
    "feedparser": (by_feedparser, ("rss", "atom")),
    "fastfeedparser": (by_fastfeedparser, ("rss", "atom", "json")),
    "sfeed": (by_sfeed, ("rss", "atom")),
    "XML::Feed": (by_xml_feed, ("rss", "atom")),
    "feedsmith": (by_node("feedsmith"), ("rss", "atom", "json")),
    "rss-parser": (by_node("rss-parser"), ("rss", "atom")),
    "@rowanmanning/feed-parser": (by_node("@rowanmanning/feed-parser", at_least=20), ("rss", "atom")),
    "SimplePie": (by_simplepie, ("rss", "atom")),
}
