"""Where a mirror stands: an opaque text that only we read.

Knows: its parts. Must not know: releases, the ledger.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import astuple, dataclass

from feeds.api.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything up to this change, and up to this release of that change, has been seen."""

    partner: int
    epoch: int  # of what the partner may have
    change: int = 0
    release: int = 0

    def text(self) -> str:
        """As it goes over the wire."""
        return base64.urlsafe_b64encode(json.dumps(astuple(self), separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str, *, partner: int) -> Cursor:
    """The cursor that `text` was made from. Problem 400 when it was not, or is somebody else's."""
    try:
        parts = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Problem("cursor-unknown") from error
    whole = (
        isinstance(parts, list) and len(parts) == 4 and all(type(part) is int and 0 <= part < 2**63 for part in parts)
    )
    if not whole or parts[0] != partner:
        raise Problem("cursor-unknown")
    return Cursor(partner=parts[0], epoch=parts[1], change=parts[2], release=parts[3])
