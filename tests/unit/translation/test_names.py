"""Names: found in the story, missed in the translation, asked for again under marks."""

from __future__ import annotations

import pytest

from pipeline.translation.marks import marked, unmarked
from pipeline.translation.memory import DictMemory
from pipeline.translation.names import lost, mangled, names_of
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, Origin, Story
from tests.fakes import PhraseBook

NAMES = frozenset({"Costaverde", "Puerto", "Sereno", "Barrantes"})


def test_a_name_is_a_word_that_is_capitalised_in_mid_sentence_and_never_small() -> None:
    found = names_of(["Police in Costaverde said Rosa Nazar Belmonte left the Market.", "The market was closed."])
    assert found == {"Costaverde", "Rosa", "Nazar", "Belmonte"}


@pytest.mark.parametrize("word", ["Congress", "Ministry", "March", "Extradition", "University", "Colombian"])
def test_words_that_spanish_translates_are_no_names(word: str) -> None:
    assert names_of([f"They spoke of the {word} again."]) == frozenset()


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ("La policía de Costaverde", []),
        ("La policía de COSTAVERDE", []),
        ("La policía de Costavérde", []),
        ("La policía de Costavo", ["Costaverde"]),
        ("La policía del país", ["Costaverde"]),
    ],
)
def test_a_name_may_change_its_accents_but_not_its_letters(target: str, missing: list[str]) -> None:
    assert lost("Police in Costaverde", target, NAMES) == missing


@pytest.mark.parametrize(
    ("source", "target", "runs"),
    [
        ("Police in Costaverde left", "La policía de Costavo salió", ["Costaverde"]),
        ("Costaverde's police left", "La policía de Costavo salió", ["Costaverde"]),
        ("They saw Puerto Sereno", "Vieron Puerto Sereren", ["Puerto Sereno"]),
        ("Police in Costaverde left", "La policía del país salió", []),  # gone, but not misspelt: perhaps on purpose
        ("Police in Costaverde left", "La policía de Costaverde salió", []),
    ],
)
def test_a_name_is_mangled_when_something_like_it_stands_in_its_place(
    source: str, target: str, runs: list[str]
) -> None:
    assert mangled(source, target, NAMES) == runs


def test_marks_keep_names_and_figures_in_order() -> None:
    question, originals = marked("In Costaverde 1,200 fled Puerto Sereno.", figures=True, names=["Puerto Sereno"])
    assert question == "In Costaverde ⟦0⟧ fled ⟦1⟧."
    assert unmarked("En Costaverde, ⟦0⟧ huyeron de ⟦1⟧.", originals) == "En Costaverde, 1.200 huyeron de Puerto Sereno."


def _story(*sentences: str) -> Story:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in sentences)
    return Story(rung="payload", headline="A report", blocks=blocks, language="en")


def test_a_mangled_name_is_asked_again_under_a_mark() -> None:
    book = PhraseBook(
        {
            "A report": "Un informe",
            "Police in Costaverde left.": "La policía de Costavo salió.",
            "Police in ⟦0⟧ left.": "La policía de ⟦0⟧ salió.",
        }
    )
    draft = translate(_story("Police in Costaverde left."), book, DictMemory())
    assert draft.blocks[0].text == "La policía de Costaverde salió."
    assert draft.matches[1].origin is Origin.ENGINE


def test_an_answer_without_its_mark_is_not_used() -> None:
    book = PhraseBook(
        {
            "A report": "Un informe",
            "Police in Costaverde left.": "La policía de Costavo salió.",
            "Police in ⟦0⟧ left.": "La policía salió.",
        }
    )
    draft = translate(_story("Police in Costaverde left."), book, DictMemory())
    assert draft.blocks[0].text == "La policía de Costavo salió."


def test_a_link_on_a_mangled_name_stays_on_it() -> None:
    from pipeline.types import Span

    link = Span(tag="a", start=10, end=20, attributes=(("href", "https://costaverde.example/"),))
    block = Block(kind=BlockKind.PARAGRAPH, text="Police in Costaverde left.", spans=(link,))
    book = PhraseBook(
        {
            "A report": "Un informe",
            "Costaverde": "Costavo",
            "Police in Costaverde left.": "La policía de Costavo salió.",
            "Police in ⟦0⟧ left.": "La policía de ⟦0⟧ salió.",
        }
    )
    story = Story(rung="payload", headline="A report", blocks=(block,), language="en")
    made = translate(story, book, DictMemory()).blocks[0]
    assert [(made.text[span.start : span.end], span.attributes) for span in made.spans] == [
        ("Costaverde", link.attributes)
    ]


def test_a_sum_that_lost_its_currency_is_asked_again_under_a_mark() -> None:
    book = PhraseBook(
        {
            "A report": "Un informe",
            "It costs $40,000.": "Cuesta US 40.000.",
            "It costs ⟦0⟧.": "Cuesta ⟦0⟧.",
        }
    )
    assert translate(_story("It costs $40,000."), book, DictMemory()).blocks[0].text == "Cuesta $40.000."
