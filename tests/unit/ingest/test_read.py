"""Rules of the ladder: what is refused, what is held, and that nothing else ever breaks out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import ExtractionFailed, SourceError, TooLarge, UnreadablePayload
from pipeline.ingest.checks import unlikely_date
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.read import read
from pipeline.types import Format, Incoming, Level, Story
from tests.unit.ingest.samples import DELTA, PARAGRAPHS, TITLE, codes, incoming, page, story

HEAD = f"{TITLE}\n\nPERU / 3 SEP 2019 BY ANA MCALLISTER\n\n"
SPANISH = (
    "La alcaldesa dijo el lunes que el pueblo venderá dos de sus lanchas y gastará el dinero en clases nocturnas.",
    "Los robos en los almacenes bajaron un doce por ciento en la primera mitad del año, según la oficina del puerto.",
    "El sindicato de guardias advirtió que los jefes de la banda todavía no han sido encontrados por la policía.",
)


def text_of(*paragraphs: str) -> Story:
    return story(HEAD + "\n\n".join(paragraphs))


def test_complete_article_holds_nothing() -> None:
    assert codes(text_of(*PARAGRAPHS), Level.HOLD) == set()


TODAY = date(2026, 3, 14)


@pytest.mark.parametrize("published", [date(2031, 1, 1), date(2026, 3, 16), date(1970, 1, 1), date(1066, 10, 14)])
def test_a_date_that_cannot_be_is_held_and_named(published: date) -> None:
    dated = replace(text_of(*PARAGRAPHS), published=published)
    [finding] = unlikely_date(dated, TODAY)
    assert (finding.code, finding.level) == ("date-unlikely", Level.HOLD)
    assert str(published.year) in finding.reason
    assert str(published.year) in finding.reason_es


@pytest.mark.parametrize("published", [None, TODAY, date(2026, 3, 15), date(1970, 1, 2), date(2016, 5, 26)])
def test_a_date_that_can_be_is_not_doubted(published: date | None) -> None:
    assert unlikely_date(replace(text_of(*PARAGRAPHS), published=published), TODAY) == ()


def test_too_large_payload_names_size_limit_and_setting() -> None:
    with pytest.raises(TooLarge, match=r"1,500 bytes.*1,000.*max_bytes.*\[intake\]"):
        story("x" * 1_500, profile=replace(DELTA, max_bytes=1_000))


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.parametrize("payload", [b"", b" \n\t ", b"%PDF-1.4\0\0", b"\x89PNG\r\n\x1a\n\0"])
def test_empty_and_binary_payloads_are_refused_with_advice(kind: Format, payload: bytes) -> None:
    with pytest.raises(UnreadablePayload, match=r"Check|Send"):
        story(payload, kind)


def test_text_that_is_not_utf8_is_refused_with_the_place() -> None:
    with pytest.raises(UnreadablePayload, match="byte 6 "):
        story("Ana Peña".encode("latin-1"))


@pytest.mark.parametrize("count", [1, 2])
def test_short_body_is_held(count: int) -> None:
    assert codes(text_of(*PARAGRAPHS[:count]), Level.HOLD) == {"body-short"}


def test_missing_parts_are_held_each_by_name() -> None:
    assert codes(text_of(), Level.HOLD) == {"body-missing"}
    assert codes(story("\n\n".join(PARAGRAPHS)), Level.HOLD) == {"title-missing", "date-missing"}
    nobody = replace(DELTA, publisher=" ", authors={})
    assert "author-missing" in codes(story(f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS), profile=nobody), Level.HOLD)


def test_missing_rights_sentence_warns_and_a_stated_licence_is_enough() -> None:
    assert "rights-missing" in codes(text_of(*PARAGRAPHS), Level.WARN)
    licensed = story(HEAD + "\n\n".join(PARAGRAPHS), licence="by-nc-4.0")
    assert licensed.licence_marks == ("by-nc-4.0",)
    assert "rights-missing" not in codes(licensed)


def test_nothing_at_all_fails() -> None:
    with pytest.raises(ExtractionFailed, match="Neither a title nor any text"):
        story("<html><body><script>1</script></body></html>", Format.HTML)
    with pytest.raises(ExtractionFailed):
        story("{}", Format.JSON)


def test_article_in_another_language_is_held_and_named() -> None:
    read = text_of(*SPANISH)
    (finding,) = [found for found in read.findings if found.code == "wrong-language"]
    assert finding.level is Level.HOLD
    assert "“es”" in finding.reason
    assert "«es»" in finding.reason_es
    assert "wrong-language" not in codes(story(HEAD + "\n\n".join(SPANISH), language="es"))
    assert "wrong-language" not in codes(text_of(*PARAGRAPHS))


def test_language_of_a_few_words_is_not_judged() -> None:
    assert "wrong-language" not in codes(text_of("Una nota breve."))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("President Rosa Rosa Quispe spoke.", "Rosa Rosa"),
        ("They went to the the harbour.", "the the"),
        ("The the harbour was shut.", "The the"),
    ],
)
def test_word_that_slipped_in_twice_is_reported(sentence: str, words: str) -> None:
    (finding,) = [found for found in text_of(*PARAGRAPHS, sentence).findings if found.code == "doubled-word"]
    assert words in finding.reason


@pytest.mark.parametrize(
    "sentence",
    [
        "She had had enough of that that day.",
        "Boutros Boutros-Ghali came. Came he in time?",
        "It is a New Newport.",
        "The Will will be read.",
        "The bank, bank officials said, was shut.",
    ],
)
def test_word_that_is_rightly_there_twice_is_not_reported(sentence: str) -> None:
    assert "doubled-word" not in codes(text_of(*PARAGRAPHS, sentence))


def test_control_characters_go_and_are_told() -> None:
    read = text_of(PARAGRAPHS[0].replace("mayor", "ma\u200byor\u0007"), *PARAGRAPHS[1:])
    assert read.blocks[0].text == PARAGRAPHS[0]
    (finding,) = [found for found in read.findings if found.code == "control-characters"]
    assert finding.level is Level.INFO
    assert "U+0007, U+200B" in finding.reason


def test_every_finding_speaks_both_languages() -> None:
    stories = [
        story(page("scraped.txt")),
        story(page("page.html"), Format.HTML),
        story("\n\n".join(SPANISH)),
        text_of(),
        text_of("a\u0007 short line."),
    ]
    for finding in (finding for each in stories for finding in each.findings):
        assert finding.reason
        assert finding.reason_es
        assert finding.reason != finding.reason_es


def test_what_the_envelope_states_wins() -> None:
    read = story(
        page("page.html"), Format.HTML, headline="Ours", section="Ports", keywords=("a",), published=date(2020, 1, 1)
    )
    assert (read.headline, read.section, read.keywords, read.published) == ("Ours", "Ports", ("a",), date(2020, 1, 1))


def outcome(sent: Incoming, profile: SourceProfile) -> str:
    """What came of reading: some words of the story, or of the only kind of error that may be raised."""
    try:
        found = read(sent, profile)
    except SourceError as error:
        return str(error)
    return found.headline or found.blocks[0].text


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(Format),
    payload=st.binary(max_size=400) | st.text(max_size=400).map(lambda t: t.encode("utf-8", "ignore")),
)
def test_random_bytes_give_a_story_or_a_source_error(kind: Format, payload: bytes) -> None:
    assert outcome(incoming(payload, kind), DELTA)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("title", "content", "rendered", "headline", "body_html", "authors", "author", "_embedded", "date")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(document=_JSON)
def test_any_json_gives_a_story_or_a_source_error(document: object) -> None:
    assert outcome(incoming(json.dumps(document), Format.JSON), DELTA)


_PIECES = (
    "<p>|</p>|<div class=share>|</div>|<li>|<ul>|<a href='x'>|</a>|<article>|</article>|<h1>|<td>|<table>|&#0;|&#x1f;"
    "|<!--|-->|<br>|<?x|<![CDATA[|We encourage readers to copy|DONATE|share icon|word |<title>|<script>|</script>|<svg>"
    "|<meta charset=utf-16>"
)
_MARKUP = st.lists(st.sampled_from(_PIECES.split("|")), max_size=30).map("".join)


@settings(max_examples=200, deadline=None)
@given(markup=_MARKUP)
@example(markup="<p><meta charset=utf-16>&#x1f;")
def test_any_markup_gives_a_story_or_a_source_error(markup: str) -> None:
    assert outcome(incoming(markup, Format.HTML), DELTA)
