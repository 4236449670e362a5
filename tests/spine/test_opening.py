"""A newsroom that was put back is the one that was made, and goes on as that one does."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import transaction

from pipeline.ledger.models import Event, MemoryEntry, Unit
from tests import make
from tests.make import START, Clock, Office
from tests.opening import FOLDERS, Opening


def without_our_own_time(found: Opening) -> Opening:
    """The translation memory notes the day by the machine's clock, not by the newsroom's."""
    return replace(found, tables={**found.tables, MemoryEntry._meta.db_table: None})


def test_a_newsroom_put_back_goes_on_like_the_one_that_was_made(
    home: Path, empty_ledger: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "_openings", {})
    seen = []
    for turn in range(2):
        assert bool(make._openings) is bool(turn), "the first is made, the second is put back"
        with transaction.atomic():
            office = Office(home, Clock())
            first_day = Opening.of(home)
            office.clock.forward(hours=1)
            article = office.publish(section="Bridges")
            seen.append((first_day, article, without_our_own_time(Opening.of(home))))
            assert Unit.objects.filter(due_at__gt=START).exists()
            assert Event.objects.exists()
            transaction.set_rollback(True)
        for folder in FOLDERS:
            shutil.rmtree(home / folder)
            (home / folder).mkdir()
    assert seen[0] == seen[1]
