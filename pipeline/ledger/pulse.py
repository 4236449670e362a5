"""Who is alive: the sweeper says so, and pages can tell when it has not for a while; and whose key is which.

Knows: names and moments. Must not know: processes, keys.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.ledger.models import Pulse

SWEEPER = "sweeper"
EVERY = timedelta(seconds=20)  # how often to say so; each time is a write
SILENT = 4 * EVERY  # whoever was not heard for this long is taken for dead
_KEY = "key:"


def beat(name: str, *, now: datetime) -> None:
    """Say that this process is alive; saying it too often writes nothing."""
    if not Pulse.objects.filter(pk=name, at__gt=now - EVERY, at__lte=now).exists():
        Pulse.objects.update_or_create(pk=name, defaults={"at": now})


def last(name: str) -> datetime | None:
    """When it was last heard; None if never."""
    return Pulse.objects.filter(pk=name).values_list("at", flat=True).first()


def started(program: str, fingerprint: str, *, now: datetime) -> None:
    """A program was started, with the key that has this fingerprint; what the same program had before is forgotten."""
    name = f"{_KEY}{program}:{fingerprint}"
    Pulse.objects.filter(pk__startswith=f"{_KEY}{program}:").exclude(pk=name).delete()
    Pulse.objects.update_or_create(pk=name, defaults={"at": now})


def started_with() -> dict[str, str]:
    """The fingerprint of the key that each program was last started with."""
    names = Pulse.objects.filter(pk__startswith=_KEY).order_by("pk").values_list("pk", flat=True)
    return dict(name.removeprefix(_KEY).rsplit(":", 1) for name in names)
