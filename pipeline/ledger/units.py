"""The queue of record: arm, claim, renew, finish, fail.

Knows: leases, fences, attempts, due times, and the doorbell to ring after commit. Must not know: what a step does.

The rules, each a test: a unit is claimed by one conditional UPDATE; attempts count at the claim, so a worker that is
killed has used one; whoever lost its lease can finish nothing; arming a unit that runs makes it run once more.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Least

from pipeline import nudge
from pipeline.errors import PipelineError, Retry, StaleWork
from pipeline.ledger import failures
from pipeline.ledger.models import Unit
from pipeline.stages import QUEUE_OF, Queue, Step, UnitState
from pipeline.types import UnitId

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
RENEW_EVERY = LEASE / 4
RING_AGAIN = LEASE / 4
GATHER = timedelta(seconds=5)  # how long what many things change waits for company after it was rendered
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=settings.RETRY_SECONDS)
LONGEST_PAUSE = timedelta(hours=1)
_AT_ONCE = 500  # rows of one query


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A unit that is ours until `fence` is no longer the newest."""

    unit: UnitId
    step: Step
    subject: str
    fence: int
    attempt: int
    urgent: bool = False


def arm(step: Step, subject: str, *, now: datetime, urgent: bool = False, gather: timedelta = timedelta()) -> UnitId:
    """Make sure that `step` will run on `subject`, starting from now; ring after commit.

    One UPDATE decides between "ready" and "once more when it is through", so no arming is lost to a race. What is
    `urgent` goes before everything else that is due. What was done less than `gather` ago, or is being done, waits for
    the rest of that time, so that many armings become one run; an arming without `gather` ends the wait.
    """
    unit, made = Unit.objects.get_or_create(step=step, subject=subject, defaults={"due_at": now, "urgent": urgent})
    due = now
    if not made:
        since = now if unit.state == UnitState.LEASED else unit.ran_at
        due = max(now, since + gather) if since and gather else now
        Unit.objects.filter(pk=unit.pk).update(**_armed(due, urgent=urgent))
    _ring_after_commit([unit.pk], step, now, due=due)
    return UnitId(unit.pk)


def arm_all(step: Step, subjects: Iterable[str], *, now: datetime, urgent: bool = False) -> list[UnitId]:
    """Arm many subjects at once, in three queries for each five hundred. The units, in no order."""
    wanted = list(dict.fromkeys(subjects))
    found: list[int] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        Unit.objects.bulk_create(
            [Unit(step=step, subject=subject, due_at=now, urgent=urgent) for subject in some], ignore_conflicts=True
        )
        rows = Unit.objects.filter(step=step, subject__in=some)
        rows.update(**_armed(now, urgent=urgent))  # of those just made it changes nothing
        found += rows.values_list("pk", flat=True)
    _ring_after_commit(found, step, now, due=now)
    return [UnitId(pk) for pk in found]


def _armed(due: datetime, *, urgent: bool) -> dict[str, Any]:
    leased, waits = Q(state=UnitState.LEASED), Q(state=UnitState.READY) | Q(state=UnitState.LEASED, again=True)
    return {
        "again": Case(When(leased, then=Value(True)), default=Value(False)),
        "attempts": Case(When(leased, then=F("attempts")), default=Value(0)),
        "due_at": Case(When(waits, then=Least(F("due_at"), Value(due))), default=Value(due)),
        **failures.NOTHING,
        "urgent": urgent,
        "state": Case(When(leased, then=Value(UnitState.LEASED)), default=Value(UnitState.READY)),
    }


def schedule(step: Step, subject: str, at: datetime, *, now: datetime) -> UnitId:
    """Make sure that `step` will run on `subject` at that time at the latest.

    For a step that has found out when there is something to do again: called in its effect, it waits without having
    failed. A unit that somebody runs at this moment runs once more when it is through.
    """
    if at <= now:
        return arm(step, subject, now=now)
    unit, made = Unit.objects.get_or_create(step=step, subject=subject, defaults={"due_at": at})
    if not made:
        leased, sooner = Q(state=UnitState.LEASED), Q(state=UnitState.READY, due_at__lte=at)
        Unit.objects.filter(pk=unit.pk).update(
            again=Case(When(leased, then=Value(True)), default=F("again")),
            due_at=Case(When(leased | sooner, then=F("due_at")), default=Value(at)),
            state=Case(When(leased, then=Value(UnitState.LEASED)), default=Value(UnitState.READY)),
            rung_at=None,
        )
    return UnitId(unit.pk)


def pause(tries: int) -> timedelta:
    """How long to wait after so many failures: 30 s, 1, 2, 4 minutes … to an hour, each ± 20 %.

    The spread keeps failures from marching in step.
    """
    doublings = min(max(tries - 1, 0), 16)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings)) * (0.8 + secrets.randbelow(401) / 1000)


def _ring_after_commit(pks: list[int], step: Step, now: datetime, *, due: datetime) -> None:
    if settings.BROKER_URL:
        transaction.on_commit(partial(_ring, pks, step, now, due=due), robust=True)


def _ring(pks: list[int], step: Step, now: datetime, *, due: datetime) -> bool:
    """Ring for each; False as soon as nobody hears: the sweeper rings for the rest."""
    wait = (due - now).total_seconds()
    heard = list(takewhile(lambda pk: nudge.ring(pk, QUEUE_OF[step], broker_url=settings.BROKER_URL, wait=wait), pks))
    for start in range(0, len(heard), _AT_ONCE):
        Unit.objects.filter(pk__in=heard[start : start + _AT_ONCE]).update(rung_at=now)
    return len(heard) == len(pks)


def claim(pk: int, *, now: datetime) -> Claim | None:
    """Take a unit that is due or whose lease ran out. None when somebody else has it, or it is parked or done."""
    due = Q(state=UnitState.READY, due_at__lte=now) | Q(state=UnitState.LEASED, lease_until__lt=now)
    with transaction.atomic():
        taken = Unit.objects.filter(Q(pk=pk) & due).update(
            state=UnitState.LEASED,
            lease_until=now + LEASE,
            fence=F("fence") + 1,
            attempts=Case(When(again=True, then=Value(1)), default=F("attempts") + 1),  # armed since: a fresh start
            again=False,
        )
        if not taken:
            return None
        unit = Unit.objects.get(pk=pk)
        if unit.attempts > MAX_ATTEMPTS:
            _park(unit.pk, unit.fence, failures.lost(unit, MAX_ATTEMPTS), now=now)
            return None
    return Claim(
        unit=UnitId(unit.pk),
        step=Step(unit.step),
        subject=unit.subject,
        fence=unit.fence,
        attempt=unit.attempts,
        urgent=unit.urgent,
    )


def undone(pks: Collection[int]) -> tuple[list[int], bool]:
    """Those of these units that are not done, and whether it is only a matter of a moment for any of them."""
    rows = list(Unit.objects.filter(pk__in=pks).exclude(state=UnitState.DONE).order_by("pk"))
    return [row.pk for row in rows], any(row.state != UnitState.PARKED and not row.error_code for row in rows)


def renew(claim: Claim, *, now: datetime) -> None:
    """Keep the lease. StaleWork when it is no longer ours: stop at once."""
    if not _mine(claim).update(lease_until=now + LEASE):
        raise StaleWork(f"unit {claim.unit} ({claim.step} {claim.subject}) was taken over")


def close(claim: Claim, *, now: datetime) -> None:
    """Mark the unit done, or ready once more if it was armed while it ran. Call first in the saving transaction.

    StaleWork, which rolls the transaction back, when the lease was lost.
    """
    if not _mine(claim).update(
        state=Case(When(again=True, then=Value(UnitState.READY)), default=Value(UnitState.DONE)),
        due_at=Case(When(again=True, then=F("due_at")), default=Value(now)),
        ran_at=now,
        lease_until=None,
        attempts=0,
        again=False,
        **failures.NOTHING,
    ):
        raise StaleWork(f"unit {claim.unit} ({claim.step} {claim.subject}) was taken over")
    if again := Unit.objects.filter(pk=claim.unit, state=UnitState.READY).first():
        _ring_after_commit([claim.unit], claim.step, now, due=again.due_at)


def fail(claim: Claim, error: Exception, *, now: datetime) -> UnitState:
    """Store why it failed and when to try again. StaleWork when it is no longer ours to say."""
    retry = error.retry if isinstance(error, PipelineError) else Retry.LATER
    why = failures.of(error)
    if retry is not Retry.LATER or claim.attempt >= MAX_ATTEMPTS:
        return _park(claim.unit, claim.fence, why, now=now)
    if not _mine(claim).update(state=UnitState.READY, due_at=now + pause(claim.attempt), lease_until=None, **why):
        raise StaleWork
    return UnitState.READY


def _park(pk: int, fence: int, why: failures.Said, *, now: datetime) -> UnitState:
    """Leave it to a person; but what was armed while it ran runs once more, as if the failure had come before."""
    again = Q(again=True)
    parked = Unit.objects.filter(pk=pk, fence=fence, state=UnitState.LEASED).update(
        state=Case(When(again, then=Value(UnitState.READY)), default=Value(UnitState.PARKED)),
        attempts=Case(When(~again, then=F("attempts")), default=Value(0)),
        due_at=Case(When(~again, then=F("due_at")), default=Value(now)),
        again=False,
        lease_until=None,
        **why,
    )
    if not parked:
        raise StaleWork
    unit = Unit.objects.get(pk=pk)
    if unit.state == UnitState.READY:
        _ring_after_commit([pk], Step(unit.step), now, due=now)
    return UnitState(unit.state)


def _mine(claim: Claim) -> QuerySet[Unit]:
    return Unit.objects.filter(pk=claim.unit, fence=claim.fence, state=UnitState.LEASED)


def of_steps(steps: Collection[Step]) -> Q:
    """Units of these steps, for use beside a state and a time.

    Said by what is left out, which no index answers: the one over steps finds every unit there ever was, and a database
    without statistics would take it before those over what is due.
    """
    return ~Q(step__in=[step for step in Step if step not in steps])


def due(*, now: datetime, queues: frozenset[Queue] = frozenset(Queue), limit: int = 500) -> list[int]:
    """Units that are due, or whose worker went away; the urgent first, then the longest waiting."""
    rows = (
        Unit.objects.filter(of_steps([step for step, queue in QUEUE_OF.items() if queue in queues]))
        .filter(Q(state=UnitState.READY, due_at__lte=now) | Q(state=UnitState.LEASED, lease_until__lt=now))
        .order_by("-urgent", "due_at", "pk")
        .values_list("pk", flat=True)
    )
    return list(rows[:limit])


def company(claimed: Claim, *, now: datetime, limit: int) -> dict[int, str]:
    """Units (with their subjects) that may be run in one go with a claimed one, the longest waiting first.

    Only what was never tried before: a unit that failed, or whose worker was lost, is run alone, so that it can spoil
    nothing for others. An urgent one takes along only what is urgent too.
    """
    if claimed.attempt > 1:
        return {}
    rows = Unit.objects.filter(of_steps([claimed.step]), state=UnitState.READY, due_at__lte=now, attempts=0)
    if claimed.urgent:
        rows = rows.filter(urgent=True)
    return dict(rows.order_by("-urgent", "due_at", "pk").values_list("pk", "subject")[:limit])


def on_their_way(steps: frozenset[Step], *, now: datetime) -> bool:
    """Is any of these steps due or being run at the moment?"""
    busy = Q(state=UnitState.READY, due_at__lte=now) | Q(state=UnitState.LEASED, lease_until__gte=now)
    return Unit.objects.filter(busy, of_steps(steps)).exists()


def end_wait(*, now: datetime, queues: frozenset[Queue] = frozenset(Queue), within: timedelta = GATHER) -> int:
    """There is nothing else to do: what only waits for company is due now. Returns how many.

    A unit that failed waits for another reason, and goes on waiting.
    """
    if Queue.PUBLISH not in queues:
        return 0
    mine = of_steps([Step.PUBLISH])
    waiting = Unit.objects.filter(mine, state=UnitState.READY, attempts=0, ran_at__gt=now - within)
    return waiting.filter(due_at__gt=now, due_at__lte=now + within).update(due_at=now)


def ring_due(*, now: datetime, limit: int = 500) -> int:
    """Ring what is due and was not rung lately. Returns how many; stops at the first that nobody hears."""
    rung = 0
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN)
    for unit in Unit.objects.filter(Q(pk__in=due(now=now, limit=limit)) & quiet).order_by("due_at", "pk"):
        if not _ring([unit.pk], Step(unit.step), now, due=now):
            break
        rung += 1
    return rung


def hurry(chosen: QuerySet[Unit], *, now: datetime) -> int:
    """Put what waits or is being done before everything else, due now. Parked and done ones stay as they are.

    Returns how many were put forward.
    """
    rows = list(chosen.filter(state__in=[UnitState.READY, UnitState.LEASED]))
    for unit in rows:
        waiting = Unit.objects.filter(pk=unit.pk, state=UnitState.READY)
        waiting.update(due_at=Least(F("due_at"), Value(now)))
        Unit.objects.filter(pk=unit.pk).update(urgent=True)
        _ring_after_commit([unit.pk], Step(unit.step), now, due=now)
    return len(rows)


def waiting(chosen: QuerySet[Unit]) -> bool:
    """Is there any among these that could be hurried, and was not?"""
    return chosen.filter(state__in=[UnitState.READY, UnitState.LEASED], urgent=False).exists()


def urgent(claimed: Claim) -> bool:
    """Is this unit urgent, by now? Somebody may have said so after it was claimed."""
    return claimed.urgent or Unit.objects.filter(pk=claimed.unit, urgent=True).exists()


def wake(parked: QuerySet[Unit], *, now: datetime) -> int:
    """Make parked units ready again, with their attempts forgiven."""
    rows = list(parked.filter(state=UnitState.PARKED))
    for unit in rows:
        arm(Step(unit.step), unit.subject, now=now)
    return len(rows)
