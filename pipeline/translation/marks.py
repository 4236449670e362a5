"""Words put out of an engine's reach: figures, names and quotations replaced by marks, and put back afterwards.

Knows: the marks, how figures stand in Spanish. Must not know: engines, which sentences need it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.translation.glossary import Term, agreeing

_FIGURE = re.compile(r"(?<![\w.,])[$€£]?\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_QUOTATION = re.compile(r'"\s*([^"]*?)\s*([.,;:]?)\s*"')  # the sign at its end belongs to the sentence around it
_MARKS = 10  # ⟦0⟧ … ⟦9⟧; more than that stay as they are


def has_figures(text: str) -> bool:
    """Whether there is a figure that could be marked."""
    return bool(_FIGURE.search(text))


def marked(text: str, *, figures: bool, names: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The sentence with ⟦0⟧, ⟦1⟧, … for its figures and these names, and what stood there, in order.

    Unchanged, with nothing, if there is nothing to mark or too much of it.
    """
    patterns = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True)]
    if figures:
        patterns.append(_FIGURE.pattern)
    if not patterns or "⟦" in text:
        return text, ()
    wanted = re.compile("|".join(patterns))
    found = tuple(match[0] for match in wanted.finditer(text))
    if not found or len(found) > _MARKS:
        return text, ()
    places = iter(range(len(found)))
    return wanted.sub(lambda _: f"⟦{next(places)}⟧", text), found


def unmarked(
    text: str,
    originals: Sequence[str],
    terms: Mapping[str, Term] | None = None,
    said: Mapping[str, str] | None = None,
) -> str | None:
    """The translation with what was marked back in it, or None unless each mark came through exactly once.

    What is a term of the glossary comes back as its translation, and the article before it is made to agree; what was
    translated by itself comes back as `said` has it.
    """
    for place, original in enumerate(originals):
        mark = f"⟦{place}⟧"
        if text.count(mark) != 1:
            return None
        before, after = text.split(mark)
        if said and original in said:
            text = before + said[original] + after
        elif terms and (term := terms.get(original)):
            text = agreeing(before, term.gender) + term.wanted + after
        else:
            text = before + _spanish(original) + after
    return None if "⟦" in text or "⟧" in text else text


def quotations(text: str) -> tuple[str, tuple[str, ...]]:
    """The sentence with the stops at the ends of its quotations moved behind them, and those quotations, marks and all.

    For straight quotation marks, which is what engines are given. Unchanged, with nothing, if the marks do not pair, or
    if one quotes nothing.
    """
    found = [match[1] for match in _QUOTATION.finditer(text)]
    if text.count('"') % 2 or not all(map(_worded, found)):
        return text, ()
    return _QUOTATION.sub(r'"\1"\2', text), tuple(f'"{each}"' for each in dict.fromkeys(found))


def _worded(text: str) -> bool:
    return any(map(str.isalpha, text))


def _spanish(original: str) -> str:
    """1,234.5 -> 1.234,5 where the English marks are plain; names, dates and versions stay as they are."""
    if re.fullmatch(r"[$€£]?\d{1,3}(?:,\d{3})*(?:\.\d+)?|[$€£]?\d+\.\d+", original):
        return original.translate(str.maketrans(",.", ".,"))
    return original
