"""Pages as written: whole, in the entry's language, and closed against whatever a text contains."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import html

from feeds.page import article, gone, home, index
from feeds.style import STYLE
from pipeline.types import Correction, Entry, FeedDocument

MakeEntry = Callable[..., Entry]
MakeDocument = Callable[..., FeedDocument]

FEEDS = {"rss": "https://eco.example/es/rss.xml", "json": "https://eco.example/es/feed.json"}


def tree(content: bytes) -> Any:
    return html.document_fromstring(content.decode())


def described(content: bytes) -> Any:
    (block,) = tree(content).xpath("//script[@type='application/ld+json']")
    return json.loads(block.text)


def test_article_page_says_who_where_and_under_what(make_entry: MakeEntry) -> None:
    page = tree(article(make_entry(1), FEEDS))
    assert page.get("lang") == "es"
    assert page.get("dir") == "ltr"
    assert page.xpath("//h1/text()") == ["El puente número 1 abre tras nueve años"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://eco.example/es/articulos/1.html"]
    assert page.xpath("//link[@rel='license']/@href") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert page.xpath("//link[@hreflang='en']/@href") == ["https://river.example/2016/05/bridge-opens"]
    assert page.xpath("//link[@rel='alternate'][@type]/@href") == list(FEEDS.values())
    assert page.xpath("//main//a[@rel='license']")


def test_article_is_described_for_machines(make_entry: MakeEntry) -> None:
    note = Correction(on=date(2026, 3, 3), note="Son 90 metros.")
    found = described(article(make_entry(1, corrections=(note,)), FEEDS))
    assert found["@type"] == "NewsArticle"
    assert found["author"] == [{"@type": "Person", "name": "Ana Pond"}]
    assert found["translator"]["name"] == "Eco Sur"
    assert found["creditText"] == "Ana Pond, The River Post"
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["translationOfWork"]["inLanguage"] == "en"
    assert found["isBasedOn"] == "https://river.example/2016/05/bridge-opens"
    assert found["correction"] == ["2026-03-03: Son 90 metros."]


def test_no_text_breaks_out_of_the_data_block(make_entry: MakeEntry) -> None:
    headline = 'Dijo: "</script><script>alert(1)</script><!-- \u2028 & más'
    content = article(make_entry(1, headline=headline), FEEDS)
    assert described(content)["headline"] == headline
    assert len(tree(content).xpath("//script")) == 1
    assert tree(content).xpath("//h1")[0].text_content() == headline


def test_every_value_outside_the_body_is_escaped(make_entry: MakeEntry) -> None:
    mark = '"><b class="x">'
    entry = make_entry(
        1, headline=mark, summary=mark, section=mark, keywords=(mark + "2",), url=f"https://e.example/{mark}"
    )
    entry = replace(entry, attribution=replace(entry.attribution, authors=(mark,), outlet=mark))
    pages = (
        article(entry, {"rss": f"https://e.example/{mark}"}, site=mark, home_url=mark),
        gone(entry, contact=mark, site=mark, home_url=mark),
    )
    for content in pages:
        assert not tree(content).xpath("//b")


def test_page_needs_nothing_from_elsewhere(make_entry: MakeEntry, make_document: MakeDocument) -> None:
    for content in (article(make_entry(1), FEEDS), index(make_document())):
        page = tree(content)
        assert not page.xpath("//img | //iframe | //object | //link[@rel='stylesheet'] | //@style | //@onclick")
        assert page.xpath("//style/text()") == [STYLE]
        assert not re.search(r"url\(|@import", STYLE)


def test_page_can_be_walked_by_keyboard_and_screen_reader(make_entry: MakeEntry) -> None:
    page = tree(article(make_entry(1), FEEDS, site="Eco Sur", home_url="https://eco.example/"))
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert len(page.xpath("//main[@id='main']")) == 1
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//meta[@name='viewport']")
    assert page.xpath("//title/text()") == ["El puente número 1 abre tras nueve años · Eco Sur"]


def test_words_and_dates_are_in_the_language_of_the_entry(make_entry: MakeEntry) -> None:
    spanish = tree(article(make_entry(1), FEEDS)).text_content()
    assert "Publicado 1 de marzo de 2026" in spanish
    entry = make_entry(1, language="en")
    entry = replace(entry, attribution=replace(entry.attribution, language="en", translated=False))
    english = tree(article(entry, FEEDS)).text_content()
    assert "Published" in english
    assert "Publicado" not in english


def test_update_is_shown_only_when_there_was_one(make_entry: MakeEntry) -> None:
    later = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert "Actualizado 3 de marzo de 2026" in tree(article(make_entry(1, version=2, updated=later), {})).text_content()
    assert "Actualizado" not in tree(article(make_entry(1), {})).text_content()


def test_copy_in_its_own_language_names_no_translator(make_entry: MakeEntry) -> None:
    entry = make_entry(1)
    entry = replace(entry, attribution=replace(entry.attribution, translated=False))
    found = described(article(entry, {}))
    assert "translator" not in found
    assert "translationOfWork" not in found


def test_right_to_left_language_sets_the_direction(make_document: MakeDocument) -> None:
    page = tree(index(replace(make_document(), language="ar", entries=())))
    assert page.get("dir") == "rtl"
    assert page.xpath("//footer/@lang") == ["en"]  # whose words these are


def test_withdrawn_entry_has_no_article_page(withdrawn: Entry) -> None:
    with pytest.raises(ValueError, match="withdrawn"):
        article(withdrawn, FEEDS)


def test_withdrawal_leaves_no_word_on_the_page(withdrawn: Entry, make_entry: MakeEntry) -> None:
    for entry in (withdrawn, make_entry(7, withdrawn_on=date(2026, 3, 2))):
        text = gone(entry, contact="redaccion@eco.example").decode()
        assert "2 de marzo de 2026" in text
        assert "redaccion@eco.example" in text
        assert 'content="noindex"' in text
        secret = (entry.headline, "vecinos", "bridge-opens", "Ana Pond", "River Post", "Obras", "puentes")
        assert not [words for words in secret if words in text]


def test_product_page_lists_its_entries_without_the_withdrawn(
    make_document: MakeDocument, make_entry: MakeEntry, withdrawn: Entry
) -> None:
    page = tree(index(make_document(withdrawn, make_entry(2), make_entry(1))))
    assert page.xpath("//main//h2/a/@href") == [
        "https://eco.example/es/articulos/2.html",
        "https://eco.example/es/articulos/1.html",
    ]
    assert len(page.xpath("//link[@rel='alternate']")) == 3
    assert "The River Post" in page.xpath("//main")[0].text_content()
    assert "Todavía no hay artículos." in tree(index(make_document(withdrawn))).text_content()


def test_front_page_leads_to_every_product_and_its_feeds(make_document: MakeDocument) -> None:
    other = make_document(title="Obras <públicas>", home_url="https://eco.example/es/obras/", urls=FEEDS)
    page = tree(home([make_document(), other], title="Eco Sur", language="es", home_url="https://eco.example/"))
    assert page.xpath("//main//h2/a/text()") == ["Eco Sur: todo", "Obras <públicas>"]
    assert len(page.xpath("//main//ul[@class='feeds']//a")) == 5


def test_same_entry_gives_same_bytes(make_entry: MakeEntry) -> None:
    assert article(make_entry(1), FEEDS) == article(make_entry(1), FEEDS)
