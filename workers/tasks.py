"""The one task: a unit's id comes in, its step runs.

Knows: nothing else. A message that is lost, doubled or late changes nothing, because the ledger decides what is due.
"""

from __future__ import annotations

from celery import shared_task

from pipeline.nudge import TASK
from workers.spine import runner


@shared_task(name=TASK)
def run(unit: int) -> None:
    """Run one unit, if it is due and nobody else has it, and what may share a pool with it."""
    runner().run(unit, patient=True)
