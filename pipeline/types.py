"""The frozen records that every other file speaks.

Knows: nothing but the standard library. Must not know: Django, Celery, Redis, files, sockets, the clock.

Times are aware UTC; `now` is always an argument, never read here. Ids are database keys under a name of their own,
so that a type checker refuses an article's id where a release's is meant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

ArticleId = NewType("ArticleId", int)
RevisionId = NewType("RevisionId", int)
TranslationId = NewType("TranslationId", int)
ReleaseId = NewType("ReleaseId", int)
ProductId = NewType("ProductId", int)
PartnerId = NewType("PartnerId", int)
DeliveryId = NewType("DeliveryId", int)
UnitId = NewType("UnitId", int)


# --- taking in ---------------------------------------------------------------------------------------------------


class Format(StrEnum):
    """What the payload of an incoming article is."""

    TEXT = "text"  # the text of a page as a scraper saw it, furniture and all
    HTML = "html"  # the page itself
    JSON = "json"  # a payload such as a WordPress REST post or our own intake form


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the sender says about a payload. Whatever it leaves out is looked for in the payload itself."""

    source: str  # slug of a configured source
    format: Format
    url: str | None = None  # canonical URL of the original; without it the article is held
    language: str | None = None  # BCP 47 primary tag, "en"
    headline: str | None = None
    author: str | None = None  # wins over the page's, which often shouts it: "MIKE LASUSA"
    published: date | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    licence: str | None = None  # a licence URL or code that this one article carries
    correction: str | None = None  # what this revision puts right, in the readers' language
    urgent: bool = False  # breaking news: goes first, and waits for no other article


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A payload with its envelope, before it has an identity."""

    envelope: Envelope
    payload: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the payload alone."""
        return hashlib.sha256(self.payload).hexdigest()


# --- structure ---------------------------------------------------------------------------------------------------


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


# --- what checks say ---------------------------------------------------------------------------------------------


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


# --- translating -------------------------------------------------------------------------------------------------


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


# --- rights ------------------------------------------------------------------------------------------------------


class UseClass(StrEnum):
    """What a partner does with what it gets."""

    NON_COMMERCIAL = "N"
    ADS = "A"  # free to read, advertisements on the page
    PAID = "P"  # pay wall, resale or print sale


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence in canonical form. `version` and `port` are empty where the licence has none."""

    code: str  # "cc0", "pdm", "by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd"
    version: str
    url: str
    name: str  # "CC BY-NC 4.0"
    port: str = ""

    @property
    def non_commercial(self) -> bool:
        return "nc" in self.code.split("-")

    @property
    def no_derivatives(self) -> bool:
        return "nd" in self.code.split("-")

    @property
    def share_alike(self) -> bool:
        return "sa" in self.code.split("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is on file about a source's (or one article's) reuse terms; who put it there and on what evidence."""

    basis: str  # "licence", "house-terms", "permission", "none"
    licence: str | None = None  # licence URL or code, when the basis is a licence
    terms_url: str | None = None  # the publisher's own page of terms
    terms_text: str | None = None  # the captured sentence
    terms_sha256: str | None = None
    translation: bool | None = None  # may a translation be made and shared? None = not stated
    uses: tuple[UseClass, ...] = ()  # classes that a permission or house terms cover
    ads_allowed: bool = False  # source override: an NC licensor who accepts ads on the page
    systematic: bool = True  # False: a house rule bars systematic republication
    declared_by: str | None = None  # operator who declared what the terms leave open
    confirmed: bool = False  # has the publisher confirmed the declaration?
    reference: str | None = None  # of a written permission
    languages: tuple[str, ...] = ()  # a permission's languages; empty = any
    expires: date | None = None


class Ruling(StrEnum):
    """Answer of the rights gate."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A verdict of the rights gate, with its reason code and both wordings for editors."""

    ruling: Ruling
    code: str  # stable: "nd-no-adaptation", "variant-unknown", "nc-paid-use", ...
    reason: str
    reason_es: str
    licence: Licence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A dated note that readers see: what was put right, and when."""

    on: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The credit that must travel, as data. Every output is rendered from it and from nothing else.

    No field may ever hold machine output: names, titles and URLs come from the envelope and the rights record.
    """

    publisher: str
    publisher_url: str
    original_url: str
    original_title: str
    original_language: str
    language: str  # of the wording
    authors: tuple[str, ...] = ()
    original_date: date | None = None
    licence: Licence | None = None
    basis: str = "licence"
    terms_url: str | None = None  # pointer for house terms
    permission_reference: str | None = None
    contact: str | None = None
    outlet: str = ""  # who made the translation
    engine: str = ""
    model: str = ""
    reviewer: str | None = None
    reviewed_on: date | None = None
    source_feed: str | None = None
    other_changes: tuple[str, ...] = ()
    translated: bool = True


# --- publishing --------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """Public status of an entry, in the words of IPTC ninjs."""

    USABLE = "usable"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One release as partners receive it. `body` is the article's own HTML, without the credit around it."""

    guid: str
    version: int
    status: Status
    url: str
    language: str
    headline: str
    summary: str
    body: str
    attribution: Attribution
    published: datetime
    updated: datetime
    section: str | None = None
    keywords: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where a document stands in the history of its feed (RFC 5005 section 4). The mappings go from format to address.

    An address may be relative to the document's own, for feeds whose address is secret.
    """

    archive: bool = False  # a closed page of the past; else the document that one subscribes to
    older: Mapping[str, str] = field(default_factory=dict)
    newer: Mapping[str, str] = field(default_factory=dict)  # of an archive page that is not the newest
    current: Mapping[str, str] = field(default_factory=dict)  # of an archive page: the subscription document


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed in no format yet: what all three writers are given."""

    id: str  # tag URI, permanent
    title: str
    subtitle: str
    language: str
    home_url: str
    urls: Mapping[str, str]  # "rss", "atom", "json" -> own address; empty for private feeds, whose address is secret
    updated: datetime
    publisher: str  # the outlet that runs this Tornavoz
    contact: str | None
    entries: tuple[Entry, ...] = ()  # newest first
    hub: str | None = None
    ttl_minutes: int = 15
    icon: str | None = None  # address of a square picture
    logo: str | None = None  # address of a wide picture, at most 144 pixels wide
    stylesheet: str | None = None  # address on the same site that makes the XML readable in a browser
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An audit entry: who did what to which subject, and why."""

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
