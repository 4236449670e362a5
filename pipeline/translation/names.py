"""Names: which words of a story are, and which of them a translation lost or mangled.

Knows: capitals, and the English words that Spanish has its own word for. Must not know: engines, findings.

A name is read from the story itself: a word with a capital in the middle of a sentence that is never written small.
Words that Spanish translates (Ministry, Congress, March, -tion, -ity …) are left out, so a rare name may be missed; a
word wrongly taken for a name would stay in English, which is worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from pipeline.text.accents import unaccented
from pipeline.translation.words import NAMES_WITH_SPANISH
from pipeline.types import BlockKind, Story

_WORD = re.compile(r"[^\W\d_][^\W\d_]*(?:[-'’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$|['’]$")
_ENGLISH_ENDING = re.compile(
    r"(?:tion|sion|tics?|ical|ity|ist|ists|ism|ment|ments|ance|ence|ency|ous|ive|ian|ians|ean|ese|ish|ing|ed|ship|ness"
    r"|dom|ly|ers|ors|ies)$",
    re.I,
)
_SHORTEST = 4  # letters; shorter words are articles, initials and acronyms, which engines copy well


def names_in(story: Story) -> frozenset[str]:
    """The story's names; what is never translated (code, tables of figures) is no witness."""
    return names_of(block.text for block in story.blocks if block.kind is not BlockKind.VERBATIM)


def names_of(texts: Iterable[str]) -> frozenset[str]:
    """Words that are names throughout these texts."""
    capital: set[str] = set()
    small: set[str] = set()
    for text in texts:
        for before, word in pairwise([None, *_WORD.finditer(text)]):
            if word is None:
                continue
            bare = _POSSESSIVE.sub("", word[0])
            if bare.islower():
                small.add(bare)
            elif before is not None and text[before.end() : word.start()] in {" ", ", "} and bare[0].isupper():
                capital.add(bare)
    return frozenset(
        word
        for word in capital
        if len(word) >= _SHORTEST
        and not word.isupper()
        and word.lower() not in small
        and word.lower() not in NAMES_WITH_SPANISH
        and not _ENGLISH_ENDING.search(word)
    )


def lost(source: str, target: str, names: frozenset[str]) -> list[str]:
    """Names of the source sentence that do not stand in the target; accents and capitals may differ."""
    there = {folded(word) for word in _words(target)}
    return [word for word in dict.fromkeys(_words(source)) if word in names and folded(word) not in there]


def mangled(source: str, target: str, names: frozenset[str]) -> list[str]:
    """Names that came through misspelt, each with the names beside it: "Puerto Sereno" for "Puerto Sereren".

    Lost alone proves nothing, for many names have a Spanish form; but a capitalised word that resembles the lost name
    and stands nowhere in the source is that name, spoilt.
    """
    missing = lost(source, target, names)
    if not missing:
        return []
    given = {folded(word) for word in _words(source)}
    capital = [word for word in _words(target) if word[0].isupper() and len(word) >= _SHORTEST]
    new = [folded(word) for word in capital if folded(word) not in given]
    spoilt = {word for word in missing if any(_alike(folded(word), other) for other in new)}
    return [run for run in _runs(source, names) if spoilt & set(_words(run))]


@lru_cache(maxsize=1 << 16)
def folded(word: str) -> str:
    """Lower case without accents."""
    return unaccented(word.lower())


def _alike(name: str, other: str) -> bool:
    return name[:3] == other[:3] or SequenceMatcher(None, name, other, autojunk=False).ratio() >= 0.5


def _words(text: str) -> list[str]:
    return [_POSSESSIVE.sub("", word) for word in _WORD.findall(text)]


def _runs(source: str, names: frozenset[str]) -> list[str]:
    """Stretches of names with single blanks between them, without a final possessive."""
    runs: list[tuple[int, int]] = []
    for word in _WORD.finditer(source):
        bare = _POSSESSIVE.sub("", word[0])
        if bare not in names:
            continue
        end = word.start() + len(bare)
        if runs and source[runs[-1][1] : word.start()] == " ":
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((word.start(), end))
    return list(dict.fromkeys(source[start:end] for start, end in runs))
