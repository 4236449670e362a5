"""Long lists are counted as far as that is cheap, and say so; every page of them can be reached all the same."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from desk import paging
from desk.paging import Page
from pipeline.ledger.models import Event
from tests.make import START


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """A ledger of 23 events where ten are counted."""
    monkeypatch.setattr(paging, "MOST", 10)
    Event.objects.bulk_create(Event(at=START, actor="test", action="a", subject=f"x:{n}") for n in range(1, 24))


def turned(page: str, rows: int = 23) -> Page:
    events = Event.objects.filter(subject__in=[f"x:{n}" for n in range(1, rows + 1)]).order_by("-pk")
    return paging.turned(RequestFactory().get("/", {"page": page}), events, size=4)


@pytest.mark.usefixtures("few_counted")
def test_a_list_that_is_dear_to_turn_ends_early_and_says_so() -> None:
    events = Event.objects.order_by("-pk")
    page = paging.turned(RequestFactory().get("/", {"page": "9"}), events, size=4, reach=12)
    assert (shown(page), page.number, page.after, page.ends_early) == ([15, 14, 13, 12], 3, 0, True)
    page = paging.turned(RequestFactory().get("/", {"page": "2"}), events, size=4, reach=12)
    assert (page.after, page.ends_early) == (3, False)
    page = paging.turned(RequestFactory().get("/", {"page": "9"}), events, size=4, reach=24)
    assert (shown(page), page.ends_early) == ([3, 2, 1], False)


def shown(page: Page) -> list[int]:
    return [int(event.subject[2:]) for event in page.rows]


@pytest.mark.usefixtures("few_counted")
def test_a_short_list_is_counted_to_its_end() -> None:
    page = turned("3", rows=10)
    assert (shown(page), page.total, page.more) == ([2, 1], 10, False)
    assert (page.pages, page.before, page.after) == (3, 2, 0)


@pytest.mark.usefixtures("few_counted")
def test_a_long_list_says_more_than_and_goes_on_to_its_end() -> None:
    every = [turned(str(number)) for number in range(1, 7)]
    assert [event for page in every for event in shown(page)] == list(range(23, 0, -1))
    assert {(page.total, page.more, page.pages) for page in every} == {(10, True, 3)}
    assert [page.after for page in every] == [2, 3, 4, 5, 6, 0]


@pytest.mark.usefixtures("few_counted")
@pytest.mark.parametrize(
    ("asked", "number"), [("", 1), ("0", 1), ("-3", 1), ("x", 1), ("²", 1), ("6", 6), ("7", 6), ("999999999", 6)]
)
def test_a_number_out_of_range_is_the_nearest_page(asked: str, number: int) -> None:
    assert turned(asked).number == number
    assert turned(asked, rows=10).number == min(number, 3)


@pytest.mark.usefixtures("few_counted")
def test_an_empty_list_has_one_empty_page() -> None:
    page = turned("2", rows=0)
    assert (shown(page), page.number, page.pages, page.before, page.after) == ([], 1, 1, 0, 0)
