"""The attribution invariant holds for what `wrap` writes, in every container, and notices each kind of loss."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rights.attribution import byline, notice_html, translator_line, wrap
from pipeline.rights.invariant import problems
from pipeline.rights.licences import parse
from pipeline.rights.rendered import bodies, edge_words, read, readings
from pipeline.types import Attribution, Correction

BODY = (
    "<p>Los puertos del río <em>cambiaron</em> de manos tres veces en diez años, según los registros.</p>"
    '<p>La alcaldía dice que «no hubo» <a href="https://registro.example/acta">irregularidades</a> en las ventas.</p>'
)
ENDS = dict(zip(("first_words", "last_words"), edge_words(BODY), strict=True))
LICENSED = Attribution(
    publisher="El Faro & Cía.",
    publisher_url="https://medio.example/",
    original_url="https://medio.example/news/ports?a=1&b=2",
    original_title="Who Owns the <Ports>?",
    original_language="en",
    language="es",
    authors=("Ana Ruiz",),
    original_date=date(2016, 5, 26),
    licence=parse("CC BY-NC 4.0"),
    outlet="Red Sur",
    engine="argos",
    model="translate-en_es 0.1",
)
HOUSE = replace(LICENSED, licence=None, basis="house-terms", terms_url="https://medio.example/terms")
PERMITTED = replace(LICENSED, licence=None, basis="permission", permission_reference="Carta 12")
VERBATIM = replace(LICENSED, translated=False, language="en")
ALL = {"licence": LICENSED, "house terms": HOUSE, "permission": PERMITTED, "unchanged": VERBATIM}


def rss(inner: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Canal</title>'
        "<description>Canal</description><item><title>Otro</title><description>Otro texto</description></item>"
        f"<item><title>Puertos</title><description>Resumen</description>{inner}</item></channel></rss>"
    )


CONTAINERS: dict[str, Callable[[str], str]] = {
    "html": lambda body: body,
    "page": lambda body: (
        "<!doctype html><html><head><title>Los puertos</title>"
        f"<script>var x = '{ENDS['first_words']}';</script></head><body><nav>Red Sur</nav>"
        f"<p>{ENDS['first_words']}…</p><main>{body}</main><footer>Red Sur</footer></body></html>"
    ),
    "rss, escaped": lambda body: rss(f"<content:encoded>{html.escape(body)}</content:encoded>"),
    "rss, cdata": lambda body: rss(f"<content:encoded><![CDATA[{body}]]></content:encoded>"),
    "atom, html": lambda body: (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><summary>Resumen</summary>'
        f'<content type="html">{html.escape(body)}</content></entry></feed>'
    ),
    "atom, xhtml": lambda body: (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div></content></entry></feed>'
    ),
    "json": lambda body: json.dumps(
        {"version": "1", "items": [{"content_html": "<p>Otro</p>"}, {"title": "Puertos", "content_html": body}]}
    ),
    "json, plain": lambda body: json.dumps({"content_html": body}, ensure_ascii=False),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", ALL)
def test_a_wrapped_article_satisfies_the_invariant_in_every_container(container: str, name: str) -> None:
    output = CONTAINERS[container](wrap(ALL[name], BODY, [Correction(on=date(2026, 1, 2), note="un nombre")]))
    assert problems(output, ALL[name], **ENDS) == []


@pytest.mark.parametrize("container", CONTAINERS)
def test_an_article_without_its_credit_is_noticed_in_every_container(container: str) -> None:
    assert problems(CONTAINERS[container](BODY), LICENSED, **ENDS) == [
        "byline: missing",
        "original: no link above the text",
        "original: no link below the text",
        "licence: no link to it",
        "changes: the notice of changes is missing",
    ]


def paragraph(wrapped: str, name: str) -> str:
    return next(line for line in wrapped.splitlines() if f'class="{name}"' in line)


@pytest.mark.parametrize(
    ("lost", "problem"),
    [
        ("credit-byline", "byline: missing"),
        ("credit-source", "original: no link above the text"),
        ("credit-translator", "translator: the line saying who translated is missing"),
        ("credit-changes", "changes: the notice of changes is missing"),
        ("credit-original", "original: no link below the text"),
        ("credit-licence", "licence: no link to it"),
    ],
)
def test_each_lost_line_is_noticed(lost: str, problem: str) -> None:
    wrapped = wrap(LICENSED, BODY)
    assert problems(wrapped.replace(paragraph(wrapped, lost), ""), LICENSED, **ENDS) == [problem]


def test_a_byline_below_the_text_is_noticed() -> None:
    wrapped = wrap(LICENSED, BODY)
    line = paragraph(wrapped, "credit-byline")
    found = problems(wrapped.replace(line, "") + line, LICENSED, **ENDS)
    assert found == ["byline: it does not stand above the text", "translator: named above the author"]


def test_a_translator_above_the_author_is_noticed() -> None:
    wrapped = wrap(LICENSED, BODY)
    line = paragraph(wrapped, "credit-translator")
    assert problems(line + wrapped.replace(line, ""), LICENSED, **ENDS) == ["translator: named above the author"]


def test_a_url_in_words_is_not_a_link() -> None:
    wrapped = wrap(LICENSED, BODY).replace('<a href="https://medio.example', '<a data-href="https://medio.example')
    assert problems(wrapped, LICENSED, **ENDS) == [
        "original: no link above the text",
        "original: no link below the text",
    ]


def test_a_tracking_link_is_not_the_original() -> None:
    wrapped = wrap(LICENSED, BODY).replace("ports?a=1&amp;b=2", "ports?a=1&amp;b=2&amp;utm_source=x")
    assert problems(wrapped, LICENSED, **ENDS)


@pytest.mark.parametrize("tag", ['<img src="https://medio.example/1.jpg">', '<IMG SRC="https://medio.example/1.jpg"/>'])
def test_an_image_needs_clearance(tag: str) -> None:
    wrapped = wrap(LICENSED, BODY.replace("</em>", f"</em>{tag}"))
    assert problems(wrapped, LICENSED, **ENDS) == ["image without clearance: https://medio.example/1.jpg"]
    assert problems(wrapped, LICENSED, **ENDS, cleared_images=["https://medio.example/1.jpg"]) == []


def test_words_about_images_are_not_images() -> None:
    body = BODY.replace("registros", "&lt;img src=x&gt; registros")
    first, last = edge_words(body)
    for container in ("html", "rss, escaped", "json"):
        assert problems(CONTAINERS[container](wrap(LICENSED, body)), LICENSED, first_words=first, last_words=last) == []


def test_an_unchanged_copy_must_not_say_it_was_changed() -> None:
    stating = wrap(VERBATIM, notice_html(replace(VERBATIM, translated=True)) + BODY)
    assert problems(stating, VERBATIM, **ENDS) == ["changes: an unchanged copy says that it was changed"]


def test_house_terms_need_both_pointers() -> None:
    wrapped = wrap(HOUSE, BODY)
    gone = wrapped.replace("https://medio.example/terms", "#").replace(
        "https://creativecommons.org/", "https://x.example/"
    )
    assert problems(gone, HOUSE, **ENDS) == [
        "terms: no link to the publisher's terms",
        "terms: no link to creativecommons.org",
    ]


def test_a_permission_must_be_stated() -> None:
    assert problems(wrap(PERMITTED, BODY).replace("Carta 12", ""), PERMITTED, **ENDS) == ["permission: not stated"]


@pytest.mark.parametrize("basis", ["licence", "none"])
def test_a_credit_without_any_basis_does_not_pass(basis: str) -> None:
    a = replace(LICENSED, licence=None, basis=basis)
    assert problems(wrap(a, BODY), a, **ENDS) == ["licence: the credit names none"]


def test_a_credit_without_publisher_does_not_pass() -> None:
    a = replace(LICENSED, publisher=" ")
    assert "byline: the publisher is not named in it" in problems(wrap(a, BODY), a, **ENDS)


@pytest.mark.parametrize(
    ("first_words", "last_words"), [("", "ventas."), ("Los puertos", ""), ("nunca escrito", "ventas.")]
)
def test_an_output_without_the_text_does_not_pass(first_words: str, last_words: str) -> None:
    found = problems(wrap(LICENSED, BODY), LICENSED, first_words=first_words, last_words=last_words)
    assert found == ["body: the article's text is not in the output"]


def test_a_cut_off_text_does_not_pass() -> None:
    output = wrap(LICENSED, BODY.split("</p>", maxsplit=1)[0] + "</p>")
    assert problems(output, LICENSED, **ENDS) == ["body: the end of the article's text is not in the output"]


@pytest.mark.parametrize("output", ["<rss><channel><item>", "{not json", '<?xml version="1.0"?><feed>&nope;</feed>'])
def test_a_damaged_output_does_not_pass(output: str) -> None:
    (problem,) = problems(output, LICENSED, **ENDS)
    assert problem.startswith("unreadable: ")


def test_every_copy_of_the_article_in_an_output_is_judged() -> None:
    output = json.dumps({"content_html": wrap(LICENSED, BODY), "content_text": read(BODY).text})
    assert "byline: missing" in problems(output, LICENSED, **ENDS)


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"' onmouseover='x",
            "]]>",
            "<![CDATA[",
            "--><img src=x>",
            "&lt;b&gt;&amp;amp;",
            "{publisher} {0} {{",
            "\u202eana\u202c",
            "a\r\nb\tc",
            "</p></div>",
        ]
    ),
    st.text(min_size=1, max_size=30),
)
ALLOWED_TAGS = {"p", "a", "em", "cite"}


@settings(deadline=None)
@given(
    publisher=HOSTILE,
    author=HOSTILE,
    title=HOSTILE,
    outlet=HOSTILE,
    note=HOSTILE,
)
def test_hostile_names_stay_inert_and_credited(publisher: str, author: str, title: str, outlet: str, note: str) -> None:
    a = replace(LICENSED, publisher=f"M {publisher}", authors=(author,), original_title=title, outlet=outlet)
    wrapped = wrap(a, BODY, [Correction(on=date(2026, 1, 2), note=note)])
    tags = {piece.split(maxsplit=1)[0].split(">")[0].strip("/").lower() for piece in wrapped.split("<")[1:]}
    assert tags <= ALLOWED_TAGS
    assert "]]>" not in wrapped
    for container in ("html", "rss, escaped", "rss, cdata", "atom, xhtml", "json"):
        assert problems(CONTAINERS[container](wrapped), a, **ENDS) == []


def test_edge_words_are_read_as_any_output_is_read() -> None:
    first, last = edge_words("<p>Uno&nbsp;dos <b>tr</b>es</p>\n<ul><li>cuatro</li><li>cinco</li></ul>", count=3)
    assert (first, last) == ("Uno dos tres", "tres cuatro cinco")


def test_plain_text_links_are_its_written_addresses() -> None:
    reading = read("Lea https://medio.example/a, y (https://medio.example/b).")
    assert [href for _, href in reading.links] == ["https://medio.example/a", "https://medio.example/b"]
    assert reading.linked("https://medio.example/b", after=5)
    assert not reading.linked("https://medio.example/b", before=5)


def test_a_feed_without_content_is_read_by_its_summaries() -> None:
    assert bodies("<rss><channel><item><description>&lt;p&gt;uno&lt;/p&gt;</description></item></channel></rss>") == [
        "<p>uno</p>"
    ]
    assert bodies('{"summary": "uno", "title": "dos"}') == ["uno"]


def test_media_content_is_not_a_body() -> None:
    feed = (
        '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><media:content url="https://x.example/1.jpg"/>'
        "<description>uno</description></item></channel></rss>"
    )
    assert [reading.text for reading in readings(feed)] == ["uno"]


def test_byline_and_translator_are_compared_as_readers_see_them() -> None:
    text = read(wrap(LICENSED, BODY)).text
    assert text.index(byline(LICENSED)) < text.index(translator_line(LICENSED))
