"""RSS and Atom as written: what stands where, and what must never stand anywhere."""

from __future__ import annotations

import locale
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.extension import ATOM, CONTENT, DC, DCTERMS, HISTORY, LANG, LICENCE, SYNDICATION, TOMBSTONE
from feeds.render import atom, rss
from pipeline.types import Correction, Entry, FeedDocument, History, Licence

MakeEntry = Callable[..., Entry]
MakeDocument = Callable[..., FeedDocument]

OTHER = Licence(code="by-nc", version="4.0", url="https://creativecommons.org/licenses/by-nc/4.0/", name="CC BY-NC 4.0")


def channel_of(document: FeedDocument) -> Any:
    return etree.fromstring(rss(document))[0]


def feed_of(document: FeedDocument) -> Any:
    return etree.fromstring(atom(document))


def links(element: Any, rel: str) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in element.findall(f"{{{ATOM}}}link") if link.get("rel") == rel]


def test_same_document_gives_same_bytes(make_document: MakeDocument) -> None:
    document = make_document()
    assert rss(document) == rss(document)
    assert atom(document) == atom(document)


def test_dates_come_from_the_document(make_document: MakeDocument) -> None:
    document = make_document()
    assert channel_of(document).findtext("lastBuildDate") == "Sun, 01 Mar 2026 10:00:00 +0000"
    assert feed_of(document).findtext(f"{{{ATOM}}}updated") == "2026-03-01T10:00:00+00:00"


def test_process_locale_is_left_alone(make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("the locale belongs to the whole process")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert b"<pubDate>Sun, 01 Mar 2026 09:02:00 +0000</pubDate>" in rss(make_document())
    assert atom(make_document())


def test_repeated_guid_is_refused(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    document = make_document(make_entry(1), make_entry(1, headline="Otro"))
    for writer in (rss, atom):
        with pytest.raises(ValueError, match="article/1/es"):
            writer(document)


def test_entries_keep_their_order(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    document = make_document(*(make_entry(n) for n in (5, 4, 3)))
    wanted = [entry.guid for entry in document.entries]
    assert [guid.text for guid in channel_of(document).iterfind("item/guid")] == wanted
    assert [guid.text for guid in feed_of(document).iterfind(f"{{{ATOM}}}entry/{{{ATOM}}}id")] == wanted


def test_atom_entry_has_one_alternate_and_keeps_link_attributes(make_document: MakeDocument) -> None:
    for entry in feed_of(make_document()).iterfind(f"{{{ATOM}}}entry"):
        assert [link["hreflang"] for link in links(entry, "alternate")] == ["es"]
        assert links(entry, "alternate")[0]["type"] == "text/html"
        via = links(entry, "via")
        assert [(link["href"], link["hreflang"]) for link in via] == [
            ("https://river.example/2016/05/bridge-opens", "en")
        ]
        assert links(entry, "license") == [{"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"}]
        assert not [link for link in entry.findall(f"{{{ATOM}}}link") if link.get("rel") is None]


def test_atom_content_is_html_never_cdata(make_document: MakeDocument) -> None:
    document = make_document()
    assert b'type="CDATA"' not in atom(document)
    types = [content.get("type") for content in feed_of(document).iterfind(f"{{{ATOM}}}entry/{{{ATOM}}}content")]
    assert types == ["html", "html"]


def test_atom_source_is_complete_and_in_its_language(make_document: MakeDocument) -> None:
    source = feed_of(make_document()).find(f"{{{ATOM}}}entry/{{{ATOM}}}source")
    assert source.get(LANG) == "en"
    assert source.findtext(f"{{{ATOM}}}id") == "https://river.example/"
    assert source.findtext(f"{{{ATOM}}}title") == "The River Post"
    assert source.findtext(f"{{{ATOM}}}updated") == "2016-05-26T00:00:00+00:00"
    assert source.findtext(f"{{{ATOM}}}rights") == "CC BY 4.0"


def test_atom_names_authors_then_publisher_and_the_translator_as_contributor(make_document: MakeDocument) -> None:
    entry = feed_of(make_document()).find(f"{{{ATOM}}}entry")
    assert [name.text for name in entry.iterfind(f"{{{ATOM}}}author/{{{ATOM}}}name")] == ["Ana Pond", "The River Post"]
    assert [name.text for name in entry.iterfind(f"{{{ATOM}}}contributor/{{{ATOM}}}name")] == ["Eco Sur"]
    assert entry.get(LANG) == "es"


def test_rss_channel_link_is_the_site_and_hub_and_self_are_links_of_atom(make_document: MakeDocument) -> None:
    channel = channel_of(make_document())
    assert channel.findtext("link") == "https://eco.example/es/"
    assert [link["href"] for link in links(channel, "self")] == ["https://eco.example/es/rss.xml"]
    assert [link["href"] for link in links(channel, "hub")] == ["https://eco.example/hub"]
    assert channel.findtext("ttl") == "15"
    assert channel.findtext(f"{{{SYNDICATION}}}updatePeriod") == "hourly"
    assert channel.findtext(f"{{{SYNDICATION}}}updateFrequency") == "4"
    assert channel.findtext("managingEditor") == "redaccion@eco.example (Eco Sur)"


def test_secret_feed_shows_no_address_of_its_own(make_document: MakeDocument) -> None:
    document = make_document(urls={}, hub=None)
    assert not links(channel_of(document), "self")
    assert not links(feed_of(document), "self")
    assert not links(feed_of(document), "hub")


def test_rss_item_carries_credit_licence_and_the_way_back(make_document: MakeDocument) -> None:
    item = channel_of(make_document()).find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext(f"{{{DC}}}creator") == "Ana Pond, The River Post"
    assert item.findtext(f"{{{DC}}}contributor") == "Eco Sur"
    assert item.findtext(f"{{{LICENCE}}}license") == "https://creativecommons.org/licenses/by/4.0/"
    assert "https://creativecommons.org/licenses/by/4.0/" in item.findtext(f"{{{DC}}}rights")
    assert item.findtext(f"{{{ATOM}}}updated") == "2026-03-01T09:02:00+00:00"
    assert item.findtext(f"{{{DCTERMS}}}isVersionOf") == "https://river.example/2016/05/bridge-opens"
    assert [link["hreflang"] for link in links(item, "via")] == ["en"]
    names = [child.tag for child in item]
    assert names.index("description") < names.index(f"{{{CONTENT}}}encoded")
    assert item.find("author") is None


def test_both_languages_are_told_apart_by_their_relation(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    plain = make_entry(1)
    own = replace(plain, attribution=replace(plain.attribution, translated=False))
    original = {
        "type": "text/html",
        "hreflang": "en",
        "title": "Bridge opens after nine years",
        "href": "https://river.example/2016/05/bridge-opens",
    }
    for entry in (
        channel_of(make_document(plain)).find("item"),
        feed_of(make_document(plain)).find(f"{{{ATOM}}}entry"),
    ):
        assert links(entry, "related") == [{"rel": "related", **original}]
        assert links(entry, "via") == [{"rel": "via", **original}]
    assert links(channel_of(make_document(own)).find("item"), "related") == []


def test_a_section_is_told_from_a_keyword(make_document: MakeDocument) -> None:
    item = channel_of(make_document()).find("item")
    told = [(category.text, category.get("domain")) for category in item.iterfind("category")]
    assert told == [("Obras", "tag:eco.example,2026:sections"), ("puentes", None), ("ríos", None)]
    entry = feed_of(make_document()).find(f"{{{ATOM}}}entry")
    told = [(category.get("term"), category.get("scheme")) for category in entry.iterfind(f"{{{ATOM}}}category")]
    assert told == [("Obras", "tag:eco.example,2026:sections"), ("puentes", None), ("ríos", None)]


def test_channel_says_when_its_newest_article_came_out_and_under_which_licence(make_document: MakeDocument) -> None:
    channel = channel_of(make_document())
    assert channel.findtext("pubDate") == "Sun, 01 Mar 2026 09:02:00 +0000"
    assert [link["href"] for link in links(channel, "license")] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert channel.findtext("copyright")


def test_the_picture_has_the_title_and_the_link_of_its_channel(make_document: MakeDocument) -> None:
    document = make_document(icon="https://eco.example/icon.png", logo="https://eco.example/logo.png")
    channel, feed = channel_of(document), feed_of(document)
    picture = channel.find("image")
    assert picture.findtext("url") == "https://eco.example/logo.png"
    assert picture.findtext("title") == channel.findtext("title")
    assert picture.findtext("link") == channel.findtext("link")
    assert feed.findtext(f"{{{ATOM}}}icon") == "https://eco.example/icon.png"
    assert feed.findtext(f"{{{ATOM}}}logo") == "https://eco.example/logo.png"
    assert channel_of(make_document()).find("image") is None


def history(form: str) -> History:
    return History(
        archive=True,
        older={form: "https://eco.example/archive/6"},
        newer={form: "https://eco.example/archive/8"},
        current={form: "https://eco.example/now"},
    )


@pytest.mark.parametrize(("form", "read"), [("rss", channel_of), ("atom", feed_of)])
def test_an_old_page_says_so_and_knows_its_neighbours(
    form: str, read: Callable[[FeedDocument], Any], make_document: MakeDocument
) -> None:
    page = read(make_document(history=history(form)))
    assert page.find(f"{{{HISTORY}}}archive") is not None
    for rel, href in (("prev-archive", "archive/6"), ("next-archive", "archive/8"), ("current", "now")):
        assert [link["href"] for link in links(page, rel)] == [f"https://eco.example/{href}"]
    now = read(make_document(history=History(older={form: "https://eco.example/archive/9"})))
    assert now.find(f"{{{HISTORY}}}archive") is None
    assert [link["href"] for link in links(now, "prev-archive")] == ["https://eco.example/archive/9"]


def test_the_stylesheet_is_named_before_the_root_and_changes_nothing_behind_it(make_document: MakeDocument) -> None:
    for writer in (rss, atom):
        plain, styled = writer(make_document()), writer(make_document(stylesheet='/a"b&c.css'))
        tree = etree.fromstring(styled)
        pointer = tree.getprevious()
        assert isinstance(pointer, etree._ProcessingInstruction)
        assert pointer.target == "xml-stylesheet"
        assert pointer.getprevious() is None
        assert etree.tostring(tree) == etree.tostring(etree.fromstring(plain))


def test_rss_names_the_source_once(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    plain = make_entry(1)
    fed = replace(plain, attribution=replace(plain.attribution, source_feed="https://river.example/feed"))
    without = channel_of(make_document(plain)).find("item")
    with_feed = channel_of(make_document(fed)).find("item")
    assert without.find("source") is None
    assert without.findtext(f"{{{DC}}}source") == plain.attribution.original_url
    assert with_feed.find("source").get("url") == "https://river.example/feed"
    assert with_feed.find(f"{{{DC}}}source") is None


def test_licence_stands_on_the_feed_only_if_every_article_has_it(
    make_document: MakeDocument, make_entry: MakeEntry, withdrawn: Entry
) -> None:
    one = make_entry(1)
    other = replace(make_entry(2), attribution=replace(one.attribution, licence=OTHER))
    none = replace(make_entry(3), attribution=replace(one.attribution, licence=None, basis="permission"))
    assert links(feed_of(make_document(one, withdrawn)), "license")
    assert channel_of(make_document(one, withdrawn)).find(f"{{{LICENCE}}}license") is not None
    for mixed in (make_document(one, other), make_document(one, none), make_document(withdrawn)):
        assert not links(feed_of(mixed), "license")
        assert channel_of(mixed).find(f"{{{LICENCE}}}license") is None


def test_article_under_permission_names_no_licence(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    entry = make_entry(1)
    entry = replace(entry, attribution=replace(entry.attribution, licence=None, basis="permission"))
    assert channel_of(make_document(entry)).find(f"item/{{{LICENCE}}}license") is None
    assert b"rights" in atom(make_document(entry))
    assert b"None" not in rss(make_document(entry)) + atom(make_document(entry))


def test_withdrawal_removes_text_but_keeps_guid(make_document: MakeDocument, withdrawn: Entry) -> None:
    document = make_document(withdrawn)
    secret = (withdrawn.headline, withdrawn.summary, "vecinos", "Obras", "bridge-opens", "Ana Pond", "River Post")
    for content in (rss(document), atom(document)):
        text = content.decode()
        assert withdrawn.guid in text
        assert not [words for words in secret if words in text]
        assert "2 de marzo de 2026" in text
    entry = feed_of(document).find(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}updated") == "2026-03-02T08:00:00+00:00"


def test_atom_buries_each_withdrawn_entry_before_the_entries(
    make_document: MakeDocument, make_entry: MakeEntry, withdrawn: Entry
) -> None:
    feed = feed_of(make_document(withdrawn, make_entry(1)))
    names = [child.tag for child in feed]
    graves = feed.findall(f"{{{TOMBSTONE}}}deleted-entry")
    assert [(grave.get("ref"), grave.get("when")) for grave in graves] == [
        (withdrawn.guid, "2026-03-02T08:00:00+00:00")
    ]
    assert names.index(f"{{{TOMBSTONE}}}deleted-entry") < names.index(f"{{{ATOM}}}entry")
    assert b"tombstones" not in atom(make_document(make_entry(1)))


def test_correction_is_in_the_body_and_in_the_dates(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    corrected = make_entry(
        1,
        version=2,
        updated=datetime(2026, 3, 3, 12, 30, 0, 987654, tzinfo=UTC),
        corrections=(Correction(on=date(2026, 3, 3), note="El puente mide 90 metros."),),
    )
    item = channel_of(make_document(corrected)).find("item")
    assert "El puente mide 90 metros." in item.findtext(f"{{{CONTENT}}}encoded")
    assert item.findtext(f"{{{DCTERMS}}}modified") == "2026-03-03T12:30:00+00:00"
    assert item.findtext("pubDate") == "Sun, 01 Mar 2026 09:01:00 +0000"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\x85", "\ufffe", "\uffff", "\U0001ffff", "\ud83d"])
def test_no_character_can_break_the_feed(character: str, make_document: MakeDocument, make_entry: MakeEntry) -> None:
    hostile = make_entry(
        1,
        headline=f"Titular{character} entero",
        summary=f"Resumen{character}",
        body=f"<p>Texto{character} entero</p>",
        section=f"Obras{character}",
        keywords=(character, f"río{character}"),
    )
    good = make_entry(2)
    document = make_document(hostile, good, title=f"Eco{character} Sur", publisher=f"Eco{character}")
    assert [item.findtext("title") for item in channel_of(document).iterfind("item")] == [
        "Titular entero",
        good.headline,
    ]
    assert len(feed_of(document).findall(f"{{{ATOM}}}entry")) == 2
    assert "Texto entero" in feed_of(document).findtext(f"{{{ATOM}}}entry/{{{ATOM}}}content")


_ANYTHING = st.text(st.characters(exclude_categories=()))  # lone surrogates and controls too


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headline=_ANYTHING, summary=_ANYTHING, keyword=_ANYTHING, author=_ANYTHING, title=_ANYTHING, text=_ANYTHING)
def test_whatever_a_text_holds_both_feeds_are_well_formed_and_whole(
    headline: str,
    summary: str,
    keyword: str,
    author: str,
    title: str,
    text: str,
    make_document: MakeDocument,
    make_entry: MakeEntry,
) -> None:
    odd = make_entry(1, headline=headline, summary=summary, keywords=(keyword,), body=f"<p>{escape(text)}</p>")
    odd = replace(odd, attribution=replace(odd.attribution, authors=(author,), original_title=title))
    document = make_document(odd, make_entry(2))
    assert [guid.text for guid in channel_of(document).iterfind("item/guid")] == [e.guid for e in document.entries]
    assert len(feed_of(document).findall(f"{{{ATOM}}}entry")) == 2


def test_no_break_spaces_are_typography_and_stay(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    item = channel_of(make_document(make_entry(1, headline="Sube un 5\u00a0%"))).find("item")
    assert item.findtext("title") == "Sube un 5\u00a0%"


def test_missing_headline_and_summary_still_make_an_item(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    bare = make_entry(1, headline=" \x00 ", summary="", section=None, keywords=())
    item = channel_of(make_document(bare)).find("item")
    assert item.findtext("title") == "Sin título"
    assert item.find(f"{{{CONTENT}}}encoded") is not None
    assert feed_of(make_document(bare)).find(f"{{{ATOM}}}entry/{{{ATOM}}}summary") is None


def test_naive_time_is_refused(make_document: MakeDocument) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        rss(make_document(updated=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_feed_without_entries_is_whole(make_document: MakeDocument) -> None:
    document = replace(make_document(), entries=())
    assert channel_of(document).find("item") is None
    assert feed_of(document).find(f"{{{ATOM}}}entry") is None
