"""What one article costs does not depend on how many were published before.

Counted in steps of the database's own machine, which are the same in every run; times are for `make bench
BENCH=publish`. The ledger has the statistics that the hourly upkeep leaves, or, as in its first hour, none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from pipeline.ledger import planner
from pipeline.ledger.models import Product, Release
from tests.long_past import lengthen
from tests.make import Office

FEW, MANY = 200, 2_000


class Steps:
    """A hundred steps of SQLite's machine, counted."""

    def __init__(self) -> None:
        self.hundreds = 0

    def __call__(self) -> int:
        self.hundreds += 1
        return 0  # go on


@contextmanager
def counted() -> Iterator[Steps]:
    """Count what the database does until the block ends."""
    steps = Steps()
    connection.connection.set_progress_handler(steps, 100)
    try:
        yield steps
    finally:
        connection.connection.set_progress_handler(None, 100)


def cost(office: Office, past: int, *, analysed: bool) -> int:
    """Steps, in hundreds, of publishing one article after so many; the ledger is as it was afterwards."""
    with transaction.atomic():
        lengthen(Product.objects.get(slug="all"), past, now=office.clock())
        if analysed:
            planner.refresh()
        office.publish(url="https://river.example/2026/before")  # what is closed or written once is done with
        office.clock.forward(minutes=5)
        with counted() as steps:
            office.publish(url="https://river.example/2026/new")
        assert Release.objects.count() == past + 3
        transaction.set_rollback(True)
    return steps.hundreds


@pytest.mark.skipif(connection.vendor != "sqlite", reason="steps are counted by SQLite")
@pytest.mark.parametrize("analysed", [False, True])
def test_publishing_costs_the_same_after_few_articles_and_after_many(office: Office, analysed: bool) -> None:
    office.publish()
    few, many = (cost(office, past, analysed=analysed) for past in (FEW, MANY))
    assert few > 50
    assert many < 1.3 * few, f"{few} hundred steps after {FEW} articles, {many} hundred after {MANY}"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL sees to its own statistics")
def test_nothing_is_said_of_small_tables_because_they_may_grow_until_the_next_look(office: Office) -> None:
    office.publish()
    lengthen(Product.objects.get(slug="all"), planner.FEW, now=office.clock())
    planner.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl, CAST(stat AS INTEGER) FROM sqlite_stat1")
        rows = dict(cursor.fetchall())
        assert rows["ledger_release"] >= planner.FEW
        assert "ledger_partner" not in rows, "it has three rows"
        assert min(rows.values()) >= planner.FEW
        cursor.execute("DELETE FROM sqlite_stat1")  # the tests that follow run without, as they did before
        cursor.execute("ANALYZE sqlite_schema")
