"""Checks of what can be counted or copied: figures, amounts, addresses and acronyms must come through.

Knows: one source sentence and its translation. Must not know: articles, engines, what follows from a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipeline.translation.doubts import Doubt, listed
from pipeline.translation.figures import Figure, figures, roman
from pipeline.translation.vocabularies import SPANISH, Vocabulary
from pipeline.translation.words import ACRONYMS, ACRONYMS_FREE, ENGLISH_STOP, VAGUE_EN
from pipeline.types import Level

ADDRESS = re.compile(
    r"https?://[^\s<>\"«»“”]+|www\.[^\s<>\"«»“”]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|(?<![\w.@])@\w{2,}|(?<![\w&])#[^\W\d]\w+"
)
_ACRONYM = re.compile(r"(?<![\w@#./-])(?:(?:[A-Z]\.){2,}|[A-Z][A-Z&]+[A-Z]s?|[A-Z]{2}s?)(?![\w/@-]|\.\w)")
_AFTERNOON = re.compile(r"\bp\.?\s?m\b", re.I)
_SHORT_YEAR = re.compile(r"\b(\d{2})\d{2}\s?[-–/]\s?(\d{2})\b(?!\d)")
_PERCENT_EN = re.compile(r"\d\s?%|\d\s?(?:percent|per cent)\b", re.I)
_BILLION = re.compile(r"\bbillions?\b|\d\s?bn\b", re.I)
_TRILLION = re.compile(r"\btrillions?\b|\d\s?tn\b", re.I)
_CURRENCIES = {"$": r"\$|\b(?:dollars?|pesos?|USD|US)\b", "€": r"€|\beuros?\b", "£": r"£|\bpounds?\b|\bsterling\b"}


def numbers(source: str, target: str, language: str = "es") -> Iterator[Doubt]:
    """Every figure of the source stands in the target, and the target brings none of its own.

    A number in words need not be repeated in digits. It may explain digits in the target, and so may words such as
    "decade" or "half"; digits that nothing explains were invented.
    """
    source, target = ADDRESS.sub(" ", source), ADDRESS.sub(" ", target)
    given, made = figures(source, "en"), figures(target, language) + figures(_joined(target), language)
    accepted = [(figure, _accepted(figure, source)) for figure in given]
    there = frozenset[Decimal]().union(*(figure.values for figure in made)) | roman(target)
    lost = sorted({figure.text for figure, values in accepted if figure.digits and not values & there})
    if lost:
        yield Doubt(
            Level.HOLD,
            f"The translation lacks {listed(lost)}. Compare the figures and correct the sentence.",
            f"En la traducción falta {listed(lost, '«»')}. Compare las cifras y corrija la frase.",
        )
    known = frozenset[Decimal]().union(*(values for _, values in accepted)) | roman(source) | {Decimal(1)}
    invented = min((_unknown(figures(text, language), known) for text in (target, _joined(target))), key=len)
    if len(invented) > len(VAGUE_EN.findall(source)):
        yield Doubt(
            Level.HOLD,
            f"The original has no {listed(invented)}. Compare the figures and correct the sentence.",
            f"El original no contiene {listed(invented, '«»')}. Compare las cifras y corrija la frase.",
        )


def amounts(source: str, target: str, words: Vocabulary = SPANISH) -> Iterator[Doubt]:
    """Billions stay a thousand millions, per cent stays per cent, and no currency takes another's place."""
    if _BILLION.search(source) and not _TRILLION.search(source) and (false := words.false_billion.search(target)):
        yield Doubt(
            Level.HOLD,
            f"English “billion” became “{false[0]}”, a thousand times more. Write “{words.billion}”.",
            f"«Billion» se ha traducido por «{false[0]}», que es mil veces más. Escriba «{words.billion}».",
        )
    if _TRILLION.search(source) and (false := words.false_trillion.search(target)):
        yield Doubt(
            Level.HOLD,
            f"English “trillion” became “{false[0]}”, a million times more. Write “{words.trillion}”.",
            f"«Trillion» se ha traducido por «{false[0]}», que es un millón de veces más. Escriba «{words.trillion}».",
        )
    if _PERCENT_EN.search(source) and not words.percent.search(target):
        yield Doubt(
            Level.HOLD,
            "A percentage in the original is no percentage in the translation. Correct it.",
            "Un porcentaje del original no aparece como porcentaje en la traducción. Corríjalo.",
        )
    for sign, english in _CURRENCIES.items():
        if sign in target and not re.search(english, source, re.I):
            yield Doubt(
                Level.HOLD,
                f"The original does not speak of {sign}. Check the currency.",
                f"El original no habla de {sign}. Compruebe la moneda.",
            )
        elif _sums(sign, source) and not re.search(words.currencies[sign], target, re.I):
            yield Doubt(
                Level.HOLD,
                f"A sum in {sign} lost its currency. Put it back.",
                f"Una suma en {sign} ha perdido su moneda. Póngala.",
            )


def acronyms(source: str, target: str) -> Iterator[Doubt]:
    """DEA stays DEA; UN becomes ONU. A sentence that shouts is not looked at: there every word looks like one."""
    found = _ACRONYM.findall(source)
    shouted = sum(len(word) for word in found) > 0.4 * len(source)
    lost = [each for each in dict.fromkeys(found) if not _carried(each, target)]
    if lost and not shouted:
        yield Doubt(
            Level.WARN,
            f"Acronyms of the original are missing: {listed(lost)}. See whether what they stand for is said.",
            f"Faltan siglas del original: {listed(lost, '«»')}. Compruebe que se dice lo que significan.",
        )


def _carried(acronym: str, target: str) -> bool:
    bare = acronym.removesuffix("s").replace(".", "")
    if bare in ACRONYMS_FREE or bare.lower() in ENGLISH_STOP or re.fullmatch("[IVX]+", bare):
        return True
    if known := ACRONYMS.get(bare):
        return re.search(known, target) is not None
    dotted = r"\.?".join(map(re.escape, bare))
    return re.search(rf"(?<!\w){dotted}s?(?!\w)", target) is not None


def _sums(sign: str, text: str) -> bool:
    """Whether figures carry this sign: "$40,000"."""
    return re.search(re.escape(sign) + r"\s?\d", text) is not None


def addresses(source: str, target: str) -> Iterator[Doubt]:
    """Web and e-mail addresses, handles and hashtags are the same, character by character."""
    given, made = (sorted(each.rstrip(".,;:!?)]»”'’") for each in ADDRESS.findall(text)) for text in (source, target))
    if set(given) != set(made):
        changed = sorted(set(given) ^ set(made))
        yield Doubt(
            Level.HOLD,
            f"An address or handle was changed: {listed(changed)}. Copy it from the original.",
            f"Se ha alterado una dirección o cuenta: {listed(changed, '«»')}. Cópiela del original.",
        )


def _accepted(figure: Figure, source: str) -> frozenset[Decimal]:
    """Values that may stand for this figure in the target."""
    values = figure.values
    if _AFTERNOON.search(source):
        values |= {value + 12 for value in values if value < 12} | {value - 12 for value in values if 12 < value < 24}
    for century, year in _SHORT_YEAR.findall(source):  # 2018-19 -> 2018-2019
        if Decimal(year) in values:
            values |= {Decimal(century + year)}
    return values


def _unknown(made: list[Figure], known: frozenset[Decimal]) -> list[str]:
    return [figure.text for figure in made if figure.digits and not figure.values & known]


def _joined(text: str) -> str:
    """Thousands set apart by a plain blank written as one number: 2 300 -> 2300."""
    return re.sub(r"(?<![\d.,])(\d{1,3}) (?=\d{3}(?!\d))", r"\1", text)
