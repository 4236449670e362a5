"""Attention as an alignment: which stretch of the source a target word came from.

Knows: SentencePiece pieces, an engine's attention matrix. Must not know: markup, blocks, any engine.

Attention rows belong to target pieces, columns to source pieces. Word alignment is read as in Garg et al. 2019
(arXiv 1909.02074): mass summed over source pieces, averaged over the target pieces of a word, with sentence marks left
out and the rest normalised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.types import Hypothesis

Range = tuple[int, int]

_MARK = "▁"  # SentencePiece's sign for the blank before a word
_SPECIAL = re.compile(r"^(?:</?s>|<pad>|<unk>|<blank>|>>\w+<<|__\w+__)$")
_LONGEST = 5000  # characters; a diff of longer texts takes too long, and no sentence is that long


_QUOTES = str.maketrans("“”«»„‟", '"' * 6)


def folded(text: str) -> str:
    """Return `text` with its differences of case, quotation marks and blanks taken out; the length stays the same."""
    return "".join(
        " " if char.isspace() else char.lower() if len(char.lower()) == 1 else char for char in text.translate(_QUOTES)
    )


def piece_ranges(pieces: Sequence[str], text: str) -> list[Range | None]:
    """Return where in `text` each piece stands; None for sentence marks, blanks and what cannot be found.

    The text may differ a little from the joined pieces (normalised characters, changed case, other blanks).
    """
    shown = ["" if _SPECIAL.match(piece) else "".join(piece.replace(_MARK, " ").split()) for piece in pieces]
    where = _places("".join(shown), text)
    ranges: list[Range | None] = []
    at = 0
    for piece in shown:
        own = where[at : at + len(piece)]
        if -1 in own:
            own = [place for place in own if place >= 0]
        at += len(piece)
        ranges.append((own[0], own[-1] + 1) if own else None)  # places never go back
    return ranges


def _places(joined: str, text: str) -> list[int]:
    """For each character of `joined`, which has no blanks, its place in `text`, or -1."""
    visible = [i for i, char in enumerate(text) if not char.isspace()]
    bare = "".join(text[i] for i in visible)
    if joined == bare:
        return visible
    places = [-1] * len(joined)
    if max(len(joined), len(bare)) <= _LONGEST:
        for block in SequenceMatcher(None, folded(joined), folded(bare), autojunk=False).get_matching_blocks():
            places[block.a : block.a + block.size] = visible[block.b : block.b + block.size]
    return places


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the pieces of both sides stand, and how strongly each target piece looks at each source piece."""

    target: tuple[tuple[Range, tuple[float, ...]], ...]  # range in the target text, row over `source`
    source: tuple[Range, ...]

    def mass(self, target: Range, source: Range) -> float:
        """Return how much of the target range's attention falls into the source range: 0 to 1."""
        rows = [row for (start, end), row in self.target if start < target[1] and end > target[0]]
        if not rows:
            return 0.0
        shares = [max(0, min(end, source[1]) - max(start, source[0])) / (end - start) for start, end in self.source]
        return sum(sum(a * share for a, share in zip(row, shares, strict=True)) for row in rows) / len(rows)


def alignment_of(source_text: str, hypothesis: Hypothesis) -> Alignment | None:
    """Read a hypothesis' attention; None if there is none or it does not fit its pieces."""
    rows, pieces, source_pieces = hypothesis.attention, hypothesis.pieces, hypothesis.source_pieces
    if not rows or not pieces or not source_pieces or len(rows) < len(pieces):
        return None
    columns = [(i, place) for i, place in enumerate(piece_ranges(source_pieces, source_text)) if place]
    target: list[tuple[Range, tuple[float, ...]]] = []
    for place, row in zip(piece_ranges(pieces, hypothesis.text), rows, strict=False):
        if len(row) < len(source_pieces):
            return None
        if place:
            kept = [row[i] if math.isfinite(row[i]) and row[i] > 0 else 0.0 for i, _ in columns]
            total = sum(kept)
            target.append((place, tuple(value / total if total > 0 else 0.0 for value in kept)))
    return Alignment(target=tuple(target), source=tuple(place for _, place in columns))
