"""Finding a text again on a page that has cut, quoted, reordered or added to it.

Knows: two lists of words. Must not know: pages, credits, languages.

Runs of five words are fingerprints. Those that occur once in the text are looked up on the page; the longest series
that runs in the text's own order is the text as the page has it. A teaser above it, a quotation in the comments or an
advertisement between two paragraphs therefore moves neither its beginning nor its end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

RUN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where a text stands: word numbers of its beginning and of what follows its end, and how much of it is there."""

    start: int
    end: int
    coverage: float  # 0..1, share of the text's runs that stand there in order


def find(page: Sequence[str], text: Sequence[str]) -> Passage | None:
    """The text on the page; None when no run of it is there."""
    run = min(RUN, len(text))
    if not run:
        return None
    places = _unique_runs(text, run)
    hits = [(at, places[key]) for at, key in enumerate(_runs(page, run)) if key in places]
    chain = _longest_in_order(hits)
    if not chain:
        return None
    tight = _tight(chain, hits)
    return Passage(start=tight[0], end=tight[-1] + run, coverage=len(chain) / len(places))


def _runs(words: Sequence[str], run: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + run]) for at in range(len(words) - run + 1))


def _unique_runs(text: Sequence[str], run: int) -> dict[tuple[str, ...], int]:
    """Place of each run that occurs once. A text that says everything twice is known by its first occurrences."""
    runs = list(_runs(text, run))
    counted = Counter(runs)
    unique = {key: at for at, key in enumerate(runs) if counted[key] == 1}
    return unique or {key: at for at, key in reversed(list(enumerate(runs)))}


def _longest_in_order(hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence with rising places in the text (patience sorting; O(n log n))."""
    tops: list[int] = []  # text place of the best end of a chain of each length
    holders: list[int] = []  # its index in `hits`
    before: list[int] = []
    for index, (_, place) in enumerate(hits):
        length = bisect_left(tops, place)
        before.append(holders[length - 1] if length else -1)
        if length == len(tops):
            tops.append(place)
            holders.append(index)
        else:
            tops[length], holders[length] = place, index
    chain: list[tuple[int, int]] = []
    index = holders[-1] if holders else -1
    while index >= 0:
        chain.append(hits[index])
        index = before[index]
    return chain[::-1]


def _tight(chain: Sequence[tuple[int, int]], hits: Sequence[tuple[int, int]]) -> list[int]:
    """The same runs, each as near to the chain's middle as it occurs: the body, not a teaser of its first lines."""
    on_page: dict[int, list[int]] = {}
    for at, place in hits:
        on_page.setdefault(place, []).append(at)
    middle = len(chain) // 2
    ahead = [chain[middle][0]]
    for _, place in reversed(chain[:middle]):
        spots = on_page[place]
        ahead.append(spots[bisect_left(spots, ahead[-1]) - 1])
    behind = [chain[middle][0]]
    for _, place in chain[middle + 1 :]:
        spots = on_page[place]
        behind.append(spots[bisect_right(spots, behind[-1])])
    return [*reversed(ahead), *behind[1:]]
