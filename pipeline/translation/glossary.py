"""The glossary: terms with the Spanish they must have, found in sentences and looked for in translations.

Knows: terms, how their forms vary, which of them may be put in by force. Must not know: files, engines, findings.

Nothing is put into a sentence before it is translated: that costs the agreement of everything around it. The engine
answers first; only where a term is missing from the answer, and only for terms whose form never varies (names,
acronyms), the sentence is asked again with the term under a mark (sentence.py). Common nouns are reported, not forced.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

from pipeline.translation.names import folded

Gender = Literal["", "m", "f", "mp", "fp"]
GLOSSARY = "glossary"  # Match.model of a sentence whose translation the newsroom fixed

_WORD = re.compile(r"\w+")
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![\w@#/.-])", r"(?![\w@/-]|\.\w)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry. `source` or `also` stands in the original, `target` or a variant must stand in the translation."""

    source: str
    target: str = ""  # empty with `keep`
    keep: bool = False  # never translated
    also: tuple[str, ...] = ()  # other wordings of the original
    variants: tuple[str, ...] = ()  # other translations that are right
    gender: Gender = ""  # of the target; "mp" and "fp" are plurals
    choose: bool = False  # which translation is right depends on the country: reported, never put in
    expand: str = ""  # what an acronym stands for, in the target language
    note: str = ""  # for editors
    note_es: str = ""  # the same in Spanish, where it is not the same words
    off: bool = False  # takes the entry of the same source out of a glossary below
    group: str = ""  # heading that it stands under

    @property
    def wanted(self) -> str:
        """What the translation should have."""
        return self.target or self.source

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.source, *self.also)

    @property
    def fixed(self) -> bool:
        """Is it a name or an acronym, whose form never varies, with one translation? Then it may be put in."""
        return not self.choose and self.source != self.source.lower()


@dataclass(frozen=True, slots=True)
class Found:
    """A term in a sentence, and the words that stand there for it."""

    term: Term
    text: str
    start: int


class Glossary:
    """Terms of one pair of languages, later ones winning over earlier ones of the same source.

    `expand_acronyms`: the first mention of an acronym in an article's body is spelled out, where the entry says how.
    """

    def __init__(self, terms: Iterable[Term] = (), *, expand_acronyms: bool = False) -> None:
        self.expand_acronyms = expand_acronyms
        by_source: dict[str, Term] = {}
        for term in terms:
            by_source.pop(term.source, None)
            if not term.off:
                by_source[term.source] = term
        self.terms = tuple(by_source.values())

    def __bool__(self) -> bool:
        return bool(self.terms)

    @cached_property
    def version(self) -> str:
        """Short digest of everything in it but the Spanish of its notes; empty for an empty glossary."""
        if not self.terms:
            return ""
        told = [field.name for field in fields(Term) if field.name != "note_es"]
        lines = sorted("\x1f".join(str(getattr(term, name)) for name in told) for term in self.terms)
        lines.append(f"expand={self.expand_acronyms}")
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()[:12]

    @cached_property
    def _by_wording(self) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for term in self.terms:
            for wording in term.wordings:
                found[wording if _has_capital(wording) else wording.lower()] = term
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_wording, key=lambda each: (-len(each), each))
        parts = (re.escape(each) if _has_capital(each) else f"(?i:{re.escape(each)}s?)" for each in longest_first)
        return re.compile(f"{_EDGE_BEFORE}(?:{'|'.join(parts)}){_EDGE_AFTER}" if longest_first else r"(?!)")

    def found(self, sentence: str) -> list[Found]:
        """The terms of a source sentence, longest first where they overlap, in order."""
        there = []
        for match in self._pattern.finditer(sentence):
            term = self._term(match[0])
            if term is not None:
                there.append(Found(term, match[0], match.start()))
        return there

    def _term(self, text: str) -> Term | None:
        lower = text.lower()
        return (
            self._by_wording.get(text) or self._by_wording.get(lower) or self._by_wording.get(lower.removesuffix("s"))
        )

    def missed(self, source: str, target: str) -> list[Found]:
        """Terms of the source that the target has in no accepted form, each term once."""
        there = folded(target)
        missing = {found.term.source: found for found in reversed(self.found(source)) if not carried(found.term, there)}
        return list(reversed(missing.values()))


def carried(term: Term, folded_target: str) -> bool:
    """Does the translation (in lower case, without accents) hold the term in one of its forms?"""
    return any(_form(each).search(folded_target) for each in (term.wanted, *term.variants))


_forms: dict[str, re.Pattern[str]] = {}


def _form(wording: str) -> re.Pattern[str]:
    """A wording with every word free to be plural or of the other gender, and hyphens and blanks alike."""
    if wording not in _forms:
        words = [_inflected(folded(word)) for word in _WORD.findall(wording)]
        _forms[wording] = re.compile(r"(?<!\w)" + r"[\W_]+".join(words) + r"(?!\w)")
    return _forms[wording]


def _inflected(word: str) -> str:
    if len(word) < 4 or word.isdigit():
        return re.escape(word) + ("s?" if word in {"la", "el", "de", "del"} else "(?:e?s)?")
    stem = word.removesuffix("s")
    if stem[-1:] in "aeo":
        free = re.escape(stem[:-1]) + r"(?:a|e|o)?s?"
    elif stem.endswith("z"):
        free = re.escape(stem[:-1]) + r"(?:z|ces)"
    else:
        free = re.escape(stem) + r"(?:e?s)?"
    return f"(?:{re.escape(word)}|{free})"


def _has_capital(text: str) -> bool:
    return text != text.lower()


_AGREED = {
    "m": ("el", "un", "del", "al"),
    "f": ("la", "una", "de la", "a la"),
    "mp": ("los", "unos", "de los", "a los"),
    "fp": ("las", "unas", "de las", "a las"),
}
_ARTICLE = re.compile(
    r"(?<!\w)(?:(?P<of>del|de la|de los|de las)|(?P<to>al|a la|a los|a las)|(?P<a>un|una|unos|unas)"
    r"|(?P<the>el|la|los|las))(?P<gap>[ \u00a0]+[«“\"]?)$",
    re.I,
)


def agreeing(before: str, gender: Gender) -> str:
    """What stands before a term, its last article made to agree with it: «del » before a feminine is «de la »."""
    found = _ARTICLE.search(before)
    if not gender or found is None:
        return before
    the, a, of, to = _AGREED[gender]
    right = of if found["of"] else to if found["to"] else a if found["a"] else the
    if found[0][0].isupper():
        right = right[0].upper() + right[1:]
    return before[: found.start()] + right + found["gap"]


def spelled_out(text: str, terms: Sequence[Term], told: set[str]) -> str:
    """The text with the first mention of each acronym spelled out: «la Administración de Control de Drogas (DEA)».

    `told` holds the acronyms that need it no more and grows. Nothing inside a quotation is touched: those are another
    person's words.
    """
    for term in terms:
        acronym = term.wanted
        if not term.expand or acronym in told:
            continue
        if term.expand.lower() in text.lower():
            told.add(acronym)
            continue
        for found in re.finditer(rf"(?<![\w(«“/-]){re.escape(acronym)}(?![\w)/-])", text):
            if not _quoted(text, found.start()):
                told.add(acronym)
                text = f"{text[: found.start()]}{term.expand} ({acronym}){text[found.end() :]}"
                break
    return text


def _quoted(text: str, at: int) -> bool:
    return (
        any(text[:at].count(opener) > text[:at].count(closer) for opener, closer in (("«", "»"), ("“", "”")))
        or text[:at].count('"') % 2 == 1
    )


EMPTY = Glossary()
