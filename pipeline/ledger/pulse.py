"""Who is alive: the sweeper says so, and pages can tell when it has not for a while.

Knows: names and moments. Must not know: processes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.ledger.models import Pulse

SWEEPER = "sweeper"
EVERY = timedelta(seconds=20)  # how often to say so; each time is a write
SILENT = 4 * EVERY  # whoever was not heard for this long is taken for dead


def beat(name: str, *, now: datetime) -> None:
    """Say that this process is alive; saying it too often writes nothing."""
    if not Pulse.objects.filter(pk=name, at__gt=now - EVERY, at__lte=now).exists():
        Pulse.objects.update_or_create(pk=name, defaults={"at": now})


def last(name: str) -> datetime | None:
    """When it was last heard; None if never."""
    return Pulse.objects.filter(pk=name).values_list("at", flat=True).first()
