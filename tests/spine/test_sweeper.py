"""The sweeper as a worker: where there is no broker, it runs what is due."""

from __future__ import annotations

from itertools import count

import pytest

from tests.make import Office
from workers import beat
from workers.beat import Beat


def test_it_does_not_rest_while_work_is_due(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "RUN_SECONDS", 0.05)  # of a tick: far too short for all of it
    monkeypatch.setattr(beat, "TICK_SECONDS", 3600.0)
    for number in range(6):
        office.receive(url=f"https://river.example/{number}")
    asked = count()
    Beat(office.runner, "", office.clock).run(lambda: not office.due() or next(asked) > 100)
    assert not office.due()
