"""Checks of how a translation looks: the marks that a failing engine leaves, whatever the sentence says.

Knows: one source sentence and its translation. Must not know: articles, engines, what follows from a doubt.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from pipeline.translation.doubts import Doubt
from pipeline.translation.words import ENGLISH_STOP, PARTICLES, SPANISH_STOP
from pipeline.types import Level

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});", re.I)
_RESIDUE = re.compile(r"[\x00-\x08\x0b-\x1f]|<unk>|</?s>|\ufffd|⁇|▁|[⟦⟧]")
_GHOST = re.compile(
    r"[(\[](?:risas?|aplausos?|música|suspiros?|inaudible|ininteligible|tos|sollozos?|laughter|applause|music)[)\]]|♪|♫",
    re.I,
)
_ASKED = re.compile(r"\?+(?=\W*$|[\s»”\")]+[A-ZÁÉÍÓÚÑ¿¡«“])")
_CRIED = re.compile(r"!+(?=\W*$|[\s»”\")]+[A-ZÁÉÍÓÚÑ¿¡«“])")
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)(?:[^‘’']|(?<=\w)[’'](?=\w))+[’'](?!\w)")
_STRETCH = re.compile(r"([^\W\d_])\1{4,}|([^\W\d_]{2,4})\2{2,}", re.I)  # Nooooo, and Juezesesesor
_DOUBLED_NAME = re.compile(r"\b([A-ZÁÉÍÓÚ]\w{2,}) \1(?= [A-ZÁÉÍÓÚ])")  # Enrique Enrique Peña; not Baden Baden
_DOUBLED = re.compile(r"\b([A-Za-z][a-z]*) (?=[a-z])(?i:\1)\b(?!-)")


def words_of(text: str) -> list[str]:
    """Words in lower case, numbers left out."""
    return [word.lower() for word in _WORD.findall(text)]


def empty(source: str, target: str) -> Iterator[Doubt]:
    """Something was said, so something must be there."""
    if _WORD.search(source) and not _WORD.search(target):
        yield Doubt(
            Level.HOLD,
            "The engine gave no words for this sentence. Translate it by hand.",
            "El motor no ha dado palabras para esta frase. Tradúzcala a mano.",
        )


def copied(source: str, target: str) -> Iterator[Doubt]:
    """The source came back unchanged, and it is no row of names."""
    words = _WORD.findall(source)
    plain = [word for word in words if word[0].islower() and word.lower() not in PARTICLES]
    if len(words) >= 4 and plain and words_of(source) == words_of(target):
        yield Doubt(
            Level.HOLD,
            "The sentence was left in English. Translate it, or approve it if it is to stay.",
            "La frase ha quedado en inglés. Tradúzcala, o apruébela si debe quedar así.",
        )


def repetition(source: str, target: str) -> Iterator[Doubt]:
    """The engine caught itself in a loop that the source does not have."""
    loop = _loop(words_of(target))
    squeezed, natural = _squeeze(target), _squeeze(source)
    stretch = _STRETCH.search(target)
    looping = loop and not _loop(words_of(source))
    dense = len(target) >= 80 and squeezed > 1.9 and squeezed > 1.5 * natural
    if looping or dense or (stretch and not _STRETCH.search(source)):
        what = loop or (stretch[0] if stretch else "")
        yield Doubt(
            Level.HOLD,
            f"The translation repeats itself{f' (“{what}”)' if what else ''}. Rewrite the sentence.",
            f"La traducción se repite{f' («{what}»)' if what else ''}. Reescriba la frase.",
        )


def length(source: str, target: str) -> Iterator[Doubt]:
    """Spanish runs 5 to 35 per cent longer than English; far from that, something was lost or made up.

    Judged from eight words on: a short title may well double.
    """
    if len(words_of(source)) < 8 or not target.strip():
        return
    ratio = len(target) / len(source)
    if 0.6 <= ratio <= 1.9:
        return
    yield Doubt(
        Level.WARN if 0.4 <= ratio <= 2.5 else Level.HOLD,
        f"The translation is {ratio:.1f} times as long as the original. See whether something is missing or was added.",
        f"La traducción mide {ratio:.1f} veces el original. Compruebe si falta o sobra algo.",
    )


def residue(source: str, target: str) -> Iterator[Doubt]:
    """Marks that belong to machines: unknown-word signs, broken characters, entities, rests of placeholders, and the
    ghosts of subtitles that some models were trained on: «(Risas)»."""
    found = [mark for mark in _RESIDUE.findall(target) + _ENTITY.findall(target) if mark not in source]
    if not _GHOST.search(source):
        found += _GHOST.findall(target)
    if found:
        shown = " ".join(dict.fromkeys(found))
        yield Doubt(
            Level.HOLD,
            f"The translation holds a machine's rest: {shown}. Remove it and check the words around it.",
            f"La traducción contiene un resto de máquina: {shown}. Quítelo y revise lo que lo rodea.",
        )


def brackets(source: str, target: str) -> Iterator[Doubt]:
    """Brackets close where the original's do."""
    yield from _incomplete(_open_brackets(source, target))


def _open_brackets(source: str, target: str) -> list[str]:
    return [
        opener + closer
        for opener, closer in ("()", "[]")
        if source.count(opener) == source.count(closer) and target.count(opener) != target.count(closer)
    ]


def pairs(source: str, target: str) -> Iterator[Doubt]:
    """Brackets close, and Spanish questions and exclamations open. Typography has repaired what could be repaired."""
    broken = _open_brackets(source, target)
    broken += [
        opener + closer
        for opener, closer, runs in (("¿", "?", _ASKED), ("¡", "!", _CRIED))
        if len(runs.findall(target)) > target.count(opener) or target.count(opener) > target.count(closer)
    ]
    yield from _incomplete(broken)


def _incomplete(broken: list[str]) -> Iterator[Doubt]:
    if broken:
        shown = " ".join(broken)
        yield Doubt(
            Level.WARN,
            f"A pair of signs is incomplete: {shown}. Put in the one that is missing.",
            f"Falta un signo de la pareja {shown}. Póngalo.",
        )


def quotes(source: str, target: str) -> Iterator[Doubt]:
    """What was quoted is still quoted, and every mark that opens closes.

    It holds: of 18 published pairs in 12,587 at which it fired, 17 had lost or gained a quotation.
    """
    given, made = _quotations(source), _quotations(target)
    if given is None or given == made:
        return
    singles = len(_SINGLE.findall(source))  # 'read thoughts' is a quotation too, and «leer pensamientos» is right
    asides = target.count("—") // 2  # “One,” she said, “two” is one quotation in Spanish: «Uno —dijo—, dos»
    if made is not None and (given < made <= given + singles or 0 < made < given <= made + asides):
        return
    yield Doubt(
        Level.HOLD,
        "The quotation marks differ from the original's. See who is being quoted, and where the quote ends.",
        "Las comillas no coinciden con las del original. Compruebe a quién se cita y dónde acaba la cita.",
    )


def leftover(source: str, target: str) -> Iterator[Doubt]:
    """English function words in a Spanish sentence. Names with capitals ("House of Cards") do not count."""
    words = _plain_words(target)
    english = [word for word in words if word in ENGLISH_STOP]
    spanish = [word for word in words if word in SPANISH_STOP]
    if len(set(english)) < 2 or len(english) < 0.12 * len(words):
        return
    heavy = len(words) >= 8 and len(english) > len(spanish) and len(english) >= 0.2 * len(words)
    shown = ", ".join(dict.fromkeys(english[:6]))
    yield Doubt(
        Level.HOLD if heavy else Level.WARN,
        f"Part of this sentence is still English ({shown}). Translate the rest.",
        f"Parte de esta frase sigue en inglés ({shown}). Traduzca lo que falta.",
    )


def doubled(source: str, target: str) -> Iterator[Doubt]:
    """The publisher's own slip ("the the"); worse where it came through."""
    found = [match[0] for match in _DOUBLED.finditer(source) if match[1].lower() not in ("had", "that", "very")]
    found += [match[0] for match in _DOUBLED_NAME.finditer(source)]
    if found:
        kept = _DOUBLED.search(target) or _DOUBLED_NAME.search(target)
        shown, spanish = (", ".join(f"{opening}{each}{closing}" for each in found) for opening, closing in ("“”", "«»"))
        yield Doubt(
            Level.WARN if kept else Level.INFO,
            f"The original doubles a word: {shown}." + (f" So does the translation: “{kept[0]}”." if kept else ""),
            f"El original repite una palabra: {spanish}." + (f" La traducción también: «{kept[0]}»." if kept else ""),
        )


def _plain_words(text: str) -> list[str]:
    """Words, without those between two capitalised ones: "Bureau of Investigation"."""
    words = _WORD.findall(text)
    capital = [word[0].isupper() for word in words]
    return [
        word.lower()
        for place, word in enumerate(words)
        if not (any(capital[max(0, place - 2) : place]) and any(capital[place + 1 : place + 3]))
    ]


def _loop(words: list[str]) -> str:
    """The words that follow themselves: one word three times, two or three words three times, longer ones twice."""
    for size in range(1, 9):
        times = 3 if size <= 3 else 2
        for start in range(len(words) - size * times + 1):
            unit = words[start : start + size]
            if words[start : start + size * times] == unit * times:
                return " ".join(unit)
    seen: dict[tuple[str, ...], int] = {}
    for start in range(len(words) - 3):
        unit_of_four = tuple(words[start : start + 4])
        seen[unit_of_four] = seen.get(unit_of_four, 0) + 1
        if seen[unit_of_four] >= 4:
            return " ".join(unit_of_four)
    return ""


def _squeeze(text: str) -> float:
    """How far a text compresses: near 1 for prose of a sentence, above 2 for a loop."""
    data = text.encode()
    return len(data) / len(zlib.compress(data, 9)) if data else 1.0


def _quotations(text: str) -> int | None:
    """Number of quotations, or None where the marks do not pair, as in a quotation that runs over sentences."""
    straight = text.count('"')
    if straight % 2 or text.count("“") != text.count("”") or text.count("«") != text.count("»"):
        return None
    return straight // 2 + text.count("“") + text.count("«")
