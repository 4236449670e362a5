"""What is made for people: words under which a browser shows a feed, and the list of feeds that a reader imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from feeds.opml import opml
from feeds.stylesheet import stylesheet
from pipeline.types import FeedDocument

MakeDocument = Callable[..., FeedDocument]


def test_its_words_are_those_of_the_feed_or_english() -> None:
    assert "Esto es un canal" in stylesheet("es").decode()
    assert "This is a feed" in stylesheet("en").decode()
    assert stylesheet("fi") == stylesheet("en") != stylesheet("es-419") == stylesheet("es")


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
