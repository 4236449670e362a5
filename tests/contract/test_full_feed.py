"""A full feed of fifty articles before every judge: readers that others wrote find what we meant, all of it.

Validity is not enough. Each judge has to have the same entries with the same ids, our page as the link, our headline,
our first words and our dates. That comparison must itself be able to fail: the mutants at the end are damage that
validators pass, and each is noticed.
"""

from __future__ import annotations

import html as html_entities
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import reader

from feeds.item import carried
from pipeline.rights import invariant, rendered
from pipeline.types import Entry, History
from tests.judges import PARSERS, TWICE, Seen, differences, faults, newsboat, opening, program, rss2email, seen
from tests.newspaper import COUNT, START, corrected, feed_at, fifty, full_feed, withdrawn
from tests.published import WRITERS, Site

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:reader"),
]

ENTRIES = fifty()
FEEDS = {form: write(full_feed()) for form, (write, _) in WRITERS.items()}
PAST = "https://eco.example/archive/"
ARCHIVED = replace(  # the same articles as a closed page of the past, with one on either side of it
    full_feed(PAST + "7/"),
    history=History(
        archive=True,
        older=feed_at(PAST + "6/"),
        newer=feed_at(PAST + "8/"),
        current=feed_at("https://eco.example/"),
    ),
)
PAGES = {form: write(ARCHIVED) for form, (write, _) in WRITERS.items()}
PAIRS = [(judge, form) for judge, (_, forms) in PARSERS.items() for form in forms]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "public")
    site.publish(full_feed(site.base))
    yield site
    site.close()


@cache
def judged(judge: str, form: str) -> list[Seen]:
    """What a judge finds in the sound feed."""
    return PARSERS[judge][0](FEEDS[form])


# --- parsers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("judge", "form"), PAIRS)
def test_every_parser_finds_what_we_meant(judge: str, form: str) -> None:
    found = judged(judge, form)
    assert differences(ENTRIES, found, twice=judge in TWICE) == []
    assert len({each.guid for each in found}) == COUNT


@pytest.mark.parametrize(("judge", "form"), PAIRS)
def test_the_whole_credit_comes_out_of_every_parser(judge: str, form: str) -> None:
    by_guid = {each.guid: each for each in judged(judge, form)}
    for entry in ENTRIES:
        body_html = html_entities.unescape(entry.body) if judge in TWICE else entry.body
        first, last = rendered.edge_words(carried(body_html))
        body = by_guid[entry.guid].body or ""
        assert invariant.problems(body, entry.attribution, first_words=first, last_words=last) == [], entry.guid


@pytest.mark.parametrize(("judge", "form"), PAIRS)
def test_a_page_of_the_past_is_read_like_any_feed(judge: str, form: str) -> None:
    assert differences(ENTRIES, PARSERS[judge][0](PAGES[form]), twice=judge in TWICE) == []


def test_the_feed_is_of_the_size_of_a_real_one() -> None:
    """Fifty articles, some of them long: what Google News takes (2 MB) and WebSub subscribers hold (1 MiB)."""
    assert len(ENTRIES) == COUNT
    for content in FEEDS.values():
        assert 200_000 < len(content) < 1_048_576


def test_atom_keeps_the_grammar(tmp_path: Path) -> None:
    assert faults(FEEDS["atom"], tmp_path) == ""
    assert faults(PAGES["atom"], tmp_path) == ""
    assert b'rel="prev-archive"' in PAGES["atom"], "it was a page of the past that was judged"


# --- subscribers: the feed, then a correction and a withdrawal -----------------------------------------------------


class Later:
    """An hour later: one article was corrected, another one withdrawn."""

    at = START + timedelta(hours=1)
    right, gone = corrected(ENTRIES[0], at=at), withdrawn(ENTRIES[1], at=at)
    entries = (right, gone, *ENTRIES[2:])


def check_later(found: Sequence[Seen]) -> None:
    by_guid = {each.guid: each for each in found}
    assert len(found) == COUNT  # nothing was doubled, nothing lost
    assert "La obra costó 14 millones, no 41." in seen(by_guid[Later.right.guid].body or "")
    assert by_guid[Later.gone.guid].title == "Retirado"
    assert opening(ENTRIES[1]) not in seen(by_guid[Later.gone.guid].body or "")


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_reader_follows_corrections_and_withdrawals(form: str, site: Site) -> None:
    with closing(reader.make_reader(":memory:")) as subscriber:
        address = site.base + WRITERS[form][1]
        subscriber.add_feed(address)

        def fetched() -> list[Seen]:
            subscriber.update_feed(address)
            return [Seen(e.id, e.link, e.title, e.content[0].value, e.published) for e in subscriber.get_entries()]

        assert differences(ENTRIES, fetched()) == []
        site.publish(full_feed(site.base, Later.entries))
        check_later(fetched())


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat_follows_corrections_and_withdrawals(form: str, site: Site, tmp_path: Path) -> None:
    def fetched() -> list[Seen]:
        items = newsboat(site.base + WRITERS[form][1], tmp_path / "home").items
        return [Seen(guid, url, title, body, datetime.fromtimestamp(at, UTC)) for guid, url, title, body, at in items]

    assert differences(ENTRIES, fetched()) == []
    site.publish(full_feed(site.base, Later.entries))
    check_later(fetched())


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_rss2email_mails_each_article_once(form: str, site: Site, tmp_path: Path) -> None:
    """It never mails an article again, so a correction reaches its readers on our page only; nothing is doubled."""

    def mailed() -> list[Seen]:
        mails = rss2email(site.base + WRITERS[form][1], tmp_path / "home")
        return [Seen(mail["X-RSS-ID"], mail["X-RSS-URL"], mail["Subject"], mail.get_content()) for mail in mails]

    assert differences(ENTRIES, mailed(), dates=False) == []
    site.publish(full_feed(site.base, Later.entries))
    assert differences(ENTRIES, mailed(), dates=False) == []


# --- mutants: the comparison can fail ------------------------------------------------------------------------------


def after_our_link(entry: Entry) -> tuple[bytes, bytes]:
    """A second alternate behind ours, as feedgen 1.0 makes of a `via` link: valid, and half of all readers take it."""
    ours = f'href="{entry.url}"'.encode()
    whole = next(line for line in FEEDS["atom"].split(b"<link ") if ours in line).split(b"/>")[0]
    original = html_entities.escape(entry.attribution.original_url).encode()
    other = b'<link rel="alternate" type="text/html" hreflang="en" href="' + original + b'"/>'
    return b"<link " + whole + b"/>", other


SIMPLE = ENTRIES[0]
BESIDE, SECOND = after_our_link(SIMPLE)
GUID = SIMPLE.guid.encode()
MUTANTS = {
    "a second alternate behind ours": ("atom", BESIDE, BESIDE + SECOND, {"feedparser"}),
    "a second alternate before ours": ("atom", BESIDE, SECOND + BESIDE, {"sfeed", "SimplePie", "rss-parser"}),
    "content of an unknown type": (
        *("atom", b'<content type="html"', b'<content type="CDATA"'),
        {"XML::Feed", "SimplePie"},
    ),
    "a guid that stands twice": (
        *("rss", b">" + GUID + b"<", b">" + ENTRIES[1].guid.encode() + b"<"),
        {"feedparser", "sfeed", "feedsmith", "SimplePie"},
    ),
    "a link without its host": (
        *("rss", f"<link>{SIMPLE.url}<".encode(), b"<link>/es/articles/1000.html<"),
        {"feedsmith", "feedparser"},
    ),
    "a date that is none": ("rss", b"<pubDate>Sat, 14 Mar 2026 17:49:00 +0000<", b"<pubDate>ayer<", {"feedparser"}),
    "an hour's error": ("atom", b"<published>2026-03-14T17:49:00+00:00<", b"<published>2026-03-14T17:49:00+01:00<",
                        {"feedparser", "sfeed", "XML::Feed", "rss-parser"}),
    "words lost from a text": ("json", opening(SIMPLE).encode()[:40], b"Otra cosa", {"feedsmith", "fastfeedparser"}),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_damage_is_noticed(mutant: str) -> None:
    form, before, after, noticing = MUTANTS[mutant]
    assert before in FEEDS[form]
    broken = FEEDS[form].replace(before, after, 1)
    for judge in noticing:
        assert differences(ENTRIES, PARSERS[judge][0](broken)) != [], judge


def test_a_feed_cut_off_is_noticed_by_the_grammar(tmp_path: Path) -> None:
    program("jing")
    assert faults(FEEDS["atom"][: len(FEEDS["atom"]) // 2], tmp_path) != ""
