"""Texts that have to be read again, and that nobody who only has the ledger may read.

Knows: one key, made from SECRET_KEY. Must not know: what is sealed. A text sealed under another SECRET_KEY is lost,
which is what a new key is for; whoever needs the text treats that as an ended subscription.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(text: str) -> str:
    """The text, encrypted and authenticated; an empty one stays empty."""
    return _box().encrypt(text.encode()).decode("ascii") if text else ""


def unseal(sealed: str) -> str | None:
    """What was sealed, or None when it was sealed under another key."""
    try:
        return _box().decrypt(sealed.encode("ascii")).decode() if sealed else ""
    except InvalidToken:
        return None


def fingerprint() -> str:
    """Twelve hex digits that differ where SECRET_KEY differs, and say nothing else of it."""
    return hashlib.sha256(b"tornavoz: fingerprint of the key\0" + settings.SECRET_KEY.encode()).hexdigest()[:12]


def _box() -> Fernet:
    digest = hashlib.sha256(b"tornavoz: sealed texts\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
