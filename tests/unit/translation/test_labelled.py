"""The labelled set holds every check to a floor of precision and recall; `python -m tests.labelled` prints both."""

from __future__ import annotations

import pytest

from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS, off
from tests.labelled import LANGUAGES, Score, labelled, scores, speaks, table

SCORES = {score.code: score for score in scores()}
# What a check is known to get wrong. The pairs stay in the set.
KNOWN = {
    ("invented-word", "They washed the money."),  # a capital at the head: taken for a name
}
# It reads attention, which is a hint: a part of what was left out passes it. What it misses stays in the set, too.
HINTS = {"omission": (1.0, 0.65)}

OFF_ELSEWHERE = {
    "acronyms",
    "back-translation",
    "dates",
    "hours",
    "invented-word",
    "leftover-english",
    "units",
}


def test_every_check_has_twenty_labelled_pairs_ten_on_either_side() -> None:
    assert set(labelled()) == {each.code for each in (*SENTENCE_CHECKS, *ARTICLE_CHECKS)}
    assert all(score.fire >= 10 and score.silent >= 10 for score in SCORES.values())


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_check_is_nearly_always_right(score: Score) -> None:
    precision, recall = HINTS.get(score.code, (1.0, 0.9))
    assert score.precision >= precision
    assert score.recall >= recall


def test_every_check_that_reads_another_language_is_labelled_there() -> None:
    for language in LANGUAGES:
        reads = {each.code for each in SENTENCE_CHECKS if language in each.also}
        assert set(labelled(language)) == reads
        assert {code for code, pairs in labelled(language).items() if min(map(len, pairs.values())) >= 10} >= {
            "hedge",
            "negation",
        }


@pytest.mark.parametrize(
    ("language", "code", "kind", "pair"),
    [
        (language, code, kind, pair)
        for language in LANGUAGES
        for code, kinds in labelled(language).items()
        for kind, pairs in kinds.items()
        for pair in pairs
    ],
)
def test_a_pair_in_another_language_is_judged_right(language: str, code: str, kind: str, pair: list[str]) -> None:
    assert speaks(code, pair, language) is (kind == "fire")


def test_checks_that_read_spanish_are_off_for_other_languages_and_it_is_known_which() -> None:
    assert off("es") == []
    assert set(off("pt")) == set(off("fr")) == OFF_ELSEWHERE
    assert set(off("de")) == {each.code for each in SENTENCE_CHECKS if each.spanish}


def test_what_is_judged_wrongly_is_what_we_know_of() -> None:
    wrong = {
        (code, pair[0])
        for code, pairs in labelled().items()
        if code not in HINTS
        for kind in ("fire", "silent")
        for pair in pairs[kind]
        if speaks(code, pair) is not (kind == "fire")
    }
    assert wrong == KNOWN


def test_the_table_names_every_check_and_counts_the_errors() -> None:
    printed = table()
    assert all(code in printed for code in SCORES)
    wrong = sum(score.false + score.fire - score.caught for score in SCORES.values())
    assert wrong >= len(KNOWN)
    assert printed.endswith(f"pairs, {wrong} judged wrongly")
