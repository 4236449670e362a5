"""The demo's own content over the demo's own server, as programs that others wrote read it."""

from __future__ import annotations

import hashlib
import html
import json
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import feedparser
import pytest
import reader

from tests import judges
from tests.process.installation import Installation, ended, free_port, started
from tests.process.test_up import get

pytestmark = [
    pytest.mark.process,
    # These readers' own uses of things that Python means to drop; nothing of ours warns.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:reader"),
]
NAMES = ["rss.xml", "atom.xml"]


@dataclass(frozen=True)
class Demo:
    """The demo's installation after its first run, and the address it is served at."""

    installation: Installation
    base: str
    seconds: float


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    made = Installation(Path(tempfile.mkdtemp(prefix="tvz-", dir="/tmp")))
    del made.env["TORNAVOZ_LEASE_SECONDS"]
    try:
        began = time.monotonic()
        made.tornavoz("demo", seconds=240)
        seconds = time.monotonic() - began
        port = free_port()
        with started(["workers.cli", "--home", str(made.home), "serve", "--port", str(port)], made, "serve") as server:
            made.until(lambda: get(port, "/health")[0] == 200, 60, "the server answers")
            yield Demo(made, f"http://127.0.0.1:{port}/feeds/es/all/", seconds)
            assert ended(server, signal.SIGTERM, 30)[0] in {0, -signal.SIGTERM}
    finally:
        made.close()


@dataclass(frozen=True)
class Told:
    """An entry as the ledger has it."""

    guid: str
    link: str
    title: str
    opening: str


def ledger(demo: Demo) -> dict[str, Told]:
    """What a subscriber of es/all has to see."""
    rows = demo.installation.ask(
        "SELECT r.guid, r.article_id, t.draft FROM ledger_release r "
        "JOIN ledger_translation t ON t.id = r.translation_id "
        "JOIN ledger_product p ON p.id = r.product_id WHERE p.slug = 'all' AND r.state = 'usable'"
    )
    told = {}
    for guid, article, stored in rows:
        draft = json.loads(stored)
        first = draft["standfirst"] or next(block["text"] for block in draft["blocks"] if block["kind"] == "p")
        opening = judges.flat(" ".join(first.split()[:12]))
        link = f"http://127.0.0.1:8000/es/articles/{article}.html"
        told[guid] = Told(guid, link, judges.flat(draft["headline"]), opening)
    assert len(told) >= 3
    return told


def assert_same(demo: Demo, got: dict[str, tuple[str, str, str]]) -> None:
    """`got` is (link, title, body) by guid."""
    wanted = ledger(demo)
    assert got.keys() == wanted.keys()
    for guid, (link, title, body) in got.items():
        assert link == wanted[guid].link
        assert judges.flat(html.unescape(title)) == wanted[guid].title
        assert wanted[guid].opening in judges.seen(body)


@pytest.mark.parametrize("name", NAMES)
def test_reader_subscribes_to_the_demo(name: str, demo: Demo) -> None:
    if find_spec("sgmllib") is None:  # once part of Python, now the distribution sgmllib3k
        judges.absent("sgmllib3k, which this subscriber's parser imports,")
    with closing(reader.make_reader(":memory:")) as subscriber:
        subscriber.add_feed(demo.base + name)
        subscriber.update_feed(demo.base + name)
        entries = list(subscriber.get_entries())
    assert_same(demo, {each.id: (each.link or "", each.title or "", each.content[0].value) for each in entries})


@pytest.mark.parametrize("name", NAMES)
def test_newsboat_subscribes_to_the_demo(name: str, demo: Demo, tmp_path: Path) -> None:
    stored = judges.newsboat(demo.base + name, tmp_path / "home")
    assert_same(demo, {guid: (url, title, content) for guid, url, title, content, _ in stored.items})


@pytest.mark.parametrize("name", NAMES)
def test_feedparser_finds_no_fault_in_the_demo(name: str, demo: Demo) -> None:
    found = feedparser.parse(demo.base + name)
    assert (found.bozo, found.status) == (0, 200)
    assert_same(demo, {each.id: (each.link, each.title, each.content[0].value) for each in found.entries})


def test_the_demos_atom_feed_keeps_the_grammar(demo: Demo, tmp_path: Path) -> None:
    with urlopen(demo.base + "atom.xml", timeout=10) as answer:  # noqa: S310  our own loopback address
        assert judges.faults(answer.read(), tmp_path) == ""


def test_the_demo_twice_changes_no_file(demo: Demo) -> None:
    before = published(demo)
    assert len(before) > 20
    began = time.monotonic()
    demo.installation.tornavoz("demo", seconds=120)
    again = time.monotonic() - began
    demo.installation.note("seconds of the first demo", demo.seconds)
    demo.installation.note("seconds of the second demo", again)
    assert again < max(20.0, demo.seconds)
    assert published(demo) == before
    assert demo.installation.disagreements() == ""


def published(demo: Demo) -> dict[str, tuple[int, str]]:
    """Time and digest of every file that partners may get."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for folder in ("public", "private")
        for path in (demo.installation.home / folder).rglob("*")
        if path.is_file()
    }
