"""The fallback for markup: cut a sentence at its tags, so that each stretch is translated alone.

Knows: spans and their nesting. Must not know: engines, attention. Tag-faithful by construction, poorer language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.text.inline import canonical
from pipeline.types import Segment, Span

_LEAD = re.compile(r"[\s,;:.!?…)\]»”’%]*")
_STOPS = (".", "!", "?", "…", ":", ";")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a sentence between two tags.

    `lead` + `text` + `tail` is the stretch; only `text` is to be translated, and it is empty when nothing is. `path`
    holds the indexes, outermost first, of the spans around it in the sentence's canonical order.
    """

    lead: str
    text: str
    tail: str
    path: tuple[int, ...]


def piecewise(source: Segment) -> list[Piece]:
    """Cut a segment at every span edge. The pieces joined in order are its text; code is never to be translated."""
    spans = canonical(source.spans)
    edges = sorted({0, len(source.text), *(span.start for span in spans), *(span.end for span in spans)})
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        path = tuple(i for i, span in enumerate(spans) if span.start <= start and end <= span.end)
        stretch = source.text[start:end]
        found = _LEAD.match(stretch)
        cut = found.end() if found else 0
        core = stretch[cut:].rstrip()
        if not any(char.isalnum() for char in core) or any(spans[i].tag == "code" for i in path):
            pieces.append(Piece(lead=stretch, text="", tail="", path=path))
        else:
            pieces.append(Piece(lead=stretch[:cut], text=core, tail=stretch[cut + len(core) :], path=path))
    return pieces


def join_pieces(source: Segment, pieces: Sequence[Piece], fragments: Mapping[str, str]) -> tuple[str, tuple[Span, ...]]:
    """Put translated pieces together: the target text and the spans over it.

    `fragments` maps a piece's text to its translation; what is missing or blank stays in the source language, so
    that no span can become empty.
    """
    spans = canonical(source.spans)
    text = ""
    ranges: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        start = len(text)
        text += piece.lead + fitted(piece.text, fragments.get(piece.text, "")) + piece.tail
        for index in piece.path:
            ranges[index] = (ranges[index][0] if index in ranges else start, len(text))
    placed = [_trimmed(text, spans[index], *ranges[index]) for index in sorted(ranges)]
    return text, canonical(placed)


def fitted(source: str, target: str) -> str:
    """Undo what engines do to a stretch because they take it for a sentence: capital at the head, stop at the end."""
    target = target.strip()
    if not target:
        return source
    if target.endswith(".") and not target.endswith("..") and not source.endswith(_STOPS) and target[:-1].strip():
        target = target[:-1].rstrip()
    if source[0].islower() and target[0].isupper() and not target[1:2].isupper() and len(target[0].lower()) == 1:
        target = target[0].lower() + target[1:]
    return target


def _trimmed(text: str, span: Span, start: int, end: int) -> Span:
    held = text[start:end]
    if held.strip():
        start, end = start + len(held) - len(held.lstrip()), start + len(held.rstrip())
    return Span(tag=span.tag, start=start, end=end, attributes=span.attributes)
