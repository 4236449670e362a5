"""Read a publisher's own feed, and choose what of it to take in.

Knows: feedparser, and what identifies an entry. Must not know: the ledger, who asked, how a page is fetched.

A feed is an announcement: it says which articles there are, and that one was changed. What an article says is read from
its page, unless the newsroom declares that this feed carries the whole text.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import feedparser

from pipeline.errors import SourceError, UnreadablePayload
from pipeline.ingest.identity import belongs, canonical_url
from pipeline.text.hygiene import clean, collapse
from pipeline.text.inline import inline_from_html

MOST = 200  # entries of one feed that are looked at; feeds of news carry ten to fifty


class Passed(StrEnum):
    """Why an entry is not taken in."""

    OLDER = "older"
    NO_LINK = "no-link"
    ELSEWHERE = "elsewhere"
    NO_TEXT = "no-text"


WORDS: dict[Passed, tuple[str, str]] = {  # in English and in Spanish
    Passed.OLDER: ("It was there before this feed was watched.", "Ya estaba antes de que se siguiera este canal."),
    Passed.NO_LINK: ("It has no link to an article.", "No enlaza ningún artículo."),
    Passed.ELSEWHERE: (
        "Its link leads to another site, which the terms of this source do not cover.",
        "Su enlace lleva a otro sitio, que las condiciones de esta fuente no cubren.",
    ),
    Passed.NO_TEXT: ("It carries no text.", "No trae texto."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as its publisher's feed announces it."""

    key: str  # hex SHA-256 of its id, or of its link where it has no id
    url: str  # canonical; empty when there is none that can be used
    title: str
    authors: tuple[str, ...]
    published: date | None
    section: str | None
    licence: str | None  # an address that this one entry is marked with
    html: str  # the fullest text it carries
    digest: str  # hex SHA-256 over what says that the article changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger remembers of an entry."""

    digest: str
    passed_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is new to us in a feed: entries to take in, and entries not to, each with the reason."""

    take: tuple[Entry, ...]
    pass_over: tuple[tuple[Entry, Passed], ...]
    not_looked_at: int = 0  # entries beyond MOST


def read(content: bytes, *, url: str, kind: str = "") -> tuple[Entry, ...]:
    """The entries of an RSS or Atom document, in its own order. `kind` is the Content-Type it was served with.

    Raises UnreadablePayload when it is no feed. A feed that is damaged but can be read counts as far as it goes.
    """
    headers = {"content-location": url, **({"content-type": kind} if kind else {})}
    parsed: Any = feedparser.parse(io.BytesIO(content), response_headers=headers)
    if not parsed.get("version"):
        raise UnreadablePayload(
            f"{url} answers with something that is neither RSS nor Atom. Check the feed's address.",
            es=f"{url} responde con algo que no es RSS ni Atom. Revise la dirección del canal.",
        )
    entries = {entry.key: entry for entry in reversed([_entry(dict(each)) for each in parsed.entries])}
    return tuple(reversed(entries.values()))  # an id that comes twice counts once, and the first one wins


def choose(
    entries: Sequence[Entry],
    known: Mapping[str, Known],
    *,
    sites: Sequence[str],
    newest: int | None,
    whole: bool = False,
) -> Choice:
    """What of a feed to take in, oldest first.

    `sites` are the source's own: an entry that links elsewhere is not covered by its rights record. `newest` is how
    many to take at the first look, None at any later one. With `whole` nothing is taken that carries no text.
    """
    take: list[Entry] = []
    pass_over: list[tuple[Entry, Passed]] = []
    for entry in _newest_first(entries)[:MOST]:
        before = known.get(entry.key)
        if before is not None and (before.passed_over or before.digest == entry.digest):
            continue
        if reason := _unfit(entry, sites, whole=whole):
            pass_over.append((entry, reason))
        elif before is None and newest is not None and len(take) >= newest:
            pass_over.append((entry, Passed.OLDER))
        else:
            take.append(entry)
    return Choice(take=tuple(reversed(take)), pass_over=tuple(pass_over), not_looked_at=max(0, len(entries) - MOST))


def intake_form(entry: Entry) -> bytes:
    """An entry that carries its whole text, in the form that other programs hand articles in with."""
    form: dict[str, Any] = {"headline": entry.title, "body_html": entry.html}
    form |= {"authors": list(entry.authors)} if entry.authors else {}
    form |= {"published": entry.published.isoformat()} if entry.published else {}
    form |= {"section": entry.section} if entry.section else {}
    return json.dumps(form, ensure_ascii=False).encode()


def _newest_first(entries: Sequence[Entry]) -> Sequence[Entry]:
    """By date, if every entry has one; within a day, and otherwise, in the feed's own order, which is nearly so."""
    if not all(entry.published for entry in entries):
        return entries
    return sorted(entries, key=lambda entry: entry.published or date.min, reverse=True)


def _unfit(entry: Entry, sites: Sequence[str], *, whole: bool) -> Passed | None:
    if not entry.url:
        return Passed.NO_LINK
    if not belongs(entry.url, *sites):
        return Passed.ELSEWHERE
    if whole and not _plain(entry.html):
        return Passed.NO_TEXT
    return None


def _entry(raw: dict[str, Any]) -> Entry:  # a plain dict: feedparser's own answers for keys that are not there
    url = _usable(raw.get("link") or "")
    html = max((each.get("value") or "" for each in [*raw.get("content", []), raw.get("summary_detail", {})]), key=len)
    title = _plain(raw.get("title") or "")
    stamp = raw.get("published_parsed") or raw.get("updated_parsed")
    authors = [each.get("name") or "" for each in raw.get("authors", [])] or [raw.get("author") or ""]
    said = [title, url, raw.get("published") or "", raw.get("updated") or "", _plain(html)]
    return Entry(
        key=_sha256(raw.get("id") or raw.get("link") or title),
        url=url,
        title=title,
        authors=tuple(name for each in authors if (name := collapse(clean(each)))),
        published=date(*stamp[:3]) if stamp else None,
        section=next((collapse(clean(tag.get("term") or "")) for tag in raw.get("tags", [])), None),
        licence=_licence(raw),
        html=html,
        digest=_sha256("\x1f".join(said)),
    )


def _licence(raw: dict[str, Any]) -> str | None:
    """What marks this one entry: RFC 4946's link, or creativeCommons:license, which feedparser shows as one."""
    links = (link.get("href") for link in raw.get("links", []) if link.get("rel") == "license")
    return next((address for address in links if address), None)


def _plain(html: str) -> str:
    return collapse(clean(inline_from_html(html)[0]))


def _usable(link: str) -> str:
    try:
        return canonical_url(link)
    except SourceError:
        return ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
