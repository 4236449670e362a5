"""Read an article from the text of a page as a scraper saw it, furniture and all.

Knows: how a page looks when only its text is left: breadcrumb glued together, kicker, title, dateline, body.
Must not know: markup, the envelope's other fields, what is enough to publish.

A paragraph is a line. Where blank lines set groups of lines apart, a group that was plainly broken at a fixed
width is joined again: every line but its last is 50 to 120 characters long, those lengths differ by 30 at most, at
least one of those lines does not end a sentence, no line is a breadcrumb, a kicker or a dateline, and of only two
lines the second goes on in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pipeline.ingest.dateline import Dateline, credit_lines, dateline
from pipeline.ingest.furniture import Line, kind_of, sort_out, starts_rights
from pipeline.ingest.marks import licence_addresses
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.reading import Reading
from pipeline.text.hygiene import clean, collapse
from pipeline.types import Block, BlockKind

_HEAD_LINES = 12  # breadcrumb, kicker, title, dateline and what else stands above a story
_PROSE_ABOVE = 2  # sentences that may stand above a dateline: a standfirst, a caption
_LONGEST_TITLE = 250  # characters
_LONGEST_KICKER = 40
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What stands above the body, and the index of the first line of the body."""

    title: str | None
    section: str | None
    topics: tuple[str, ...] = ()
    published: date | None = None
    authors: tuple[str, ...] = ()
    body_from: int = 0


def read(text: str, profile: SourceProfile, *, headline: str | None = None) -> Reading:
    """Read scraped text. `headline` is the envelope's, if it gave one: it finds the title's line."""
    rights = "\n".join(dict.fromkeys(_rights_lines(text, profile))) or None
    lines = _visible(text)
    head = _head(lines, profile, collapse(headline or ""))
    found = sort_out(_blocks(line for line in lines[head.body_from :] if line != head.title), profile)
    return Reading(
        rung="plaintext",
        headline=head.title,
        blocks=found.blocks,
        authors=tuple(profile.author_named(name) for name in head.authors),
        published=head.published,
        section=head.section,
        keywords=head.topics,
        rights_text=rights,
        licence_marks=licence_addresses(rights or ""),
        findings=found.findings,
    )


def paragraphs(text: str) -> tuple[Block, ...]:
    """The paragraphs of a text that is a story's body and nothing else."""
    return _blocks(_visible(text))


def _blocks(lines: Iterable[str]) -> tuple[Block, ...]:
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines)


def _visible(text: str) -> list[str]:
    return [collapsed for line in _lines(text) if (collapsed := collapse(clean(line)))]


def _rights_lines(text: str, profile: SourceProfile) -> list[str]:
    """The reuse sentence to the letter, no-break spaces included: it is evidence."""
    return [line.strip() for line in _lines(text) if starts_rights(collapse(clean(line)), profile)]


def _lines(text: str) -> list[str]:
    """One line for each paragraph; see the module's docstring for lines that were broken at a fixed width."""
    lines: list[str] = []
    group: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            group.append(line.strip())
            continue
        lines.extend([" ".join(group)] if _is_wrapped(group) else group)
        group = []
    return lines


def _is_wrapped(group: list[str]) -> bool:
    widths = [len(line) for line in group[:-1]]
    return (
        bool(widths)
        and min(widths) >= 50
        and max(widths) <= 120
        and max(widths) - min(widths) <= 30
        and (len(group) > 2 or group[-1][0].islower())
        and not all(line.endswith((".", "!", "?", "”", '"', ":", "…")) for line in group[:-1])
        and not any(_is_breadcrumb(line) or _is_kicker(line) or dateline(line) for line in group)
    )


def _head(lines: list[str], profile: SourceProfile, headline: str) -> _Head:
    dated = _dated(lines, profile)
    title_at = _title_at(lines, headline, dated[0] if dated else None, profile)
    title = None if title_at is None else lines[title_at]
    section = _section(lines, title_at)
    if dated is not None:
        place, line = dated
        return _Head(
            title=title,
            section=section,
            topics=line.topics,
            published=line.published,
            authors=line.authors,
            body_from=place + 1,
        )
    return _after_title(lines, _Head(title=title, section=section, body_from=_below(lines, title_at)))


def _below(lines: list[str], title_at: int | None) -> int:
    if title_at is not None:
        return title_at + 1
    return next((at for at, line in enumerate(lines) if not _is_breadcrumb(line) and not _is_kicker(line)), 0)


def _dated(lines: list[str], profile: SourceProfile) -> tuple[int, Dateline] | None:
    """The first dateline that names an author, unless text stands above it: then it is a teaser's."""
    prose = 0
    for place, line in enumerate(lines):
        if (found := dateline(line)) is not None:
            return place, found
        prose += len(line) >= 60 and line.endswith((".", "!", "?", "”", '"'))
        if prose > _PROSE_ABOVE or (prose and kind_of(line, profile) in {Line.END, Line.TAIL}):
            return None
    return None


def _title_at(lines: list[str], headline: str, dated: int | None, profile: SourceProfile) -> int | None:
    """Index of the line that is the title, by the surest sign there is."""
    top = lines[: _HEAD_LINES if dated is None else dated]
    if headline and (named := [place for place, line in enumerate(top) if _same_title(line, headline)]):
        return named[0]
    if (crumbed := _below_breadcrumb(top)) is not None:
        return crumbed
    candidates = [
        place
        for place, line in enumerate(top)
        if _can_be_title(line) and not _is_breadcrumb(line) and kind_of(line, profile) is Line.BODY
    ]
    if dated is not None:
        return _above_dateline(top, candidates)
    if headline:
        return None  # the sender names it and it is not here, so what stands on top is already the story
    # without any sign, only the topmost line can be a title; a kicker may stand above it
    first = [place for place in candidates if place <= 2 and all(_is_kicker(line) for line in top[:place])]
    return next((place for place in first if not _is_kicker(top[place])), None)


def _above_dateline(top: list[str], candidates: list[int]) -> int | None:
    """The line nearest to the dateline that looks like a title; never a kicker, which would publish as "BRIEF"."""
    titles = [place for place in candidates if not _is_kicker(top[place]) or len(top[place].split()) > 3]
    ending_in_a_stop = [place for place, line in enumerate(top) if not _is_kicker(line) and not _is_breadcrumb(line)]
    return next(reversed(titles or ending_in_a_stop), None)


def _is_breadcrumb(line: str) -> bool:
    """Words of a menu path with nothing between them: "HomeNewsBriefA Title", or with signs: "Home » News"."""
    rest = line.removeprefix("Home")
    return rest != line and (rest[:1].isupper() or rest.lstrip()[:1] in {">", "»", "/", "›"})


def _below_breadcrumb(top: list[str]) -> int | None:
    crumbs = [line for line in top[:3] if _is_breadcrumb(line)]
    for place, line in enumerate(top):
        if any(crumb != line and crumb.endswith(line) and not _is_kicker(line) for crumb in crumbs):
            return place
    return None


def _same_title(line: str, headline: str) -> bool:
    """Whether a line is the title that the sender named, be it in other quotes or slightly reworded."""
    if not _can_be_title(line) or _is_breadcrumb(line):
        return line == headline
    ours, theirs = set(_WORD.findall(headline.casefold())), set(_WORD.findall(line.casefold()))
    return len(ours & theirs) >= max(3, 0.7 * max(len(ours), len(theirs))) or line.casefold() == headline.casefold()


def _can_be_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.endswith((".", ":", ";", ","))


def _is_kicker(line: str) -> bool:
    return len(line) <= _LONGEST_KICKER and line.isupper() and any(character.isalpha() for character in line)


def _section(lines: list[str], title_at: int | None) -> str | None:
    """The kicker above the title, spelt as the breadcrumb spells it if there is one."""
    if title_at is None:
        return None
    above = lines[:title_at]
    kicker = next((line for line in above if _is_kicker(line)), None)
    if kicker is None:
        return None
    for crumb in above:
        path = crumb.removesuffix(lines[title_at])
        if _is_breadcrumb(crumb) and path.upper().endswith(kicker):
            return path[-len(kicker) :]
    return kicker.capitalize()


def _after_title(lines: list[str], head: _Head) -> _Head:
    """Without a dateline: a byline and a date may stand on lines of their own right below the title."""
    start = head.body_from
    while start < len(lines) and lines[start] == head.title:
        start += 1
    count, authors, published = credit_lines(lines[start:])
    return replace(head, published=published, authors=authors, body_from=start + count)
