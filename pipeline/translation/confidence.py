"""How sure an engine was of a sentence, and below what it was less sure than it usually is.

Knows: log-probabilities, percentiles, what they say about a draft. Must not know: engines, where thresholds are kept.

The sequence log-probability is the best cheap sign of a bad translation (Guerreiro et al. 2022), but its scale is each
model's own: thresholds are measured when a model is installed, on the sentences of the shipped test set (pairs.py).
By their making one ordinary sentence in a hundred falls below the lower one, so that alone may not stop an article: it
does so in headlines and in quotations, where an error is dearest, and warns elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.translation.doubts import Doubt
from pipeline.types import Draft, Level, Match, Origin

_FEWEST = 50  # sentences; percentiles of fewer mean nothing
_DEAR = ("headline", "standfirst")


def percentiles(scores: Sequence[float]) -> tuple[float, float] | None:
    """The 1st and the 5th percentile (nearest rank) of engine scores; None from fewer than fifty sentences."""
    if len(scores) < _FEWEST:
        return None
    ordered = sorted(scores)
    return ordered[len(ordered) // 100], ordered[len(ordered) // 20]


def unsure(draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Sentences of which the model was less sure than of ninety-five, or ninety-nine, in a hundred others."""
    if draft.doubt_below is None:
        return
    first, fifth = draft.doubt_below
    for match in draft.matches:
        if match.score is None or match.score >= fifth or match.origin not in {Origin.ENGINE, Origin.MEMORY}:
            continue
        grave = match.score < first
        yield (
            match.place,
            Doubt(
                Level.HOLD if grave and _dear(match) else Level.WARN,
                f"The model was less sure of this than of {99 if grave else 95} in 100 sentences. Compare both texts.",
                f"El modelo estaba menos seguro de esto que de {99 if grave else 95} de cada 100 frases. Compárelas.",
            ),
        )


def _dear(match: Match) -> bool:
    return match.place in _DEAR or any(mark in match.target for mark in '«“"')
