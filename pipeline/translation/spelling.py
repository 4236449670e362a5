"""Words that are none: a small engine that meets a rare word may write one that no dictionary has («matiladores»).

Knows: a dictionary of inflected Spanish forms (simplemma's, inside the package: no network) and how Spanish makes
words out of words. Must not know: engines, articles, findings.

A word counts as invented when it is written small, stands neither in the dictionary nor in the source sentence, and
cannot be taken apart into a known word with a prefix, an adverb's ending or pronouns behind a verb. Names are written
with a capital and are another check's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from simplemma import is_known

from pipeline.translation.doubts import Doubt
from pipeline.translation.names import folded
from pipeline.translation.words import DICTIONARY_LACKS
from pipeline.types import Level

_SMALL_WORD = re.compile(r"(?<![\w@#./’'-])[a-záéíóúüñ]{4,}(?![\w@/’'-]|\.\w)")
_QUOTED = re.compile(r"[«“\"]([^«»“”\"]+)[»”\"]")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_PRONOUNS = re.compile(r"(?:[mts]e|nos)?(?:l[aeo]s?|[mts]e|nos|os)$")
_ACUTE = str.maketrans("áéíóú", "aeiou")
_PREFIXES = (
    "afro", "anti", "auto", "bi", "bio", "ciber", "co", "contra", "des", "eco", "euro", "ex", "extra", "hiper", "in",
    "infra", "inter", "macro", "mega", "micro", "mini", "mono", "multi", "narco", "neo", "para", "pluri", "poli",
    "post", "pos", "pre", "pro", "re", "semi", "seudo", "sobre", "socio", "sub", "super", "tele", "trans", "tras",
    "tri", "ultra", "vice",
)  # fmt: skip
_SHORTEST_STEM = 5  # letters behind a prefix; "re" + "cosa" would let too much pass
_RANKS = ("ex", "vice", "sub")  # may stand before any word: «exjuez», «vicejefe»


def invented(source: str, target: str) -> Iterator[Doubt]:
    """Doubt a Spanish sentence for the words in it that nobody has ever used, all of them in one.

    Inside a quotation it holds: a word that is none in somebody's mouth is a misquotation. Of 40 that were found in
    the quotations of 1,274 published translations, 37 were no Spanish.
    """
    words = invented_words(source, target)
    listed = ", ".join(words)
    quoted = " ".join(found[1] for found in _QUOTED.finditer(target))
    if listed:
        yield Doubt(
            Level.HOLD if any(word in quoted for word in words) else Level.WARN,
            f"No dictionary has these words: {listed}. Write what the original says.",
            f"Ningún diccionario recoge estas palabras: {listed}. Escriba lo que dice el original.",
        )


def invented_words(source: str, target: str) -> tuple[str, ...]:
    """Words of a Spanish sentence that are in no dictionary and not in its source, in order, each once."""
    given = {folded(word) for word in _ANY_WORD.findall(source)}
    words = dict.fromkeys(_SMALL_WORD.findall(target))
    return tuple(word for word in words if folded(word) not in given and not is_word(word))


@lru_cache(maxsize=65536)
def is_word(word: str) -> bool:
    """Is this Spanish: in the dictionary, or made of a word that is?"""
    return _listed(word) or _is_adverb(word) or _is_verb_with_pronouns(word) or _has_prefix(word)


def _listed(word: str) -> bool:
    return not DICTIONARY_LACKS.isdisjoint((word, word.removesuffix("s"), word.removesuffix("es"))) or is_known(
        word, lang="es"
    )


def _is_adverb(word: str) -> bool:
    """«ambientalmente»: an adjective, in its feminine form if it has one, and «-mente»."""
    return word.endswith("mente") and _listed(word.removesuffix("mente"))


def _is_verb_with_pronouns(word: str) -> bool:
    """«reunirse», «haciéndoselo»: an infinitive or a gerund with the pronouns it carries."""
    found = _PRONOUNS.search(word)
    if found is None:
        return False
    verb = word[: found.start()].translate(_ACUTE)
    return verb.endswith(("ar", "er", "ir", "ando", "endo")) and _listed(verb)


def _has_prefix(word: str) -> bool:
    """«exlíder», «narcotraficantes», «antirrobo»: a prefix before a word; r between vowels is written double."""
    for prefix in _PREFIXES:
        stem = word.removeprefix(prefix)
        if stem == word or len(stem) < (4 if prefix in _RANKS else _SHORTEST_STEM):
            continue
        if _listed(stem) or (stem.startswith("rr") and _listed(stem[1:])):
            return True
    return False
