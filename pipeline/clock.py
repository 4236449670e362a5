"""The wall clock: the one place where it is read.

For whoever starts something: commands, pages, the sweeper. Nothing else in pipeline/ may import it; whoever works there
is told what time it is, so that a test can say so.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Aware, UTC."""
    return datetime.now(UTC)
