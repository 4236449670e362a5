"""Pushes that wait in the ledger say what is true when they go out, not what was true when they were queued."""

from __future__ import annotations

import pytest

from feeds.webhooks import message
from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import Delivery, Unit
from pipeline.runner import Outcome
from pipeline.stages import Step
from tests.make import Office, corrected


@pytest.fixture
def hooked(office: Office) -> Office:
    """One partner has a webhook, whose signing secret nobody has set: its pushes wait."""
    office.apply(office.text.replace('slug = "la-voz"', 'slug = "la-voz"\nwebhook = "https://la-voz.example/hook"'))
    office.run()
    return office


def pushed(office: Office, kind: str) -> Delivery:
    return Delivery.objects.get(partner__slug="la-voz", kind=kind)


def push(office: Office, delivery: Delivery) -> Outcome:
    unit = Unit.objects.get(step=Step.DELIVER, subject=f"delivery:{delivery.pk}")
    Unit.objects.filter(pk=unit.pk).update(state="ready", due_at=office.clock())
    return office.runner.run(unit.pk)


def test_a_push_without_a_signing_secret_waits_for_the_operator(hooked: Office) -> None:
    article = hooked.receive().article
    hooked.run()
    [parked] = hooked.fate(article)["parked"]
    assert parked["code"] == "config"
    assert "TORNAVOZ_WEBHOOK_LA_VOZ" in parked["reason"]
    assert pushed(hooked, "published").state == "pending"


def test_a_push_of_what_was_withdrawn_meanwhile_is_not_sent(hooked: Office) -> None:
    article = hooked.receive().article
    hooked.run()
    withdraw(article, kind="kill", reason="x", actor="ana", now=hooked.clock())
    assert push(hooked, pushed(hooked, "published")) is Outcome.DONE
    old = pushed(hooked, "published")
    assert (old.state, old.reason_code) == ("withheld", "not-usable")
    told = message(pushed(hooked, "withdrawn"), hooked.room.config)
    assert told["type"] == "release.withdrawn"
    assert isinstance(told["data"], dict)
    assert (told["data"]["status"], told["data"]["version"]) == ("canceled", 2)


def test_a_push_of_what_lost_its_rights_meanwhile_is_not_sent(hooked: Office) -> None:
    hooked.receive()
    hooked.run()
    hooked.apply(hooked.text.replace("licenses/by/4.0/", "licenses/by-nd/4.0/"))
    hooked.run()
    assert push(hooked, pushed(hooked, "published")) is Outcome.DONE
    assert pushed(hooked, "published").state == "withheld"


def test_a_push_carries_no_word_of_the_article(hooked: Office) -> None:
    hooked.receive()
    hooked.run()
    hooked.receive(corrected())
    hooked.run()
    said = message(pushed(hooked, "corrected"), hooked.room.config)
    assert isinstance(said["data"], dict)
    assert set(said["data"]) == {"guid", "version", "product", "status", "url", "original", "updated"}
    assert said["data"]["version"] == 2
