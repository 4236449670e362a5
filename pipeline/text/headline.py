"""English headline case: lowering Title Case and ALL CAPS before translation.

Knows: which English words carry a capital of their own. Must not know: engines, Spanish, blocks.

Small models keep or copy words that shout, and Spanish headlines are in sentence case. Which words are names is read
from the article's own body: a word that is written with a capital in the middle of its sentences, and never without.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

# articles, conjunctions and prepositions stay small in Title Case, so they prove nothing
_SMALL_WORDS = (
    "a an and as at but by de del el en for from in into la las los nor of off on onto or out over per so than the to "
    "up upon via vs v with within without y yet about after against amid before between through under until is are be"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# names that need no witness in the body
_PROPER_NAMES = (
    "January February March April June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday Argentina Bolivia Brazil Canada Chile China Colombia Cuba Ecuador Europe France "
    "Germany Guatemala Guyana Haiti Honduras India Italy Jamaica Japan Mexico Nicaragua Panama Paraguay Peru Russia "
    "Spain Suriname Ukraine Uruguay Venezuela America American Americans Argentine Bolivian Brazilian British Chilean "
    "Chinese Colombian Cuban Dominican Ecuadorian English European French German Guatemalan Haitian Honduran Italian "
    "Mexican Mexicans Nicaraguan Panamanian Paraguayan Peruvian Russian Salvadoran Spanish Uruguayan Venezuelan I"
)
_PROPER = {word.lower(): word for word in _PROPER_NAMES.split()}
_CONNECTORS = frozenset({"of", "de", "del", "la", "las", "los", "the", "y", "da", "do", "dos", "for"})
_LONGEST_NAME = 6

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[.’'](?=[^\W_]))*")
_POSSESSIVE = re.compile(r"(?:['’][sS]|['’])$")
# what stands before a word in the middle of a sentence: a word or a comma, and one blank
_MID_SENTENCE = re.compile(r"[\w,’']\s$")


def is_title_case(text: str) -> bool:
    """Whether every word that counts has a capital and there are at least two of them: Title Case or ALL CAPS."""
    content = [word[0] for word in _TOKEN.finditer(text) if word[0].lower() not in _SMALL and word[0][0].isalpha()]
    return len(content) > 1 and all(word[0].isupper() for word in content)


def _is_shouted(text: str) -> bool:
    """ALL CAPS: four in five of the words that count have no small letter ("McDONALD" may be among them)."""
    words = [_POSSESSIVE.sub("", found[0]) for found in _TOKEN.finditer(text)]
    loud = [word.isupper() for word in words if word.lower() not in _SMALL]
    return sum(loud) * 5 >= len(loud) * 4


@dataclass(slots=True)
class _Spellings:
    """How the body writes words in the middle of its sentences."""

    small: set[str] = field(default_factory=set)
    capital: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    names: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def own(self, word: str) -> str | None:
        """The spelling of a word that is always a name; None when the body knows better or nothing."""
        key = word.lower()
        if key in self.small or key not in self.capital:
            return None
        return self.capital[key].most_common(1)[0][0]


def _spellings(body: str) -> _Spellings:
    known = _Spellings()
    run: list[str] = []
    last = 0  # where the word before ends
    for token in _TOKEN.finditer(body):
        word = _POSSESSIVE.sub("", token[0])
        inside = _MID_SENTENCE.search(body[max(token.start() - 2, 0) : token.start()]) is not None
        if word[0].islower():
            known.small.add(word.lower())
        elif inside and word[0].isalpha():
            known.capital[word.lower()][word] += 1
        touching = body[last : token.start()] == " "
        last = token.end()
        named = word[0].isupper() and inside
        if not (touching and (named or word.lower() in _CONNECTORS)):
            _learn(known, run)
            run = []
        if named or (run and word.lower() in _CONNECTORS):
            run.append(word)
    _learn(known, run)
    return known


def _learn(known: _Spellings, run: list[str]) -> None:
    """Remember every stretch of a run of capitalised words that begins and ends with a capital."""
    for start in range(len(run)):
        for end in range(start + 2, min(start + _LONGEST_NAME, len(run)) + 1):
            name = tuple(run[start:end])
            if name[0][0].isupper() and name[-1][0].isupper():
                known.names.setdefault(tuple(word.lower() for word in name), name)


def lower_title_case(headline: str, body: str) -> str:
    """Return an English headline or section heading in sentence case; unchanged if it is in sentence case already.

    `body` is the article's plain text, from which the names are learned. The length never changes, so that spans
    over the headline stay where they are.
    """
    if not is_title_case(headline):
        return headline
    known = _spellings(body)
    shouted = _is_shouted(headline)
    tokens = list(_TOKEN.finditer(headline))
    words = [_POSSESSIVE.sub("", token[0]) for token in tokens]
    fresh = list(headline)
    index = 0
    while index < len(tokens):
        name = _name_at(known, words, index)
        spelt = name or (_spelt(known, words[index], shouted, first=_leads(headline, tokens[index].start())),)
        for offset, spelling in enumerate(spelt):
            start = tokens[index + offset].start()
            if len(spelling) == len(words[index + offset]):
                fresh[start : start + len(spelling)] = spelling
            if shouted:
                rest = slice(start + len(spelling), tokens[index + offset].end())
                fresh[rest] = "".join(fresh[rest]).lower()
        index += len(spelt)
    if tokens:
        at = tokens[0].start()
        fresh[at] = fresh[at] if _inner_capital(words[0]) and not shouted else _capital(fresh[at])
    result = "".join(fresh)
    return result if len(result) == len(headline) else headline


def _name_at(known: _Spellings, words: list[str], index: int) -> tuple[str, ...] | None:
    for length in range(min(_LONGEST_NAME, len(words) - index), 1, -1):
        if name := known.names.get(tuple(word.lower() for word in words[index : index + length])):
            return name
    return None


def _spelt(known: _Spellings, word: str, shouted: bool, *, first: bool) -> str:
    key = word.lower()
    if own := known.own(word) or _PROPER.get(key):
        return own
    if not shouted and _inner_capital(word):
        return word  # FARC, InSight, U.S: nobody writes these by accident
    if shouted and (any(char.isdigit() for char in word) or "." in word):
        return word  # M18, U.S
    return _capital(key[0]) + key[1:] if first else key


def _inner_capital(word: str) -> bool:
    return any(char.isupper() for char in word[1:]) or any(char.isdigit() for char in word)


def _leads(headline: str, start: int) -> bool:
    """Whether a new sentence begins here inside the headline."""
    return re.search(r"(?:[?!]|[^\W\d_]{2}\.)['\"’”)]*\s+['\"‘“(]*$", headline[:start]) is not None


def _capital(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else char
