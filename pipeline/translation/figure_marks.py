"""Figures put out of an engine's reach: numbers in digits replaced by marks, and put back in Spanish dress.

Knows: how figures are marked and how Spanish writes them. Must not know: engines, which sentences need it.
"""

from __future__ import annotations

import re

_FIGURE = re.compile(r"(?<![\w.,])[$€£]?\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_MARKS = 10  # ⟦0⟧ … ⟦9⟧; more figures than that stay as they are


def marked(text: str) -> tuple[str, tuple[str, ...]]:
    """The sentence with ⟦0⟧, ⟦1⟧, … for its figures, and the figures in order; no marks if it has none or too many."""
    figures = tuple(_FIGURE.findall(text))
    if not figures or len(figures) > _MARKS or "⟦" in text:
        return text, ()
    places = iter(range(len(figures)))
    return _FIGURE.sub(lambda _: f"⟦{next(places)}⟧", text), figures


def unmarked(text: str, figures: tuple[str, ...]) -> str | None:
    """The translation with its figures back, or None unless each mark came through exactly once."""
    for place, figure in enumerate(figures):
        mark = f"⟦{place}⟧"
        if text.count(mark) != 1:
            return None
        text = text.replace(mark, _spanish(figure))
    return None if "⟦" in text or "⟧" in text else text


def _spanish(figure: str) -> str:
    """1,234.5 -> 1.234,5 where the English marks are plain; dates, versions and the like stay as they are."""
    if re.fullmatch(r"[$€£]?\d{1,3}(?:,\d{3})*(?:\.\d+)?|[$€£]?\d+\.\d+", figure):
        return figure.translate(str.maketrans(",.", ".,"))
    return figure
