"""How often somebody may ask: so many requests a minute for each token, and for each address that shows a wrong one.

Knows: counting in the ledger, so that the limit holds over all server processes and machines, without a broker.
Must not know: tokens, HTTP. Why not a library: docs/adr/0013.

A process draws a few requests at once from the ledger and deals them out itself: one write in many requests, and a
limit that is never exceeded; what was drawn and not used is lost with the minute.
"""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When

from pipeline.ledger.models import Allowance

_DRAWN_AT_ONCE = 20  # parts of the limit
_MOST_CALLERS = 10_000  # whose remainders one process keeps in mind


class Allowances:
    """The requests that this process has drawn and not yet dealt out."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, int]] = {}  # caller -> minute, requests
        self._lock = Lock()

    def take(self, caller: str, limit: int, *, now: datetime) -> int:
        """Use one request. 0 when it is granted, else the seconds until more will be."""
        minute, second = divmod(int(now.timestamp()), 60)
        with self._lock:
            at, left = self._left.get(caller, (minute, 0))
            if at == minute and left > 0:
                self._left[caller] = (minute, left - 1)
                return 0
        wanted = max(1, limit // _DRAWN_AT_ONCE)
        if not (_draw(caller, limit, wanted, minute) or (wanted > 1 and _draw(caller, limit, wanted := 1, minute))):
            return 60 - second
        with self._lock:
            if len(self._left) >= _MOST_CALLERS:
                self._left.clear()
            self._left[caller] = (minute, wanted - 1)
        return 0

    def exhausted(self, caller: str, limit: int, *, now: datetime) -> int:
        """Seconds until this caller may ask again, without using anything; 0 when it may now."""
        minute, second = divmod(int(now.timestamp()), 60)
        spent = Allowance.objects.filter(caller=caller, minute=minute, used__gte=limit).exists()
        return 60 - second if spent else 0


def _draw(caller: str, limit: int, wanted: int, minute: int) -> bool:
    """Take `wanted` requests of this minute from the ledger, in one conditional UPDATE; a new minute starts anew."""
    fresh = ~Q(minute=minute)
    rows = Allowance.objects.filter(Q(caller=caller) & (fresh | Q(used__lte=limit - wanted)))
    if rows.update(used=Case(When(fresh, then=Value(wanted)), default=F("used") + wanted), minute=minute):
        return True
    if wanted > limit or Allowance.objects.filter(caller=caller).exists():
        return False
    try:
        with transaction.atomic():
            Allowance.objects.create(caller=caller, minute=minute, used=wanted)
    except IntegrityError:  # another process was the first
        return _draw(caller, limit, wanted, minute)
    return True


def forget(*, now: datetime) -> int:
    """Drop the rows of callers who have not asked for an hour. Returns how many."""
    return Allowance.objects.filter(minute__lt=int(now.timestamp()) // 60 - 60).delete()[0]
