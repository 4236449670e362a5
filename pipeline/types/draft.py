"""A translation in the making: what an engine says, whose words a sentence has, the draft they become."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.types.story import Block, Finding, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIdentity:
    """Everything that can change what an engine writes, so that "which model made this sentence" has an answer."""

    engine: str  # "argos", "phrasebook"
    engine_version: str  # "ctranslate2 4.8.5"
    model: str  # "translate-en_es 0.1"
    model_sha256: str  # digest of the installed model files
    settings: str  # canonical text of decode parameters and rule versions

    @property
    def key(self) -> str:
        """Short stable digest, used in translation-memory keys."""
        parts = "\x1f".join((self.engine, self.engine_version, self.model, self.model_sha256, self.settings))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """An engine's answer for one sentence.

    `score` is the mean log-probability of a target piece, so that long and short sentences compare; None when the
    engine does not tell. `attention` is target pieces × source pieces, or None when the engine does not offer it.
    """

    text: str
    score: float | None = None
    pieces: tuple[str, ...] = ()
    source_pieces: tuple[str, ...] = ()
    attention: tuple[tuple[float, ...], ...] | None = None


class Origin(StrEnum):
    """Where a target sentence came from."""

    ENGINE = "engine"
    MEMORY = "memory"
    EDITOR = "editor"
    SOURCE = "source"  # kept as it stands: verbatim blocks, names, or a sentence that could not be translated safely


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Whose words a sentence has that no engine made for this draft."""

    by: str  # actor, as in the audit trail
    at: datetime
    article: int | None = None  # for which the words were written; None if they were imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One translated segment: what stands where, who made it, and how sure it was."""

    place: str
    source: str
    target: str
    origin: Origin
    spans: tuple[Span, ...] = ()  # inline elements over `target`
    gap: str = ""
    model: str = ""  # EngineIdentity.model of whoever made the words, also through the memory
    score: float | None = None  # mean log-probability of a piece
    provenance: Provenance | None = None  # of a person's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Faint:
    """A word of the source that an engine hardly looked at while it wrote a sentence."""

    place: str
    word: str
    weight: float  # the most attention that any piece of the translation gave any of its pieces, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A translated story: what the translate step stores and the check step judges."""

    language: str
    headline: str
    standfirst: str | None
    blocks: tuple[Block, ...]
    matches: tuple[Match, ...]
    engine: EngineIdentity
    findings: tuple[Finding, ...] = ()
    doubt_below: tuple[float, float] | None = None  # 1st and 5th percentile of the model's scores; set for the checks
    faint: tuple[Faint, ...] = ()
    faint_below: float | None = None  # the weight below which the model's attention means something; set for the checks
    glossary: str = ""  # version of the glossary it was made with; empty without one
