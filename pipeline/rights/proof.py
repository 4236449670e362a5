"""The proof of a credit: does the page where a partner published an article show what its licence asks for?

Knows: the credit, the article's text, a page that somebody else built. Must not know: who fetched the page, partners,
the ledger, what happens to whoever fails.

The rules are those of `invariant`, asked of a stranger's template: by words instead of markup, and each shortfall told
apart by what the licence binds to. A finding at level hold breaks the terms; one at level warn is worth a word. What
CC0 and the Public Domain Mark ask for is courtesy, so there nothing but a withdrawn text can be at level hold.

    CC BY 4.0 §3(a)(1)(A)  creator, notices, a link to the material      §3(a)(1)(B)  that it was modified
              §3(a)(1)(C)  the licence, with its address                 §3(a)(2)     in any reasonable manner
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from pipeline.rights import attribution as credit
from pipeline.rights import passage
from pipeline.rights import shortfalls as lacks
from pipeline.rights.licences import is_pointer, parse
from pipeline.rights.lines import clean
from pipeline.rights.webpage import Page, read, same_address, words_of
from pipeline.rights.wording import wording
from pipeline.types import Attribution, Correction, Finding, Level

CURE: Final = timedelta(days=30)
FOUND: Final = 0.25  # share of the text from which on a page counts as showing it
WHOLE: Final = 0.8
NEAR: Final = 250  # words above the text in which a byline is looked for where the headline is not found
BELOW: Final = 150  # and below it
EXCERPT: Final = 80  # words above and below the text, kept as evidence
LONGEST: Final = 4_000  # characters of either
_PUBLIC_DOMAIN: Final = ("cc0", "pdm")


class Verdict(StrEnum):
    """What a page turned out to be."""

    PROVED = "proved"
    FAILED = "failed"
    REMOVED = "removed"  # the text is not there, as a withdrawal asks; or the page is gone
    UNCLEAR = "unclear"  # no page, or one without the text: nothing can be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page is compared with: the article as it stands in the ledger now."""

    attribution: Attribution
    headline: str
    body: str  # the article's own HTML, without the credit around it
    corrections: tuple[Correction, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The verdict with its reasons, and the words that stand around the text on the page."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    coverage: float = 0.0  # 0..1, share of the article's text that is on the page
    excerpt: str = ""


def cure_by(a: Attribution, findings: Sequence[Finding], found_at: datetime) -> datetime | None:
    """Until when a failure can be mended without consequences; None where nothing ends.

    4.0 licences: rights that ended with the breach (§6(a)) come back by themselves when it is cured within 30 days of
    being found (§6(b)(1)). Earlier versions end at once (3.0 §7(a)) and have no such clause; permissions and house
    terms know none that is on file. A withdrawn text is to go at once, whatever its licence. A correction that is
    missing breaks no licence: it is asked for until it is there.
    """
    broken = {finding.code for finding in findings if finding.level is Level.HOLD} - {lacks.CORRECTION}
    if not broken:
        return None
    curable = a.licence is not None and a.licence.version == "4.0" and lacks.STILL_SHOWN not in broken
    return found_at + CURE if curable else found_at


def judge(markup: str, shown: Shown, *, address: str = "") -> Proof:
    """Judge the page at `address` (after redirects), given as text."""
    page = read(markup, address)
    text = words_of(" ".join(read(shown.body).written))
    place = passage.find(page.words, text)
    if place is None or place.coverage < FOUND:
        return Proof(
            verdict=Verdict.REMOVED if shown.withdrawn else Verdict.UNCLEAR,
            findings=() if shown.withdrawn else (lacks.text_missing(),),
            coverage=round(place.coverage, 2) if place else 0.0,
        )
    found = [lacks.still_shown()] if shown.withdrawn else _shortfalls(page, place, shown)
    if shown.attribution.licence and shown.attribution.licence.code in _PUBLIC_DOMAIN and not shown.withdrawn:
        found = [replace(finding, level=Level.WARN) for finding in found]
    failed = any(finding.level is Level.HOLD for finding in found)
    return Proof(
        verdict=Verdict.FAILED if failed else Verdict.PROVED,
        findings=tuple(found),
        coverage=round(place.coverage, 2),
        excerpt="\n[…]\n".join(
            page.excerpt(start, end)[:LONGEST]
            for start, end in ((place.start - EXCERPT, place.start), (place.end, place.end + EXCERPT))
        ),
    )


def _shortfalls(page: Page, place: passage.Passage, shown: Shown) -> list[Finding]:
    a = shown.attribution
    around = _Around(page, place, _headline_end(page, place, shown.headline))
    return [
        *_byline(around, a),
        *_original(page, place, a),
        *_licence(page, around, a),
        *(_changes(around, a) if a.translated else ()),
        *(lacks.correction_missing(note) for note in shown.corrections if not around.says(words_of(note.note))),
        *_images(page, place, a),
        *((lacks.text_cut(place.coverage),) if place.coverage < WHOLE else ()),
    ]


class _Around:
    """What stands above and below the text, where a credit belongs."""

    def __init__(self, page: Page, place: passage.Passage, headline_end: int | None) -> None:
        self._page = page
        self._place = place
        self._near = max(0, place.start - NEAR) if headline_end is None else headline_end

    def says(self, words: Sequence[str]) -> bool:
        """Whether these words stand anywhere outside the text."""
        return self._page.holds(words, 0, self._place.start) or self._page.holds(words, self._place.end)

    def lines(self) -> list[list[str]]:
        """Lines between headline and text, and those right below it."""
        page, place = self._page, self._place
        zones = (range(self._near, place.start), range(place.end, min(len(page.words), place.end + BELOW)))
        return [
            words
            for zone in zones
            for line in page.lines
            if (words := page.words[max(line.start, zone.start) : min(line.stop, zone.stop)])
        ]


def _headline_end(page: Page, place: passage.Passage, headline: str) -> int | None:
    wanted = words_of(headline)
    return max((at + len(wanted) for at in page.find(wanted, 0, place.start)), default=None)


def _holds(line: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(list(line[at : at + len(wanted)]) == list(wanted) for at in range(len(line) - len(wanted) + 1))


def _byline(around: _Around, a: Attribution) -> list[Finding]:
    """The publisher in a line that is a byline: ours, one with an author in it, or hardly more than the name itself."""
    publisher = words_of(clean(a.publisher))
    authors = [words_of(name) for name in credit.names_for_feed(a)[:-1]]
    lines = around.lines()
    source = words_of(wording(a.language).first_published.partition("{")[0])
    named = any(
        _holds(line, publisher)
        and line[: len(source)] != source
        and (len(line) <= len(publisher) + 4 or any(_holds(line, author) for author in authors))
        for line in lines
    )
    found = [] if named or around.says(words_of(credit.byline(a))) else [lacks.byline_missing(clean(a.publisher))]
    missing = [name for name, words in zip(credit.names_for_feed(a), authors, strict=False) if not around.says(words)]
    return [*found, *(lacks.author_missing(name) for name in missing)]


def _original(page: Page, place: passage.Passage, a: Attribution) -> list[Finding]:
    links = [link for link in page.links if same_address(link.address, a.original_url)]
    found = []
    if not any(link.at < place.start for link in links):
        found.append(lacks.link_missing_above(a.original_url))
    if not any(link.at >= place.end for link in links):
        found.append(lacks.link_missing_below(a.original_url))
    if any("nofollow" in link.rel.lower().split() for link in links):
        found.append(lacks.link_nofollow())
    return found


def _licence(page: Page, around: _Around, a: Attribution) -> list[Finding]:
    if a.licence is not None:
        named = {licence.url: licence.name for link in page.links if (licence := parse(link.address))}
        if a.licence.url in named:
            return []
        return [lacks.licence_missing(a.licence.name, ", ".join(sorted(named.values())) or "none")]
    if a.basis == "permission":
        words = wording(a.language).permission.partition("{")[0]
        return [] if around.says(words_of(f"{words} {clean(a.publisher)}")) else [lacks.permission_missing()]
    found = []
    if a.terms_url and not any(same_address(link.address, a.terms_url) for link in page.links):
        found.append(lacks.terms_missing(a.terms_url))
    if not any(is_pointer(link.address) for link in page.links):
        found.append(lacks.terms_missing("https://creativecommons.org/"))
    return found


def _changes(around: _Around, a: Attribution) -> list[Finding]:
    """That it was translated is what the licence asks for; that nobody endorsed it, what honesty does."""
    notice = credit.notice_text(a)
    statement = words_of(notice.partition(":")[2].partition(";")[0])
    disclaimer = words_of(notice.partition(". ")[2])
    found = []
    if not around.says(statement):
        found.append(
            lacks.changes_reworded() if _said_otherwise(around, a) else lacks.changes_missing(" ".join(statement))
        )
    elif not around.says(disclaimer):
        found.append(lacks.changes_cut(clean(a.publisher)))
    if not around.says(words_of(credit.translator_line(a).partition(":")[0].partition("·")[0])):
        found.append(lacks.translator_missing())
    return found


def _said_otherwise(around: _Around, a: Attribution) -> bool:
    """A translation is mentioned in other words: «Traducción del inglés de …»."""
    language = words_of(wording(a.language).language(a.original_language))
    return any(
        _holds(line, language) and any(word.startswith(("tradu", "translat")) for word in line)
        for line in around.lines()
    )


def _images(page: Page, place: passage.Passage, a: Attribution) -> list[Finding]:
    """Pictures are not the text's: one inside the text that comes from the publisher's own server was taken from it."""
    hosts = {_host(a.original_url), _host(a.publisher_url)} - {""}
    inside = [image.address for image in page.images if place.start <= image.at <= place.end]
    return [lacks.image_taken(address) for address in inside if _host(address) in hosts]


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
