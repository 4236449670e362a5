"""Sentences that resemble one another: the only file that knows rapidfuzz.

Knows: strings. Must not know: where they come from, what is done with a resemblance.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from pipeline.translation.sentence import plain_quotes

FLOOR = 0.7  # below this an editor is faster without


def alike(sentence: str, others: Sequence[str], *, limit: int, floor: float = FLOOR) -> list[tuple[int, float]]:
    """(index, score) of the most alike of `others`, best first, ties in their order; scores from `floor` to 1.0.

    The score is twice the length of the longest common subsequence over both lengths (normalised indel similarity),
    with capitals and the shape of quotation marks left out of account. Only the very same string scores 1.0.
    """
    found = process.extract(
        sentence, others, scorer=fuzz.ratio, processor=_plain, score_cutoff=floor * 100, limit=limit
    )
    return [(place, 1.0 if other == sentence else min(score / 100, 0.99)) for other, score, place in found]


def lengths(sentence: str, floor: float = FLOOR) -> tuple[int, int]:
    """The shortest and the longest string that could reach `floor`."""
    ratio = floor / (2 - floor)
    return int(len(sentence) * ratio), int(len(sentence) / ratio) + 1


def _plain(text: str) -> str:
    return plain_quotes(text).casefold()
