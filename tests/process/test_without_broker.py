"""The broker is a doorbell: without it, and before it comes, the same work is done."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
import redis

from tests.process.installation import Installation

pytestmark = [pytest.mark.process]


def published(installation: Installation) -> int:
    [(count,)] = installation.ask("SELECT count(*) FROM ledger_release WHERE state = 'usable' AND version = 1")
    return int(count)


def test_beat_alone_does_all_the_work(installation: Installation) -> None:
    installation.start("beat", broker_url="")
    started = time.monotonic()
    installation.submit(5)
    installation.finish()
    installation.note("seconds from submission to 5 published", round(time.monotonic() - started, 1))
    assert published(installation) == 5
    assert installation.disagreements() == ""

    [(article,)] = installation.ask("SELECT min(article_id) FROM ledger_release")
    (installation.home / f"public/es/articles/{article}.html").unlink()
    (installation.home / "private/el-faro/es/all/rss.xml").write_text("<rss/>")
    assert f"es/articles/{article}.html is missing" in installation.disagreements()
    assert "rss.xml of es/all for el-faro lacks" in installation.disagreements()
    installation.tornavoz("publish", "--all")  # the repair that the doctor names
    installation.drain()
    assert installation.disagreements() == ""


def test_work_goes_on_before_the_broker_comes_and_is_rung_for_afterwards(
    installation: Installation, broker_url: str
) -> None:
    installation.broker.stop()
    installation.start("beat", "translate", "intake", broker_url=broker_url)
    started = time.monotonic()
    installation.submit(2)
    installation.finish()
    installation.note("seconds until beat had published 2 in place of deaf workers", time.monotonic() - started)
    assert published(installation) == 2
    assert "unit.ran" in installation.log("beat")
    assert "unit.ran" not in installation.log("translate") + installation.log("intake")

    assert installation.broker.start() == broker_url
    started = time.monotonic()
    installation.until(lambda: listeners(installation) >= 2, 60, "both workers listen")
    installation.note("seconds until the workers heard the new broker", time.monotonic() - started)
    installation.submit(2, first=3)
    installation.finish()
    assert '"step": "translate"' in installation.log("translate")
    assert '"step": "publish"' in installation.log("intake")
    assert published(installation) == 4
    assert installation.disagreements() == ""


def listeners(installation: Installation) -> int:
    """Workers that wait at the broker for the bell."""
    with closing(redis.Redis(unix_socket_path=str(installation.home / "broker/broker.sock"))) as client:
        return int(client.info("clients")["blocked_clients"])
