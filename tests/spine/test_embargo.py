"""An embargo is a moment in the ledger. Until it has come nothing of the article is to be seen anywhere."""

from __future__ import annotations

import pytest

from pipeline.actions import upkeep
from pipeline.actions.withdraw import withdraw
from pipeline.ledger import units
from pipeline.ledger.models import Delivery, Event, Unit
from pipeline.stages import Step
from tests.make import SPANISH, START, Office, corrected, story


@pytest.fixture
def waiting(office: Office) -> Office:
    """The public product waits an hour; one partner is pushed to by webhook."""
    text = office.text.replace('title = "Todo"', 'title = "Todo"\ndelay_minutes = 60')
    hooked = text.replace('slug = "la-voz"', 'slug = "la-voz"\nwebhook = "https://la-voz.example/hook"')
    office.apply(hooked)
    office.run()
    return office


def unseen(office: Office) -> bool:
    texts = list(office.files().values())
    return not any(b"alcaldesa" in content or b":article/" in content for content in texts)


def test_until_the_embargo_ends_nothing_is_to_be_seen(waiting: Office) -> None:
    article = waiting.publish()
    release = waiting.release(article)
    assert (release.state, release.embargo_until) == ("scheduled", START.replace(hour=10))
    upkeep.refresh_everything(now=waiting.clock.forward(minutes=59))
    waiting.run()
    assert unseen(waiting)
    assert upkeep.lift_embargoes(now=waiting.clock()) == 0


def test_time_alone_does_not_end_it(waiting: Office) -> None:
    article = waiting.publish()
    waiting.clock.forward(days=3)
    upkeep.refresh_everything(now=waiting.clock())
    units.arm(Step.RELEASE, f"translation:{waiting.release(article).translation_id}", now=waiting.clock())
    waiting.run()
    assert waiting.release(article).state == "scheduled"
    assert unseen(waiting)


def test_when_it_ends_the_article_is_published_with_that_hour(waiting: Office) -> None:
    article = waiting.publish()
    waiting.clock.forward(minutes=60)
    assert upkeep.lift_embargoes(now=waiting.clock()) == 1
    assert upkeep.lift_embargoes(now=waiting.clock()) == 0
    release = waiting.release(article)
    assert (release.state, release.version, release.published_at) == ("usable", 1, waiting.clock())
    waiting.runner.drain(frozenset({"publish"}))  # type: ignore[arg-type]
    assert SPANISH[str(story()["headline"])] == waiting.items()[release.guid]["title"]
    assert waiting.page(article).exists()
    assert Event.objects.filter(action="release.embargo-ended", article=article).count() == 1


def test_no_partner_is_pushed_to_before_the_end_and_each_is_at_the_end(waiting: Office) -> None:
    waiting.publish()
    assert not Unit.objects.filter(step=Step.DELIVER).exists()
    waiting.clock.forward(minutes=60)
    upkeep.lift_embargoes(now=waiting.clock())
    pushed = Delivery.objects.get(partner__slug="la-voz")
    assert [unit.subject for unit in Unit.objects.filter(step=Step.DELIVER)] == [f"partner:{pushed.partner_id}"]


def test_a_correction_during_the_embargo_waits_with_it(waiting: Office) -> None:
    article = waiting.publish()
    waiting.clock.forward(minutes=30)
    waiting.publish(corrected(), correction="Fueron 14 millones.")
    release = waiting.release(article)
    assert (release.state, release.version, release.embargo_until) == ("scheduled", 2, START.replace(hour=10))
    assert unseen(waiting)
    assert not Unit.objects.filter(step=Step.DELIVER).exists()


def test_a_newer_translation_with_the_same_text_does_not_end_it(waiting: Office) -> None:
    article = waiting.publish()
    waiting.clock.forward(minutes=61)
    waiting.publish(story(keywords=["tolls"]))
    assert waiting.release(article).state == "scheduled"
    assert upkeep.lift_embargoes(now=waiting.clock()) == 1


def test_a_withdrawal_before_the_end_means_that_nobody_ever_heard_of_it(waiting: Office) -> None:
    article = waiting.publish()
    withdraw(article, kind="kill", reason="x", actor="ana", now=waiting.clock())
    waiting.run()
    upkeep.lift_embargoes(now=waiting.clock.forward(hours=2))
    waiting.run()
    assert unseen(waiting)
    assert not Unit.objects.filter(step=Step.DELIVER).exists()
    assert not Delivery.objects.filter(kind="withdrawn").exists()
