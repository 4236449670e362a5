"""Deliver units side by side in this very process, so that one slow partner never delays another.

Knows: threads, and which units are in hand. Must not know: what a delivery is. Where Celery workers serve the deliver
queue nobody needs this; without a broker the sweeper and `tornavoz run` do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.db import connection, connections

from pipeline.ledger import units
from pipeline.runner import Clock, Outcome, Runner
from pipeline.stages import Queue

THREADS = 16
QUEUES = frozenset({Queue.DELIVER})


class Abreast:
    """A number of threads that run deliver units. What is still in hand when a drain ends goes on behind it."""

    def __init__(self, runner: Runner, clock: Clock, *, threads: int = THREADS) -> None:
        self._runner = runner
        self._clock = clock
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="deliver")
        self._in_hand: dict[int, Future[Outcome]] = {}

    def drain(self, *, seconds: float | None = None, on_run: Callable[[Outcome], None] | None = None) -> int:
        """Run due units until none is due or in hand, or the time is up. Returns how many ended meanwhile."""
        if connection.in_atomic_block:  # other threads cannot see what is not committed
            return self._runner.drain(QUEUES, seconds=seconds, on_run=on_run)
        until = None if seconds is None else time.monotonic() + seconds
        ran = self._ended(on_run)
        while until is None or time.monotonic() < until:
            self._take()
            if not self._in_hand:
                break
            wait(self._in_hand.values(), timeout=0.2, return_when=FIRST_COMPLETED)
            ran += self._ended(on_run)
        return ran

    def close(self) -> None:
        """Let what is in hand end; begin nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def _take(self) -> None:
        free = self._threads - len(self._in_hand)
        if free <= 0:
            return
        due = units.due(now=self._clock(), queues=QUEUES, limit=free + len(self._in_hand))
        for unit in [unit for unit in due if unit not in self._in_hand][:free]:
            self._in_hand[unit] = self._pool.submit(self._run, unit)

    def _run(self, unit: int) -> Outcome:
        try:
            return self._runner.run(unit)
        finally:
            connections.close_all()  # this thread's own

    def _ended(self, on_run: Callable[[Outcome], None] | None) -> int:
        ran = 0
        for unit, future in list(self._in_hand.items()):
            if future.done():
                del self._in_hand[unit]
                outcome = future.result()
                if outcome is not Outcome.NOT_DUE:
                    ran += 1
                    if on_run:
                        on_run(outcome)
        return ran
