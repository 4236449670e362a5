"""Re-syndication and withdrawal at the desk, over HTTP: planned first, started once, watched, stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from desk.roles import Role
from pipeline.ledger.models import Article, Campaign, Delivery, Event
from tests.make import Office, other

SignedIn = Callable[[Role | None], Client]
PLAN = "/desk/campaigns/plan"


def work(office: Office) -> None:
    """What the desk has armed is due by the wall clock."""
    office.clock.at = datetime.now(UTC)
    office.run()


def start(client: Client, page: str, **fields: str) -> str:
    """Send the start form of a plan; the path one is led to."""
    given = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.split("campaigns/start")[1]))
    answer = client.post(reverse("desk:campaign-start"), {**given, "reason": "lost", **fields})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.fixture
def two(office: Office) -> list[int]:
    first = office.publish()
    return [first, office.publish(other(), source="harbor-wire", url="https://harbor.example/1")]


def test_a_plan_says_who_gets_what_and_why_not_and_changes_nothing(
    office: Office, two: list[int], signed_in: SignedIn
) -> None:
    shown = signed_in(Role.CHIEF).get(PLAN, {"product": "es/all", "verb": "send"}).content.decode()
    for words in (
        "2 releases match",
        "7 sendings go out, 1 do not",
        "non-commercial, and paid for",
        "public feeds",
        "Diario de Pago",
        "All 8 lines",
    ):
        assert words in shown
    assert not Campaign.objects.exists()
    lines = signed_in(Role.CHIEF).get(PLAN, {"product": "es/all", "verb": "send", "as": "csv"}).content.decode()
    assert len(lines.splitlines()) == 9


def test_a_campaign_is_started_once_however_often_it_is_pressed(
    office: Office, two: list[int], signed_in: SignedIn
) -> None:
    client = signed_in(Role.CHIEF)
    page = client.get(PLAN, {"product": "es/all", "verb": "send"}).content.decode()
    path = start(client, page)
    assert start(client, page) == path
    work(office)
    assert start(client, page) == path, "also when it is over"
    assert Campaign.objects.count() == 1
    assert Delivery.objects.filter(kind="resent", state="sent").count() == 5
    shown = client.get(path).content.decode()
    assert "2 of 2 releases handed over" in shown
    assert "hx-get" not in shown.split('id="progress"')[1].split(">")[0], "what is over is not asked for again"
    assert len(client.get(path + "/result.csv").content.decode().splitlines()) == 7
    assert Event.objects.get(action="campaign.started").actor == "desk:chief"


def test_a_campaign_is_paused_resumed_and_canceled(office: Office, two: list[int], signed_in: SignedIn) -> None:
    client = signed_in(Role.CHIEF)
    path = start(client, client.get(PLAN, {"product": "es/all", "verb": "send"}).content.decode())
    moving = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in moving
    assert "<html" not in moving
    for order, state in (("pause", "paused"), ("resume", "running"), ("cancel", "stopped for good")):
        shown = client.post(f"{path}/{order}", follow=True).content.decode()
        assert f'">{state}</span>' in shown
    assert "cannot be resumed" in client.post(f"{path}/resume", follow=True).content.decode()
    work(office)
    assert not Delivery.objects.filter(kind="resent").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"articles": "one", "verb": "send"}, "Write numbers"),
        ({"product": "es/nada", "verb": "send"}, "is not one of the available choices"),
        ({"since": "yesterday", "verb": "send"}, "Enter a valid date"),
        ({"section": " ", "verb": "send"}, "say what to send again"),
    ],
)
def test_a_choice_that_cannot_be_is_explained(
    given: dict[str, str], said: str, office: Office, signed_in: SignedIn
) -> None:
    answer = signed_in(Role.CHIEF).get(PLAN, given)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_translating_again_needs_a_model(office: Office, two: list[int], signed_in: SignedIn) -> None:
    shown = signed_in(Role.CHIEF).get(PLAN, {"product": "es/all", "verb": "translate"})
    assert shown.status_code == 422
    assert "tornavoz" in shown.content.decode(), "the way to get one"


def test_a_formula_in_a_text_stays_a_text(office: Office, signed_in: SignedIn) -> None:
    from desk.pages.campaigns import _harmless

    assert _harmless("=1+1") == "'=1+1"
    assert _harmless("es/all") == "es/all"
    assert _harmless(7) == 7


def test_a_withdrawal_is_shown_first_and_then_done_before_the_page_answers(
    office: Office, two: list[int], signed_in: SignedIn
) -> None:
    client, article = signed_in(Role.CHIEF), two[0]
    path = reverse("desk:withdraw", kwargs={"article": article})
    shown = client.get(path).content.decode()
    for words in ("es/all", "El Faro", "La Voz", "Diario de Pago"):
        assert words in shown
    assert client.post(path, {"kind": "kill"}).status_code == 422
    assert Article.objects.get(pk=article).withdrawn_at is None
    assert office.page(article).exists()
    answer = client.post(path, {"kind": "takedown", "reason": "the publisher asked"}, follow=True).content.decode()
    assert "The text has left every feed" in answer
    assert not office.page(article).exists()
    assert "El nuevo puente" not in office.feed().decode()
    row = Article.objects.get(pk=article)
    assert (row.withdrawal_kind, row.withdrawal_reason) == ("takedown", "the publisher asked")
    again = client.get(path, follow=True).content.decode()
    assert "was withdrawn on" in again
