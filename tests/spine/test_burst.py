"""A burst of articles renders a feed a few times, and a withdrawal in the middle of it waits for nothing."""

from __future__ import annotations

from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import Unit
from pipeline.stages import Step
from tests.make import Office


def renderings() -> dict[str, int]:
    """How often each feed, public or private, was rendered, whether or not that changed its files."""
    feeds = Unit.objects.filter(step=Step.PUBLISH).exclude(subject__startswith="page:")
    return dict(feeds.values_list("subject", "fence"))


def test_a_burst_is_a_few_renderings_of_each_feed_and_loses_nothing(office: Office) -> None:
    before = renderings()
    for number in range(30):
        office.receive(url=f"https://river.example/2026/bridge-{number}")
    office.run()
    assert len(office.bodies()) == 30
    assert len(office.bodies(partner="el-faro")) == 30
    rendered = {feed: times - before.get(feed, 0) for feed, times in renderings().items()}
    touched = {feed for feed, times in rendered.items() if times}
    assert touched == {"feed:1", "private:1:1", "private:2:1", "private:3:1"}
    assert max(rendered.values()) <= 3


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
