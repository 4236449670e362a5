"""What changed between two texts, word by word, and between two lists of sentences.

Knows: words, sentences. Must not know: languages, markup, how a difference is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Fate(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one of the two texts."""

    fate: Fate
    text: str


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts laid over each other; without what is GONE they are `after`, without what is NEW `before`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Fate.SAME, "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece(Fate.GONE, "".join(old[a:b])))
        if d > c:
            pieces.append(Piece(Fate.NEW, "".join(new[c:d])))
    return tuple(pieces)


def sentences(before: Sequence[str], after: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Which sentences of `after` are not in `before` as they stand, and which of `before` have no successor.

    Returns index in `after` -> the sentence of `before` in its place ("" when it is new), and what is gone.
    """
    changed: dict[int, str] = {}
    gone: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, list(before), list(after), autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(d - c):
            changed[c + step] = before[a + step] if a + step < b else ""
        gone.extend(before[a + max(0, d - c) : b])
    return changed, tuple(gone)
