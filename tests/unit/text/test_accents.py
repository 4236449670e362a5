"""Letters without accents: what is compared must not depend on how it was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.accents import unaccented


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Fiscalía General de la Nación", "Fiscalia General de la Nacion"),
        ("Fiscali\u0301a", "Fiscalia"),
        ("ÑANDÚ ñandú", "NANDU nandu"),
        ("ﬁn de año", "fin de ano"),
        ("plain ASCII, 15 %", "plain ASCII, 15 %"),
        ("Москва", "Москва"),
        ("", ""),
    ],
)
def test_accents_are_taken_off_and_nothing_else(text: str, plain: str) -> None:
    assert unaccented(text) == plain


@given(st.text())
def test_however_a_text_was_composed_it_compares_the_same(text: str) -> None:
    bare = unaccented(text)
    assert bare == unaccented(unicodedata.normalize("NFD", text))
    assert not any(map(unicodedata.combining, bare))
