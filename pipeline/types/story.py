"""An article as text: blocks, the elements over them, sentences; and what is found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class BlockKind(StrEnum):
    """Structural units that survive from the original to the feed."""

    PARAGRAPH = "p"
    HEADING = "h2"
    SUBHEADING = "h3"
    QUOTE = "blockquote"
    BULLET = "ul"  # one item of an unordered list
    NUMBERED = "ol"  # one item of an ordered list
    VERBATIM = "pre"  # never translated
    SEE_ALSO = "see-also"  # a pointer to other coverage; rendered only when it carries a link


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An inline element over text[start:end]; offsets count characters of the text it belongs to.

    Spans of one text nest or stand apart, they never cross. `attributes` are sorted (name, value) pairs.
    """

    tag: str  # a, em, strong, code, ...
    start: int
    end: int
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One structural unit: whitespace-collapsed text and the inline elements over it."""

    kind: BlockKind
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A translatable sentence with its place.

    `place` is "headline", "standfirst" or "b<block>.<sentence>", counted from 0. Joining each segment's text and
    `gap` (the white space after it) in order gives back the block's text exactly. Spans are relative to this text.
    """

    place: str
    text: str
    spans: tuple[Span, ...] = ()
    gap: str = ""


class Level(StrEnum):
    """How much a finding weighs."""

    INFO = "info"
    WARN = "warn"
    HOLD = "hold"  # stops the article until an editor decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An editor's word that a finding is no fault: who, when, and why."""

    by: str  # actor, as in the audit trail
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check's result. `place` names the segment it speaks of, or is empty for the whole article."""

    code: str  # stable: "numbers", "leftover-english", "title-missing", ...
    level: Level
    reason: str  # a sentence in English that says what is wrong and what to do
    reason_es: str = ""
    place: str = ""
    waiver: Waiver | None = None  # set: an editor has answered it

    @property
    def blocks(self) -> bool:
        """Does it stop the article? At level hold, until an editor waives it."""
        return self.level is Level.HOLD and self.waiver is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as read from a payload: the one record that every rung of the ladder yields."""

    rung: str  # which reader made it: "payload", "page", "plaintext"
    headline: str
    blocks: tuple[Block, ...]
    language: str
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    rights_text: str | None = None  # the publisher's reuse sentence, verbatim: evidence, never part of the body
    licence_marks: tuple[str, ...] = ()  # licence URLs found on the page or given in the envelope
    editions: tuple[tuple[str, str], ...] = ()  # (language, URL) of the publisher's own versions in other languages
    findings: tuple[Finding, ...] = ()
