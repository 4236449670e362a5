"""The ladder by which inline elements find their words in a translation.

Knows: words of both texts, attention, in which order guesses are made. Must not know: whether the outcome may be used
(markup.py proves it), HTML documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.text.alignment import Alignment, Range
from pipeline.types import Span

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
class Node:
    """An element with those inside it, and where it was put."""

    span: Span
    children: list[Node] = field(default_factory=list)
    room: Range | None = None  # where it stands in the target
    rung: Rung = Rung.WHOLE

    @property
    def home(self) -> Range:
        """Where it stands in the source."""
        return self.span.start, self.span.end


class Ladder:
    """The rungs for one sentence and its translation, tried for each element in turn."""

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

    def place(self, nodes: list[Node], home: Range, room: Range) -> bool:
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

    def _cover(self, nodes: list[Node], home: Range, room: Range) -> bool:
        """A single span over the whole stays over the whole; one that leaves out outer signs leaves them out again."""
        if len(nodes) != 1 or Rung.WHOLE not in self._rungs:
            return False
        start, end = nodes[0].home
        inner = core_of(self._source, home)
        if (start, end) == home:
            nodes[0].room = room
        elif start <= inner[0] and inner[1] <= end:
            core = core_of(self._target, room)
            nodes[0].room = (room[0] if start == home[0] else core[0], room[1] if end == home[1] else core[1])
        return nodes[0].room is not None

    def _by_text(self, nodes: list[Node], home: Range, room: Range) -> None:
        for rung, look in ((Rung.UNCHANGED, self._unchanged), (Rung.TRANSLATED, self._translated)):
            for node in nodes if rung in self._rungs else ():
                found = None if node.room else look(node, home, room)
                if found and not any(_overlap(found, other.room) for other in nodes if other.room):
                    node.room, node.rung = found, rung

    def _unchanged(self, node: Node, home: Range, room: Range) -> Range | None:
        text = self._source[slice(*node.home)].strip()
        # short small words are false friends: "a", "me", "no"
        if not any(char.isalnum() for char in text) or (len(text) < 3 and text.islower()):
            return None
        return self._counterpart(node, text, text, home, room)

    def _translated(self, node: Node, home: Range, room: Range) -> Range | None:
        text = self._source[slice(*node.home)].strip()
        translation = self._fragments.get(text, "")
        core = translation[slice(*core_of(translation))].strip()
        head, _, rest = core.partition(" ")
        if rest[:1].islower() and head.lower() in _ARTICLES and not _CALLING.match(text):
            core = rest  # engines put an article before a noun that stands alone
        return self._counterpart(node, text, core, home, room) if core else None

    def _counterpart(self, node: Node, text: str, wanted: str, home: Range, room: Range) -> Range | None:
        """Of equally many occurrences on both sides the one that corresponds; first with the case as it is."""
        for flags in (re.NOFLAG, re.IGNORECASE):
            here = _occurrences(text, self._source, home, flags)
            there = _occurrences(wanted, self._target, room, flags)
            mine = [i for i, (start, end) in enumerate(here) if node.span.start <= start and end <= node.span.end]
            if len(here) == len(there) and mine:
                return there[mine[0]]
        return None

    def _by_attention(self, nodes: list[Node], room: Range) -> None:
        words = _words(self._target, room)
        waiting = [node for node in nodes if not node.room]
        while waiting and self._alignment:
            best: tuple[float, Range, Node] | None = None
            free = _free(words, nodes)
            for node in waiting:
                found = self._attended(node, words, free)
                if found and (best is None or found[0] > best[0]):
                    best = (*found, node)
            if best is None:
                return
            best[2].room, best[2].rung = best[1], Rung.ATTENTION
            waiting.remove(best[2])

    def _attended(self, node: Node, words: list[Range], free: list[bool]) -> tuple[float, Range] | None:
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

    def _by_position(self, nodes: list[Node], home: Range, room: Range) -> bool:
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

    def _proportion(self, node: Node, home: Range, count: int) -> Range:
        """Where among `count` words the span would be if both sides ran in parallel; never empty."""
        before = len(_WORD.findall(self._source, home[0], node.span.start))
        mine = max(1, len(_WORD.findall(self._source, *node.home)))
        whole = max(before + mine, len(_WORD.findall(self._source, *home)))
        start = min(round(before * count / whole), count - 1)
        return start, min(max(start + 1, round((before + mine) * count / whole)), count)

    def _share(self, nodes: list[Node], home: Range, room: Range) -> bool:
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


def core_of(text: str, within: Range | None = None, *, strip: str = _OUTER) -> Range:
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


def _overlap(one: Range, other: Range | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]


def _free(words: Sequence[Range], nodes: Sequence[Node]) -> list[bool]:
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
