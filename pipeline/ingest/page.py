"""Read an article from an HTML page, or from a fragment of one that a payload carries.

Knows: in which order to look. Must not know: how text becomes blocks (text.blocks), which lines are furniture
(furniture), where marks stand (metadata). The page is only ever read: nothing it links to is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import html

from pipeline.ingest.dateline import Dateline, credit_lines, dateline
from pipeline.ingest.editions import findings as told
from pipeline.ingest.editions import others
from pipeline.ingest.furniture import sort_out
from pipeline.ingest.marks import distinct, licence_addresses
from pipeline.ingest.markup import (
    block_starting,
    declared_licences,
    licences_near,
    parsed,
    prune,
    serialised,
    story_node,
    text_of,
)
from pipeline.ingest.metadata import metadata
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.reading import Reading
from pipeline.text.blocks import from_html
from pipeline.types import Block, BlockKind, Finding

_PROSE = 100  # characters that only a paragraph has
_HEAD_BLOCKS = 8  # breadcrumb, kicker, title, dateline: what may stand above the first paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The story out of some HTML: its blocks, the reuse sentence, licence addresses, and what its dateline says."""

    blocks: tuple[Block, ...]
    rights_text: str | None
    licence_marks: tuple[str, ...]
    dateline: Dateline
    findings: tuple[Finding, ...]


def read(text: str, profile: SourceProfile, *, base_url: str | None = None) -> Reading:
    """Read a page's source. `base_url` makes relative links absolute.

    Raises UnreadablePayload when the text holds no HTML at all.
    """
    root = parsed(text)
    marks = metadata(root, profile.publisher)
    story = _body(root, story_node(root), profile, base_url=base_url, title=marks.headline)
    line = story.dateline
    authors = marks.authors or line.authors
    editions = others(marks.editions, own=profile.language, url=base_url)
    return Reading(
        rung="page",
        headline=marks.headline,
        blocks=story.blocks,
        authors=tuple(profile.author_named(name) for name in authors),
        published=marks.published or line.published,
        section=marks.section,
        keywords=marks.keywords or line.topics,
        rights_text=story.rights_text,
        licence_marks=tuple(dict.fromkeys(marks.licences + story.licence_marks)),
        editions=editions,
        findings=story.findings + tuple(told(editions)),
    )


def body(fragment: str, profile: SourceProfile, *, base_url: str | None, title: str | None = None) -> Body:
    """Read the HTML of a story alone, as feeds and payloads carry it. Raises UnreadablePayload as `read` does."""
    root = parsed(f"<div>{fragment}</div>")
    return _body(root, root, profile, base_url=base_url, title=title)


def _body(
    root: html.HtmlElement, node: html.HtmlElement, profile: SourceProfile, *, base_url: str | None, title: str | None
) -> Body:
    # the reuse sentence is looked for on the whole page, and before pruning: it often stands in a footer
    sentence = block_starting(root, profile.rights_starts)
    rights = text_of(sentence) if sentence is not None else None
    marks = declared_licences(node) + (licences_near(sentence) if sentence is not None else ())
    prune(node)
    found = from_html(serialised(node), base_url=base_url)
    blocks, line = _below_head(found.blocks, title)
    story = sort_out(blocks, profile)
    rights = rights or story.rights_text
    return Body(
        blocks=story.blocks,
        rights_text=rights,
        licence_marks=tuple(dict.fromkeys(marks + distinct(story.rights_links) + licence_addresses(rights or ""))),
        dateline=line,
        findings=tuple(found.findings) + story.findings,
    )


def _below_head(blocks: tuple[Block, ...], title: str | None) -> tuple[tuple[Block, ...], Dateline]:
    """The blocks below a dateline that stands on top, or else below a repeated title, a byline and a date."""
    prose = 0
    for place, block in enumerate(blocks[:_HEAD_BLOCKS]):
        if (line := dateline(block.text)) is not None:
            return blocks[place + 1 :], line
        prose += block.kind is BlockKind.PARAGRAPH and len(block.text) >= _PROSE
        if prose > 1:  # one may be a standfirst; below more than that a dateline is a teaser's
            break
    first = next((place for place, block in enumerate(blocks[:_HEAD_BLOCKS]) if _is_title(block, title)), None)
    rest = blocks if first is None else blocks[first + 1 :]
    count, authors, published = credit_lines([block.text for block in rest])
    return rest[count:], Dateline(topics=(), published=published, authors=authors)


def _is_title(block: Block, title: str | None) -> bool:
    is_heading = block.kind in {BlockKind.HEADING, BlockKind.SUBHEADING}
    return bool(title) and is_heading and block.text.casefold() == (title or "").casefold()
