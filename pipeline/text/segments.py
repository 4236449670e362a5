"""Sentences: cutting a story into segments and putting translated segments back into blocks.

Knows: English sentence ends, the shape of a story. Must not know: engines, target languages, HTML.

The splitter is nupunkt (statistical, no download) corrected by rules for what it is known to get wrong in news:
titles, dates, initials, and closing marks left at the head of the next sentence. No character is ever lost: the
sentences and their gaps joined in order are the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import cast

from pipeline.text.blocks import SEE_ALSO
from pipeline.types import Block, BlockKind, Match, Segment, Span, Story

SEGMENTER = "nupunkt-0.8 rules-3"  # changes whenever a boundary could change: part of what a translation is made with

_LONGEST_WORDS = 110
_LONGEST_CHARACTERS = 700  # about 150 subword pieces of English, beyond which small models lose the thread
_HOPELESS_WORDS = 140
_HOPELESS_CHARACTERS = 900  # about 200 pieces; an engine that stops at 256 would lose the end, so any blank will do
_SIGNS = (re.compile(r"[;:]\s+|\s[—–]\s+"), re.compile(r",\s+"))
_JOINTS = re.compile(r"\s+(?=(?:and|or|but|because|while|which|who|when|where|if|although|that)\s)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")

# an abbreviation that always leads to what follows
_TITLES = (
    "Mr Mrs Ms Dr Prof Gen Brig Lt Col Maj Capt Cmdr Adm Sgt Cpl Pvt Sen Rep Gov Hon Pres Rev Fr St Msgr Insp Supt"
)
_TITLE = re.compile(r"(?:^|[\s(\[“\"‘«])(?:" + "|".join(_TITLES.split()) + r")\.$")
# an abbreviation that leads on only to a figure: "in Jan. He left." is two sentences
_COUNTED = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|No|Nos|Art|Arts|Sec|Fig|Vol|Ch|p|pp|para|approx|ca)\.$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:^|[\s(\[“\"‘«])[A-Z]\.(?:[ -]?[A-Z]\.)+$")
_LONE_INITIAL = re.compile(r"(?:^|[\s(\[“\"‘«])[A-Z]\.$")
_MIDDLE_INITIAL = re.compile(r"[A-Z][\w’'-]{1,40} [A-Z]\.$")  # bounded: a text may be one long "word"
# words that begin a sentence far more often than a surname
_STARTING = (
    "A An And As At But By For From He Her His How If In It Its No Not Now Of On Or Our She So Some That The Their "
    "Then There These They This Those To We What When Where Which While Who Why With You Yet"
)
_STARTERS = frozenset(_STARTING.split())
_CLOSERS = re.compile(r"(?:[”’»)\]}]+|[\"'](?=\s|$))+\s*")
_WORD = re.compile(r"\S+")


@cache
def _splitter() -> Callable[[str], list[tuple[int, int]]]:
    import nupunkt  # loads its tables on import: only when a sentence is first asked for

    return cast("Callable[[str], list[tuple[int, int]]]", nupunkt.sent_spans)


def split(text: str) -> list[tuple[str, str]]:
    """Cut `text` into (sentence, white space after it); joined in order they are `text` again.

    Sentences over 110 words (or 700 characters) are cut further, at ; : — if they have one, else at a comma;
    over 140 (or 900) where clauses are joined, else at any blank.
    White space before the first sentence belongs to that sentence.
    """
    if not text.strip():
        return [(text, "")] if text else []
    edges = [0, *_boundaries(text), len(text)]
    pieces: list[tuple[str, str]] = []
    for start, end in pairwise(edges):
        cuts = [start, *_cuts(text, start, end), end]
        for left, right in pairwise(cuts):
            sentence = text[left:right].rstrip()
            pieces.append((sentence, text[left + len(sentence) : right]))
    return pieces


def _boundaries(text: str) -> list[int]:
    """Where a new sentence begins, first one excluded."""
    found: list[int] = []
    last = 0
    for _, end in _splitter()(text):
        boundary = end
        if closers := _CLOSERS.match(text, boundary):
            boundary = closers.end()
        while boundary < len(text) and text[boundary].isspace():
            boundary += 1
        left, right = text[last:boundary], text[boundary:]
        if right and left.strip() and boundary > last and not _joined(left.rstrip(), right):
            found.append(boundary)
            last = boundary
    return found


def _joined(left: str, right: str) -> bool:
    """Whether two pieces are one sentence after all."""
    first = _WORD.match(right)
    word = first[0].strip("\"'“‘«([") if first else ""
    if word[:1].islower() or _TITLE.search(left):
        return True
    if _COUNTED.search(left):
        return word[:1].isdigit()
    if _INITIALS.search(left) or (left == left[-2:] and _LONE_INITIAL.search(left)):
        return word.rstrip(".,;:") not in _STARTERS
    if _MIDDLE_INITIAL.search(left):
        return word[:1].isupper() and word not in _STARTERS
    return False


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where to cut an overlong sentence: at the strongest sign nearest its middle, again and again.

    Where there is no sign it may stay a little longer; then it is cut before a word that joins clauses, or anywhere.
    """
    sentence = text[start:end]
    words = [match.start() for match in _WORD.finditer(sentence)]
    if len(words) <= _LONGEST_WORDS and len(sentence) <= _LONGEST_CHARACTERS:
        return []
    hopeless = len(words) > _HOPELESS_WORDS or len(sentence) > _HOPELESS_CHARACTERS
    for signs in (*_SIGNS, _JOINTS, _BLANKS) if hopeless else _SIGNS:
        fair = [
            sign.end() for sign in signs.finditer(sentence) if len(words) > 5 and words[2] < sign.end() <= words[-3]
        ]
        if fair:
            cut = start + min(fair, key=lambda at: abs(at - len(sentence) / 2))
            return [*_cuts(text, start, cut), cut, *_cuts(text, cut, end)]
    return []


def unfinished(one: Segment, following: Segment) -> bool:
    """Does a segment end in the middle of a sentence, which the one after it in the same block goes on with?"""
    same = one.place.startswith("b") and one.place.split(".")[0] == following.place.split(".")[0]
    return same and (one.text[-1:].isalnum() or one.text[-1:] in ",;:—–")


def segments_of(story: Story) -> tuple[Segment, ...]:
    """Cut a story into segments: "headline", "standfirst" (both whole), then "b<block>.<sentence>" from 0.

    Verbatim blocks give none. A span that runs over a sentence end is in both sentences, so its link repeats. The
    words "See also:" before a pointer are a segment of their own, so that they can have one translation everywhere.
    """
    segments = [Segment(place="headline", text=story.headline)]
    if story.standfirst:
        segments.append(Segment(place="standfirst", text=story.standfirst))
    for index, block in enumerate(story.blocks):
        segments.extend(_block_segments(index, block))
    return tuple(segments)


def _block_segments(index: int, block: Block) -> Iterable[Segment]:
    if block.kind is BlockKind.VERBATIM:
        return
    at = 0
    for number, (sentence, gap) in enumerate(_cut(block)):
        spans = _within(block.text, block.spans, at, at + len(sentence))
        yield Segment(place=f"b{index}.{number}", text=sentence, spans=spans, gap=gap)
        at += len(sentence) + len(gap)


def _cut(block: Block) -> list[tuple[str, str]]:
    label = SEE_ALSO.match(block.text) if block.kind is BlockKind.SEE_ALSO else None
    if label is None or label.end() == len(block.text):
        return split(block.text)
    rest = block.text[label.end() :].lstrip()
    return [(label[0], block.text[label.end() : len(block.text) - len(rest)]), *split(rest)]


def is_see_also(segment: Segment) -> bool:
    """Is it the words "See also:" and nothing else?"""
    return SEE_ALSO.fullmatch(segment.text) is not None


def _within(text: str, spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Cut spans to text[start:end] and make them relative to it; what would hold only white space goes."""
    kept: list[Span] = []
    for span in spans:
        left, right = max(span.start, start), min(span.end, end)
        if left < right and text[left:right].strip():
            kept.append(Span(tag=span.tag, start=left - start, end=right - start, attributes=span.attributes))
    return tuple(kept)


def rebuild(block: Block, parts: Sequence[Match]) -> Block:
    """Return `block` in the target language: targets and gaps joined in the order given, spans moved along.

    A span that was cut at a sentence end stays two spans. Verbatim and empty blocks have no parts and come back as
    they are. Raises ValueError if parts and block do not belong together.
    """
    if block.kind is BlockKind.VERBATIM or not block.text:
        if parts:
            raise ValueError("this block has no segments, so no part can belong to it")
        return block
    if not parts:
        raise ValueError("a block with text needs at least one part")
    text, spans = "", list[Span]()
    for part in parts:
        shift = len(text)
        spans.extend(
            Span(tag=span.tag, start=span.start + shift, end=span.end + shift, attributes=span.attributes)
            for span in part.spans
        )
        text += part.target + part.gap
    return Block(kind=block.kind, text=text, spans=tuple(spans))
