"""The labelled set holds every check to a floor of precision and recall; `python -m tests.labelled` prints both."""

from __future__ import annotations

import pytest

from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS
from tests.labelled import Score, labelled, scores, speaks, table

SCORES = {score.code: score for score in scores()}
# What a check is known to get wrong. The pairs stay in the set.
KNOWN = {
    ("invented-word", "They washed the money."),  # a capital at the head: taken for a name
}


def test_every_check_has_twenty_labelled_pairs_ten_on_either_side() -> None:
    assert set(labelled()) == {each.code for each in (*SENTENCE_CHECKS, *ARTICLE_CHECKS)}
    assert all(score.fire >= 10 and score.silent >= 10 for score in SCORES.values())


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_check_is_nearly_always_right(score: Score) -> None:
    assert score.precision == 1.0
    assert score.recall >= 0.9


def test_what_is_judged_wrongly_is_what_we_know_of() -> None:
    wrong = {
        (code, pair[0])
        for code, pairs in labelled().items()
        for kind in ("fire", "silent")
        for pair in pairs[kind]
        if speaks(code, pair) is not (kind == "fire")
    }
    assert wrong == KNOWN


def test_the_table_names_every_check_and_counts_the_errors() -> None:
    printed = table()
    assert all(code in printed for code in SCORES)
    assert printed.endswith(f"pairs, {len(KNOWN)} judged wrongly")
