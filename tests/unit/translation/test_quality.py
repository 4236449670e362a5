"""The measuring of quality: that it counts what it says. No model's wording is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.text.ladder import Rung
from pipeline.translation.marking import marking
from pipeline.translation.models import Installed
from pipeline.translation.pairs import SHIPPED, counterparts, read
from pipeline.translation.quality import differing, measure, measure_model, table
from pipeline.translation.scores import corpus
from pipeline.types import Hypothesis
from tests.fakes import PhraseBook


def test_the_shipped_set_is_large_enough_and_marked_on_both_sides() -> None:
    pairs, digest = read()
    assert len({pair.source.text for pair in pairs}) == len(pairs) >= 150
    assert all(pair.source.spans for pair in pairs)
    assert len(digest) == 64
    for pair in pairs:
        for span, there in counterparts(pair):
            assert pair.source.text[span.start : span.end].strip()
            assert pair.reference.text[there.start : there.end].strip()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("only one side", "source, one tab, reference"),
        ("a {1:b} c\ta b c", "same elements"),
        ("a {1:b c\ta {1:b} c", "not closed"),
        ("a b} c\ta b c", "none has opened"),
    ],
)
def test_a_wrong_line_is_named(line: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text(f"The road.\tEl camino.\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"line 2: .*{complaint}"):
        read(file)


def test_a_perfect_engine_gets_full_marks_and_a_silent_one_none() -> None:
    pairs, _ = read()
    some = pairs[:20]
    perfect = measure(PhraseBook({pair.source.text: pair.reference.text for pair in some}, mark=""), some)
    assert (perfect.scores.bleu, perfect.scores.chrf) == (100.0, 100.0)
    assert perfect.links_lost == 0
    poor = measure(PhraseBook(mark="x "), some)
    assert poor.scores.chrf < 40
    assert poor.articles_clean < perfect.articles_clean or poor.sentences_clean < perfect.sentences_clean


def test_two_engines_stand_side_by_side_with_the_sentences_they_word_differently() -> None:
    some = read()[0][:12]
    book = {pair.source.text: pair.reference.text for pair in some}
    one = measure(PhraseBook(book, mark=""), some)
    other = measure(PhraseBook({**book, some[0].source.text: "Otra cosa."}, mark=""), some)
    rows = {name: (first, second) for name, first, second in table(one, other)}
    assert rows["BLEU"][0] == "100.0" != rows["BLEU"][1]
    assert {"chrF", "links lost", "exact marks, ladder, %", "sentences a CPU-second"} <= rows.keys()
    assert differing(one, other) == [
        (some[0].source.text, some[0].reference.text, some[0].reference.text, "Otra cosa.")
    ]


def test_marks_are_compared_to_the_character() -> None:
    pairs, _ = read()
    some = pairs[:30]
    references = [Hypothesis(text=pair.reference.text) for pair in some]
    own = {
        pair.source.text[span.start : span.end]: pair.reference.text[there.start : there.end]
        for pair in some
        for span, there in counterparts(pair)
    }
    told = marking("told", some, references, own, {Rung.TRANSLATED})
    assert told.exact == told.placed > 85  # what it places from the right words is exact
    blind = marking("blind", some, references, {}, {Rung.UNCHANGED})
    assert 0 < blind.placed < 30
    position = marking("position", some, references, {}, {Rung.POSITION})
    assert position.placed == 100.0
    assert position.exact < position.overlap < 100.0


def test_no_break_spaces_cost_nothing() -> None:
    assert corpus(["Cayó un 15\u00a0% en la región norte."], ["Cayó un 15 % en la región norte."]).bleu == 100.0


@pytest.mark.model
def test_the_installed_model_can_be_measured(install_starter: Callable[[Path], Installed], tmp_path: Path) -> None:
    pairs, _ = read(SHIPPED)
    model = install_starter(tmp_path)
    quality = measure_model(model, pairs[:12], threads=1)
    assert quality.model == model.name
    assert quality.pairs == len(quality.samples) == 12
    assert 0 <= quality.scores.bleu <= 100
    assert quality.links_lost == 0
    assert {each.name for each in quality.markings} >= {"unchanged", "translated", "attention", "position", "ladder"}
    assert all(0 <= each.exact <= each.placed <= 100 for each in quality.markings)
    assert sum(quality.rungs.values()) == quality.markings[0].elements
