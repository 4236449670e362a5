"""Two engines in a row: from a language into another through a third, where no model leads there directly.

Knows: how two answers become one. Must not know: which engines these are, which languages a newsroom wants.

What the first engine gets wrong the second cannot mend, so a direct model is always better. There is no attention over
both legs: inline elements are carried over by the rungs that do without (pipeline/text/markup.py).

The score of a sentence is that of the leg that was less sure of it: a mean log-probability of a piece, as every
engine's. It is no probability of the whole, which neither leg knows, but no sure leg can hide an unsure one behind
it. It compares with sentences of the same two engines only; thresholds are not measured for pairs of models, so the
check that reads it (confidence.py) says nothing here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from pipeline.translation.engine import Engine
from pipeline.types import EngineIdentity, Hypothesis


class PivotEngine:
    """`second` after `first`; ValueError unless the one begins where the other ends."""

    def __init__(self, first: Engine, second: Engine) -> None:
        if first.target != second.source:
            raise ValueError(f"{first.source}-{first.target} does not lead to {second.source}-{second.target}")
        self._first = first
        self._second = second

    @property
    def identity(self) -> EngineIdentity:
        legs = self._first.identity, self._second.identity
        return EngineIdentity(
            engine=_once(leg.engine for leg in legs),
            engine_version=_once(leg.engine_version for leg in legs),
            model=" + ".join(leg.model for leg in legs),
            model_sha256=hashlib.sha256("".join(leg.model_sha256 for leg in legs).encode()).hexdigest(),
            settings=f"pivot={self._first.target} " + " | ".join(leg.settings for leg in legs),
        )

    @property
    def source(self) -> str:
        return self._first.source

    @property
    def target(self) -> str:
        return self._second.target

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """See Engine. A sentence is done when its second leg is; until then the number told is 0."""
        told = on_batch or _nobody
        halfway = self._first.translate(sentences, on_batch=lambda done: told(0))
        ends = self._second.translate([each.text for each in halfway], on_batch=told)
        return [
            Hypothesis(text=end.text, score=_less_sure(half.score, end.score), pieces=end.pieces)
            for half, end in zip(halfway, ends, strict=True)
        ]


def _less_sure(first: float | None, second: float | None) -> float | None:
    """The lower of two scores; unknown if either is."""
    return None if first is None or second is None else min(first, second)


def _once(names: Iterable[str]) -> str:
    return " + ".join(dict.fromkeys(names))


def _nobody(_done: int) -> None:
    """Nobody asked to be told."""
