"""What each format says about an entry, decided once for all of them.

Knows: entries, the credit, stubs of withdrawn articles, hygiene. Must not know: XML, JSON, page furniture, files.

A withdrawn article appears under the same guid with a stub for a title and a body, and without any of its own words:
no headline, summary, section, author, licence, or address of the original, whose path often spells the title.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from feeds.words import words
from pipeline.rights import attribution as credit
from pipeline.types import Attribution, Correction, Entry, FeedDocument, Licence, Status

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What XML 1.0 section 2.2 or UTF-8 cannot carry (one such character would cost the whole feed), C1 controls and
# noncharacters. Narrower than the hygiene of incoming text: no-break spaces are typography by now and stay.
_UNCARRIED = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    + "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
_Record = TypeVar("_Record", bound="DataclassInstance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as it is shown. `html` is the body with the credit around it; `source` is None for a withdrawn one."""

    guid: str
    version: int
    status: Status
    url: str
    language: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    names: tuple[str, ...]  # authors, then the publisher
    creator: str  # the same in one line
    contributor: str  # who made the translation; empty for a text in its own language
    rights: str
    licence_url: str | None
    categories: tuple[str, ...]  # the section first, if there is one
    section: str
    corrections: tuple[Correction, ...]
    source: Attribution | None

    @property
    def withdrawn(self) -> bool:
        return self.status is Status.CANCELED


def items(document: FeedDocument) -> tuple[Item, ...]:
    """Every entry of the document, in its order. Raises ValueError if a guid stands twice: readers drop one of them."""
    counted = Counter(entry.guid for entry in document.entries)
    if repeated := sorted(guid for guid, count in counted.items() if count > 1):
        raise ValueError(f"feed {document.id} holds the same guid twice: {', '.join(repeated)}")
    return tuple(item(entry, publisher=document.publisher, contact=document.contact) for entry in document.entries)


def item(entry: Entry, *, publisher: str = "", contact: str | None = None) -> Item:
    """One entry. `publisher` and `contact` are the outlet's; a stub names them."""
    entry = sound(entry)
    if entry.status is Status.CANCELED:
        return _stub(entry, publisher or entry.attribution.outlet, contact or entry.attribution.contact)
    a = entry.attribution
    return Item(
        guid=entry.guid,
        version=entry.version,
        status=entry.status,
        url=entry.url,
        language=entry.language,
        title=line(entry.headline) or words(entry.language).untitled,
        summary=line(entry.summary),
        html=carried(credit.wrap(a, entry.body, entry.corrections)),
        published=instant(entry.published),
        updated=instant(entry.updated),
        names=tuple(line(name) for name in credit.names_for_feed(a)),
        creator=line(credit.creator_line(a)),
        contributor=line(a.outlet) if a.translated else "",
        rights=line(credit.licence_text(a)),
        licence_url=a.licence.url if a.licence else None,
        categories=tuple(dict.fromkeys(name for raw in (entry.section or "", *entry.keywords) if (name := line(raw)))),
        section=line(entry.section or ""),
        corrections=entry.corrections,
        source=a,
    )


def _stub(entry: Entry, publisher: str, contact: str | None) -> Item:
    on = entry.withdrawn_on or entry.updated.date()
    title = line(credit.stub_title(entry.language))
    return Item(
        guid=entry.guid,
        version=entry.version,
        status=entry.status,
        url=entry.url,
        language=entry.language,
        title=title,
        summary="",
        html=carried(credit.stub_html(entry.attribution, on, contact)),
        published=instant(entry.published),
        updated=instant(entry.updated),
        names=(line(publisher) or title,),
        creator=line(publisher) or title,
        contributor="",
        rights="",
        licence_url=None,
        categories=(),
        section="",
        corrections=(),
        source=None,
    )


def sound(record: _Record) -> _Record:
    """The record with every string in it, at any depth, free of what XML and UTF-8 cannot carry."""
    values: dict[str, Any] = {f.name: _sound(getattr(record, f.name)) for f in fields(record)}
    return replace(record, **values)


def _sound(value: Any) -> Any:
    match value:
        case str() if not isinstance(value, Status):
            return carried(value)
        case tuple():
            return tuple(_sound(part) for part in value)
        case Mapping():
            return {key: _sound(part) for key, part in value.items()}
        case Attribution() | Correction() | Licence():
            return sound(value)
        case _:
            return value


def carried(text: str) -> str:
    """The text without characters that feeds cannot carry."""
    return _UNCARRIED.sub("", text)


def line(text: str) -> str:
    """Text for one line: nothing that feeds cannot carry, no line breaks, no run of spaces."""
    return re.sub(r"[ \t\r\n]+", " ", carried(text)).strip()


def instant(time: datetime) -> datetime:
    """An aware time in UTC and whole seconds, the finest that RSS can say. Raises ValueError for a naive one."""
    if time.tzinfo is None:
        raise ValueError(f"{time!r} has no time zone")
    return time.astimezone(UTC).replace(microsecond=0)


def sections_of(document: FeedDocument) -> str:
    """A name for the outlet's list of sections, which tells them from keywords: "tag:eco.example,2026:sections"."""
    return f"{document.id.partition(':feed/')[0]}:sections"


def shared_licence(shown: tuple[Item, ...]) -> str | None:
    """The licence that every article in the feed carries, if it is one: it may then stand on the feed as well."""
    urls = {shown_item.licence_url for shown_item in shown if not shown_item.withdrawn}
    return urls.pop() if len(urls) == 1 else None
