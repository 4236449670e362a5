"""What commands print for a program or a file is whole, however wide."""

from __future__ import annotations

import pytest

from workers.cli.common import out, print_table

LONG = "harbour-notes: invented-word, names, negation, quotation, figures, attribution, glossary, omission, confidence"


def test_a_table_is_not_cut_where_no_terminal_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    print_table(("article", "why"), [("1", LONG), ("2", "")])
    heading, first, second = (line.rstrip() for line in capsys.readouterr().out.splitlines())
    assert heading == "article  why"
    assert first == f"1        {LONG}"
    assert second == "2"


def test_in_a_narrow_one_words_are_folded_and_none_is_shortened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    word = "a-code-of-more-than-thirty-characters-indeed"
    print_table(("article", "why"), [("1", word)])
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert "".join(printed.split()).endswith(word)


def test_a_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    out.print(f"parked: {LONG}")
    assert capsys.readouterr().out == f"parked: {LONG}\n"
