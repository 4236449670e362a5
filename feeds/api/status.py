"""One operation for monitors: how the newsroom is doing."""

from __future__ import annotations

from importlib.metadata import version

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from feeds.api import schemas
from feeds.api.callers import Bearer
from feeds.tokens import Scope
from pipeline.ledger import queries

router = Router(tags=["service"])
LATE_SECONDS = 300


@router.get("/status", response=schemas.Service, auth=Bearer(Scope.STATUS_READ))
def get_status(request: HttpRequest) -> schemas.Service:
    """How long due work has waited, and how much waits for a person."""
    now = timezone.now()
    seen = queries.overview(now=now)
    waiting: dict[str, float] = seen["oldest_due_seconds"]
    return schemas.Service(
        status="late" if any(seconds > LATE_SECONDS for seconds in waiting.values()) else "ok",
        time=now,
        version=version("tornavoz"),
        oldest_due_seconds=waiting,
        parked=seen["units"].get("parked", 0),
    )
