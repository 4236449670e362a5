"""Acceptance: whatever is killed, frozen or stopped, every article is published exactly once and none is lost."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest
from lxml import etree

from tests.process.installation import Installation

pytestmark = [pytest.mark.process]


def guids_in_files(installation: Installation) -> dict[str, list[str]]:
    """Ids of every feed file, public and private, as often as they stand there."""
    found = {}
    for folder in (installation.home / "public/feeds/es/all", installation.home / "private/el-faro/es/all"):
        atom = etree.parse(folder / "atom.xml").iterfind("{*}entry/{*}id")
        found[f"{folder}/atom"] = [each.text or "" for each in atom]
        found[f"{folder}/rss"] = [each.text or "" for each in etree.parse(folder / "rss.xml").iterfind(".//item/guid")]
        found[f"{folder}/json"] = [item["id"] for item in json.loads((folder / "feed.json").read_text())["items"]]
    return found


def assert_each_published_once(installation: Installation, articles: list[int]) -> None:
    released = installation.ask("SELECT article_id, version, state FROM ledger_release ORDER BY article_id")
    assert released == [(article, 1, "usable") for article in sorted(articles)]
    assert installation.ask("SELECT count(*) FROM ledger_article") == [(len(articles),)]
    for action in ("translation.drafted", "release.created"):  # done twice by two workers, it was still saved once
        assert installation.ask("SELECT count(*) FROM ledger_event WHERE action = ?", action) == [(len(articles),)]
    wanted = sorted(f"tag:eco.example,2026:article/{article}/es" for article in articles)
    for name, guids in guids_in_files(installation).items():
        assert sorted(guids) == wanted, name
    for article in articles:
        assert (installation.home / f"public/es/articles/{article}.html").exists()
    assert installation.ask("SELECT subject, last_error FROM ledger_unit WHERE state = 'parked'") == []
    assert installation.disagreements() == ""


def test_thirty_articles_survive_a_killed_translator_and_a_killed_broker(
    installation: Installation, broker_url: str
) -> None:
    installation.start("beat", "translate", "intake", broker_url=broker_url)
    started = time.monotonic()
    articles = installation.submit(12)
    [long_one] = installation.submit(1, first=13, sentences=200)
    articles += [long_one, *installation.submit(17, first=14)]
    assert len(articles) == 30

    unit = installation.until(lambda: installation.translating(long_one), 60, "the long article is being translated")
    killed = installation.pid("translate")
    os.killpg(killed, signal.SIGKILL)
    assert installation.translating(long_one) == unit  # it died with the unit in its hands

    broker = installation.broker.pid
    assert broker is not None
    os.kill(broker, signal.SIGKILL)
    installation.until(lambda: installation.broker.pid not in {None, broker}, 20, "the broker was started again")

    installation.finish(120)
    installation.note("seconds until all 30 were published", round(time.monotonic() - started, 1))
    installation.note("claims of the unit whose worker was killed", installation.fence(unit))
    assert installation.pid("translate") != killed
    assert installation.fence(unit) >= 2  # somebody else took the unit over
    assert_each_published_once(installation, articles)


def test_a_frozen_translator_is_overtaken_and_its_late_result_thrown_away(
    installation: Installation, broker_url: str
) -> None:
    installation.start("beat", "translate", "intake", broker_url=broker_url)
    [article] = installation.submit(1, sentences=200)
    unit = installation.until(lambda: installation.translating(article), 60, "the article is being translated")
    installation.signal_group("translate", signal.SIGSTOP)
    try:
        frozen = time.monotonic()
        more = installation.submit(2, first=2)  # work for a queue whose only worker does not move
        installation.finish()
        installation.note("seconds until beat had done a frozen worker's work", round(time.monotonic() - frozen, 1))
        assert '"step": "translate"' in installation.log("beat")
    finally:
        installation.signal_group("translate", signal.SIGCONT)
    installation.until(lambda: '"unit.stale"' in installation.log("translate"), 30, "the late result is refused")
    assert installation.fence(unit) == 2
    assert_each_published_once(installation, [article, *more])


def test_a_translator_that_is_told_to_stop_ends_soon_and_loses_nothing(
    installation: Installation, broker_url: str
) -> None:
    installation.start("beat", "translate", "intake", broker_url=broker_url)
    [article] = installation.submit(1, sentences=200)
    installation.until(lambda: installation.translating(article), 60, "the article is being translated")
    told = installation.pid("translate")
    os.kill(told, signal.SIGTERM)
    started = time.monotonic()
    installation.until(lambda: "ended with status" in installation.log("translate"), 30, "the translator has ended")
    installation.note("seconds from SIGTERM to the end", round(time.monotonic() - started, 1))
    installation.finish()
    assert_each_published_once(installation, [article])
