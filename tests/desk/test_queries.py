"""Pages ask the ledger a bounded number of questions, however much is in it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.roles import Role
from tests.make import Office, other, story

MOST = 40  # on any page; the front page with all its piles needs the most


def count(client: Client, place: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place).status_code in (200, 302, 404)
    return len(asked)


def test_more_in_the_ledger_means_no_more_questions(
    office: Office, places: dict[str, str], signed_in: Callable[[Role | None], Client]
) -> None:
    office.engine.mark = ""

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            office.receive(story(), url=f"https://river.example/{number}")
            office.receive(other(), url=f"https://silent.example/{number}", source="silent-times")
        office.run()

    client = signed_in(Role.ADMIN)
    fill(0, 3)
    count(client, "/desk/")  # the session's first page writes when it was seen
    few = {name: count(client, place) for name, place in places.items()}
    fill(3, 9)
    many = {name: count(client, place) for name, place in places.items()}
    assert many == few
    assert max(many.values()) <= MOST, many
