"""¿ and ¡ where Spanish opens a question or an exclamation.

Knows: where the sentence that ends in ? or ! begins. Must not know: English, quotation marks by depth, other signs.
"""

from __future__ import annotations

import re

_OPENER = {"?": "¿", "!": "¡"}
_RUN = re.compile(r"[?!]+(?=[\s»”’\")\]]|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Sr|Sra|Srta|Dr|Dra|Lic|Ing|Gral|Cnel|Cap|Tte|Prof|Mons|St|Ud|Uds|[A-ZÁÉÍÓÚÑ]{1,2})\.)$"
)
_OPENING = {"»": "«", "”": "“", ")": "(", "]": "["}


def opened(text: str) -> str:
    """Put the missing ¿ or ¡ where the sentence that ends in ? or ! begins."""
    done = 0
    while run := _RUN.search(text, done):
        done = run.end()
        if not _ends_sentence(text, run.end()):
            continue
        start = _sentence_start(text, run.start())
        sentence = text[start : run.start()]
        if not any(char.isalnum() for char in sentence):
            continue
        missing = "".join(_OPENER[sign] for sign in dict.fromkeys(reversed(run[0])) if _OPENER[sign] not in sentence)
        text = text[:start] + missing + text[start:]
        done += len(missing)
    return text


def _ends_sentence(text: str, at: int) -> bool:
    """A sign inside a name (Yahoo! compra…) is followed by a small letter; one that closes a quotation always ends."""
    rest = text[at:].lstrip()
    return not rest or text[at] in '»”’")]' or not (rest[0].islower() or rest[0] in ",;")


def _sentence_start(text: str, end: int) -> int:
    """Return where the sentence that ends at `end` begins: after a stop, or inside the quote or bracket still open."""
    closed: list[str] = []
    at = end
    while at > 0:
        char = text[at - 1]
        if char in _OPENING:
            closed.append(_OPENING[char])
        elif char in "«“([":
            if not closed or closed[-1] != char:
                break
            closed.pop()
        elif char in ".?!…" and not closed and at < end and _stops(text, at):
            break
        at -= 1
    while at < end and (text[at].isspace() or text[at] in '»”’")]—–-'):
        at += 1
    return at


def _stops(text: str, at: int) -> bool:
    after = text[at:].lstrip('»”’")]')
    if not after[:1].isspace():
        return False
    after = after.lstrip()
    return not after[:1].islower() and not (text[at - 1] == "." and _ABBREVIATION.search(text[:at]))
