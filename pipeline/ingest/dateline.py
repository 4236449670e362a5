"""Datelines, bylines and dates as pages print them.

Knows: English month names and the forms "TOPIC / 26 MAY 2016 BY NAME", "By Name", "May 26, 2016".
Must not know: where on a page a line stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES_OF_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATELINE = re.compile(
    r"(?P<topics>[^/]{2,120}?) / "
    rf"(?P<day>\d{{1,2}}) (?P<month>{_NAMES_OF_MONTHS}) (?P<year>\d{{4}}) "
    r"(?i:by) (?P<names>.{2,300}?)(?: (?:EN|ES))?",  # the bare EN or ES is a language switch beside the name
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})\.? (?P<month>{_NAMES_OF_MONTHS}),? (?P<year>\d{{4}})", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"(?P<month>{_NAMES_OF_MONTHS}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}})", re.IGNORECASE)
_ISO_START = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:$|[T ])")
_BYLINE = re.compile(r"(?:by|written by)[: ] ?(?P<names>\S.{1,200})", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+&\s+|\s*;\s*", re.IGNORECASE)
_NAME_WORD = re.compile(r"[A-ZÀ-ÖØ-ÞŁŚŠŽ]|(?:de|del|la|las|los|van|von|der|da|do|dos|di|y|e|al|el|bin|le)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The line between a title and its story. `published` is None when the date does not exist (31 FEB)."""

    topics: tuple[str, ...]
    published: date | None
    authors: tuple[str, ...]


def dateline(line: str) -> Dateline | None:
    """Read a whole line as a dateline. Without a "BY" it is none: teasers of other stories have just that shape."""
    match = _DATELINE.fullmatch(line)
    if match is None:
        return None
    topics = tuple(topic.strip() for topic in match["topics"].split(",") if topic.strip())
    return Dateline(topics=topics, published=_date_of(match), authors=names(match["names"]))


def byline(line: str) -> tuple[str, ...]:
    """The authors of a line "By Name and Name"; empty when it is something else, such as "By Monday, ..."."""
    match = _BYLINE.fullmatch(line)
    if match is None or line.endswith((".", ":")):
        return ()
    found = names(match["names"])
    return found if all(_is_name(name) for name in found) else ()


def credit_lines(lines: Sequence[str]) -> tuple[int, tuple[str, ...], date | None]:
    """How many lines on top are a byline or a date by itself, and what they say."""
    authors: tuple[str, ...] = ()
    published: date | None = None
    for place, line in enumerate(lines[:4]):
        if not authors and (found := byline(line)):
            authors = found
        elif published is None and (day := date_line(line)):
            published = day
        else:
            return place, authors, published
    return min(len(lines), 4), authors, published


def names(text: str) -> tuple[str, ...]:
    """Split "A B and C D" or "A B, C D & E F" into names, spelt as they stand.

    Every part must look like a full name, or the whole is one: "Research and Policy Team" is a single author.
    """
    text = " ".join(text.split())
    parts = [part for part in _BETWEEN_NAMES.split(text) if part]
    if len(parts) > 1 and all(len(part.split()) > 1 for part in parts):
        return tuple(dict.fromkeys(parts))
    return (text,) if text else ()


def date_line(line: str) -> date | None:
    """A line that holds a date and nothing else."""
    match = _DAY_FIRST.fullmatch(line) or _MONTH_FIRST.fullmatch(line)
    if match is not None:
        return _date_of(match)
    return iso_date(line) if len(line) == 10 else None


def iso_date(text: str) -> date | None:
    """The calendar day of an ISO 8601 date or date-time, in the zone it was written in.

    Readers see the publisher's day; shifting it to UTC would credit an evening's story to the next morning.
    """
    match = _ISO_START.match(text.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _date_of(match: re.Match[str]) -> date | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    try:
        return date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None


def _is_name(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 6 and words[0][0].isupper() and all(_NAME_WORD.match(word) for word in words)
