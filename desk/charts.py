"""Charts as SVG, drawn on the server: bars and lines, each with its numbers in a table beside it.

Knows: scales, shapes, the desk's colours by class name. Must not know: what is counted. No script and no inline style,
because the desk's policy allows neither; colours stand in desk.css, so charts follow the reader's colour scheme.
A chart is a picture to assistive technology (role "img" with a title); the table has the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 640, 220
LEFT, BOTTOM, TOP = 54, 26, 12
LETTER = 8  # how wide one is on a phone, where desk.css makes them larger


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of numbers, as many as there are labels; None where nothing is known."""

    name: str
    values: tuple[float | None, ...]
    kind: str = "a"  # class of its colour: a, b, c, d, e


def bars(title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "") -> SafeString:
    """Stacked bars, one for each label; `unit` stands behind the numbers of the scale."""
    totals = [sum(each.values[at] or 0 for each in series) for at in range(len(labels))]
    top = _nice(max(totals, default=0))
    wide = (WIDTH - LEFT) / max(1, len(labels))
    shapes = []
    for at in range(len(labels)):
        base = 0.0
        for each in series:
            value = each.values[at] or 0
            if value > 0:
                y, height = _y(base + value, top), _y(base, top) - _y(base + value, top)
                shapes.append((each.kind, _n(LEFT + at * wide + wide * 0.12), _n(y), _n(wide * 0.76), _n(height)))
            base += value
    drawn = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', shapes)
    return _picture(title, labels, top, drawn, unit)


def lines(title: str, labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """Lines with a dot for each value; a gap where there is none."""
    known = [value for each in series for value in each.values if value is not None]
    top = _nice(max(known, default=0))
    wide = (WIDTH - LEFT) / max(1, len(labels))
    parts: list[SafeString] = []
    for each in series:
        points = [
            (LEFT + (at + 0.5) * wide, _y(value, top)) for at, value in enumerate(each.values) if value is not None
        ]
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        parts.append(format_html('<polyline class="{}" points="{}"/>', each.kind, path))
        dots = [(each.kind, _n(x), _n(y)) for x, y in points]
        parts.append(format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="2.5"/>', dots))
    return _picture(title, labels, top, format_html_join("", "{}", ((part,) for part in parts)))


def _picture(title: str, labels: Sequence[str], top: float, drawn: SafeString, unit: str = "") -> SafeString:
    marks = [(LEFT, _n(_y(top * share, top)), WIDTH, _words(top * share) + unit) for share in (0, 0.5, 1)]
    rules = format_html_join(
        "",
        '<line x1="{0}" y1="{1}" x2="{2}" y2="{1}"/><text x="{4}" y="{1}" dy="4" text-anchor="end">{3}</text>',
        ((*mark, LEFT - 6) for mark in marks),
    )
    wide = (WIDTH - LEFT) / max(1, len(labels))
    every = max(1, math.ceil(len(labels) / 8))
    below = [
        (_n(LEFT + (at + 0.5) * wide), HEIGHT - 8, _cut(label, wide * every))
        for at, label in enumerate(labels)
        if at % every == 0
    ]
    names = format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', below)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<g class="rules">{}</g><g class="names">{}</g>{}</svg>',
        *(WIDTH, HEIGHT, title, title, rules, names, drawn),
    )


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _nice(highest: float) -> float:
    """The round number at or above the highest value, with a round half to be marked too: 2, 4, 10, 20, 40, 100 …"""
    if highest <= 0:
        return 2
    power = 10 ** math.floor(math.log10(highest))
    top = float(next(step * power for step in (1, 2, 4, 10) if step * power >= highest))
    return 2 if top == 1 else top


def _cut(label: str, room: float) -> str:
    """A label that does not run into its neighbour's; the table below the chart has all of it."""
    longest = max(3, int(room / LETTER))
    return label if len(label) <= longest else f"{label[: longest - 1].rstrip()}…"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _words(number: float) -> str:
    """As the language of the page writes it: 0.2 is 0,2 in Spanish."""
    return str(number_format(f"{number:g}"))
