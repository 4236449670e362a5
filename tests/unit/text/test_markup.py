"""Rules of carrying inline elements onto a translation."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.text.alignment import alignment_of, piece_ranges
from pipeline.text.inline import inline_from_html, inline_html
from pipeline.text.integrity import proof
from pipeline.text.markup import project, shift
from pipeline.text.piecewise import join_pieces, piecewise
from pipeline.text.spanish import typography
from pipeline.types import Hypothesis, Segment, Span


def segment(html: str) -> Segment:
    text, spans = inline_from_html(html)
    return Segment(place="b0.0", text=text, spans=spans)


def carried(html: str, target: str | Hypothesis, fragments: dict[str, str] | None = None) -> str:
    hypothesis = Hypothesis(text=target) if isinstance(target, str) else target
    spans = project(segment(html), hypothesis, fragments=fragments)
    assert spans is not None
    return inline_html(hypothesis.text, spans).replace(' href="https://a.example/"', "")


A = '<a href="https://a.example/">'


# --- the ladder --------------------------------------------------------------------------------------------------


def test_whole_sentence_span_stays_whole() -> None:
    assert carried(f"{A}The mayor left.</a>", "Se fue el alcalde.") == "<a>Se fue el alcalde.</a>"
    assert carried(f"{A}The mayor left</a>.", "Se fue el alcalde.") == "<a>Se fue el alcalde</a>."
    assert carried(f"“{A}The <em>mayor</em> left</a>.”", "«El alcalde se fue».", {"mayor": "alcalde"}) == (
        "«<a>El <em>alcalde</em> se fue</a>»."
    )


def test_unchanged_text_keeps_its_element() -> None:
    assert carried(f"He met {A}Ana Paz</a> there.", "Allí conoció a Ana Paz.") == "Allí conoció a <a>Ana Paz</a>."
    assert carried(f"The {A}fbi</a> said so.", "Lo dijo el FBI ayer.") == "Lo dijo el <a>FBI</a> ayer."
    assert carried(f"A report {A}(pdf)</a> said so.", "Lo dijo un informe (pdf).") == "Lo dijo un informe <a>(pdf)</a>."


def test_the_second_of_two_equal_names_stays_the_second() -> None:
    assert carried(f"Paz met {A}Paz</a>.", "Paz se reunió con Paz.") == "Paz se reunió con <a>Paz</a>."


def test_own_translation_finds_its_place() -> None:
    html = f"The {A}drug trade</a> grew in the <em>northern region</em>."
    fragments = {"drug trade": "El narcotráfico.", "northern region": "región norte"}
    assert carried(html, "El narcotráfico creció en la región norte.", fragments) == (
        "El <a>narcotráfico</a> creció en la <em>región norte</em>."  # the source's element holds no article either
    )


def test_a_name_keeps_its_article() -> None:
    carried_over = carried(f"Talks began in {A}Havana</a>.", "Empezaron en La Habana.", {"Havana": "La Habana"})
    assert carried_over == "Empezaron en <a>La Habana</a>."


def test_words_that_lean_outwards_stay_outside_unless_the_source_has_them_inside() -> None:
    source = ("▁A", "▁laboratory", "▁burned", ".")
    target = ("▁Ardió", "▁un", "▁laboratorio", "▁en", "▁la", "▁selva", ".")
    looks = ((0.0, 0.0, 1.0, 0.0), (1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0.6, 0.4, 0), (0, 0.6, 0.4, 0), (0, 0, 1.0, 0))
    given = Hypothesis(
        text="Ardió un laboratorio en la selva.",
        pieces=target,
        source_pieces=source,
        attention=(*looks, (0.0, 0.0, 0.0, 1.0)),
    )
    assert carried(f"{A}A laboratory</a> burned.", given) == "Ardió <a>un laboratorio</a> en la selva."
    assert carried(f"A {A}laboratory</a> burned.", given) == "Ardió un <a>laboratorio</a> en la selva."


SOURCE_PIECES = ("▁The", "▁re", "port", "▁was", "▁late", ".", "</s>")
TARGET_PIECES = ("▁Tar", "de", "▁llegó", "▁el", "▁informe", ".")
LOOKS = {0: 4, 1: 4, 2: 3, 3: 0, 4: 1, 5: 5}
ATTENTION = tuple(
    tuple(0.7 if LOOKS[row] == column or (row == 4 and column == 2) else 0.05 for column in range(7))
    for row in range(6)
)


def test_attention_places_what_words_cannot() -> None:
    target = Hypothesis(
        text="Tarde llegó el informe.", pieces=TARGET_PIECES, source_pieces=SOURCE_PIECES, attention=ATTENTION
    )
    assert carried(f"The {A}report</a> was late.", target) == "Tarde llegó el <a>informe</a>."
    assert carried(f"{A}The report</a> was late.", target) == "Tarde llegó <a>el informe</a>."
    assert carried(f"The report was {A}late</a>.", target) == "<a>Tarde</a> llegó el informe."


def test_relative_position_is_the_last_resort() -> None:
    assert carried(f"One two {A}three</a> four.", "Uno dos tres cuatro.") == "Uno dos <a>tres</a> cuatro."


def test_siblings_never_overlap_and_children_stay_inside() -> None:
    html = f"<em>We {A}won</a></em> it <strong>all</strong>."
    fragments = {"We won": "todo ganado", "all": "todo"}
    assert carried(html, "Lo hemos todo ganado hoy.", fragments).count("<") == 6


def test_no_room_gives_none() -> None:
    source = segment(f"{A}One</a> and <em>two</em>.")
    assert project(source, Hypothesis(text="Ambos.")) is None
    assert project(source, Hypothesis(text="  ")) is None


# --- alignment ---------------------------------------------------------------------------------------------------


def test_pieces_find_their_characters_even_when_the_text_differs() -> None:
    assert piece_ranges(("▁Tar", "de", "▁llegó", "</s>"), "Tarde llegó") == [(0, 3), (3, 5), (6, 11), None]
    assert piece_ranges(("▁5", "%", "▁más", "..."), "5 % más…") == [(0, 1), (2, 3), (4, 7), None]
    assert piece_ranges(("▁the", "▁", "mayor"), "THE MAYOR") == [(0, 3), None, (4, 9)]


def test_attention_that_does_not_fit_its_pieces_is_not_used() -> None:
    short = Hypothesis(text="a b", pieces=("▁a", "▁b"), source_pieces=("▁x",), attention=((0.5,),))
    narrow = Hypothesis(text="a", pieces=("▁a",), source_pieces=("▁x", "▁y"), attention=((0.5,),))
    assert alignment_of("x", short) is None
    assert alignment_of("x y", narrow) is None


# --- properties --------------------------------------------------------------------------------------------------

SOURCE_WORDS = ["the", "mayor", "Paz", "15%", "FARC", "“no”", "(pdf)", "and", "U.S."]
TARGET_WORDS = ["el", "alcalde", "Paz", "15%", "FARC", "«no»", "(pdf)", "y", "Paz,", "¿", "—", "de"]
TAGS = {"a": (("href", "https://a.example/"),), "em": (), "strong": (), "code": ()}


@st.composite
def inline_segment(draw: st.DrawFn, most: int = 4) -> Segment:
    words = draw(st.lists(st.sampled_from(SOURCE_WORDS), min_size=1, max_size=9))
    text = " ".join(words)
    edges = [0]
    for word in words:
        edges.append(edges[-1] + len(word) + 1)

    def spans(first: int, last: int, tags: frozenset[str], depth: int) -> list[Span]:
        out: list[Span] = []
        at = first
        while at < last and tags and depth < 3 and len(out) < most:
            start = draw(st.integers(at, last - 1))
            end = draw(st.integers(start + 1, last))
            if draw(st.booleans()):
                tag = draw(st.sampled_from(sorted(tags)))
                out.append(Span(tag=tag, start=edges[start], end=edges[end] - 1, attributes=TAGS[tag]))
                out.extend(spans(start, end, tags - {tag}, depth + 1))
            at = end
        return out

    return Segment(place="b0.0", text=text, spans=tuple(spans(0, len(words), frozenset(TAGS), 0)))


@st.composite
def hypothesis_for(draw: st.DrawFn, source: Segment) -> Hypothesis:
    words = draw(st.lists(st.sampled_from(TARGET_WORDS), max_size=9))
    text = draw(st.sampled_from(["", " "])).join(["", " ".join(words)])
    if draw(st.booleans()):
        return Hypothesis(text=text)
    pieces = tuple("▁" + word for word in words)
    source_pieces = (*("▁" + word for word in source.text.split()), "</s>")
    weights = st.floats(0, 1) | st.just(float("nan"))
    rows = draw(
        st.lists(
            st.lists(weights, min_size=len(source_pieces), max_size=len(source_pieces)).map(tuple),
            min_size=len(pieces),
            max_size=len(pieces) + 1,
        )
    )
    return Hypothesis(text=text, pieces=pieces, source_pieces=source_pieces, attention=tuple(rows))


FRAGMENTS = st.dictionaries(
    st.sampled_from(SOURCE_WORDS), st.sampled_from([*TARGET_WORDS, "", "El alcalde."]), max_size=4
)


@settings(max_examples=400, deadline=None)
@given(st.data(), inline_segment(), FRAGMENTS)
def test_projection_is_proven_or_none(data: st.DataObject, source: Segment, fragments: dict[str, str]) -> None:
    hypothesis = data.draw(hypothesis_for(source))
    spans = project(source, hypothesis, fragments=fragments)
    if spans is not None:
        assert proof(source.spans, spans, hypothesis.text) == []
        after = typography(hypothesis.text)
        moved = shift(spans, hypothesis.text, after)
        assert proof(source.spans, moved, after) == []


@settings(max_examples=300, deadline=None)
@given(st.data(), inline_segment())
def test_flat_markup_is_always_placed_when_there_is_a_word_for_each(data: st.DataObject, source: Segment) -> None:
    flat = [
        s for s in source.spans if not any(o is not s and o.start <= s.start and s.end <= o.end for o in source.spans)
    ]
    assume(flat)
    source = Segment(place=source.place, text=source.text, spans=tuple(flat))
    hypothesis = data.draw(hypothesis_for(source))
    assume(sum(any(c.isalnum() for c in word) for word in hypothesis.text.split()) >= len(flat))
    assert project(source, hypothesis) is not None


@settings(max_examples=200, deadline=None)
@given(inline_segment(), FRAGMENTS)
def test_piecewise_translation_is_always_proven(source: Segment, fragments: dict[str, str]) -> None:
    pieces = piecewise(source)
    assert "".join(p.lead + p.text + p.tail for p in pieces) == source.text
    assert join_pieces(source, pieces, {}) == (source.text, source.spans)
    text, spans = join_pieces(source, pieces, fragments)
    assert proof(source.spans, spans, text) == []


# --- piecewise ---------------------------------------------------------------------------------------------------


def test_pieces_are_cut_at_tags_and_joined_with_their_signs() -> None:
    source = segment(f"The {A}drug trade</a>, said <code>x y</code>, grew.")
    pieces = piecewise(source)
    assert [p.text for p in pieces] == ["The", "drug trade", "said", "", "grew."]
    fragments = {"The": "El", "drug trade": "Narcotráfico.", "said": "Dijo.", "grew.": "Creció."}
    text, spans = join_pieces(source, pieces, fragments)
    assert text == "El narcotráfico, dijo x y, creció."
    assert [(s.tag, text[s.start : s.end]) for s in spans] == [("a", "narcotráfico"), ("code", "x y")]


# --- shift and proof ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "after"),
    [
        (f'Dijo "{A}no hay nada</a>."', "Dijo «<a>no hay nada</a>»."),
        (f'{A}"Ya"</a>  fue.', "<a>«Ya»</a> fue."),
        (f"{A}Quién fue</a>?", "¿<a>Quién fue</a>?"),
        (f"Subió {A}15%</a> hoy", "Subió <a>15\u00a0%</a> hoy"),
        (f"<em>El {A}26 de Mayo de 2016</a></em>", "<em>El <a>26 de mayo de 2016</a></em>"),
    ],
)
def test_shift_follows_typography(html: str, after: str) -> None:
    text, spans = inline_from_html(html)
    rewritten = typography(text)
    moved = shift(spans, text, rewritten)
    assert inline_html(rewritten, moved).replace(' href="https://a.example/"', "") == after


LINK = Span(tag="a", start=0, end=3, attributes=(("href", "https://a.example/"),))


@pytest.mark.parametrize(
    ("target", "text", "word"),
    [
        ((), "uno dos", "missing"),
        ((LINK, LINK), "uno dos", "does not have"),
        ((Span(tag="a", start=0, end=3, attributes=(("href", "https://b.example/"),)),), "uno dos", "addresses"),
        ((Span(tag="a", start=3, end=4, attributes=LINK.attributes),), "uno dos", "empty"),
        ((Span(tag="a", start=0, end=9, attributes=LINK.attributes),), "uno dos", "leaves"),
    ],
)
def test_proof_names_what_is_wrong(target: tuple[Span, ...], text: str, word: str) -> None:
    assert word in " ".join(proof((LINK,), target, text))


def test_proof_refuses_crossing_elements_and_links_in_links() -> None:
    em, strong = Span(tag="em", start=0, end=4), Span(tag="strong", start=2, end=6)
    assert proof((em, strong), (em, strong), "uno dos") == ["inline elements cross"]
    inner = Span(tag="a", start=0, end=2, attributes=LINK.attributes)
    assert proof((LINK, inner), (LINK, inner), "uno dos") == ["written as HTML and read again it is not the same"]


def test_proof_refuses_a_link_that_may_not_be_published() -> None:
    bad = Span(tag="a", start=0, end=3, attributes=(("href", "javascript:x"),))
    assert proof((bad,), (bad,), "uno dos") != []
