"""The known word that somebody probably meant."""

from __future__ import annotations

import difflib


def near(word: str, words: set[str] | list[str]) -> str:
    """ "; did you mean …?" or nothing."""
    found = difflib.get_close_matches(word, sorted(words), n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else ""
