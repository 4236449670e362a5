"""Rules for reading HTML pages."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import UnreadablePayload
from pipeline.ingest.marks import licence_address, licence_addresses
from pipeline.ingest.markup import parsed
from pipeline.ingest.metadata import metadata
from pipeline.types import BlockKind, Format, Level
from tests.unit.ingest.samples import DELTA, PARAGRAPHS, TITLE, codes, page, story

BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def html(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def test_page_yields_structure_links_and_emphasis() -> None:
    read = story(page("page.html"), Format.HTML)
    kinds = [block.kind.name for block in read.blocks]
    assert kinds == [
        "PARAGRAPH",
        "PARAGRAPH",
        "QUOTE",
        "PARAGRAPH",
        "BULLET",
        "BULLET",
        "HEADING",
        "PARAGRAPH",
        "SEE_ALSO",
        "PARAGRAPH",
    ]
    first = read.blocks[0]
    spans = {(span.tag, first.text[span.start : span.end]) for span in first.spans}
    assert spans == {("a", "Puerto Claro"), ("em", "sell"), ("strong", "four patrol boats")}
    assert first.spans[0].attributes == (("href", "https://delta-monitor.example/places/puerto-claro"),)
    assert [span.tag for span in read.blocks[8].spans] == ["a"]


def test_script_link_is_dropped_with_a_finding_and_its_words_stay() -> None:
    read = story(page("page.html"), Format.HTML)
    assert read.blocks[1].spans == ()
    assert "whose members" in read.blocks[1].text
    assert "link-removed" in codes(read)


def test_furniture_teasers_and_pictures_never_reach_the_body() -> None:
    text = "\n".join(block.text for block in story(page("page.html"), Format.HTML).blocks)
    for furniture in ("Share", "Tweet", "share icon", "DONATE", "Related", "seizure", "Dock workers", "A boat", TITLE):
        assert furniture not in text


def test_metadata_comes_from_the_marks_and_the_author_from_the_registry() -> None:
    read = story(page("page.html"), Format.HTML)
    assert (read.headline, read.section, read.keywords) == (TITLE, "Brief", ("Peru", "Ports"))
    assert read.authors == ("Ana McAllister",)


def test_day_of_publication_is_the_publishers_and_not_utcs() -> None:
    assert story(page("page.html"), Format.HTML).published == date(2019, 9, 3)


def test_only_the_pages_own_real_licence_is_taken() -> None:
    read = story(page("page.html"), Format.HTML)
    assert read.licence_marks == ("https://creativecommons.org/licenses/by-nc/4.0/",)
    assert read.rights_text is not None
    assert read.rights_text.startswith("We encourage readers to copy this text for purposes")
    assert read.rights_text.endswith("or the site.")


def test_licence_beside_the_rights_sentence_counts_without_rel() -> None:
    near = '<p>We encourage readers to copy.</p><p><a href="//creativecommons.org/licenses/by/4.0/">CC BY</a></p>'
    far = f'<p>{"A paragraph. " * 40}<a href="https://creativecommons.org/licenses/by-sa/4.0/">quoted work</a></p>'
    read = story(html(f"<article>{BODY}{far}{near}</article>"), Format.HTML)
    assert read.licence_marks == ("https://creativecommons.org/licenses/by/4.0/",)
    assert read.rights_text == "We encourage readers to copy."


def test_other_edition_of_the_publisher_is_pointed_out() -> None:
    read = story(page("page.html"), Format.HTML)
    assert read.editions == (("es", "https://delta-monitor.example/es/breves/lanchas/"),)
    (finding,) = [found for found in read.findings if found.code == "other-edition"]
    assert finding.level is Level.WARN
    assert "https://delta-monitor.example/es/breves/lanchas/" in finding.reason


def test_dateline_in_the_markup_serves_where_marks_are_missing() -> None:
    head = "<h1>A Title of Its Own</h1><div><span>PERU</span> / 3 SEP 2019 BY <a href='/a'>ANA MCALLISTER</a> EN</div>"
    read = story(html(f"<main>{head}{BODY}</main>"), Format.HTML)
    assert (read.headline, read.published, read.authors) == (
        "A Title of Its Own",
        date(2019, 9, 3),
        ("Ana McAllister",),
    )
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS


def test_page_without_marks_is_read_from_its_densest_element() -> None:
    read = story(
        html(f"<div><p>Menu</p></div><div id=x><h1>One Title</h1>{BODY}</div><div><p>Foot</p></div>"), Format.HTML
    )
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS


def test_wrapper_with_an_unlucky_class_is_not_cut_away() -> None:
    read = story(html(f"<article><div class='content has-share related'>{BODY}</div></article>"), Format.HTML)
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS


def test_title_is_freed_of_the_sites_name() -> None:
    for end in (" | Delta Monitor", " - Delta Monitor", " – delta monitor"):
        assert metadata(parsed(html("", f"<title>{TITLE}{end}</title>")), "Delta Monitor").headline == TITLE
    kept = "Boats - And What They Cost"
    assert metadata(parsed(html("", f"<title>{kept}</title>")), "Delta Monitor").headline == kept


def test_several_unmarked_dates_date_nothing() -> None:
    first, second = "<time datetime='2019-09-03'></time>", "<time datetime='2021-11-09'></time>"
    assert story(html(f"<article>{first}{second}{BODY}</article>"), Format.HTML).published is None
    assert story(html(f"<article>{first}{BODY}</article>"), Format.HTML).published == date(2019, 9, 3)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="x" content="text/html; charset=windows-1251">', "cp1251"),
    ],
)
def test_page_is_decoded_as_it_declares(declared: str, encoding: str) -> None:
    name = "Peña" if encoding == "cp1252" else "Пётр"
    payload = html(f"<article>{BODY}<p>{name} spoke.</p></article>", declared).encode(encoding)
    assert story(payload, Format.HTML).blocks[-1].text == f"{name} spoke."


def test_page_is_utf8_by_default_and_by_its_mark() -> None:
    text = html(f"<article>{BODY}<p>Peña spoke.</p></article>", '<meta charset="unicode_escape">')
    for payload in (text.encode(), text.encode("utf-8-sig"), b"\xff\xfe" + text.encode("utf-16-le")):
        assert story(payload, Format.HTML).blocks[-1].text == "Peña spoke."


def test_a_few_damaged_bytes_are_reported_and_many_are_refused() -> None:
    few = html(f"<article>{BODY * 5}</article>").encode() + b"\xff"
    assert "damaged-characters" in codes(story(few, Format.HTML), Level.WARN)
    with pytest.raises(UnreadablePayload, match="UTF-8"):
        story(b"<html><p>" + b"\xff\xfe\xfd" * 200, Format.HTML)


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(UnreadablePayload, match="nests more than"):
        story("<div>" * 1_500 + BODY, Format.HTML)


def test_hostile_metadata_is_passed_over() -> None:
    deep = "[" * 5_000 + "]" * 5_000
    head = f'<script type="application/ld+json">{deep}</script><script type="application/ld+json">'
    head += (
        '{"@type": "NewsArticle", "author": {"name": 5}, "headline": ["A Fine Title"], "datePublished": {}}</script>'
    )
    read = story(html(f"<article>{BODY}</article>", head), Format.HTML, profile=DELTA)
    assert read.headline == "A Fine Title"
    assert (read.authors, read.published) == ((), None)


def test_list_of_kinds_has_no_raw_markup() -> None:
    read = story(html(f"<article>{BODY}<p>1 &lt; 2 &amp; <code>x</code></p></article>"), Format.HTML)
    assert read.blocks[-1].text == "1 < 2 & x"
    assert read.blocks[-1].kind is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    "href",
    [
        "https://creativecommons.org/",
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/by/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://evil.example/https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org@evil.example/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by-everything/4.0/",
        "javascript://creativecommons.org/licenses/by/4.0/",
        "Creative Commons",
    ],
)
def test_what_only_looks_like_a_licence_is_none(href: str) -> None:
    assert licence_address(href) is None


def test_licence_addresses_keep_version_port_and_deed() -> None:
    for href in (
        "http://creativecommons.org/licenses/by-nc-nd/3.0/us/",
        "https://creativecommons.org/licenses/by/4.0/deed.es",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "https://www.creativecommons.org/licenses/by-sa/4.0/legalcode",
    ):
        assert licence_address(href) == href
    assert licence_addresses("See https://creativecommons.org/licenses/by/4.0/, thanks.") == (
        "https://creativecommons.org/licenses/by/4.0/",
    )
