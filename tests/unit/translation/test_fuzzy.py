"""Which sentences resemble one another, and how much."""

from __future__ import annotations

from pipeline.translation.fuzzy import alike, lengths

OTHERS = [
    "The court fined the company 300 pesos.",
    "The court fined the company 900 pesos.",
    "Rain is expected in the north.",
    "the court fined the company 300 pesos.",
]


def test_only_the_very_same_sentence_scores_one() -> None:
    found = dict(alike(OTHERS[0], OTHERS, limit=9))
    assert found[0] == 1.0
    assert found[3] == 0.99
    assert 0.9 < found[1] < 0.99
    assert 2 not in found


def test_the_best_come_first_and_the_limit_holds() -> None:
    assert [place for place, _ in alike(OTHERS[0], OTHERS, limit=2)] == [0, 3]
    assert alike(OTHERS[0], [], limit=3) == []


def test_a_sentence_with_a_control_character_is_compared_like_any_other() -> None:
    assert alike("Rain\x1e is expected", ["Sun", "rain\x1e is expected", "Snow"], limit=3) == [(1, 0.99)]


def test_what_is_outside_the_lengths_could_not_have_reached_the_floor() -> None:
    sentence = "The court fined the company 300 pesos."
    shortest, longest = lengths(sentence)
    assert alike(sentence, [sentence[: shortest - 1], sentence + "x" * (longest - len(sentence) + 1)], limit=2) == []
    assert alike(sentence, [sentence[: shortest + 1]], limit=1)
