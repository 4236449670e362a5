"""Carrying inline elements from a source sentence onto its translation.

Knows: spans, attention, the words of a text. Must not know: how the translation was made, HTML documents.

Order of work for a caller: `project` onto the engine's own text, `spanish.typography` on that text, `shift` the spans
through the rewrite, `proof`. If `project` gives None or the proof fails, translate `piecewise` and `join_pieces`; if
even that is not proven, keep the source sentence. So a link is never lost and a tag never unbalanced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from pipeline.text.alignment import Alignment, Range, alignment_of, folded
from pipeline.text.inline import canonical
from pipeline.text.integrity import proof
from pipeline.text.piecewise import Piece, join_pieces, piecewise
from pipeline.types import Hypothesis, Segment, Span

__all__ = ["Piece", "Rung", "join_pieces", "piecewise", "placements", "project", "proof", "shift"]

_WORD = re.compile(r"[$€£#@]?\w(?:[\w.,'’@/-]*\w)?[%º°]?")
_RUN = re.compile(r"\S+")
_OUTER = " \t\n\u00a0.,;:!?¿¡…\"'«»“”‘’()[]—–-"
_ENGLISH_ARTICLE = re.compile(r"(?:the|an?)\b", re.IGNORECASE)
_ARTICLES = frozenset({"el", "la", "los", "las", "un", "una", "unos", "unas"})
# Spanish words that lean on what follows, and the English ones that would call for them at a span's edge
_LEANING_WORDS = (
    "a al ante con contra de del desde durante e en entre hacia hasta ni o para por que sin sobre tras u y "
    "el la los las un una unos unas"
)
_LEANING = frozenset(_LEANING_WORDS.split())
_CALLING = re.compile(
    r"(?:the|an?|of|in|on|at|to|from|for|with|without|by|and|or|that|against|between|over|under|after|before|about"
    r"|during|through|until|who|where|his|her|its|their|into|near|toward|towards|among|since|as|most|half|all|both)\b",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"\w+(?=\W*$)")
_LONGER = 1.6  # how many Spanish words an English one may become, one more for good measure
# a target word belongs to a span if at least half as much of it looks there as of the word that looks there most
_FLOOR, _CEILING = 0.15, 0.5


class Rung(StrEnum):
    """What put a span where it stands, best first."""

    WHOLE = "whole"  # it covers everything there is
    UNCHANGED = "unchanged"  # its text stands in the target as it is
    TRANSLATED = "translated"  # its own translation stands in the target
    ATTENTION = "attention"  # the words that look at it
    POSITION = "position"  # the same share of the way


RUNGS = frozenset(Rung)


@dataclass(slots=True)
class _Node:
    span: Span
    children: list[_Node] = field(default_factory=list)
    room: Range | None = None  # where it stands in the target
    rung: Rung = Rung.WHOLE

    @property
    def home(self) -> Range:
        return self.span.start, self.span.end


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
    ladder = _Ladder(source.text, hypothesis.text, fragments or {}, alignment, rungs)
    if not ladder.place(roots, (0, len(source.text)), _core(hypothesis.text, strip=" ")):
        return []
    return list(_placed(roots))


def _tree(spans: Sequence[Span]) -> list[_Node]:
    roots: list[_Node] = []
    enclosing: list[_Node] = []
    for span in canonical(spans):
        while enclosing and enclosing[-1].span.end <= span.start:
            enclosing.pop()
        node = _Node(span)
        (enclosing[-1].children if enclosing else roots).append(node)
        enclosing.append(node)
    return roots


def _placed(nodes: Sequence[_Node]) -> Iterator[tuple[Span, Span, Rung]]:
    for node in nodes:
        if node.room:
            span = node.span
            target = Span(tag=span.tag, start=node.room[0], end=node.room[1], attributes=span.attributes)
            yield span, target, node.rung
        yield from _placed(node.children)


def _core(text: str, within: Range | None = None, *, strip: str = _OUTER) -> Range:
    """The range without outer blanks and signs; the whole of it if nothing else is there."""
    start, end = within or (0, len(text))
    left, right = start, end
    while left < right and (text[left] in strip or text[left].isspace()):
        left += 1
    while right > left and (text[right - 1] in strip or text[right - 1].isspace()):
        right -= 1
    return (left, right) if left < right else (start, end)


def _words(text: str, room: Range) -> list[Range]:
    """Ranges of the words in `room`; where there is no word, of its runs of signs."""
    for pattern in (_WORD, _RUN):
        if found := [match.span() for match in pattern.finditer(text, *room)]:
            return found
    return []


class _Ladder:
    def __init__(
        self,
        source: str,
        target: str,
        fragments: Mapping[str, str],
        alignment: Alignment | None,
        rungs: Set[Rung],
    ) -> None:
        self._source, self._target = source, target
        self._rungs = rungs
        self._fragments = fragments
        self._alignment = alignment

    def place(self, nodes: list[_Node], home: Range, room: Range) -> bool:
        """Give every node a place in `room`, and its children places inside; False if there is no room."""
        if not self._cover(nodes, home, room):
            self._by_text(nodes, home, room)
            self._by_attention(nodes, room)
            if (
                Rung.POSITION in self._rungs
                and not self._by_position(nodes, home, room)
                and not self._share(nodes, home, room)
            ):
                return False
        return all(not node.children or self.place(node.children, node.home, node.room or room) for node in nodes)

    def _cover(self, nodes: list[_Node], home: Range, room: Range) -> bool:
        """A single span over the whole stays over the whole; one that leaves out outer signs leaves them out again."""
        if len(nodes) != 1 or Rung.WHOLE not in self._rungs:
            return False
        start, end = nodes[0].home
        inner = _core(self._source, home)
        if (start, end) == home:
            nodes[0].room = room
        elif start <= inner[0] and inner[1] <= end:
            core = _core(self._target, room)
            nodes[0].room = (room[0] if start == home[0] else core[0], room[1] if end == home[1] else core[1])
        return nodes[0].room is not None

    def _by_text(self, nodes: list[_Node], home: Range, room: Range) -> None:
        for rung, look in ((Rung.UNCHANGED, self._unchanged), (Rung.TRANSLATED, self._translated)):
            for node in nodes if rung in self._rungs else ():
                found = None if node.room else look(node, home, room)
                if found and not any(_overlap(found, other.room) for other in nodes if other.room):
                    node.room, node.rung = found, rung

    def _unchanged(self, node: _Node, home: Range, room: Range) -> Range | None:
        text = self._source[slice(*node.home)].strip()
        # short small words are false friends: "a", "me", "no"
        if not any(char.isalnum() for char in text) or (len(text) < 3 and text.islower()):
            return None
        return self._counterpart(node, text, text, home, room)

    def _translated(self, node: _Node, home: Range, room: Range) -> Range | None:
        text = self._source[slice(*node.home)].strip()
        translation = self._fragments.get(text, "")
        core = translation[slice(*_core(translation))].strip()
        head, _, rest = core.partition(" ")
        if rest[:1].islower() and head.lower() in _ARTICLES and not _CALLING.match(text):
            core = rest  # engines put an article before a noun that stands alone
        return self._counterpart(node, text, core, home, room) if core else None

    def _counterpart(self, node: _Node, text: str, wanted: str, home: Range, room: Range) -> Range | None:
        """Of equally many occurrences on both sides the one that corresponds; first with the case as it is."""
        for flags in (re.NOFLAG, re.IGNORECASE):
            here = _occurrences(text, self._source, home, flags)
            there = _occurrences(wanted, self._target, room, flags)
            mine = [i for i, (start, end) in enumerate(here) if node.span.start <= start and end <= node.span.end]
            if len(here) == len(there) and mine:
                return there[mine[0]]
        return None

    def _by_attention(self, nodes: list[_Node], room: Range) -> None:
        words = _words(self._target, room)
        waiting = [node for node in nodes if not node.room]
        while waiting and self._alignment:
            best: tuple[float, Range, _Node] | None = None
            free = _free(words, nodes)
            for node in waiting:
                found = self._attended(node, words, free)
                if found and (best is None or found[0] > best[0]):
                    best = (*found, node)
            if best is None:
                return
            best[2].room, best[2].rung = best[1], Rung.ATTENTION
            waiting.remove(best[2])

    def _attended(self, node: _Node, words: list[Range], free: list[bool]) -> tuple[float, Range] | None:
        """Contiguous free words with the greatest sum of (mass - threshold): one linear scan."""
        if self._alignment is None or not any(free):
            return None
        masses = [self._alignment.mass(word, node.home) for word in words]
        strongest = max(mass for mass, is_free in zip(masses, free, strict=True) if is_free)
        if strongest < _FLOOR:
            return None
        threshold = min(max(strongest / 2, _FLOOR), _CEILING) - 1e-9
        best, total, first = (0.0, (0, 0)), 0.0, 0
        for i, mass in enumerate(masses):
            if not free[i] or total < 0:
                total, first = 0.0, i
            if free[i]:
                total += mass - threshold
                best = max(best, (total, (first, i + 1)), key=lambda pair: pair[0])
            else:
                first = i + 1
        score, (first, last) = best
        if first == last:
            return None
        text = self._source[slice(*node.home)]
        first, last = self._trimmed(text, words, masses, (first, last))
        if first and free[first - 1] and _ENGLISH_ARTICLE.match(text):
            first -= self._target[slice(*words[first - 1])].lower() in _ARTICLES
        return score, (words[first][0], words[last - 1][1])

    def _trimmed(self, text: str, words: list[Range], masses: list[float], found: Range) -> Range:
        """The words found for `text`, without weak ones beyond any fair length and without words that lean outwards."""
        first, last = found
        most = _LONGER * len(_WORD.findall(text)) + 1
        while last - first > max(1, most):
            if masses[first] < masses[last - 1]:
                first += 1
            else:
                last -= 1
        ending = _LAST_WORD.search(text)
        while last - first > 1 and self._leans(words[last - 1]) and not (ending and _CALLING.fullmatch(ending[0])):
            last -= 1
        while last - first > 1 and self._leans(words[first]) and not _CALLING.match(text):
            first += 1
        return first, last

    def _leans(self, word: Range) -> bool:
        return self._target[slice(*word)].lower() in _LEANING

    def _by_position(self, nodes: list[_Node], home: Range, room: Range) -> bool:
        words = _words(self._target, room)
        for node in nodes:
            if node.room:
                continue
            free = _free(words, nodes)
            if not any(free):
                return False
            start, end = self._proportion(node, home, len(words))
            window = _nearest(free, start, end)
            node.room, node.rung = (words[window[0]][0], words[window[1] - 1][1]), Rung.POSITION
        return True

    def _proportion(self, node: _Node, home: Range, count: int) -> Range:
        """Where among `count` words the span would be if both sides ran in parallel; never empty."""
        before = len(_WORD.findall(self._source, home[0], node.span.start))
        mine = max(1, len(_WORD.findall(self._source, *node.home)))
        whole = max(before + mine, len(_WORD.findall(self._source, *home)))
        start = min(round(before * count / whole), count - 1)
        return start, min(max(start + 1, round((before + mine) * count / whole)), count)

    def _share(self, nodes: list[_Node], home: Range, room: Range) -> bool:
        """Last resort for siblings in a small room: in source order, each its part and at least one word."""
        words = _words(self._target, room)
        if len(words) < len(nodes):
            return False
        taken = 0
        for i, node in enumerate(nodes):
            last = len(words) - (len(nodes) - i - 1)
            start, end = self._proportion(node, home, len(words))
            start = min(max(start, taken), last - 1)
            taken = min(max(end, start + 1), last)
            node.room, node.rung = (words[start][0], words[taken - 1][1]), Rung.POSITION
        return True


def _overlap(one: Range, other: Range | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]


def _free(words: Sequence[Range], nodes: Sequence[_Node]) -> list[bool]:
    return [not any(_overlap(word, node.room) for node in nodes) for word in words]


def _nearest(free: Sequence[bool], start: int, end: int) -> Range:
    """The free window nearest to start:end, as long as it is or, where there is none, as long as there is room."""
    for size in range(end - start, 0, -1):
        places = [i for i in range(len(free) - size + 1) if all(free[i : i + size])]
        if places:
            at = min(places, key=lambda i: abs((2 * i + size) - (start + end)))
            return at, at + size
    raise ValueError("no word is free")


def _occurrences(wanted: str, text: str, within: Range, flags: re.RegexFlag) -> list[Range]:
    """Where `wanted` stands in text[within] as whole words."""
    pattern = (
        ("(?<!\\w)" if wanted[0].isalnum() else "") + re.escape(wanted) + ("(?!\\w)" if wanted[-1].isalnum() else "")
    )
    return [match.span() for match in re.compile(pattern, flags).finditer(text, *within)]


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
