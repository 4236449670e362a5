"""What the memory keeps, and under which key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.memory import DictMemory, Remembered, key
from pipeline.types import Hypothesis
from tests.fakes import PhraseBook

TEXT = st.text(max_size=20).filter(lambda text: "\x1f" not in text)


@given(st.lists(TEXT, min_size=3, max_size=3), st.lists(TEXT, min_size=3, max_size=3))
def test_keys_are_equal_only_for_equal_questions(one: list[str], other: list[str]) -> None:
    assert (key(*one) == key(*other)) == (one == other)


def test_another_model_has_another_key() -> None:
    first, second = PhraseBook({"a": "b"}), PhraseBook({"a": "c"})
    assert key(first.identity.key, "es", "a") != key(second.identity.key, "es", "a")


@st.composite
def hypotheses(draw: st.DrawFn) -> Hypothesis:
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    weight = st.floats(0, 1, allow_nan=False)
    return Hypothesis(
        text=draw(TEXT),
        score=draw(st.none() | weight),
        pieces=tuple(f"t{place}" for place in range(rows)),
        source_pieces=tuple(f"s{place}" for place in range(columns)),
        attention=tuple(tuple(draw(weight) for _ in range(columns)) for _ in range(rows)),
    )


@given(hypotheses())
def test_an_answer_survives_the_memory_with_its_alignment_and_then_changes_no_more(fresh: Hypothesis) -> None:
    remembered = Remembered.of(fresh, "m")
    again = remembered.hypothesis()
    assert (again.text, again.score, again.pieces, again.source_pieces) == (
        fresh.text,
        fresh.score,
        fresh.pieces,
        fresh.source_pieces,
    )
    assert fresh.attention is not None
    assert again.attention is not None
    for soft, hard in zip(fresh.attention, again.attention, strict=True):
        assert sum(hard) == 1
        assert soft[hard.index(1.0)] == max(soft)
    assert Remembered.of(again, "m").alignment == remembered.alignment


def test_an_answer_without_attention_stays_without() -> None:
    remembered = Remembered.of(Hypothesis(text="a", pieces=("a",), source_pieces=("b",)), "m")
    assert remembered.hypothesis().attention is None


def test_unknown_keys_are_left_out() -> None:
    memory = DictMemory()
    entry = Remembered(text="a", score=None, model="m")
    memory.put({"k": entry})
    assert memory.get(["k", "other"]) == {"k": entry}
