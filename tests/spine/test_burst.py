"""A burst of articles renders a feed a few times, and a withdrawal in the middle of it waits for nothing."""

from __future__ import annotations

from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import Event, Unit
from tests.make import Office


def renderings(office: Office) -> int:
    """How often the feeds of es/all were written."""
    return Event.objects.filter(action="output.published", subject="feed:1").count()


def test_a_burst_is_a_few_renderings_and_loses_nothing(office: Office) -> None:
    before = renderings(office)
    for number in range(30):
        office.receive(url=f"https://river.example/2026/bridge-{number}")
    office.run()
    assert len(office.bodies()) == 30
    assert len(office.bodies(partner="el-faro")) == 30
    assert 1 <= renderings(office) - before <= 3


def test_the_first_article_after_a_pause_is_published_at_once(office: Office) -> None:
    office.publish()
    office.clock.forward(minutes=1)
    office.receive(url="https://river.example/2026/other")
    for _ in range(5):  # extract, clear, translate, check, release
        [unit] = office.due()
        office.runner.run(unit)
    feed = Unit.objects.get(subject="feed:1")
    assert feed.pk in office.due()


def test_a_withdrawal_does_not_wait_behind_a_burst(office: Office) -> None:
    article = office.publish()
    for number in range(3):
        office.publish(url=f"https://river.example/2026/bridge-{number}")
    armed = withdraw(article, kind="kill", reason="not true", actor="ana", now=office.clock())
    assert set(armed.units) <= set(office.due())
    for unit in armed.units:
        office.runner.run(unit)
    guid = office.release(article).guid
    for form in ("rss", "atom", "json"):
        for partner in (None, "el-faro"):
            assert "alcaldesa" not in office.bodies(form, partner=partner)[guid]
    assert not office.page(article).exists()
