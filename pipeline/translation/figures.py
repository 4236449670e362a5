"""Numbers in English, Spanish, Portuguese and French sentences, as values that can be compared.

Knows: how these languages write numbers in digits and words, and where they differ (1,234.5 and 1.234,5; billion and
mil millones). Must not know: what a finding is, who asks.

A figure in digits may have several readings: "1.234" is a thousand in Madrid and one point two in Mexico. All are kept,
and two figures agree if they share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_MILLION = 10**6


def _count(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, group in enumerate(words.split()) for word in group.split("|")}


_ENGLISH = (
    _count("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")
    | _count("seventeen eighteen nineteen", 17)
    | _count("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
    | _count("first second third fourth fifth sixth seventh eighth ninth tenth", 1)
    | {"dozen": 12}
)
_SPANISH = (
    _count("cero un|uno|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince")
    | _count("dieciséis diecisiete dieciocho diecinueve veinte veintiuno|veintiún|veintiuna veintidós veintitrés", 16)
    | _count("veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve", 24)
    | _count("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10)
    | _count("cien|ciento doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas", 100, 100)
    | _count("quinientos|quinientas seiscientos|seiscientas setecientos|setecientas ochocientos|ochocientas", 500, 100)
    | {"novecientos": 900, "novecientas": 900, "docena": 12}
    | _count("primer|primero|primera segundo|segunda tercer|tercero|tercera cuarto|cuarta quinto|quinta", 1)
    | _count("sexto|sexta séptimo|séptima octavo|octava noveno|novena décimo|décima", 6)
)
_PORTUGUESE = (
    _count("zero um|uma dois|duas três quatro cinco seis sete oito nove dez onze doze treze catorze|quatorze quinze")
    | _count("dezasseis|dezesseis dezassete|dezessete dezoito dezanove|dezenove vinte", 16)
    | _count("trinta quarenta cinquenta sessenta setenta oitenta noventa", 30, 10)
    | _count("cem|cento duzentos|duzentas trezentos|trezentas quatrocentos|quatrocentas", 100, 100)
    | _count("quinhentos|quinhentas seiscentos|seiscentas setecentos|setecentas oitocentos|oitocentas", 500, 100)
    | {"novecentos": 900, "novecentas": 900, "dúzia": 12}
    | _count("primeiro|primeira segundo|segunda terceiro|terceira quarto|quarta quinto|quinta sexto|sexta", 1)
    | _count("sétimo|sétima oitavo|oitava nono|nona décimo|décima", 7)
)
_FRENCH = (
    _count("zéro un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
    | _count("vingt|vingts trente quarante cinquante soixante septante huitante|octante nonante", 20, 10)
    | {"cent": 100, "douzaine": 12}
    | _count("premier|première deuxième|second|seconde troisième quatrième cinquième sixième septième huitième", 1)
    | _count("neuvième dixième", 9)
)
_EIGHTY = re.compile(r"\bquatre[- ]vingts?\b", re.I)  # written for the counting as Geneva says it
_ENGLISH_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "million": _MILLION,
    "m": _MILLION,
    "mn": _MILLION,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
_SPANISH_SCALES = {
    "mil": 1000,
    "millón": _MILLION,
    "millones": _MILLION,
    "millardo": 10**9,
    "millardos": 10**9,
    "billón": 10**12,
    "billones": 10**12,
}
_PORTUGUESE_SCALES = {
    "mil": 1000,
    "milhão": _MILLION,
    "milhões": _MILLION,
    "bilhão": 10**9,
    "bilhões": 10**9,
    "bilião": 10**12,
    "biliões": 10**12,
    "trilhão": 10**12,
    "trilhões": 10**12,
}
_FRENCH_SCALES = {
    "cents": 100,
    "mille": 1000,
    "million": _MILLION,
    "millions": _MILLION,
    "milliard": 10**9,
    "milliards": 10**9,
    "billion": 10**12,
    "billions": 10**12,
}
_LANGUAGES = {
    "en": (_ENGLISH, _ENGLISH_SCALES),
    "es": (_SPANISH, _SPANISH_SCALES),
    "pt": (_PORTUGUESE, _PORTUGUESE_SCALES),
    "fr": (_FRENCH, _FRENCH_SCALES),
}
_TOKEN = re.compile(
    r"(?P<digits>\d+(?:[.,'’]\d+|[\u00a0\u2009\u202f]\d{3}(?!\d))*)(?P<decade>s\b)?|(?P<word>[^\W\d_]+)|(?P<other>\S)"
)
_ROMAN = re.compile(r"\b(?=[IVX])(X{0,2}(?:IX|IV|V?I{0,3}))\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a sentence, with every value it may have."""

    text: str
    values: frozenset[Decimal]
    digits: bool  # written with at least one digit


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "digits", "small" (adds), "scale" (multiplies)
    text: str
    values: frozenset[Decimal]
    start: int
    end: int


def figures(text: str, language: str) -> list[Figure]:
    """Every number in the sentence, in order. `language` is "en", "es", "pt" or "fr"."""
    return list(_found(_EIGHTY.sub("huitante", text) if language == "fr" else text, language))


@lru_cache(maxsize=1 << 12)
def _found(text: str, language: str) -> tuple[Figure, ...]:
    found: list[Figure] = []
    run: list[_Token] = []
    for token in _tokens(text, language):
        if run and not _continues(run, token, text):
            found.extend(_figure(run, text))
            run = []
        run.append(token)
    found.extend(_figure(run, text))
    return tuple(found)


def roman(text: str) -> frozenset[Decimal]:
    """Values of Roman numerals up to 29 (centuries, kings, popes)."""
    return frozenset(Decimal(_roman(each)) for each in _ROMAN.findall(text) if each)


def _roman(numeral: str) -> int:
    worth = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    following = [*worth[1:], 0]
    return sum(-value if value < after else value for value, after in zip(worth, following, strict=True))


def _tokens(text: str, language: str) -> Iterator[_Token]:
    small, scales = _LANGUAGES[language]
    before: re.Match[str] | None = None
    for match in _TOKEN.finditer(text):
        word = (match["word"] or "").lower()
        if match["digits"]:
            values = _readings(match["digits"], language)
            if match["decade"]:  # the 1990s: los años 90
                values |= {value % 100 for value in values} | {1900 + value for value in values if value < 100}
            yield _Token("digits", match[0], values, match.start(), match.end())
        elif word in scales and (len(word) > 2 or (before is not None and before["digits"])):
            yield _Token("scale", word, frozenset({Decimal(scales[word])}), match.start(), match.end())
        elif word in small:
            yield _Token("small", word, frozenset({Decimal(small[word])}), match.start(), match.end())
        before = match


def _readings(digits: str, language: str) -> frozenset[Decimal]:
    plain = re.sub(r"['’\u00a0\u2009\u202f]", "", digits)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return frozenset({Decimal(plain)})
    groups = re.split(r"[.,]", plain)
    bare = Decimal("".join(groups))
    if len(set(marks)) == 2:  # 1,234.5 or 1.234,5: the last mark is the decimal one
        return frozenset({Decimal("".join(groups[:-1]) + "." + groups[-1])})
    thousands = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    if len(marks) > 1:
        # 1,234,567 is one number; 3.4.2020 is a row of them, told apart by nothing but their order
        return frozenset({bare})
    decimal = Decimal(".".join(groups))
    if not thousands:
        return frozenset({decimal})
    plainly = (language == "en" and marks == [","]) or groups[1].endswith("0")  # nobody writes 4.500 for 4.5
    return frozenset({bare}) if plainly else frozenset({bare, decimal})


def _continues(run: list[_Token], token: _Token, text: str) -> bool:
    """Does `token` go on with the number that `run` began? "twenty-five", "4.5 billion", "treinta y cinco"."""
    last = run[-1]
    between = text[last.end : token.start].lower()
    if token.kind == "digits":
        return False
    if token.kind == "scale":
        return between.strip(" -\u00a0\u202f\u2009") == ""
    if last.kind == "digits":
        return False
    if between not in (" ", "-", " and ", " y ", " e ", " et ", "-et-", "\u00a0"):
        return False
    value, previous = min(token.values), min(last.values)
    if last.kind == "scale":
        return value < previous
    teens = last.text in ("soixante", "huitante")  # soixante-dix, quatre-vingt-onze
    return (
        (previous >= 100 and value < 100)
        or (20 <= previous < 100 and value < (20 if teens else 10))
        or (last.text == "dix" and 7 <= value <= 9)
    )


def _figure(run: list[_Token], text: str) -> Iterator[Figure]:
    if not run:
        return
    if run[0].kind == "scale":
        # "a million" and "mil personas" are numbers; "millions" and "millones de personas" are not
        lead = text[: run[0].start].lower().rstrip()
        if not (lead.endswith(" a") or lead == "a" or run[0].text in ("mil", "mille")):
            return
    values = frozenset(_value(run, first) for first in run[0].values)
    if any(token.kind == "scale" and len(token.text) == 1 for token in run):
        values |= run[0].values  # "5m" may be metres
    yield Figure(text[run[0].start : run[-1].end], values, any(token.kind == "digits" for token in run))


def _value(run: list[_Token], first: Decimal) -> Decimal:
    whole = thousands = current = Decimal(0)
    for place, token in enumerate(run):
        value = first if place == 0 else min(token.values)
        if token.kind != "scale":
            current += value
        elif value == 100:
            current = (current or Decimal(1)) * 100
        elif value == 1000:
            thousands, current = thousands + (current or Decimal(1)) * 1000, Decimal(0)
        else:
            whole, thousands, current = whole + ((thousands + current) or Decimal(1)) * value, Decimal(0), Decimal(0)
    return (whole + thousands + current).normalize()
