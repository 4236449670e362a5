"""Checks of dates, hours and units of measure: what a figure counts must come through with it.

Knows: one source sentence and its translation. Must not know: articles, engines, what follows from a doubt.

American dates put the month first. 5/6/2016 is the sixth of May; left as it stands it reads as the fifth of June.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.dates import months
from pipeline.translation.doubts import Doubt
from pipeline.types import Level

_ENGLISH = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)
_NAMED = "|".join(f"(?P<m{place}>{name})" for place, name in enumerate(_ENGLISH, 1))
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_MONTH_DAY = re.compile(rf"\b(?:{_NAMED})\.? {_DAY}\b(?!:|%|,\d{{3}})", re.I)
_DAY_MONTH = re.compile(rf"\b{_DAY}(?: of)? (?:{_NAMED})\b", re.I)
_ONLY_MONTH = re.compile(
    rf"\b(?:in|since|until|till|by|during|last|next|early|late|mid-?|from|between|of|through) ?(?:{_NAMED})\b(?!['’])"
    r"(?! \d{1,2}\b(?!\d))",
    re.I,
)
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-])")
_MONTHS = months("es")
_MONTHS_ES = "|".join(_MONTHS).replace("septiembre", "sep?tiembre")
_SPANISH_MONTH = re.compile(rf"\b({_MONTHS_ES})\b", re.I)
_SPANISH_DATE = re.compile(rf"\b(?P<day>[0-3]?\d|primero)(?:\.?[º°])?(?: (?:de|del))? (?P<month>{_MONTHS_ES})\b", re.I)
_WEEKDAYS = {
    "monday": "lunes",
    "tuesday": "martes",
    "wednesday": "miércoles",
    "thursday": "jueves",
    "friday": "viernes",
    "saturday": "sábado",
    "sunday": "domingo",
}
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})s?\b(?!-)")
_HOUR_EN = re.compile(r"\b(1?\d)(?::([0-5]\d))? ?([ap])\.? ?m\b", re.I)
_HOUR_ES = re.compile(
    r"\b(?:la|las) (?P<hour>[012]?\d)(?:[:.h](?P<minute>[0-5]\d))?(?: (?:horas|h))?"
    r"(?:[ \u00a0]*(?P<half>[ap]\.[ \u00a0]?m|am\b|pm\b|de la (?:mañana|madrugada|tarde|noche)))?",
    re.I,
)
_MORNING = re.compile(r"a\.?\s?m|mañana|madrugada", re.I)

# unit -> (English after a figure, Spanish stem)
_UNITS = {
    "kilometre": (r"k(?:ilo)?m(?:et(?:er|re)s?)?", r"\bk(?:iló)?m(?:etros?)?\b|\bkms\b"),
    "mile": (r"miles?", r"\bmillas?\b"),
    "metre": (r"met(?:er|re)s?|m(?=[ ,.;)]|$)", r"\bmetros?\b|\d[ \u00a0]?m\b"),
    "foot": (r"feet|foot|ft", r"\bpies?\b"),
    "kilogram": (r"k(?:ilo)?(?:gram|gramme)?s?(?<=[kgos])(?<!k)|kgs?|kilos?", r"\bkg\b|\bkilo(?:gramo)?s?\b"),
    "pound": (r"pounds?(?! sterling)|lbs?", r"\blibras?\b"),
    "ton": (r"(?:metric )?ton(?:ne)?s?", r"\btoneladas?\b|\d[ \u00a0]?t\b"),
    "acre": (r"acres?", r"\bacres?\b"),
    "hectare": (r"hectares?|ha", r"\bhect[aá]reas?\b|\bha\b"),
    "gallon": (r"gallons?", r"\bgalon(?:es)?\b|\bgalón\b"),
    "litre": (r"lit(?:er|re)s?", r"\blitros?\b|\d[ \u00a0]?l\b"),
    "barrel": (r"barrels?", r"\bbarril(?:es)?\b"),
    "ounce": (r"ounces?|oz", r"\bonzas?\b"),
    "gram": (r"gram(?:me)?s?", r"\bgramos?\b|\d[ \u00a0]?g\b"),
}
_COUNT = r"(?:\d|\b(?:million|thousand|hundred|billion|few|two|three|four|five|six|seven|eight|nine|ten|dozen))"


def dates(source: str, target: str) -> Iterator[Doubt]:
    """Day and month of every date are the same, whichever comes first; months and weekdays are not swapped."""
    made = {(_day(found["day"]), _month(found["month"])) for found in _SPANISH_DATE.finditer(target)}
    months = {_month(found[1]) for found in _SPANISH_MONTH.finditer(target)}
    numeric = {(int(found[1]), int(found[3])) for found in _NUMERIC.finditer(target)}
    for day, month, text in _given(source):
        if (day, month) in made | numeric or (month in months and re.search(rf"(?<!\d)0?{day}(?!\d)", target)):
            continue
        yield _wrong_date(text)
        return
    for found in _NUMERIC.finditer(source):
        first, second = int(found[1]), int(found[3])
        month, day = (first, second) if first <= 12 else (second, first)
        if month > 12 or day > 31 or (day, month) in made | numeric:
            continue
        yield Doubt(
            Level.HOLD,
            f"“{found[0]}” puts the month first: it is {day} {_MONTHS[month - 1]}. Write it out.",
            f"«{found[0]}» pone el mes delante: es el {day} de {_MONTHS[month - 1]}. Escríbalo con letras.",
        )
        return
    yield from _months(source, months)
    yield from _weekdays(source, target)


def hours(source: str, target: str) -> Iterator[Doubt]:
    """An afternoon stays one."""
    clocks = [(int(at["hour"]), at["half"] or "") for at in _HOUR_ES.finditer(target)]
    for found in _HOUR_EN.finditer(source):
        hour, afternoon = int(found[1]), found[3].lower() == "p"
        said = [_same_half(hour, afternoon, there, half) for there, half in clocks]
        if False in said and True not in said:
            yield Doubt(
                Level.HOLD,
                f"“{found[0]}” became another half of the day. Correct the hour.",
                f"«{found[0]}» ha pasado a otra mitad del día. Corrija la hora.",
            )
            return


def _same_half(hour: int, afternoon: bool, there: int, half: str) -> bool | None:
    """Whether a Spanish hour is the English one; None where it is another hour, or does not say."""
    if there == hour and hour != 12 and half:
        return bool(_MORNING.search(half)) is not afternoon
    if there == hour + 12:
        return afternoon
    return None


def units(source: str, target: str) -> Iterator[Doubt]:
    """A figure keeps its unit: forty miles are not forty kilometres."""
    asked = {name for name, (english, _) in _UNITS.items() if re.search(rf"{_COUNT}[ -]?(?:{english})\b", source, re.I)}
    there = {name for name, (_, spanish) in _UNITS.items() if re.search(spanish, target, re.I)}
    for name in sorted(asked - there):
        other = sorted(there - asked)
        yield Doubt(
            Level.HOLD if other else Level.WARN,
            f"A figure in the original is counted in {name}s and the translation does not say so. Check the unit.",
            f"Una cifra del original lleva la unidad «{name}» y la traducción no. Compruebe la unidad.",
        )
        return


def _given(source: str) -> Iterator[tuple[int, int, str]]:
    """Day, month and wording of each date that is written with the month's name."""
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        for found in pattern.finditer(source):
            name = next(place for place in range(1, 13) if found[f"m{place}"])
            word = found[f"m{name}"]
            if 1 <= int(found["day"]) <= 31 and word[0].isupper():
                yield int(found["day"]), name, found[0]


def _months(source: str, months: set[int]) -> Iterator[Doubt]:
    for found in _ONLY_MONTH.finditer(source.replace("Sept.", "September")):
        name = next(place for place in range(1, 13) if found[f"m{place}"])
        if found[f"m{name}"][0].isupper() and name not in months and months:
            yield _wrong_date(found[0])
            return


def _weekdays(source: str, target: str) -> Iterator[Doubt]:
    given = {_WEEKDAYS[day.lower()] for day in re.findall(_WEEKDAY.pattern, source, re.I) if day}
    there = {day for day in _WEEKDAYS.values() if re.search(rf"\b{day}\b", target, re.I)}
    if given - there:
        wrong = bool(there - given)
        missing = ", ".join(sorted(given - there))
        yield Doubt(
            Level.HOLD if wrong else Level.WARN,
            f"A day of the week is {'another' if wrong else 'missing'}: expected {missing}.",
            f"Un día de la semana {'es otro' if wrong else 'falta'}: se esperaba {missing}.",
        )


def _wrong_date(text: str) -> Doubt:
    return Doubt(
        Level.HOLD,
        f"“{text}” is not the date that the translation gives. Correct it.",
        f"«{text}» no es la fecha que da la traducción. Corríjala.",
    )


def _day(text: str) -> int:
    return 1 if text.lower() == "primero" else int(text)


def _month(name: str) -> int:
    return _MONTHS.index(name.lower().replace("setiembre", "septiembre")) + 1
