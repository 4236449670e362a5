"""Words that an engine hardly looked at while it wrote, and so may have left out.

Knows: how much attention each piece of a sentence got, which words say something, what follows for a draft. Must not
know: engines, where thresholds are kept.

Attention is a hint and no proof: an engine writes «ya no» for "no longer" without a look at "longer". So words that
lean on others are left out, as is what stands in the translation as it is, and whatever is found only warns. How
sharply a model looks is its own habit, so the threshold is measured when it is installed, on its own translations of
the shipped test set: half of what all but one sentence in a hundred keep above.

On the starter model that is 0.15. Where an element of the test set was cut out of its reference, the check speaks 106
times in 240; of the model's own translations of the set it doubts none. Of 1,275 sentences of hard prose it doubted 19,
and all of those had lost words. What lies above the threshold is half right at best (tests/labelled/omission.toml).
Tried on 1,560 sentences, and left: a higher threshold (above it, every other doubt is wrong), words of three letters
(nearly all wrong), the first three pieces (six doubts wrong, one right; with the row that is not known, that one).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from pipeline.text.alignment import piece_ranges
from pipeline.translation.doubts import Doubt, listed
from pipeline.translation.memory import Remembered
from pipeline.translation.names import folded
from pipeline.translation.words import ENGLISH_STOP
from pipeline.types import Draft, Faint, Level, Origin

_FEWEST = 50  # sentences; a percentile of fewer means nothing
_KEPT = 0.3  # of all attention; no model's threshold is higher, and a draft carries only what may be below it
_FIRST = 3  # source pieces that are not judged: what the first target piece looks at is not known, see argos.py
_WORD = re.compile(r"[^\W\d_]{4,}")
_ANY_WORD = re.compile(r"[^\W\d_]+")
# They lean on others, or are told by the grammar; denials have a check of their own.
_LEANING = frozenset(
    ("back", "away", "down", "else", "ever", "every", "longer", "never", "nothing", "nobody", "says", "whole")
)


def faint(place: str, text: str, answer: Remembered) -> Iterator[Faint]:
    """English words of `text` that say something, stand nowhere in the answer, and got little attention; each once."""
    if not answer.heard:
        return
    ranges = piece_ranges(answer.source_pieces, text)
    numbers = [number for number, at in enumerate(ranges) if at]
    begins, ends = [at[0] for at in ranges if at], [at[1] for at in ranges if at]
    there = {folded(word) for word in _ANY_WORD.findall(answer.text)}
    seen: set[str] = set()
    for word in _WORD.finditer(text):
        small = word[0].lower()
        if small in ENGLISH_STOP or small in _LEANING or small in seen or folded(word[0]) in there:
            continue
        seen.add(small)
        own = numbers[bisect_right(ends, word.start()) : bisect_left(begins, word.end())]
        if own and own[0] >= _FIRST and (most := max(answer.heard[number] for number in own)) <= _KEPT:
            yield Faint(place=place, word=word[0], weight=most)


def threshold(answers: Sequence[tuple[str, Remembered]]) -> float | None:
    """Below what a word was hardly looked at, from sentences with their answers; None from fewer than fifty."""
    if len(answers) < _FEWEST:
        return None
    lowest = sorted(min((each.weight for each in faint("", text, answer)), default=_KEPT) for text, answer in answers)
    return round(lowest[len(lowest) // 100] / 2, 3)


def omitted(draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Sentences of the engine's in which a word may be missing, where the model's threshold is known."""
    if draft.faint_below is None:
        return
    theirs = {match.place for match in draft.matches if match.origin in {Origin.ENGINE, Origin.MEMORY}}
    found: dict[str, list[str]] = {}
    for each in draft.faint:
        if each.weight <= draft.faint_below and each.place in theirs:
            found.setdefault(each.place, []).append(each.word)
    for place, words in found.items():
        yield (
            place,
            Doubt(
                Level.WARN,
                f"The model hardly looked at {listed(words)}. See whether something was left out.",
                f"El modelo apenas ha atendido a {listed(words, '«»')}. Compruebe si falta algo.",
            ),
        )
