"""Campaigns over the API: the same as at the desk and on the command line, safe to repeat, for the newsroom alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from feeds import tokens
from pipeline.ledger.models import Campaign, Delivery, Event
from tests.make import Office, other
from tests.web.conftest import Caller, problem

ALL = {"verb": "send", "choice": {"product": "es/all"}}
START = {**ALL, "reason": "a partner lost its copy"}


@pytest.fixture
def house(office: Office) -> Callable[..., Caller]:
    return lambda **more: Caller(tokens.HOUSE, **more)


@pytest.fixture
def released(office: Office) -> list[int]:
    return [office.publish(), office.publish(other(), url="https://river.example/library")]


def test_the_dry_run_says_who_gets_what_and_changes_nothing(released: list[int], house: Callable[..., Caller]) -> None:
    before = Event.objects.count()
    caller = house(scopes=["campaigns:read"])
    before += 1  # the token's own event
    plan = caller.post("/campaigns/plan", ALL).json()
    assert (plan["releases"], plan["articles"], plan["going"]) == (2, 2, 8)
    assert {each["partner"]: each["going"] for each in plan["receivers"]} == {
        "": 2,
        "el-faro": 2,
        "la-voz": 2,
        "diario-de-pago": 2,
    }
    assert (Campaign.objects.count(), Event.objects.count()) == (0, before)


def test_a_campaign_is_started_once_and_followed_to_its_end(
    office: Office, released: list[int], house: Callable[..., Caller]
) -> None:
    caller = house()
    first = caller.post("/campaigns", START, **{"Idempotency-Key": "monday"})
    again = caller.post("/campaigns", START, **{"Idempotency-Key": "monday"})
    unkeyed = caller.post("/campaigns", START)
    assert [each.status_code for each in (first, again, unkeyed)] == [201, 200, 200]
    assert len({each.json()["id"] for each in (first, again, unkeyed)}) == 1
    campaign = first.json()["id"]
    assert first.json()["state"] == "running"
    office.clock.at = timezone.now()  # the API lives by the wall clock
    office.run()
    end = caller.get(f"/campaigns/{campaign}").json()
    assert (end["state"], end["percent"], end["handed_over"], end["failed"]) == ("done", 100, 2, 0)
    sent = list(Delivery.objects.filter(campaign=campaign).values_list("release", "partner", "version"))
    assert len(sent) == len(set(sent)) == 6
    assert caller.post("/campaigns", START, **{"Idempotency-Key": "monday"}).json()["id"] == campaign
    assert Campaign.objects.get().actor.startswith("api:newsroom:")
    assert [each["id"] for each in caller.get("/campaigns").json()["campaigns"]] == [campaign]


def test_a_key_is_good_for_one_campaign_and_one_token(released: list[int], house: Callable[..., Caller]) -> None:
    caller = house()
    assert caller.post("/campaigns", START, **{"Idempotency-Key": "k"}).status_code == 201
    other_choice = {**START, "choice": {"articles": released[:1]}}
    problem(caller.post("/campaigns", other_choice, **{"Idempotency-Key": "k"}), 422, "idempotency-key-reused")
    assert house().post("/campaigns", other_choice, **{"Idempotency-Key": "k"}).status_code == 201


def test_it_is_paused_resumed_and_canceled(office: Office, released: list[int], house: Callable[..., Caller]) -> None:
    caller = house()
    campaign = caller.post("/campaigns", START).json()["id"]
    assert caller.post(f"/campaigns/{campaign}/pause", {}).json()["state"] == "paused"
    problem(caller.post(f"/campaigns/{campaign}/pause", {}), 409, "conflict")
    office.clock.at = timezone.now()
    office.run()
    assert caller.get(f"/campaigns/{campaign}").json()["handed_over"] == 0
    assert caller.post(f"/campaigns/{campaign}/resume", {}).json()["state"] == "running"
    assert caller.post(f"/campaigns/{campaign}/cancel", {}).json()["state"] == "canceled"
    told = Event.objects.filter(subject=f"campaign:{campaign}").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["campaign.started", "campaign.paused", "campaign.resumed", "campaign.canceled"]
    problem(caller.get("/campaigns/4711"), 404, "not-found")
    problem(caller.post(f"/campaigns/{campaign}/explode", {}), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {**START, "choice": {}},
        {**START, "choice": {"product": "es/none"}},
        {**START, "choice": {"colour": "blue"}},
        {**START, "verb": "shout"},
        {**START, "reason": "  "},
        ALL,
    ],
)
def test_what_makes_no_sense_is_refused(body: dict[str, Any], office: Office, house: Callable[..., Caller]) -> None:
    problem(house().post("/campaigns", body), 422, "invalid")
    assert not Campaign.objects.exists()


def test_only_the_newsrooms_own_tokens_open_campaigns(
    released: list[int],
    partner: Callable[..., Caller],
    automation: Callable[..., Caller],
    house: Callable[..., Caller],
) -> None:
    for caller in (partner(), automation()):
        problem(caller.post("/campaigns", START), 403, "forbidden")
        problem(caller.get("/campaigns"), 403, "forbidden")
    reader = house(scopes=["campaigns:read"])
    problem(reader.post("/campaigns", START), 403, "forbidden")
    assert reader.get("/campaigns").status_code == 200
    problem(house().get("/releases"), 403, "forbidden")
    assert house().get("/status").status_code == 200
    assert not Campaign.objects.exists()
