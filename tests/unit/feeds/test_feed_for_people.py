"""What a person sees who opens a feed with a browser, and the list that a reader imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree, html

from feeds.opml import opml
from feeds.render import atom, rss
from feeds.style import STYLE
from feeds.stylesheet import stylesheet
from pipeline.types import Entry, FeedDocument, History

MakeEntry = Callable[..., Entry]
MakeDocument = Callable[..., FeedDocument]
each_writer = pytest.mark.parametrize("writer", [rss, atom])


def shown(content: bytes, language: str = "es") -> Any:
    """The page that a browser would make; libxslt is what browsers have inside."""
    transform = etree.XSLT(etree.fromstring(stylesheet(language)))
    return html.fromstring(bytes(transform(etree.fromstring(content))))


@each_writer
def test_a_feed_is_a_page_with_its_articles(writer: Callable[[FeedDocument], bytes], make_document: Any) -> None:
    page = shown(writer(make_document()))
    assert page.findtext(".//h1") == "Eco Sur: todo"
    assert [(link.text, link.get("href")) for link in page.iterfind(".//li//h2/a")] == [
        ("El puente número 2 abre tras nueve años", "https://eco.example/es/articulos/2.html"),
        ("El puente número 1 abre tras nueve años", "https://eco.example/es/articulos/1.html"),
    ]
    text = page.text_content()
    assert "Esto es un canal" in text
    assert "Ana Pond, The River Post" in " ".join(text.split()).replace(" ,", ",")
    assert "La obra costó más de lo previsto." in text
    own = make_document().urls["rss" if writer is rss else "atom"]
    assert own in text
    assert page.find(".//main//time").get("datetime") == "2026-03-01T09:02:00+00:00"


@each_writer
def test_its_words_are_those_of_the_feed_or_english_and_its_style_is_the_one_that_may_act(
    writer: Callable[[FeedDocument], bytes], make_document: MakeDocument
) -> None:
    page = shown(writer(make_document()), "en")
    assert page.get("lang") == "en"
    assert "This is a feed" in page.text_content()
    assert page.findtext(".//style") == STYLE
    assert page.find(".//script") is None
    assert stylesheet("fi") == stylesheet("en") != stylesheet("es-419") == stylesheet("es")


@each_writer
def test_nothing_in_a_feed_becomes_markup(
    writer: Callable[[FeedDocument], bytes], make_document: MakeDocument, make_entry: MakeEntry
) -> None:
    hostile = "</title><script>alert(1)</script><img src=x onerror=alert(1)>"
    page = shown(writer(make_document(make_entry(headline=hostile, summary=hostile), title=hostile, subtitle=hostile)))
    assert page.find(".//script") is None
    assert page.find(".//img") is None
    assert page.findtext(".//h1") == hostile


@each_writer
def test_an_old_page_leads_to_the_current_feed(
    writer: Callable[[FeedDocument], bytes], make_document: MakeDocument
) -> None:
    now = {"rss": "https://eco.example/now", "atom": "https://eco.example/now"}
    page = shown(writer(make_document(history=History(archive=True, current=now))))
    assert "página antigua" in page.text_content()
    assert [link.get("href") for link in page.iterfind(".//main/p/a")] == ["https://eco.example/now"]
    assert "Todavía no hay artículos" in shown(writer(make_document(entries=()))).text_content()


def test_the_list_has_one_line_for_each_product(make_document: MakeDocument) -> None:
    later = datetime(2026, 3, 5, 10, tzinfo=UTC)
    hostile = make_document(title='Agua & <luz> "aquí"', updated=later)
    made = opml(
        [make_document(), hostile, make_document(urls={})], title="Eco\x00 Sur", home_url="https://eco.example/"
    )
    root = etree.fromstring(made)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Eco Sur"
    assert root.findtext("head/dateModified") == "Thu, 05 Mar 2026 10:00:00 +0000"
    first, second = root.iterfind("body/outline")
    assert dict(first.attrib) == {
        "type": "rss",
        "text": "Eco Sur: todo",
        "title": "Eco Sur: todo",
        "description": "Noticias libres en español",
        "language": "es",
        "htmlUrl": "https://eco.example/es/",
        "xmlUrl": "https://eco.example/es/rss.xml",
    }
    assert second.get("text") == 'Agua & <luz> "aquí"'
    assert opml([], title="x", home_url="y")
