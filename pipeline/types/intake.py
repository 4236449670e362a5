"""What comes in: a payload, and what its sender says about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
