"""Carrying inline elements from a source sentence onto its translation.

Knows: spans, and that what was placed must be proven. Must not know: how a place is found (ladder.py), how the
translation was made, HTML documents.

Order of work for a caller: `project` onto the engine's own text, `spanish.typography` on that text, `shift` the spans
through the rewrite, `proof`. If `project` gives None or the proof fails, cut the sentence at its tags
(piecewise.py); if even that is not proven, keep the source sentence. So a link is never lost and a tag never
unbalanced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher

from pipeline.text.alignment import alignment_of, folded
from pipeline.text.inline import canonical
from pipeline.text.integrity import proof
from pipeline.text.ladder import RUNGS, Ladder, Node, Rung, core_of
from pipeline.types import Hypothesis, Segment, Span


def project(
    source: Segment, hypothesis: Hypothesis, *, fragments: Mapping[str, str] | None = None
) -> tuple[Span, ...] | None:
    """Return the source's spans over `hypothesis.text`, or None if they cannot all be placed and proven.

    Ladder for each span, first success wins: the whole stays the whole; (a) its text stands unchanged in the target;
    (b) its own translation, given in `fragments` (span text -> translation), stands there; (c) the contiguous words
    whose attention falls into it; (d) its relative position. Parents go before children, children stay inside,
    siblings never overlap: whoever comes second takes the nearest free words.
    """
    placed = placements(source, hypothesis, fragments=fragments)
    if len(placed) < len(source.spans):
        return None
    spans = canonical(target for _, target, _ in placed)
    return None if proof(source.spans, spans, hypothesis.text) else spans


def placements(
    source: Segment,
    hypothesis: Hypothesis,
    *,
    fragments: Mapping[str, str] | None = None,
    rungs: Set[Rung] = RUNGS,
) -> list[tuple[Span, Span, Rung]]:
    """Each source span with its target span and the rung that put it there, as far as these `rungs` can place them."""
    if not source.spans or not hypothesis.text.strip():
        return []
    roots = _tree(source.spans)
    alignment = alignment_of(source.text, hypothesis) if Rung.ATTENTION in rungs else None
    ladder = Ladder(source.text, hypothesis.text, fragments or {}, alignment, rungs)
    if not ladder.place(roots, (0, len(source.text)), core_of(hypothesis.text, strip=" ")):
        return []
    return list(_placed(roots))


def _tree(spans: Sequence[Span]) -> list[Node]:
    roots: list[Node] = []
    enclosing: list[Node] = []
    for span in canonical(spans):
        while enclosing and enclosing[-1].span.end <= span.start:
            enclosing.pop()
        node = Node(span)
        (enclosing[-1].children if enclosing else roots).append(node)
        enclosing.append(node)
    return roots


def _placed(nodes: Sequence[Node]) -> Iterator[tuple[Span, Span, Rung]]:
    for node in nodes:
        if node.room:
            span = node.span
            target = Span(tag=span.tag, start=node.room[0], end=node.room[1], attributes=span.attributes)
            yield span, target, node.rung
        yield from _placed(node.children)


def shift(spans: Sequence[Span], before: str, after: str) -> tuple[Span, ...]:
    """Carry spans over `before` through a small rewrite to `after`, such as typography makes.

    Signs put in at a span's edge stay outside it. Nesting is kept; a span whose words are all gone becomes empty,
    which the proof then reports.
    """
    if before == after or not spans:
        return canonical(spans)
    starts, ends = [0] * len(before), [0] * len(before)
    changes = SequenceMatcher(None, folded(before), folded(after), autojunk=False)
    for _, i1, i2, j1, j2 in changes.get_opcodes():
        for i in range(i1, i2):  # each old character owns its share of what stands in its place now
            starts[i] = j1 + (i - i1) * (j2 - j1) // (i2 - i1)
            ends[i] = j1 + (i - i1 + 1) * (j2 - j1) // (i2 - i1)
    return canonical(
        Span(tag=span.tag, start=starts[span.start], end=ends[span.end - 1], attributes=span.attributes)
        for span in canonical(spans)
    )
