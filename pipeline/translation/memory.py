"""Translation memory: what an engine once said of a sentence, kept by everything that could change the answer.

Knows: keys, what is worth remembering, and how an alignment is rebuilt from it. Must not know: where the entries are
stored; the ledger keeps them, `DictMemory` does so for tests and single runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.types import Hypothesis, Origin, Provenance, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An engine's answer in its compact form.

    `alignment[i]` is the index of the source piece that target piece `i` attended to most, or -1 where the engine
    offered no attention. `heard[j]` is the most attention that any target piece gave source piece `j`, to two digits;
    empty without attention, and in entries from before it was kept. The full matrix is not kept: the translate step
    works from this form alone, so that a sentence out of the memory gets its links and emphasis exactly where a fresh
    one does.
    """

    text: str
    score: float | None
    model: str  # EngineIdentity.model
    pieces: tuple[str, ...] = ()
    source_pieces: tuple[str, ...] = ()
    alignment: tuple[int, ...] = ()
    heard: tuple[float, ...] = ()

    @classmethod
    def of(cls, hypothesis: Hypothesis, model: str) -> Remembered:
        """Reduce an engine's answer to what is remembered."""
        attention = hypothesis.attention or ()
        return cls(
            text=hypothesis.text,
            score=hypothesis.score,
            model=model,
            pieces=hypothesis.pieces,
            source_pieces=hypothesis.source_pieces,
            alignment=tuple(_peak(row) for row in attention),
            heard=tuple(round(max(column), 2) for column in zip(*attention, strict=True)),
        )

    def hypothesis(self) -> Hypothesis:
        """The answer again, its attention sharpened to one source piece per target piece."""
        width = len(self.source_pieces)
        attention = tuple(tuple(float(column == peak) for column in range(width)) for peak in self.alignment)
        return Hypothesis(
            text=self.text,
            score=self.score,
            pieces=self.pieces,
            source_pieces=self.source_pieces,
            attention=attention or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A finished translation of a sentence that wins over anything an engine would say.

    `origin` is EDITOR for a post-edit, MEMORY for an imported unit and for what readers of an earlier revision have.
    """

    target: str
    origin: Origin
    spans: tuple[Span, ...] = ()
    model: str = ""  # who made the words, where that was an engine or a file
    score: float | None = None
    provenance: Provenance | None = None


def _peak(row: Sequence[float]) -> int:
    """Index of the largest weight; the leftmost of equals."""
    return max(range(len(row)), key=row.__getitem__, default=-1)


def key(identity_key: str, language: str, source: str) -> str:
    """Hex SHA-256 over engine identity, target language and the exact source sentence."""
    return hashlib.sha256("\x1f".join((identity_key, language, source)).encode()).hexdigest()


class Memory(Protocol):
    """Remembered sentences by key. Losing an entry costs time and nothing else."""

    def get(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """The entries that are there; keys without one are left out."""
        ...

    def put(self, items: Mapping[str, Remembered]) -> None:
        """Keep these. An entry already there is the same answer, so it may stay or be replaced."""
        ...


class DictMemory:
    """A memory that lasts as long as the object."""

    def __init__(self) -> None:
        self.entries: dict[str, Remembered] = {}

    def get(self, keys: Sequence[str]) -> dict[str, Remembered]:
        return {each: self.entries[each] for each in keys if each in self.entries}

    def put(self, items: Mapping[str, Remembered]) -> None:
        self.entries.update(items)
