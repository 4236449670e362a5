"""Figures written as a country writes them, and brackets that a translation forgot to close: taken from the original.

Knows: an English sentence, its translation, how varieties of Spanish write numbers. Must not know: engines, articles.

The style is set from the source's figure, never from what an engine printed: "1.234" in a translation may be a thousand
or one and a bit, "1,234" in an English original is not in doubt. Nothing inside a quotation is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.translation.figures import figures

_NARROW = "\u202f"
_FIGURE = re.compile(r"(?<![\w.,/:-])\d+(?:[.,\u00a0\u2009\u202f]\d+)*(?![\w/:-]|[.,]\d)")
_ENGLISH = re.compile(
    r"(?<![\w.,/:-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w/:-]|[.,]\d)|(?<![\w.,/:-])\d+\.\d+(?![\w/:.-])"
)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_CLOSERS = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a variety of Spanish writes a number in figures."""

    decimal: str
    thousands: str
    from_digits: int  # shorter whole numbers are written without a mark for thousands
    authority: str


STYLES = {
    "es-ES": Style(decimal=",", thousands=_NARROW, from_digits=5, authority="OLE 2010, the decimal mark of Spain"),
    "es-419": Style(
        decimal=".", thousands=_NARROW, from_digits=5, authority="OLE 2010, the decimal mark of CLDR es-419"
    ),
    "es-MX": Style(decimal=".", thousands=",", from_digits=4, authority="CLDR es-MX, as Mexican papers print"),
}


def numerals(text: str, source: str, variety: str) -> str:
    """The translation with the source's figures in the style of `variety`; others, and quotations, as they are.

    Years, codes, dates and hours have no mark in English and get none.
    """
    style = STYLES[variety]
    wanted = dict(_styled(source, style))
    quoted = [found.span() for found in _QUOTED.finditer(text)]

    def rewritten(found: re.Match[str]) -> str:
        if any(start < found.start() < end for start, end in quoted):
            return found[0]
        values = {value for figure in figures(found[0], "es") for value in figure.values}
        fitting = [written for value, written in wanted.items() if value in values]
        return fitting[0] if len(fitting) == 1 else found[0]

    return _FIGURE.sub(rewritten, text) if wanted else text


def _styled(source: str, style: Style) -> Iterator[tuple[Decimal, str]]:
    for found in _ENGLISH.finditer(source):
        whole, _, fraction = found[0].replace(",", "").partition(".")
        grouped = f"{int(whole):,}".replace(",", style.thousands) if len(whole) >= style.from_digits else whole
        yield Decimal(found[0].replace(",", "")), grouped + (style.decimal + fraction if fraction else "")


def closed(text: str, source: str) -> str:
    """The translation with the bracket closed that the engine lost, where its place is plain: at the sentence's end.

    Only if the original's brackets pair, it has one of the kind, and that one closes at its own end.
    """
    for opener, closer in _CLOSERS.items():
        lost = text.count(opener) == text.count(closer) + 1 == source.count(opener)
        if lost and source.count(closer) == 1 and re.search(re.escape(closer) + r"[.!?…\"”]*$", source):
            body = text.rstrip(".!?…")
            return body + closer + text[len(body) :]
    return text
