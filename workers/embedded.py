"""The work done in this very process: the default on one machine, the harness of the tests, the tool for a bad day.

Knows: the runner and the sweeper. Must not know: the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Q

from pipeline.actions import upkeep
from pipeline.clock import now
from pipeline.ledger.models import Unit
from pipeline.runner import Outcome
from pipeline.stages import Queue, Step, UnitState
from workers.abreast import QUEUES, Abreast
from workers.beat import Beat
from workers.spine import runner


def until_idle(on_step: Callable[[int, int], None]) -> dict[str, Any]:
    """Run due units until none is left. `on_step` hears (done, known so far). Returns counts."""
    upkeep.lift_embargoes(now=now())
    outcomes: Counter[str] = Counter()

    def ran(outcome: Outcome) -> None:
        outcomes[outcome] += 1
        done = outcomes.total()
        on_step(done, done + Unit.objects.filter(_due()).count())

    pushes = Abreast(runner(), now)
    try:
        while runner().drain(frozenset(Queue) - QUEUES, on_run=ran) + pushes.drain(on_run=ran):
            pass  # what one of them did may have made the other's work due
    finally:
        pushes.close()
    return {
        "ran": outcomes.total(),
        "failed": outcomes[Outcome.FAILED],
        "stopped": outcomes[Outcome.PARKED],
        "parked": Unit.objects.filter(state=UnitState.PARKED).count(),
        "waiting": Unit.objects.filter(state=UnitState.READY).exclude(step=Step.POLL).count(),
        "watching": Unit.objects.filter(state=UnitState.READY, step=Step.POLL).count(),  # never ends: no work is left
        "leased": Unit.objects.filter(state=UnitState.LEASED).count(),
    }


def sentence(report: dict[str, Any]) -> str:
    """The counts in words, hiding nothing that still waits."""
    parts = [f"{report['ran']} units run"]
    if report["failed"]:
        parts.append(f"{report['failed']} failed and will be tried again")
    if report["waiting"]:
        parts.append(f"{report['waiting']} wait for their time")
    if report["leased"]:
        parts.append(f"{report['leased']} are in other hands")
    if report["parked"]:
        parts.append(f"{report['parked']} wait for a person: tornavoz status")
    if report["watching"]:
        parts.append(f"watched feeds, asked again when it is time: {report['watching']}")
    return ", ".join(parts)


def sweep_for_ever(stopped: Callable[[], bool]) -> None:
    """The sweeper, until `stopped`."""
    Beat(runner(), settings.BROKER_URL, now).run(stopped)


def _due() -> Q:
    return Q(state=UnitState.READY, due_at__lte=now()) | Q(state=UnitState.LEASED, lease_until__lt=now())
