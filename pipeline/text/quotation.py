"""Quotation marks in Spanish order: «…“…‘…’…”…», by depth.

Knows: which mark opens, which closes, and which belongs to which. Must not know: words, other signs, sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEVELS = (("«", "»"), ("“", "”"), ("‘", "’"))
_PARTNER = {'"': '"', "“": "”", "«": "»"}
_QUOTES = re.compile('["“”«»]')


def _opens(text: str, at: int) -> bool | None:
    """Whether the straight quote at `at` opens; None when its surroundings do not tell."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    left = not before or before.isspace() or before in '([{¿¡«“‘—–-"'
    right = not after or after.isspace() or after in '.,;:!?…)]}»”’—–"'
    if left == right:
        return None
    return left


def angled(text: str) -> str:
    """Swap quotation marks by depth, if every one of them has its partner; otherwise change nothing."""
    out = list(text)
    depth: list[str] = []
    paired = text.count('"') % 2 == 0
    for mark in _QUOTES.finditer(text):
        char, at = mark[0], mark.start()
        opening = char in "«“" if char != '"' else _opens(text, at)
        if opening is None and paired:  # a model that writes «" así"»: of pairs, each other one opens
            opening = not depth
        if opening:
            if len(depth) == len(_LEVELS):
                return text
            out[at] = _LEVELS[len(depth)][0]
            depth.append(char)
        elif opening is None or not depth or _PARTNER[depth.pop()] != char:
            return text
        else:
            out[at] = _LEVELS[len(depth)][1]
    return text if depth else "".join(out)


def paired_quotes(text: str, kept: Sequence[tuple[int, int]] = ()) -> str:
    """A whole block's quotation marks by depth (OLE, comillas), where each finds its partner; else unchanged.

    One mark stands for one, so what lies at an offset still lies there. A quotation that opens in one sentence and
    closes in a later one can only be seen here: `spanish.typography` looks at them one by one. `kept`: ranges to leave
    alone.
    """
    blank = _without(text, kept, "x")
    dressed = angled(blank)
    for start, end in kept:
        dressed = dressed[:start] + text[start:end] + dressed[end:]
    return dressed


def _without(text: str, ranges: Sequence[tuple[int, int]], stand_in: str) -> str:
    """The text with each character in these ranges hidden behind another."""
    for start, end in ranges:
        text = text[:start] + stand_in * (end - start) + text[end:]
    return text
