"""Differences of texts, word by word and sentence by sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.difference import Fate, Piece, sentences, words


def test_a_changed_word_is_shown_in_its_place() -> None:
    assert words("Costó 14 millones.", "Costó 41 millones.") == (
        Piece(Fate.SAME, "Costó "),
        Piece(Fate.GONE, "14"),
        Piece(Fate.NEW, "41"),
        Piece(Fate.SAME, " millones."),
    )


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_the_difference(before: str, after: str) -> None:
    pieces = words(before, after)
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.GONE) == after


def test_sentences_are_new_changed_or_gone() -> None:
    changed, gone = sentences(["a", "b", "c", "d"], ["a", "B", "c", "e", "f"])
    assert (changed, gone) == ({1: "b", 3: "d", 4: ""}, ())
    assert sentences(["a", "b", "c"], ["a", "c"]) == ({}, ("b",))


def test_equal_texts_differ_nowhere() -> None:
    assert sentences(["a", "b"], ["a", "b"]) == ({}, ())
    assert words("a b", "a b") == (Piece(Fate.SAME, "a b"),)
