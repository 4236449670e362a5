"""Letters without their accents, so that words can be compared however they were typed.

Knows: Unicode's compatibility forms (UAX #15). Must not know: case, words, languages.
"""

from __future__ import annotations

import re
import unicodedata

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def unaccented(text: str) -> str:
    """`text` in compatibility form without combining marks: "Dirección" → "Direccion", "ﬁn" → "fin"."""
    return _BEYOND_ASCII.sub(_bare, unicodedata.normalize("NFKD", text))


def _bare(found: re.Match[str]) -> str:
    return "".join(char for char in found[0] if not unicodedata.combining(char))
