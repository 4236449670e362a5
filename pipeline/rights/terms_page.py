"""A publisher's page of terms: what is kept of it as evidence, and whether it still says what a record rests on.

Knows: a page's words. Must not know: what terms permit (`gate`), or how a page is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline.rights import webpage
from pipeline.rights.licences import parse, same
from pipeline.types import Rights

_REUSE: Final = re.compile(
    r"\bre-?(?:publish|print|post|produc|use|distribut)|\bcreative commons\b|\bcc[ -]by\b|\blicen[cs]|\bsyndicat"
    r"|\btranslat|\bcopyright\b|\breprodu|\brepublica|\blicencia",
    re.IGNORECASE,
)
_MOST_TELLING: Final = 12  # lines offered as the sentence; a page that speaks of little else is read as a whole
_LONGEST_LINE: Final = 1_000  # characters; a longer one is no sentence


class Verdict(StrEnum):
    """What a later look at the address found."""

    SAME = "same"  # the page reads as it did
    ELSEWHERE = "elsewhere"  # it has changed, and what the record rests on still stands on it
    GONE = "gone"  # what the record rests on is not on it
    UNREACHABLE = "unreachable"  # no page could be had


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What people see of a page, a line for each of its lines, and the licences that it names or links to."""

    text: str
    licences: tuple[str, ...] = ()


def read(markup: str, address: str = "") -> Terms:
    """Read a page. What it hides is not on it."""
    page = webpage.read(markup, address)
    return Terms(text="\n".join(page.texts), licences=_licences(link.address for link in page.links))


def read_plain(text: str) -> Terms:
    """Read a page that is plain text."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return Terms(
        text="\n".join(line for line in lines if line),
        licences=_licences(found.rstrip(".,;)") for found in re.findall(r"https?://[^\s<>\"]+", text)),
    )


def _licences(addresses: Iterable[str]) -> tuple[str, ...]:
    found = (parse(address) for address in addresses)
    return tuple(dict.fromkeys(licence.url for licence in found if licence is not None))


def telling(text: str) -> tuple[str, ...]:
    """The lines that speak of reuse, in order, each once: one of them is likely the sentence that a record needs."""
    lines = (line for line in text.splitlines() if len(line) <= _LONGEST_LINE and len(line.split()) > 3)
    return tuple(dict.fromkeys(line for line in lines if _REUSE.search(line)))[:_MOST_TELLING]


def stands(sentence: str, text: str) -> bool:
    """Whether a sentence is in a text, word after word; typography, case and line breaks do not count."""
    return webpage.Page(words=webpage.words_of(text)).holds(webpage.words_of(sentence))


def alike(first: str, second: str) -> bool:
    """Whether two texts are the same words; typography, case and line breaks do not count."""
    return webpage.words_of(first) == webpage.words_of(second)


def compare(rights: Rights, before: str | None, terms: Terms) -> Verdict:
    """What a page says now of a record. `before` is the text that was kept, if any was."""
    if not _rests(rights, terms):
        return Verdict.GONE
    if before is None or alike(before, terms.text):
        return Verdict.SAME
    return Verdict.ELSEWHERE


def _rests(rights: Rights, terms: Terms) -> bool:
    """Whether what the record names stands there: its sentence, else its licence; a record that names neither rests."""
    if rights.terms_text:
        return stands(rights.terms_text, terms.text)
    licence = parse(rights.licence or "")
    if licence is None:
        return True
    named = (parse(address) for address in terms.licences)
    return any(each is not None and same(each, licence) for each in named)
