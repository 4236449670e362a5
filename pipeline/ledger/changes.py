"""The order in which releases changed, so that a mirror can ask for everything since its last visit.

Knows: that numbers rise in the order of commits. Must not know: who mirrors, or what anybody may see.

A release carries the number of its last change; whoever has seen everything up to a number asks for what is above it.
That is exact only if no lower number can appear later. So the number is drawn from one row, whose lock is held until
the transaction ends: a change that is numbered later is also committed later. Draw it last, when every release has its
new state, just before publications are armed: then nobody waits long, and no two transactions wait for each other.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, QuerySet

from pipeline.ledger.models import Counter, Release

NAME = "release-change"


@transaction.atomic
def note(releases: QuerySet[Release]) -> None:
    """These releases changed, in one go: they share a number, and are told apart by their keys."""
    keys = list(releases.values_list("pk", flat=True))
    if keys:
        number = _next()
        for start in range(0, len(keys), 10_000):  # databases limit the length of a list
            Release.objects.filter(pk__in=keys[start : start + 10_000]).update(change=number)


def latest() -> int:
    """The newest number that was drawn; 0 before the first."""
    return Counter.objects.filter(name=NAME).values_list("value", flat=True).first() or 0


def _next() -> int:
    mine = Counter.objects.filter(name=NAME)
    if not mine.update(value=F("value") + 1):
        Counter.objects.get_or_create(name=NAME)
        mine.update(value=F("value") + 1)
    return mine.get().value
