"""Numbers of changes rise in the order of commits: whoever has seen a number will never be shown a lower one later."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from pipeline.ledger import changes
from pipeline.ledger.models import Release
from tests.make import Clock, Office, other


def test_releases_that_changed_together_share_a_number_and_the_next_is_higher(office: Office) -> None:
    office.publish(section="Bridges")
    first = changes.latest()
    assert set(Release.objects.values_list("change", flat=True)) == {first}
    office.publish(other(), url="https://river.example/library")
    assert changes.latest() == first + 1
    changes.note(Release.objects.none())
    assert changes.latest() == first + 1


@pytest.mark.django_db(transaction=True)
def test_who_draws_later_commits_later(home: Path) -> None:
    office = Office(home, Clock())
    early = office.release(office.publish()).pk
    late = office.release(office.publish(other(), url="https://river.example/library")).pk
    drawn, through = threading.Event(), threading.Event()

    def second() -> None:
        drawn.wait(10)
        try:
            with transaction.atomic():
                changes.note(Release.objects.filter(pk=late))
        finally:
            through.set()
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        changes.note(Release.objects.filter(pk=early))
        drawn.set()
        assert not through.wait(0.5), "it must wait: a mirror could see its number and miss ours"
    thread.join(30)
    assert through.is_set()
    numbers = dict(Release.objects.values_list("pk", "change"))
    assert numbers[early] < numbers[late] == changes.latest()
