"""Dates as running text has them, one way of writing for each language.

Knows: names of months. Must not know: where a date stands, time zones.
"""

from __future__ import annotations

from datetime import date

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}


def months(language: str) -> tuple[str, ...]:
    """The twelve names, from January on. KeyError for a language without any."""
    return tuple(_MONTHS[language].split())


def long_date_es(day: date) -> str:
    """ "26 de mayo de 2016" (Ortografía de la lengua española, fechas)."""
    return f"{day.day} de {months('es')[day.month - 1]} de {day.year}"


def long_date_en(day: date) -> str:
    """Day first: "26 May 2016"."""
    return f"{day.day} {months('en')[day.month - 1]} {day.year}"


def long_date_fr(day: date) -> str:
    """ "26 mai 2016"; the first of a month is an ordinal, "1er mai 2016"."""
    return f"{'1er' if day.day == 1 else day.day} {months('fr')[day.month - 1]} {day.year}"


def long_date_pt(day: date) -> str:
    """ "26 de maio de 2016"; the first of a month is an ordinal, "1º de maio de 2016"."""
    return f"{'1º' if day.day == 1 else day.day} de {months('pt')[day.month - 1]} de {day.year}"
