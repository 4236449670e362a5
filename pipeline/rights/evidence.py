"""Evidence of house terms: is the sentence on file still what was filed, and still what the page says?

Knows: the publisher's reuse sentence as filed and as captured. Must not know: what the terms permit (`gate`).

Digests are of the UTF-8 sentence after normalising (NFC, straight quotes, single spaces), so that the same sentence
read from a page, a feed or plain text has one digest.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

from pipeline.types import Finding, Level, Rights

_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("‐‑‒–—―", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),  # invisible: removed
    }
)


def normalised(text: str) -> str:
    """The sentence without differences of quotes, dashes, white space or invisible characters."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN).split())


def evidence_sha256(text: str) -> str:
    """Hex SHA-256 of the normalised sentence."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def evidence_intact(rights: Rights) -> Finding | None:
    """Whether the sentence on file has the digest on file; a digest of the untouched text is accepted as well."""
    if rights.terms_text is None or rights.terms_sha256 is None:
        return None
    digest = rights.terms_sha256.strip().lower()
    if digest in (evidence_sha256(rights.terms_text), hashlib.sha256(rights.terms_text.encode()).hexdigest()):
        return None
    return Finding(
        code="evidence-altered",
        level=Level.HOLD,
        reason="The terms on file do not match their checksum: the record was altered. File the terms again.",
        reason_es="Las condiciones registradas no coinciden con su suma de control: el registro fue alterado. "
        "Regístrelas de nuevo.",
    )


def evidence_matches(rights: Rights, captured: str | None) -> Finding | None:
    """Compare the reuse sentence captured on the page with the one on file.

    A different sentence is a HOLD ("terms-changed"): the publisher may have changed its terms. House terms whose
    sentence was not on the page, or was never filed, are a WARN: not every way in shows it.
    """
    on_file = rights.terms_text or rights.terms_sha256
    sentence = normalised(captured or "")
    if on_file is None:
        return _NOT_ON_FILE if rights.basis == "house-terms" else None
    if not sentence:
        return _NOT_SEEN if rights.basis == "house-terms" else None
    if rights.terms_text is not None:
        matches = normalised(rights.terms_text) == sentence
    else:
        digest = hashlib.sha256((captured or "").encode()).hexdigest()
        matches = on_file.strip().lower() in (evidence_sha256(sentence), digest)
    return None if matches else _CHANGED


_CHANGED: Final = Finding(
    code="terms-changed",
    level=Level.HOLD,
    reason="The reuse terms on the page differ from those on file. Read them and renew the rights record.",
    reason_es="Las condiciones de uso de la página difieren de las registradas. Léalas y renueve el registro.",
)
_NOT_SEEN: Final = Finding(
    code="terms-not-seen",
    level=Level.WARN,
    reason="The publisher's reuse terms were not found with the article; those on file are used.",
    reason_es="No se hallaron las condiciones del medio junto al artículo; se usan las registradas.",
)
_NOT_ON_FILE: Final = Finding(
    code="terms-not-on-file",
    level=Level.WARN,
    reason="The rights record rests on the publisher's terms but holds no copy of them. File the sentence.",
    reason_es="El registro se basa en las condiciones del medio, pero no guarda copia de ellas. Regístrelas.",
)
