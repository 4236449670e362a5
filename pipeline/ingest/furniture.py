"""Which blocks of a page are its story, and which are what stands around it.

Knows: the lines that sites print around a story: share, donate, related stories, the reuse sentence. Must not know:
whether a line came from text or from markup; both are judged by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from pipeline.ingest.profile import SourceProfile
from pipeline.text.blocks import SEE_ALSO, points_nowhere
from pipeline.types import Block, BlockKind, Finding, Level


class Line(Enum):
    """What a line is."""

    BODY = "body"
    ANALYSIS = "analysis"  # a heading that looks like a paragraph
    SEE_ALSO = "see also"  # part of the story if it has a link; it points nowhere without one
    RIGHTS = "rights"  # the reuse sentence
    SKIP = "skip"  # furniture; only this line goes
    END = "end"  # furniture that ends the body
    TAIL = "tail"  # the beginning of other stories


_ENDS = ("share icon", "was this content helpful", "was this article helpful", "what are your thoughts?")
_SKIPPED = (
    "click here to send",
    "sign up for our newsletter",
    "sign up to our newsletter",
    "subscribe to our newsletter",
    "follow us on ",
    "share this article",
    "share this story",
)
_SKIPPED_WHOLE = frozenset(
    {
        "donate",
        "donate now",
        "share",
        "share this",
        "advertisement",
        "print",
        "email",
        "tweet",
        "subscribe",
        "read more",
    }
)
_TAILS = frozenset(
    {
        "related content",
        "related articles",
        "related stories",
        "related posts",
        "related news",
        "about us",
        "about the author",
        "about the authors",
        "more stories",
    }
)
_LONG = 200  # characters: what furniture rarely reaches and a body paragraph often does
_CUT = 2  # that many long paragraphs after the body's end are no accident


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The story's own blocks and the reuse sentence that was found among them."""

    blocks: tuple[Block, ...]
    rights_text: str | None
    rights_links: tuple[str, ...] = ()  # where its words lead
    findings: tuple[Finding, ...] = ()


def kind_of(line: str, profile: SourceProfile) -> Line:
    """Judge one whitespace-collapsed line."""
    lowered = line.casefold()
    bare = lowered.rstrip(" :.!?»>")
    if starts_rights(line, profile):
        return Line.RIGHTS
    if bare in _TAILS or bare == f"about {profile.publisher}".casefold():
        return Line.TAIL
    if lowered.startswith(_ENDS) or lowered.startswith(_lowered(profile.body_ends)):
        return Line.END
    if bare in _SKIPPED_WHOLE or lowered.startswith(_SKIPPED) or lowered.startswith(_lowered(profile.furniture)):
        return Line.SKIP
    if lowered in _lowered(profile.analysis_headings):
        return Line.ANALYSIS
    return Line.SEE_ALSO if SEE_ALSO.match(line) else Line.BODY


def starts_rights(line: str, profile: SourceProfile) -> bool:
    """Whether a line is the publisher's reuse sentence."""
    return line.casefold().startswith(_lowered(profile.rights_starts))


def sort_out(blocks: Iterable[Block], profile: SourceProfile) -> Sorted:
    """Keep the story: drop furniture, end the body where it ends, take the reuse sentence out wherever it stands.

    A line that ends the body counts only after a paragraph: some pages print their share buttons above the story.
    A finding says so when much text stands behind the end, since it may be the story's second half.
    """
    kept: list[Block] = []
    rights: list[Block] = []
    ended_by = ""
    in_tail = False
    behind = 0
    for block in blocks:
        kind = Line.BODY if block.kind is BlockKind.VERBATIM else kind_of(block.text, profile)
        if kind is Line.RIGHTS:
            rights.append(block)
        elif in_tail:
            continue
        elif kind in {Line.END, Line.TAIL}:
            if any(_is_paragraph(earlier) for earlier in kept):
                ended_by = ended_by or block.text
                in_tail = kind is Line.TAIL
        elif ended_by:
            behind += kind is Line.BODY and _is_paragraph(block) and len(block.text) >= _LONG
        elif kind is not Line.SKIP:
            shaped = _shaped(block, kind)
            kept += [] if points_nowhere(shaped) else [shaped]
    return Sorted(
        blocks=tuple(kept),
        rights_text="\n".join(dict.fromkeys(block.text for block in rights)) or None,
        rights_links=tuple(link for block in rights for span in block.spans for link in dict(span.attributes).values()),
        findings=(_cut_off(behind, ended_by),) if behind >= _CUT else (),
    )


def _shaped(block: Block, kind: Line) -> Block:
    if kind is Line.ANALYSIS:
        return Block(kind=BlockKind.HEADING, text=block.text)
    if kind is Line.SEE_ALSO and _is_paragraph(block):
        return replace(block, kind=BlockKind.SEE_ALSO)
    return block


def _is_paragraph(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH


def _lowered(starts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(start.casefold() for start in starts if start)


def _cut_off(count: int, line: str) -> Finding:
    return Finding(
        code="body-cut",
        level=Level.HOLD,
        reason=f"{count} long paragraphs follow “{line[:60]}”, where the text ends. See whether they belong to it.",
        reason_es=f"Tras «{line[:60]}», donde termina el texto, hay {count} párrafos largos. Compruebe si son suyos.",
    )
