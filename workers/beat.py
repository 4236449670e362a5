"""The sweeper: every five seconds it rings what is due, and runs it itself where nobody answers the bell.

Knows: when to ring, when to stop waiting for others, and what time brings about. Must not know: what a step does.
Any number may run at once; all they do is idempotent. Celery's own beat is not used, because it can speak only through
the broker, and this is the part that must work without one (docs/adr/0001).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from desk import sessions
from feeds.api import allowances
from pipeline.actions import terms_step, upkeep
from pipeline.ledger import placements, pulse, statistics, subscriptions, units, watches
from pipeline.ledger.models import Unit
from pipeline.runner import Runner
from pipeline.stages import QUEUE_OF, Queue, Step, UnitState
from workers import abreast, broker, courtesy, spine

log = structlog.get_logger(__name__)

TICK_SECONDS = 5.0
PATIENCE = units.LEASE / 2  # how long due work may wait with nobody working on its queue
RUN_SECONDS = 4.0  # of a tick, when the sweeper runs steps itself
HOURLY = 3600.0


class Beat:
    """One sweeper. `broker_url` is empty when there is no broker: then it is the worker as well."""

    def __init__(self, runner: Runner, broker_url: str, clock: Callable[[], datetime]) -> None:
        self._runner = runner
        self._broker_url = broker_url
        self._clock = clock
        self._pushes = abreast.Abreast(runner, clock)
        self._next_upkeep = 0.0
        self._heard = time.monotonic()  # when the broker last answered
        self._more = False  # the last tick ended before the work did

    def tick(self) -> int:
        """Sweep once. Returns how many units were rung or run."""
        now = self._clock()
        self._more = False
        pulse.beat(pulse.SWEEPER, now=now)
        upkeep.lift_embargoes(now=now)
        if time.monotonic() >= self._next_upkeep:
            self._next_upkeep = time.monotonic() + HOURLY
            upkeep.expire_rights(now=now)
            upkeep.refresh_feeds(now=now)
            placements.look_again(now=now)
            watches.keep_up(spine.newsroom().config, now=now)
            terms_step.look_again(spine.newsroom().config.terms.check_days, now=now)
            courtesy.keep_up(now=now)
            subscriptions.drop_expired(now=now)
            allowances.forget(now=now)
            sessions.forget_ended(now=now)
            statistics.close_days(now=now)
        answers = bool(self._broker_url) and broker.answers(self._broker_url)
        if answers:
            self._heard = time.monotonic()
        if not self._broker_url or time.monotonic() - self._heard > PATIENCE.total_seconds():
            return self._work(frozenset(Queue))  # no worker can hear of anything, so there is no use waiting
        rung = units.ring_due(now=now) if answers else 0
        deserted = deserted_queues(now=now)
        if not deserted:
            return rung
        log.warning("queues.deserted", queues=sorted(deserted), broker=answers)
        return rung + self._work(frozenset(deserted))

    def _work(self, queues: frozenset[Queue]) -> int:
        """Run what is due in these queues: steps of ours one by one, pushes side by side."""
        ours = queues - abreast.QUEUES
        ran = self._runner.drain(ours, seconds=RUN_SECONDS)
        ran += self._pushes.drain(seconds=RUN_SECONDS) if queues & abreast.QUEUES else 0
        self._more = bool(units.due(now=self._clock(), queues=ours, limit=1))
        return ran

    def run(self, stopped: Callable[[], bool]) -> None:
        """Sweep until `stopped`, which is asked five times a second; without a pause while our own work is due."""
        while not stopped():
            until = time.monotonic() + TICK_SECONDS
            self.tick()
            time.sleep(0.1)  # always let others have the ledger for a moment
            while not stopped() and not self._more and time.monotonic() < until:
                time.sleep(0.2)
        self._pushes.close()


def deserted_queues(*, now: datetime) -> set[Queue]:
    """Queues whose work has been due for half a lease while nobody holds a lease in them: dead or deaf workers."""
    late = Unit.objects.filter(
        Q(state=UnitState.READY, due_at__lt=now - PATIENCE) | Q(state=UnitState.LEASED, lease_until__lt=now)
    )
    held = Unit.objects.filter(state=UnitState.LEASED, lease_until__gte=now)
    return _queues(late) - _queues(held)


def _queues(rows: QuerySet[Unit]) -> set[Queue]:
    # Told apart by an expression, lest SQLite reads the units of all time in the order of an index on steps.
    steps = rows.annotate(of=Concat("step", Value(""))).values_list("of", flat=True).distinct()
    return {QUEUE_OF[Step(step)] for step in steps}
