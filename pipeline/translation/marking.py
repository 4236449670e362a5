"""How well each rung of the ladder finds the words that a link belongs on, against marks made by hand.

Knows: sentence pairs, rungs, how two ranges are compared. Must not know: which engine lent its attention.

The Spanish is the reference of the test set, not the engine's own: so the marks stay true whatever model is installed,
and the attention is that of the model while it is made to write the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.text.ladder import Rung
from pipeline.text.markup import placements, project
from pipeline.translation.memory import Remembered
from pipeline.translation.pairs import Pair, counterparts
from pipeline.types import Hypothesis, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What rungs made of all marked elements. Shares of all elements, placed or not, in per cent."""

    name: str
    elements: int
    placed: float
    exact: float  # the very characters of the hand-made mark
    overlap: float  # F1 of the characters, 0 where nothing was placed


def marking(
    name: str,
    pairs: Sequence[Pair],
    hypotheses: Sequence[Hypothesis],
    fragments: Mapping[str, str],
    rungs: Set[Rung],
) -> Marking:
    """Let these rungs alone place every element of the pairs on the references."""
    elements = placed = exact = 0
    overlap = 0.0
    for pair, hypothesis in zip(pairs, hypotheses, strict=True):
        made = {
            (span.tag, span.attributes): target
            for span, target, _ in placements(pair.source, hypothesis, fragments=fragments, rungs=rungs)
        }
        for span, wanted in counterparts(pair):
            elements += 1
            got = made.get((span.tag, span.attributes))
            if got is not None:
                placed += 1
                exact += (got.start, got.end) == (wanted.start, wanted.end)
                overlap += _f1(got, wanted)
    whole = max(1, elements)
    return Marking(
        name=name,
        elements=elements,
        placed=round(100 * placed / whole, 1),
        exact=round(100 * exact / whole, 1),
        overlap=round(100 * overlap / whole, 1),
    )


def lost(pairs: Sequence[Pair], hypotheses: Sequence[Hypothesis], fragments: Mapping[str, str]) -> int:
    """How many elements the whole ladder could not carry over; must be 0."""
    return sum(
        len(pair.source.spans)
        for pair, hypothesis in zip(pairs, hypotheses, strict=True)
        if project(pair.source, hypothesis, fragments=fragments) is None
    )


def attended(
    pairs: Sequence[Pair], aligned: Callable[[Sequence[tuple[str, str]]], list[Hypothesis]]
) -> list[Hypothesis]:
    """The references with the model's attention over them, as the translate step knows it: through the memory."""
    made = aligned([(pair.source.text, pair.reference.text) for pair in pairs])
    return [Remembered.of(each, "").hypothesis() for each in made]


def followed(pairs: Sequence[Pair], aligned: Callable[[Sequence[tuple[str, str]]], list[Hypothesis]]) -> float:
    """How well attention alone finds the marked words, 0 to 1: the overlap."""
    return marking("attention", pairs, attended(pairs, aligned), {}, {Rung.ATTENTION}).overlap / 100


def rungs_used(pairs: Sequence[Pair], hypotheses: Sequence[Hypothesis], fragments: Mapping[str, str]) -> Iterator[Rung]:
    """The rung that placed each element when the whole ladder is there."""
    for pair, hypothesis in zip(pairs, hypotheses, strict=True):
        for _, _, rung in placements(pair.source, hypothesis, fragments=fragments):
            yield rung


def _f1(one: Span, other: Span) -> float:
    shared = max(0, min(one.end, other.end) - max(one.start, other.start))
    return 2 * shared / ((one.end - one.start) + (other.end - other.start))
