"""Sentences that resemble one another: the only file that knows rapidfuzz.

Knows: strings. Must not know: where they come from, what is done with a resemblance.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from pipeline.translation.sentence import plain_quotes

FLOOR = 0.7  # below this an editor is faster without
_APART = "\x1e"  # a control character, which the reading of articles leaves in no sentence


def alike(sentence: str, others: Sequence[str], *, limit: int, floor: float = FLOOR) -> list[tuple[int, float]]:
    """(index, score) of the most alike of `others`, best first, ties in their order; scores from `floor` to 1.0.

    The score is twice the length of the longest common subsequence over both lengths (normalised indel similarity),
    with capitals and the shape of quotation marks left out of account. Only the very same string scores 1.0.
    """
    found = process.extract(
        _plain(sentence), _all_plain(others), scorer=fuzz.ratio, score_cutoff=floor * 100, limit=limit
    )
    return [(place, 1.0 if others[place] == sentence else min(score / 100, 0.99)) for _, score, place in found]


def lengths(sentence: str, floor: float = FLOOR) -> tuple[int, int]:
    """The shortest and the longest string that could reach `floor`."""
    ratio = floor / (2 - floor)
    return int(len(sentence) * ratio), int(len(sentence) / ratio) + 1


def _plain(text: str) -> str:
    return plain_quotes(text).casefold()


def _all_plain(texts: Sequence[str]) -> list[str]:
    """As one string, which takes half the time of twenty thousand."""
    plain = _plain(_APART.join(texts)).split(_APART)
    return plain if len(plain) == len(texts) else [_plain(text) for text in texts]
