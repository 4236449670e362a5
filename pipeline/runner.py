"""Runs one unit of work: claim, work, save, or say why not.

Knows: leases, transactions, and the table of steps it is given. Must not know: what a step does, Celery, HTTP.

A step is a function from Work to an Effect. The function does the slow part, outside any transaction; the effect is
called inside the one transaction that also closes the unit, and is rolled back with it when the lease was lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import transaction

from pipeline import telemetry
from pipeline.errors import PipelineError, StaleWork
from pipeline.ledger import audit, units
from pipeline.stages import Queue, Step, UnitState

log = structlog.get_logger(__name__)

Effect = Callable[[], None]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Work:
    """What a step is given: its subject, the time, and a way to say "I am still here"."""

    subject: str
    now: datetime
    claim: units.Claim
    clock: Clock
    _renewed: datetime

    def renew(self) -> None:
        """Keep the lease of a long step; cheap, call it between batches. StaleWork means: stop."""
        now = self.clock()
        if now - self._renewed >= units.RENEW_EVERY:
            units.renew(self.claim, now=now)
            self._renewed = now


StepFunction = Callable[[Work], Effect]


class Outcome(StrEnum):
    """How a run of a unit ended."""

    DONE = "done"
    FAILED = "failed"  # due again later
    PARKED = "parked"  # for a person
    STALE = "stale"  # somebody else had taken over; nothing was saved
    NOT_DUE = "not-due"  # nothing to claim


class Runner:
    """Runs units with a table of steps and a clock."""

    def __init__(self, steps: Mapping[Step, StepFunction], clock: Clock, *, actor: str = "pipeline") -> None:
        self._steps = steps
        self._clock = clock
        self._actor = actor

    def run(self, unit: int) -> Outcome:
        """Claim a unit and run its step once."""
        claim = units.claim(unit, now=self._clock())
        if claim is None:
            return Outcome.NOT_DUE
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(unit=claim.unit, step=claim.step, subject=claim.subject):
            outcome = self._run(claim)
            telemetry.STEP_SECONDS.labels(step=claim.step, outcome=outcome).observe(time.monotonic() - started)
            log.info("unit.ran", outcome=outcome, attempt=claim.attempt, seconds=round(time.monotonic() - started, 3))
        return outcome

    def _run(self, claim: units.Claim) -> Outcome:
        now = self._clock()
        work = Work(subject=claim.subject, now=now, claim=claim, clock=self._clock, _renewed=now)
        try:
            effect = self._steps[claim.step](work)
            with transaction.atomic():
                units.close(claim, now=self._clock())
                effect()
        except StaleWork:
            log.warning("unit.stale", fence=claim.fence)
            return Outcome.STALE
        except Exception as error:  # the row must say what happened, whatever it was; it is logged with its traceback
            if not isinstance(error, PipelineError):
                log.exception("unit.unexpected")
            return self._failed(claim, error)
        return Outcome.DONE

    def _failed(self, claim: units.Claim, error: Exception) -> Outcome:
        now = self._clock()
        try:
            with transaction.atomic():
                state = units.fail(claim, error, now=now)
                audit.record(
                    "unit.parked" if state is UnitState.PARKED else "unit.failed",
                    f"unit:{claim.unit}",
                    now=now,
                    actor=self._actor,
                    reason=str(error)[:2000],
                    details={"step": claim.step, "subject": claim.subject, "attempt": claim.attempt},
                )
        except StaleWork:
            return Outcome.STALE
        log.warning("unit.failed", error=str(error)[:500], parked=state is UnitState.PARKED)
        return Outcome.PARKED if state is UnitState.PARKED else Outcome.FAILED

    def drain(
        self,
        queues: frozenset[Queue] = frozenset(Queue),
        *,
        seconds: float | None = None,
        on_run: Callable[[Outcome], None] | None = None,
    ) -> int:
        """Run due units until none is due, or the time is up. Returns how many were run."""
        until = None if seconds is None else time.monotonic() + seconds
        ran = 0
        while waiting := units.due(now=self._clock(), queues=queues, limit=50):
            progress = False
            for unit in waiting:
                if until is not None and time.monotonic() >= until:
                    return ran
                outcome = self.run(unit)
                if outcome is not Outcome.NOT_DUE:
                    progress = True
                    ran += 1
                    if on_run:
                        on_run(outcome)
            if not progress:  # others took everything we saw
                return ran
        return ran
