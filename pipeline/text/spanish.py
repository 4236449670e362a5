"""Spanish typography, as rules that are data.

Knows: Spanish orthography. Must not know: English, markup (offsets are carried by `markup.shift`), engines.

Each rule names its source and carries its own example, which the tests run. The rules only move, add or swap signs;
they never change a word, a number or anything that looks like an address, and inside a quotation they do not set
figures, units or abbreviations either: how somebody's words are written is left alone, but for the signs around them.
Sources: Ortografía de la lengua española (OLE, RAE and ASALE, 2010) by subject, and the Diccionario panhispánico de
dudas (DPD).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.text.dates import months
from pipeline.text.openers import opened
from pipeline.text.quotation import angled

_NBSP = "\u00a0"


# --- dates and signs ---------------------------------------------------------------------------------------------

_MONTH = "|".join(name.capitalize() for name in months("es"))
_DAY = "Lunes|Martes|Miércoles|Jueves|Viernes|Sábado|Domingo"
_UNITS = "km²|km|kg|cm|mm|ha|m²|m|g|t|MW|kW|GB|°C|€"


_MARKS = frozenset('"“”«»')
# a quotation, or the part of one that began in another sentence or goes on in the next
_QUOTATION = re.compile(r"(^[^«»]*»|«[^»]*(?:»|$)|^[^“”]*”|“[^”]*(?:”|$)|\"[^\"]*\")")


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One typographic rule: what it looks for, what it writes, where it comes from, and an example of each."""

    name: str
    authority: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]
    before: str
    after: str
    quoted: bool = (
        False  # whether it works inside quotation marks: on the marks, on blanks and ¿ ¡, never on words and figures
    )

    def apply(self, text: str) -> str:
        """Return `text` with this rule applied everywhere, or everywhere outside quotations."""
        if self.quoted or _MARKS.isdisjoint(text):
            return self.pattern.sub(self.replacement, text)
        parts = _QUOTATION.split(text)  # odd ones are quotations
        return "".join(
            part if place % 2 else self.pattern.sub(self.replacement, part) for place, part in enumerate(parts)
        )


RULES: tuple[Rule, ...] = (
    Rule(
        name="single-blanks",
        authority="house",
        pattern=re.compile(r"[ \u00a0]*\u00a0[ \u00a0]*|  +"),
        replacement=lambda found: _NBSP if _NBSP in found[0] else " ",
        before="El  alcalde   habló.",
        after="El alcalde habló.",
        quoted=True,
    ),
    Rule(
        name="no-blank-before-signs",
        authority="OLE, espacios y signos",
        pattern=re.compile(r"(?<=\S)[ \u00a0]+(?=[,;:.!?…](?:[\s»”’\")\]]|$)|[»)\]])"),
        replacement="",
        before="Llegó , vio y venció .",
        after="Llegó, vio y venció.",
        quoted=True,
    ),
    Rule(
        name="no-blank-after-openers",
        authority="OLE, espacios y signos",
        pattern=re.compile(r"([¿¡«(\[])[ \u00a0]+(?=\S)"),
        replacement=r"\1",
        before="¿ Quién dijo ( ayer) que no?",
        after="¿Quién dijo (ayer) que no?",
        quoted=True,
    ),
    Rule(
        name="angled-quotation-marks",
        authority="OLE, comillas",
        pattern=re.compile(r"(?s).+"),
        replacement=lambda found: angled(found[0]),
        before='El juez dijo: "No hay “pruebas” todavía".',
        after="El juez dijo: «No hay “pruebas” todavía».",
        quoted=True,
    ),
    Rule(
        name="no-second-stop",
        authority="OLE, comillas y otros signos",
        pattern=re.compile(r"(?<![.A-ZÁÉÍÓÚÑ])(?<!\betc)(?<!\b[ap]\.m)(?<!\b[ap]\.[ \u00a0]m)[.,]([»”])(?=[.,;:])"),
        replacement=r"\1",
        before="«No volverán.», dijo.",
        after="«No volverán», dijo.",
        quoted=True,
    ),
    Rule(
        name="stop-after-closing-quote",
        authority="OLE, comillas y otros signos",
        pattern=re.compile(r"(?<![.A-ZÁÉÍÓÚÑ])(?<!\betc)(?<!\b[ap]\.m)(?<!\b[ap]\.[ \u00a0]m)([.,])([»”]+)"),
        replacement=r"\2\1",
        before="Dijo que era «muy tarde.»",
        after="Dijo que era «muy tarde».",
        quoted=True,
    ),
    Rule(
        name="opening-question-marks",
        authority="OLE, interrogación y exclamación",
        pattern=re.compile(r"(?s).+"),
        replacement=lambda found: opened(found[0]),
        before="Nadie lo sabe. Quién dio la orden? Basta!",
        after="Nadie lo sabe. ¿Quién dio la orden? ¡Basta!",
        quoted=True,
    ),
    Rule(
        name="per-cent",
        authority="OLE, símbolos y cifras",
        pattern=re.compile(r"(?<=\d)[ \u00a0\u202f]?%(?!\w)"),
        replacement=_NBSP + "%",
        before="Subió un 15% en un año.",
        after="Subió un 15\u00a0% en un año.",
    ),
    Rule(
        name="units",
        authority="OLE, símbolos y cifras",
        pattern=re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![\w²]))"),
        replacement=_NBSP,
        before="Está a 30 km de la frontera.",
        after="Está a 30\u00a0km de la frontera.",
    ),
    Rule(
        name="number-sign",
        authority="DPD, «número»",
        pattern=re.compile(r"\b([nN])(?:\.[ \u00a0]?[º°]|[º°])\.?[ \u00a0]?(?=\d)"),
        replacement=r"\1.º" + _NBSP,
        before="El decreto nº 45 sigue vigente.",
        after="El decreto n.º\u00a045 sigue vigente.",
    ),
    Rule(
        name="months-in-lower-case",
        authority="OLE, mayúsculas: meses y días",
        pattern=re.compile(rf"(?:(?<=\d de )|(?<=\ben )|(?<=\bdesde )|(?<=\bhasta ))(?:{_MONTH})(?= del? \d{{4}}\b)"),
        replacement=_lower,
        before="Ocurrió el 26 de Mayo de 2016.",
        after="Ocurrió el 26 de mayo de 2016.",
    ),
    Rule(
        name="days-in-lower-case",
        authority="OLE, mayúsculas: meses y días",
        pattern=re.compile(rf"(?<=[a-záéíóúñ,] )(?:{_DAY})(?=,? \d{{1,2}} de (?i:{_MONTH})\b)"),
        replacement=_lower,
        before="Fue el Lunes 3 de mayo.",
        after="Fue el lunes 3 de mayo.",
    ),
    Rule(
        name="raya",
        authority="OLE, raya: incisos",
        pattern=re.compile(r"(?<=\w) [–—-]{1,2} (?=\w)([^–—\n]{2,120}?)(?<=[\w)»”]) [–—-]{1,2} (?=\w)"),
        replacement=r" —\1— ",
        before="El alcalde – según dijo su abogado – no irá.",
        after="El alcalde —según dijo su abogado— no irá.",
    ),
    Rule(
        name="united-states",
        authority="DPD, «Estados Unidos»",
        pattern=re.compile(r"\bEE\.? ?UU\b\.?(?:\.(?=$))?"),
        replacement="EE." + _NBSP + "UU.",
        before="Vive en EE.UU. desde niño.",
        after="Vive en EE.\u00a0UU. desde niño.",
    ),
    Rule(
        name="half-of-the-day",
        authority="OLE, horas",
        pattern=re.compile(r"(?<=\d)[ \u00a0]?([ap])\.? ?m\b\.?"),
        replacement=_NBSP + r"\1." + _NBSP + "m.",
        before="A las 3 p.m. cerró.",
        after="A las 3\u00a0p.\u00a0m. cerró.",
    ),
    Rule(
        name="titles-hold-their-names",
        authority="house: no line ends between a title and its name",
        pattern=re.compile(r"\b(Sr|Sra|Srta|Dr|Dra|Gral|Cnel|Prof|Lic|Mons)\. (?=[A-ZÁÉÍÓÚÑ])"),
        replacement=r"\1." + _NBSP,
        before="Habló la Dra. Luna.",
        after="Habló la Dra.\u00a0Luna.",
    ),
)

# addresses, accounts and tags are not prose; the last sign of a sentence does not belong to them
_PROTECTED = re.compile(
    r"(?:https?://|www\.)[^\s<>\"«»“”]*[^\s<>\"«»“”.,;:!?)\]]"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)[@#]\w+"
)
_ROUNDS = 8


def typography(text: str, kept: Sequence[str] = ()) -> str:
    """Return `text` with every rule applied until nothing changes; idempotent. `kept` is left as it stands wherever it
    stands: code, for one.

    For one sentence or a whole block alike: quotation marks that open in one sentence and close in another only find
    each other in the block, so it pays to run it there once more.
    """
    for _ in range(_ROUNDS):
        before = text
        text = _once(text, kept)
        if text == before:
            return text
    return before


def _once(text: str, kept: Sequence[str]) -> str:
    stand_ins = (chr(code) for code in range(0xF0000, 0xFFFFE) if chr(code) not in text)
    places: dict[str, str] = {}

    def hide(found: re.Match[str]) -> str:
        stand_in = next(stand_ins)
        places[stand_in] = found[0]
        return stand_in

    for each in sorted(filter(None, kept), key=len, reverse=True):
        text = re.sub(re.escape(each), hide, text)
    text = _PROTECTED.sub(hide, text)
    for rule in RULES:
        text = rule.apply(text)
    return "".join(places.get(char, char) for char in text) if places else text
