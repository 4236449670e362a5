"""Rules of character hygiene."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.hygiene import clean, collapse


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Pen\u0303a", "Peña"),
        ("SEE ALSO:\u00a0Gold", "SEE ALSO: Gold"),
        ("five\u202f%\u2009\u3000x", "five %  x"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("tab\tkept\nline kept", "tab\tkept\nline kept"),
        ("page\x0cbreak", "page break"),
        ("a\x00b\x1bc\x85d\x7f", "abcd"),
        ("safe\u202etxt.exe\u2069", "safetxt.exe"),
        ("\ufeffzero\u200bwidth\u00ad", "zerowidth"),
        ("lone\ud800 surrogate", "lone surrogate"),
        ("non\ufdd0char\uffff\U0001fffe", "nonchar"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("«quotes» “stay” as — found", "«quotes» “stay” as — found"),
    ],
)
def test_clean_removes_what_nobody_can_see(given_text: str, expected: str) -> None:
    assert clean(given_text) == expected


@given(st.text(st.characters()))
def test_clean_is_idempotent_and_encodable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


def test_collapse_leaves_single_inner_spaces() -> None:
    assert collapse(" \n two \t words\u00a0here ") == "two words here"
