"""One slow or dead receiver must not delay the others, and memory stays bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from feeds.fanout import fan_out


def test_everybody_is_reached_once_while_the_stuck_ones_wait() -> None:
    stuck, release = set(range(0, 60, 3)), threading.Event()
    ended: list[int] = []

    def send(job: int) -> int:
        if job in stuck:
            assert release.wait(30)
        return job * 2

    for job, result in fan_out(range(60), send, lanes=2, ceiling=40):
        assert result == job * 2
        ended.append(job)
        if len(ended) == 40:  # all that are not stuck, though twenty are and there are two lanes
            assert not stuck & set(ended)
            release.set()
    assert sorted(ended) == list(range(60))


def test_no_more_run_at_a_time_than_the_ceiling_says_and_jobs_are_read_as_needed() -> None:
    running, most, lock = 0, 0, threading.Lock()
    taken = 0

    def jobs() -> Iterator[int]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    def send(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    for number, _ in enumerate(fan_out(jobs(), send, lanes=8, ceiling=5)):
        assert taken <= number + 1 + 5
    assert most <= 5


def test_a_pulse_that_fails_ends_it_after_what_runs() -> None:
    done: list[int] = []

    def pulse() -> None:
        raise RuntimeError("the lease is lost")

    with pytest.raises(RuntimeError, match="lease"):
        list(fan_out(range(10), done.append, lanes=2, on_pulse=pulse))
    assert 1 <= len(done) <= 3


def test_nobody_is_reached_at_once() -> None:
    assert list(fan_out([], str)) == []
