"""Words that the engine hardly looked at: which are told, and when that means something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.translation import models
from pipeline.translation.findings import check
from pipeline.translation.memory import DictMemory, Remembered
from pipeline.translation.omission import faint, omitted, threshold
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, Draft, Faint, Hypothesis, Origin, Story
from tests.fakes import PhraseBook, pieces
from tests.labelled import _draft


def heard(source: str, target: str, *weights: float) -> list[tuple[str, float]]:
    """The faint words where each word of the source got this much attention."""
    given = pieces(source)
    answer = Remembered(text=target, score=None, model="", source_pieces=given, heard=weights)
    return [(each.word, each.weight) for each in faint("b0.0", source, answer)]


def test_a_word_without_attention_is_told_with_its_weight() -> None:
    source = "In the port armed guards slept."
    assert heard(source, "En el puerto los guardias dormían.", 0.9, 0.9, 0.9, 0.04, 0.8, 0.7) == [("armed", 0.04)]


def test_what_the_first_word_of_the_translation_may_have_told_is_not_judged() -> None:
    assert heard("Whole articles were lost.", "Artículos enteros se perdieron.", 1, 0.02, 0.6, 0.7) == []


def test_what_stands_there_as_it_is_was_not_left_out() -> None:
    assert heard("In the port Eric Andrade slept.", "Éric Andrade dormía.", 0, 0, 0, 0.02, 0.02, 0.7) == []


def test_small_words_and_those_told_by_the_grammar_do_not_count() -> None:
    source = "The man at the gate no longer sat down with them."
    assert heard(source, "El hombre de la puerta ya no se sentaba.", *[1.0] * 5, *[0.0] * 6) == []
    assert heard("No link is ever lost.", "Nunca se pierde un enlace.", 1, 1, 1, 0.07, 1) == []


def test_a_word_in_pieces_was_seen_if_one_of_them_was() -> None:
    answer = Remembered(
        text="Duerme.", score=None, model="", source_pieces=("▁", "▁", "▁to", "▁dis", "arm"), heard=(1, 1, 1, 0.02, 0.5)
    )
    assert list(faint("b0.0", "to disarm", answer)) == []


def test_an_answer_without_attention_tells_nothing() -> None:
    assert heard("The armed guards slept.", "Los guardias dormían.") == []


def test_the_memory_keeps_what_was_heard_of_each_piece_of_the_source() -> None:
    attention = ((0.704, 0.1, 0.196), (0.0, 0.25, 0.75))
    answer = Remembered.of(Hypothesis(text="a b", pieces=("a", "b"), attention=attention), "m")
    assert answer.heard == (0.7, 0.25, 0.75)
    assert Remembered.of(Hypothesis(text="a b"), "m").heard == ()


def test_a_threshold_is_half_of_what_nearly_all_sentences_keep_above() -> None:
    def answered(weight: float) -> tuple[str, Remembered]:
        source = "In the port armed guards"
        return source, Remembered(
            text="", score=None, model="", source_pieces=pieces(source), heard=(1, 1, 1, weight, 1)
        )

    many = [answered(0.3 - place / 1000) for place in range(100)]
    assert threshold(many) == pytest.approx((0.3 - 98 / 1000) / 2, abs=0.001)
    assert threshold([answered(0.9)] * 60) == 0.15  # no model's is higher
    assert threshold(many[:49]) is None


def places(draft: Draft) -> list[str]:
    return [place for place, _ in omitted(draft)]


def test_only_the_engines_own_words_are_doubted_and_only_where_the_threshold_is_known() -> None:
    draft = _draft(["The armed guards slept."], ["Los guardias dormían."])
    draft = replace(draft, faint=(Faint(place="b0.0", word="armed", weight=0.1),))
    assert places(draft) == []
    assert places(replace(draft, faint_below=0.15)) == ["b0.0"]
    assert places(replace(draft, faint_below=0.05)) == []
    edited = replace(draft.matches[0], origin=Origin.EDITOR)
    assert places(replace(draft, faint_below=0.15, matches=(edited,))) == []


def test_a_draft_carries_what_its_sentences_hardly_looked_at_also_out_of_the_memory() -> None:
    """The diagonal attention of the phrase book passes over every other word of a source twice as long."""
    text = "Tired armed guards slept near closed gates yesterday."
    story = Story(rung="payload", headline="News", language="en", blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),))
    book = PhraseBook({"News": "Noticias", text: "Dormían ante portones cerrados."})
    memory = DictMemory()
    fresh, remembered = (translate(story, book, memory) for _ in range(2))
    assert [(each.place, each.word, each.weight) for each in fresh.faint] == [
        ("b0.0", word, 0.0) for word in ("slept", "closed", "yesterday")
    ]
    assert remembered.faint == fresh.faint
    found = [each for each in check(story, replace(fresh, faint_below=0.15)) if each.code == "omission"]
    assert [each.place for each in found] == ["b0.0"]
    assert "“slept”, “closed”, “yesterday”" in found[0].reason
    assert "«slept», «closed», «yesterday»" in found[0].reason_es
    other = translate(replace(story, language="de"), book, DictMemory())
    assert other.faint == ()  # the words that do not count are known in English only


@pytest.mark.model
def test_a_model_is_measured_when_it_is_installed(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    made = install_starter(tmp_path)
    assert made.faint_below is not None
    assert 0 <= made.faint_below <= 0.15
    assert models.installed(tmp_path)[0].faint_below == made.faint_below
