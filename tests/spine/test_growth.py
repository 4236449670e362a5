"""What one article costs, or a look for work, does not depend on how many were published before.

Counted in steps of the database's own machine, which are the same in every run; times are for `make bench
BENCH=publish`. A ledger that was never analysed is the usual one; the work goes on at the same pace where somebody did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from desk.roles import Role
from pipeline.actions import upkeep
from pipeline.ledger import deliveries, units
from pipeline.ledger.models import Partner, Product, Release
from tests.desk.conftest import make_person
from tests.long_past import lengthen
from tests.make import Office
from workers import beat

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


def publish(office: Office) -> None:
    office.publish(url="https://river.example/2026/new")


def look_for_work(office: Office) -> None:
    """What the sweeper asks every five seconds, and a worker before each step."""
    now = office.clock()
    assert units.due(now=now) == []
    assert units.end_wait(now=now) == 0
    assert beat.deserted_queues(now=now) == set()
    assert upkeep.lift_embargoes(now=now) == 0


def look_for_pushes(office: Office) -> None:
    for partner in Partner.objects.all():
        assert deliveries.next_open(partner.pk, "webhook") is None
    assert deliveries.backlog(at_most=10) == 0


def look_at_the_front_page(office: Office) -> None:
    client = Client()
    client.force_login(make_person(Role.CHIEF))
    assert client.get("/desk/").status_code == 200


def cost(office: Office, past: int, act: Callable[[Office], None], *, analysed: bool) -> int:
    """Steps, in hundreds, of something done after so many articles; the ledger is as it was afterwards."""
    with transaction.atomic():
        lengthen(Product.objects.get(slug="all"), past, now=office.clock())
        if analysed:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        office.publish(url="https://river.example/2026/before")  # what is closed or written once is done with
        office.clock.forward(minutes=5)
        with counted() as steps:
            act(office)
        assert Release.objects.count() >= past + 2
        transaction.set_rollback(True)
    return steps.hundreds


@pytest.mark.skipif(connection.vendor != "sqlite", reason="steps are counted by SQLite")
@pytest.mark.parametrize(
    ("act", "analysed"),
    [
        *((act, analysed) for act in (publish, look_for_work, look_for_pushes) for analysed in (False, True)),
        (look_at_the_front_page, False),
    ],
)
def test_it_costs_the_same_after_few_articles_and_after_many(
    office: Office, act: Callable[[Office], None], analysed: bool
) -> None:
    office.publish()
    few, many = (cost(office, past, act, analysed=analysed) for past in (FEW, MANY))
    assert many <= 1.3 * few + 10, f"{few} hundred steps after {FEW} articles, {many} hundred after {MANY}"
