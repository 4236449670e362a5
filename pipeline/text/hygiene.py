"""Character hygiene: what every text goes through before anything else looks at it.

Knows: Unicode. Must not know: HTML, sentences, languages.

Two jobs. Characters that readers cannot see but programs can (bidirectional overrides, zero-width characters, C0 and
C1 controls, noncharacters) are removed, because they can reorder a name on the page, hide words from a check or make
XML ill-formed (XML 1.0 §2.2). Every kind of blank becomes the plain space, so that later stages know only one.
"""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
# form feed and vertical tab separate words like a blank does; removing them would glue the words together
_BLANKS = re.compile("[\x0b\x0c\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_REMOVED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1, but not tab and newline
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\ud800-\udfff"  # lone surrogates: no Python string may be encoded with them inside
    "\ufdd0-\ufdef"  # noncharacters; those at the end of each plane follow
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "\U000e0000-\U000e007f"  # tag characters: invisible copies of ASCII
    "]"
)
_WHITE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return `text` in NFC, with one kind of blank, one kind of line end and no invisible characters.

    Tabs and newlines stay. Quotes, dashes and everything else that can be seen stay as found: correcting the
    publisher is not this function's business. Idempotent.
    """
    text = _BREAKS.sub("\n", text)
    text = _BLANKS.sub(" ", text)
    return unicodedata.normalize("NFC", _REMOVED.sub("", text))


def collapse(text: str) -> str:
    """Return `text` with each run of white space as one plain space and none at either end."""
    return _WHITE.sub(" ", text).strip()
