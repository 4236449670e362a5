"""Whose text it is: licences, what is on file of them, what follows, and the credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
