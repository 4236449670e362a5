"""Sends one document to many at once, so that those who are slow or dead do not delay the rest.

Knows: threads, and how long each push has taken so far. Must not know: subscriptions, HTTP, what is sent.

So many pushes run at a time as there are lanes. One that takes longer than a moment no longer counts: it goes on beside
the lanes, and the next one takes its place, up to a ceiling that bounds memory. So fifty servers that never answer cost
fifty waiting threads, and nobody else any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

LANES = 24
CEILING = 160
MOMENT = 0.5  # seconds
PULSE = 0.1  # seconds between two looks at who has become slow


def fan_out(
    jobs: Iterable[Job],
    send: Callable[[Job], Result],
    *,
    lanes: int = LANES,
    ceiling: int = CEILING,
    on_pulse: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Job, Result]]:
    """Each job with what `send` made of it, in the order in which they end. `jobs` is read as lanes become free.

    `on_pulse` is called on the caller's thread several times a second. An exception of `send` or `on_pulse` ends the
    whole, after what runs has ended.
    """
    waiting = iter(jobs)
    running: dict[Future[Result], tuple[Job, float]] = {}
    more = True
    with ThreadPoolExecutor(ceiling, thread_name_prefix="fan-out") as pool:
        while more or running:
            young = sum(time.monotonic() - begun < MOMENT for _, begun in running.values())
            while more and young < lanes and len(running) < ceiling:
                job = next(waiting, None)
                if job is None:
                    more = False
                    break
                running[pool.submit(send, job)] = (job, time.monotonic())
                young += 1
            ended, _ = wait(running, timeout=PULSE, return_when=FIRST_COMPLETED)
            on_pulse()
            for future in ended:
                job, _ = running.pop(future)
                yield job, future.result()
