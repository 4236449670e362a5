"""Numbers read in both languages, and marks that keep them from the engine."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.fidelity import numbers
from pipeline.translation.figures import figures, roman
from pipeline.translation.marks import marked, quotations, unmarked


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1,234.5", "en", ["1234.5"]),
        ("1.234,5", "es", ["1234.5"]),
        ("1,234,567", "en", ["1234567"]),
        ("4.5 billion", "en", ["4500000000"]),
        ("4,5 mil millones", "es", ["4500000000"]),
        ("4.500 millones", "es", ["4500000000"]),
        ("dos mil trescientos", "es", ["2300"]),
        ("treinta y cinco", "es", ["35"]),
        ("twenty-five", "en", ["25"]),
        ("one hundred and twenty", "en", ["120"]),
        ("a million", "en", ["1000000"]),
        ("mil personas", "es", ["1000"]),
        ("millions of people", "en", []),
        ("millones de personas", "es", []),
        ("un billón", "es", ["1000000000000"]),
        ("12\u202f300", "es", ["12300"]),
        ("$3bn", "en", ["3000000000"]),
        ("two dozen", "en", ["2", "12"]),
        ("no digits at all", "en", []),
    ],
)
def test_figures(text: str, language: str, values: list[str]) -> None:
    assert [sorted(each.values) for each in figures(text, language)] == [[Decimal(value)] for value in values]


def test_a_figure_with_one_mark_and_three_digits_has_both_readings_in_spanish() -> None:
    assert figures("1.234", "es")[0].values == {Decimal(1234), Decimal("1.234")}
    assert figures("1,234", "en")[0].values == {Decimal(1234)}


@pytest.mark.parametrize(
    ("text", "values"), [("siglo XIX", {19}), ("Juan XXIII", {23}), ("ley", set()), ("IV y V", {4, 5})]
)
def test_roman_numerals(text: str, values: set[int]) -> None:
    assert roman(text) == {Decimal(value) for value in values}


@given(st.integers(0, 10**9))
def test_a_number_agrees_with_its_spanish_dress_and_with_no_other(value: int) -> None:
    source = f"It cost {value:,} pesos."
    assert list(numbers(source, f"Costó {value:,} pesos.".replace(",", "."))) == []
    assert list(numbers(source, f"Costó {value} pesos.")) == []
    assert list(numbers(source, f"Costó {value + 1} pesos.")) != []


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_strange_to_be_read(source: str, target: str) -> None:
    for doubt in numbers(source, target):
        assert doubt.reason
        assert doubt.reason_es


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("It cost $1,573.50 in 2019.", "It cost ⟦0⟧ in ⟦1⟧."),
        ("The G20 met.", "The G20 met."),
        ("The 1990s ended.", "The 1990s ended."),
        ("A sign ⟦ and 5.", "A sign ⟦ and 5."),
        ("No figures.", "No figures."),
    ],
)
def test_figures_are_marked_only_where_they_stand_alone(text: str, asked: str) -> None:
    assert marked(text, figures=True)[0] == asked


def test_marks_turn_back_into_figures_in_spanish_dress() -> None:
    assert unmarked("En ⟦1⟧ costó ⟦0⟧.", ("$1,573.50", "2019")) == "En 2019 costó $1.573,50."


@pytest.mark.parametrize("text", ["Costó ⟦0⟧.", "⟦0⟧ ⟦1⟧ ⟦1⟧", "⟦0⟧ ⟦1⟧ ⟦2⟧", "⟦0⟧ ⟦1⟧ ⟧", ""])
def test_a_mark_lost_doubled_or_invented_gives_nothing(text: str) -> None:
    assert unmarked(text, ("5", "6")) is None


@pytest.mark.parametrize(
    ("text", "asked", "quoted"),
    [
        ('"We left," she said.', '"We left", she said.', ('"We left"',)),
        ('He "won." Again "won."', 'He "won". Again "won".', ('"won"',)),
        ('He asked: "Why?"', 'He asked: "Why?"', ('"Why?"',)),
        ('It began "in the night', 'It began "in the night', ()),
        ('A sign "—" and "yes".', 'A sign "—" and "yes".', ()),
        ("Nobody is quoted.", "Nobody is quoted.", ()),
    ],
)
def test_a_stop_at_the_end_of_a_quotation_belongs_to_the_sentence(text: str, asked: str, quoted: tuple[str]) -> None:
    assert quotations(text) == (asked, quoted)
