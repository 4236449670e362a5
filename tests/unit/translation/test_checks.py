"""Labelled sentence pairs for every check: those that must be doubted and those that must be let pass."""

from __future__ import annotations

import pytest

from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS, ArticleCheck, SentenceCheck
from pipeline.translation.findings import check
from pipeline.translation.glossary import GLOSSARY
from pipeline.types import Block, BlockKind, Draft, EngineIdentity, Level, Match, Origin, Span, Story

LOOKS = {each.code: each.look for each in SENTENCE_CHECKS}
IDENTITY = EngineIdentity(engine="test", engine_version="1", model="test 1", model_sha256="0", settings="")

HOLDS = [
    ("empty", "The road is closed.", ""),
    ("copied", "Read the full report here", "Read the full report here"),
    ("numbers", "At least 43 people died.", "Murieron al menos 34 personas."),
    ("amounts", "The debt is two billion.", "La deuda es de dos billones."),
    ("addresses", "Write to desk@example.org.", "Escriba a la redacción."),
    ("leftover-english", "x", "El alcalde said that the road would be closed with no warning."),
    ("repetition", "He was very tired.", "Estaba muy muy muy muy cansado."),
    ("length", "The judge asked the witness to come back on Monday morning.", "El juez."),
    ("residue", "He left.", "Se fue ⟦0⟧."),
    ("quotes", "“No,” he said.", "No, dijo."),
    ("hedge", "The alleged leader fled.", "El líder huyó."),
    ("negation", "He pleaded not guilty.", "Se declaró culpable."),
    ("dates", "The hearing is on June 3.", "La audiencia es el 3 de julio."),
    ("hours", "The shots began at 3 p.m.", "Los disparos comenzaron a las 3 de la madrugada."),
    ("units", "The boat drifted 40 miles.", "La lancha derivó 40 kilómetros."),
    ("invented-word", "He called it a “mistake”.", "Lo llamó «asión»."),
]
WARNS = [
    ("negation", "He did not pay.", "Pagó."),
    ("attribution-verb", "He said the road was safe.", "El camino era seguro."),
    (
        "back-translation",
        "“We will not leave this valley,” Juan Pérez said.",
        "«No dejaremos el valle», dijo Juan Pérez.",
    ),
    ("dates", "He spoke to reporters on Thursday.", "Habló con la prensa."),
    ("units", "The boat drifted 40 miles.", "La lancha derivó 40."),
    ("acronyms", "The DEA opened a case.", "La agencia abrió un caso."),
    ("pairs", "Who paid?", "Quién pagó?"),
    ("invented-word", "A strong fabric.", "Una sfornte tela."),
    ("publisher-doubled-word", "He left the the house.", "Dejó la la casa."),
    ("length", "The judge asked the witness to come back on Monday morning.", "El juez pidió al testigo volver."),
    ("leftover-english", "x", "El alcalde habló del informe que se publicó ayer with the others en la capital."),
]


@pytest.mark.parametrize(("code", "source", "target"), HOLDS)
def test_a_hold_holds(code: str, source: str, target: str) -> None:
    assert Level.HOLD in {doubt.level for doubt in LOOKS[code](source, target)}


@pytest.mark.parametrize(("code", "source", "target"), WARNS)
def test_a_warning_is_given_and_does_not_hold(code: str, source: str, target: str) -> None:
    assert [doubt.level for doubt in LOOKS[code](source, target)] == [Level.WARN]


@pytest.mark.parametrize(("code", "source", "target"), HOLDS + WARNS)
def test_each_language_quotes_in_its_own_way(code: str, source: str, target: str) -> None:
    for doubt in LOOKS[code](source, target):
        assert "«" not in doubt.reason
        assert "“" not in doubt.reason_es


def test_every_check_that_can_hold_does_so_here() -> None:
    assert {code for code, _, _ in HOLDS} == {each.code for each in SENTENCE_CHECKS if each.level is Level.HOLD}


def test_a_doubled_word_is_named_and_only_noted_where_the_translation_is_clean() -> None:
    (doubt,) = LOOKS["publisher-doubled-word"]("He saw the the road.", "Vio el camino.")
    assert doubt.level is Level.INFO
    assert "the the" in doubt.reason
    assert "the the" in doubt.reason_es


def test_codes_are_unique_and_explained_in_both_languages() -> None:
    every: list[SentenceCheck | ArticleCheck] = [*SENTENCE_CHECKS, *ARTICLE_CHECKS]
    assert len({each.code for each in every}) == len(every)
    for each in every:
        assert each.about.endswith(".")
        assert each.about_es.endswith(".")
        assert each.about != each.about_es


# --- whole drafts ------------------------------------------------------------------------------------------------

LINK = (Span(tag="a", start=0, end=3, attributes=(("href", "https://example.org/"),)),)


def story_of(*texts: str, spans: tuple[Span, ...] = ()) -> Story:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans) for text in texts)
    return Story(rung="payload", headline="A headline", blocks=blocks, language="en")


def draft_of(story: Story, *texts: str, spans: tuple[Span, ...] = (), origin: Origin = Origin.ENGINE) -> Draft:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans) for text in texts)
    matches = tuple(
        Match(place=f"b{place}.0", source=given.text, target=text, origin=origin, spans=spans)
        for place, (given, text) in enumerate(zip(story.blocks, texts, strict=False))
    )
    return Draft(language="es", headline="Un titular", standfirst=None, blocks=blocks, matches=matches, engine=IDENTITY)


def codes(story: Story, draft: Draft) -> list[tuple[str, Level, str]]:
    return [(finding.code, finding.level, finding.place) for finding in check(story, draft)]


def test_a_clean_draft_has_no_findings() -> None:
    story = story_of("The road is closed.", "Nobody came in 2019.", spans=LINK)
    assert check(story, draft_of(story, "El camino está cerrado.", "Nadie vino en 2019.", spans=LINK)) == ()


def test_a_finding_names_its_sentence() -> None:
    story = story_of("The road is closed.", "Nobody came in 2019.")
    found = codes(story, draft_of(story, "El camino está cerrado.", "Nadie vino en 2018."))
    assert set(found) == {("numbers", Level.HOLD, "b1.0")}


def test_a_lost_link_holds() -> None:
    story = story_of("The road is closed.", spans=LINK)
    assert codes(story, draft_of(story, "El camino está cerrado.")) == [("links", Level.HOLD, "b0")]


def test_a_link_cut_in_two_by_a_sentence_end_passes() -> None:
    story = story_of("The road is closed.", spans=LINK)
    again = (*LINK, Span(tag="a", start=4, end=8, attributes=LINK[0].attributes))
    assert codes(story, draft_of(story, "El camino está cerrado.", spans=again)) == []


@pytest.mark.parametrize("texts", [("El camino está cerrado.",), ("El camino está cerrado.", "")])
def test_a_missing_block_holds(texts: tuple[str, ...]) -> None:
    story = story_of("The road is closed.", "Nobody came.")
    assert ("structure", Level.HOLD) in {(code, level) for code, level, _ in codes(story, draft_of(story, *texts))}


def test_a_body_in_english_holds_even_where_each_sentence_was_kept_on_purpose() -> None:
    text = "The governor of the province met farmers whose land had been flooded by the broken dam. "
    story = story_of(text * 2)
    assert ("language", Level.HOLD, "") in codes(story, draft_of(story, text * 2, origin=Origin.SOURCE))


def test_a_body_in_spanish_passes() -> None:
    text = "El gobernador de la provincia se reunió con los campesinos cuyas tierras inundó la presa rota. "
    story = story_of("The governor met the farmers whose land was flooded by the broken dam. " * 2)
    assert "language" not in {code for code, _, _ in codes(story, draft_of(story, text * 2))}


def test_what_the_newsroom_fixed_itself_is_not_doubted() -> None:
    story = story_of("Read the full report here")
    draft = draft_of(story, "Read the full report here", origin=Origin.MEMORY)
    glossary = tuple(
        Match(place=each.place, source=each.source, target=each.target, origin=each.origin, model=GLOSSARY)
        for each in draft.matches
    )
    fixed = Draft(
        language="es", headline="Un titular", standfirst=None, blocks=draft.blocks, matches=glossary, engine=IDENTITY
    )
    assert ("copied", Level.HOLD, "b0.0") in codes(story, draft)
    assert codes(story, fixed) == []
