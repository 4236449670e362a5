"""The wall clock of the desk: the one place here where it is read."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Aware, UTC."""
    return datetime.now(UTC)
