"""Runs units of work: claim, work, save, or say why not.

Knows: leases, transactions, and the table of steps it is given. Must not know: what a step does, Celery, HTTP.

A step is a function from Work to an Effect. The function does the slow part, outside any transaction; the effect is
called inside the one transaction that also closes the unit, and is rolled back with it when the lease was lost.

Some work is cheaper in company: a PooledStep takes several units at once. Nothing else changes: each is claimed by
itself, and saved by itself, in a transaction of its own, as soon as its result is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import structlog
from django.db import transaction

from pipeline import telemetry
from pipeline.errors import PipelineError, StaleWork
from pipeline.ledger import audit, failures, units
from pipeline.stages import Queue, Step, UnitState

log = structlog.get_logger(__name__)

Effect = Callable[[], None]
Clock = Callable[[], datetime]
_LARGEST_POOL = 200  # units; far more than any budget lets in, and a bound for what one query brings


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


class PooledStep(Protocol):
    """A step that is cheaper for several subjects together."""

    @property
    def budget(self) -> int:
        """What a pool may weigh; a unit that is heavier by itself is run alone."""
        ...

    @property
    def patience(self) -> float:
        """Seconds that a pool waits for units that are on their way."""
        ...

    @property
    def feeders(self) -> frozenset[Step]:
        """Steps whose units are on their way to this one."""
        ...

    def weigh(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """What each subject would add to a pool."""
        ...

    def run(self, works: Sequence[Work]) -> Iterator[tuple[Work, Effect | Exception]]:
        """The effect of each work, or why it has none, in any order, each as soon as it is known."""
        ...


class Outcome(StrEnum):
    """How a run of a unit ended."""

    DONE = "done"
    FAILED = "failed"  # due again later
    PARKED = "parked"  # for a person
    STALE = "stale"  # somebody else had taken over; nothing was saved
    NOT_DUE = "not-due"  # nothing to claim


@dataclass(slots=True)
class _Run:
    """A claimed unit and when we began with it."""

    work: Work
    started: float = field(default_factory=time.monotonic)


class Runner:
    """Runs units with a table of steps and a clock. `pooled` steps take the place of those in the table."""

    def __init__(
        self,
        steps: Mapping[Step, StepFunction],
        clock: Clock,
        *,
        actor: str = "pipeline",
        pooled: Mapping[Step, PooledStep] | None = None,
    ) -> None:
        self._steps = steps
        self._clock = clock
        self._actor = actor
        self._pooled = pooled or {}

    def run(self, unit: int, *, patient: bool = False, on_run: Callable[[Outcome], None] | None = None) -> Outcome:
        """Claim a unit and run its step once; what may share a pool with it is claimed and run along.

        `patient`: a pool may wait a little for units that are on their way, because others work on them. `on_run` is
        told how each unit ended, the first one included.
        """
        claim = units.claim(unit, now=self._clock())
        if claim is None:
            return Outcome.NOT_DUE
        first = self._begun(claim)
        pooled = self._pooled.get(claim.step)
        if pooled is None:
            results: Iterator[tuple[Work, Effect | Exception]] = iter([(first.work, self._worked(first.work))])
            runs = [first]
        else:
            runs = [first, *self._company(claim, pooled, patient=patient)]
            results = self._pool(pooled, [run.work for run in runs])
        outcomes: dict[int, Outcome] = {}
        begun = {run.work.claim.unit: run for run in runs}
        for work, result in results:
            outcome = self._ended(begun[work.claim.unit], result)
            outcomes[work.claim.unit] = outcome
            if on_run:
                on_run(outcome)
        return outcomes[claim.unit]

    def run_now(self, wanted: Iterable[int], *, patience: float = 5.0) -> list[int]:
        """Run what cannot wait for a queue, and see it done. Returns the units that are not.

        Somebody else may run one of them, perhaps with what was true before it was armed; then it is to run once more.
        Such a unit is waited for, up to `patience` seconds in all; one that failed is not.
        """
        until = time.monotonic() + patience
        left = list(wanted)
        while True:
            for unit in left:
                self.run(unit)
            left, busy = units.undone(left)
            if not busy or time.monotonic() >= until:
                return left
            time.sleep(0.05)

    def _begun(self, claim: units.Claim) -> _Run:
        now = self._clock()
        return _Run(Work(subject=claim.subject, now=now, claim=claim, clock=self._clock, _renewed=now))

    def _worked(self, work: Work) -> Effect | Exception:
        claim = work.claim
        with structlog.contextvars.bound_contextvars(unit=claim.unit, step=claim.step, subject=claim.subject):
            try:
                return self._steps[claim.step](work)
            except Exception as error:  # the row must say what happened, whatever it was
                return error

    def _company(self, claim: units.Claim, pooled: PooledStep, *, patient: bool) -> list[_Run]:
        """Claim what is due and fits into a pool with a claimed unit."""
        room = pooled.budget - pooled.weigh([claim.subject])[claim.subject]
        until = time.monotonic() + (pooled.patience if patient and not claim.urgent and claim.attempt == 1 else 0)
        company: list[_Run] = []
        while room > 0:
            waiting = units.company(claim, now=self._clock(), limit=_LARGEST_POOL)
            weights = pooled.weigh(list(waiting.values()))
            for pk, subject in waiting.items():
                taken = units.claim(pk, now=self._clock()) if weights[subject] <= room else None
                if taken:
                    company.append(self._begun(taken))
                    room -= weights[subject]
            if time.monotonic() >= until or not units.on_their_way(pooled.feeders, now=self._clock()):
                break
            time.sleep(0.05)
        return company

    def _pool(self, pooled: PooledStep, works: Sequence[Work]) -> Iterator[tuple[Work, Effect | Exception]]:
        """The pool's results; if it breaks down, every unit without one gets the reason."""
        left = {work.claim.unit: work for work in works}
        log.info("pool.begun", step=works[0].claim.step, units=len(works))
        try:
            for work, result in pooled.run(works):
                del left[work.claim.unit]
                yield work, result
        except Exception as error:
            for work in left.values():
                yield work, error

    def _ended(self, run: _Run, result: Effect | Exception) -> Outcome:
        """Save, or write down why not."""
        claim = run.work.claim
        with structlog.contextvars.bound_contextvars(unit=claim.unit, step=claim.step, subject=claim.subject):
            outcome = self._saved(claim, result)
            seconds = time.monotonic() - run.started
            telemetry.STEP_SECONDS.labels(step=claim.step, outcome=outcome).observe(seconds)
            log.info("unit.ran", outcome=outcome, attempt=claim.attempt, seconds=round(seconds, 3))
        return outcome

    def _saved(self, claim: units.Claim, result: Effect | Exception) -> Outcome:
        try:
            if isinstance(result, Exception):
                raise result
            with transaction.atomic():
                units.close(claim, now=self._clock())
                result()
        except StaleWork:
            log.warning("unit.stale", fence=claim.fence)
            return Outcome.STALE
        except Exception as error:  # the row must say what happened, whatever it was; it is logged with its traceback
            if not isinstance(error, PipelineError):
                log.exception("unit.unexpected")
            return self._failed(claim, error)
        return Outcome.DONE

    def _failed(self, claim: units.Claim, error: Exception) -> Outcome:
        now, said = self._clock(), failures.of(error)
        try:
            with transaction.atomic():
                state = units.fail(claim, error, now=now)
                audit.record(
                    "unit.parked" if state is UnitState.PARKED else "unit.failed",
                    f"unit:{claim.unit}",
                    now=now,
                    actor=self._actor,
                    reason=said["last_error"][:2000],
                    details={
                        "step": claim.step,
                        "subject": claim.subject,
                        "attempt": claim.attempt,
                        "code": said["error_code"],
                        "reason_es": said["last_error_es"][:2000],
                    },
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
        """Run due units until none is due, or the time is up. Returns how many were run.

        What waits for company only is run when nothing else is left to do.
        """
        until = None if seconds is None else time.monotonic() + seconds
        ran = 0

        def count(outcome: Outcome) -> None:
            nonlocal ran
            ran += 1
            if on_run:
                on_run(outcome)

        while True:
            waiting = units.due(now=self._clock(), queues=queues, limit=50)
            if not waiting and not units.end_wait(now=self._clock(), queues=queues):
                return ran
            before = ran
            for unit in waiting:
                if until is not None and time.monotonic() >= until:
                    return ran
                self.run(unit, on_run=count)
            if waiting and ran == before:  # others took everything we saw
                return ran
