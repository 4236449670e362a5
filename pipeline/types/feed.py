"""What partners receive: entries, and the feed that they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pipeline.types.rights import Attribution, Correction


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
