"""A publisher's feed is read as it is, and what is taken of it is decided without a ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from pipeline.errors import UnreadablePayload
from pipeline.ingest.feed import MOST, WORDS, Entry, Known, Passed, choose, intake_form, read

URL = "https://river.example/feed/"
HOME = "https://river.example/"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:cc="http://backend.userland.com/creativeCommonsRssModule">
<channel><title>The River Post</title><link>https://river.example/</link>
<item><title>Bridge &amp; tunnel open</title><link>https://river.example/2026/bridge/?utm_source=rss</link>
<guid isPermaLink="false">https://river.example/?p=7</guid><pubDate>Fri, 13 Mar 2026 23:30:00 +0000</pubDate>
<dc:creator>Ana Pond</dc:creator><category>Bridges</category><category>Local</category>
<cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>
<description>The bridge opened.</description>
<content:encoded><![CDATA[<p>The <a href="/map">bridge</a> opened on Monday.</p>
<script>alert(1)</script>]]></content:encoded></item>
<item><title>Ferry sails</title><link>/2026/ferry</link><description>Short.</description></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The River Post</title><id>tag:river.example,2026:feed</id>
<updated>2026-03-14T09:00:00Z</updated>
<entry><id>tag:river.example,2026:7</id><title type="html">Bridge &lt;em&gt;opens&lt;/em&gt;</title>
<link rel="alternate" href="https://river.example/2026/bridge"/>
<link rel="license" href="https://creativecommons.org/licenses/by-nc/4.0/"/>
<published>2026-03-13T10:00:00Z</published><updated>2026-03-14T09:00:00Z</updated>
<author><name>Ana Pond</name></author><author><name>Tomás Vela</name></author>
<content type="html">&lt;p&gt;The bridge opened.&lt;/p&gt;</content></entry></feed>"""


def entry(number: int, **changes: object) -> Entry:
    made = Entry(
        key=f"key-{number}",
        url=f"https://river.example/{number}",
        title=f"Story {number}",
        authors=(),
        published=None,
        section=None,
        licence=None,
        html=f"<p>Text {number}.</p>",
        digest=f"digest-{number}",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_rss_entry_is_read_with_all_that_it_says() -> None:
    bridge, ferry = read(RSS.encode(), url=URL)
    assert (bridge.url, bridge.title) == ("https://river.example/2026/bridge/", "Bridge & tunnel open")
    assert (bridge.authors, bridge.published, bridge.section) == (("Ana Pond",), date(2026, 3, 13), "Bridges")
    assert bridge.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert "opened on Monday" in bridge.html
    assert "script" not in bridge.html
    assert 'href="https://river.example/map"' in bridge.html
    assert (ferry.url, ferry.published) == ("https://river.example/2026/ferry", None)


def test_an_atom_entry_is_read_with_all_that_it_says() -> None:
    [bridge] = read(ATOM.encode(), url=URL)
    assert (bridge.title, bridge.authors) == ("Bridge opens", ("Ana Pond", "Tomás Vela"))
    assert bridge.licence == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert bridge.published == date(2026, 3, 13)


@pytest.mark.parametrize("content", [b"", b"<html><body>Not found</body></html>", b"{}", b"\x00\xff\x00", b"hello"])
def test_what_is_no_feed_is_refused_with_its_address(content: bytes) -> None:
    with pytest.raises(UnreadablePayload, match=r"river\.example/feed"):
        read(content, url=URL)


def test_a_damaged_feed_counts_as_far_as_it_goes() -> None:
    assert [each.title for each in read(RSS[: RSS.index("<item><title>Ferry")].encode(), url=URL)] == [
        "Bridge & tunnel open"
    ]


def test_a_feed_with_expanding_entities_is_refused_or_harmless() -> None:
    bomb = "".join(f'<!ENTITY e{b} "{f"&e{a};" * 10}">' for a, b in pairwise(range(12)))
    content = f'<!DOCTYPE rss [<!ENTITY e0 "spam">{bomb}]>' + RSS[RSS.index("<rss") :].replace("Ferry", "&e11;")
    assert all(len(each.title) < 10_000 for each in read(content.encode(), url=URL))


def test_the_digest_sees_words_and_not_their_tracking_pixels() -> None:
    [before, _] = read(RSS.encode(), url=URL)
    [pixel, _] = read(RSS.replace("</p>\n<script>", '<img src="https://t.example/?1"/></p><script>').encode(), url=URL)
    [changed, _] = read(RSS.replace("on Monday", "on Tuesday").encode(), url=URL)
    assert pixel.digest == before.digest
    assert changed.digest != before.digest
    assert changed.key == before.key


def test_the_first_look_takes_the_newest_and_passes_the_rest_over() -> None:
    choice = choose([entry(n) for n in range(5)], {}, sites=[HOME], newest=2)
    assert [each.key for each in choice.take] == ["key-1", "key-0"]  # oldest first
    assert [(each.key, why) for each, why in choice.pass_over] == [(f"key-{n}", Passed.OLDER) for n in (2, 3, 4)]


def test_the_newest_are_known_by_their_dates_where_a_feed_begins_with_the_oldest() -> None:
    oldest_first = [entry(n, published=date(2026, 3, 1 + n)) for n in range(4)]
    choice = choose(oldest_first, {}, sites=[HOME], newest=2)
    assert [each.key for each in choice.take] == ["key-2", "key-3"]
    undated = [*oldest_first, entry(4, published=None)]
    assert [each.key for each in choose(undated, {}, sites=[HOME], newest=2).take] == ["key-1", "key-0"]


def test_later_looks_take_what_is_new_or_changed() -> None:
    known = {
        "key-1": Known(digest="digest-1", passed_over=False),
        "key-2": Known(digest="another", passed_over=False),
        "key-3": Known(digest="another", passed_over=True),
    }
    choice = choose([entry(n) for n in range(4)], known, sites=[HOME], newest=None)
    assert [each.key for each in choice.take] == ["key-2", "key-0"]
    assert choice.pass_over == ()


def test_what_is_not_the_publishers_own_is_never_taken() -> None:
    foreign = entry(1, url="https://other.example/1")
    choice = choose(
        [entry(0, url=""), foreign, entry(2, url="https://blog.river.example/2")], {}, sites=[HOME], newest=9
    )
    assert [each.key for each in choice.take] == ["key-2"]
    assert [why for _, why in choice.pass_over] == [Passed.NO_LINK, Passed.ELSEWHERE]
    assert set(WORDS) == set(Passed)


def test_of_a_feed_with_whole_articles_an_empty_one_is_passed_over() -> None:
    choice = choose([entry(0, html="<p> </p>"), entry(1)], {}, sites=[HOME], newest=None, whole=True)
    assert [each.key for each in choice.take] == ["key-1"]
    assert len(choice.pass_over) == 1


def test_an_endless_feed_is_cut_and_says_so() -> None:
    choice = choose([entry(n) for n in range(MOST + 3)], {}, sites=[HOME], newest=None)
    assert (len(choice.take), choice.not_looked_at) == (MOST, 3)


def test_a_whole_article_becomes_the_intake_form() -> None:
    [bridge, _] = read(RSS.encode(), url=URL)
    form = json.loads(intake_form(bridge))
    assert form["headline"] == "Bridge & tunnel open"
    assert (form["authors"], form["published"], form["section"]) == (["Ana Pond"], "2026-03-13", "Bridges")
    assert form["body_html"] == bridge.html
