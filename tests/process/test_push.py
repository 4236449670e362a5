"""Acceptance: pushes through real programs, to an independent subscriber, and past a killed worker."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.process.installation import ROOT, Installation, free_port, started
from tests.process.test_up import get
from tests.receiver import Answer, Got, receiver

pytestmark = [pytest.mark.process]

SECRET = "whsec_" + base64.b64encode(b"a secret of El Faro alone").decode()
PROGRAMS = ("beat", "translate", "intake", "deliver")


def configure(installation: Installation, *changes: tuple[str, str]) -> None:
    """Change its newsroom.toml, allow receivers on this machine, and have it applied."""
    path = installation.home / "newsroom.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text + '\n[network]\nallow_private = ["127.0.0.1"]\n', encoding="utf-8")
    installation.tornavoz("config")


class Subscriber:
    """Flask-WebSub's subscriber, running as a program of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[dict[str, Any]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def heard(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.said if each["event"] == event]

    def unsubscribe(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


class Ended:
    """A program that ends with the block, however the block ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def close(self) -> None:
        self._process.terminate()


@contextmanager
def subscriber(folder: Path, topic: str) -> Iterator[Subscriber]:
    argv = [sys.executable, "-m", "tests.process.subscriber", str(folder), str(free_port()), topic]
    with subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Subscriber(process)
        finally:
            process.kill()


def test_an_independent_subscriber_hears_of_what_is_published_and_leaves(
    installation: Installation, broker_url: str, tmp_path: Path
) -> None:
    port = free_port()
    configure(installation, ('url = "https://eco.example"', f'url = "http://127.0.0.1:{port}"'))
    installation.start(*PROGRAMS, broker_url=broker_url)
    topic = f"http://127.0.0.1:{port}/feeds/es/all/rss.xml"
    feed = installation.home / "public/feeds/es/all/rss.xml"
    serve = ["workers.cli", "--home", str(installation.home), "serve", "--port", str(port)]
    with started(serve, installation, "web") as web, closing(Ended(web)):
        installation.until(lambda: get(port, "/feeds/es/all/rss.xml")[0] == 200, 60, "the feed is served")
        with subscriber(tmp_path, topic) as reader:
            installation.until(lambda: reader.heard("subscribe"), 30, "the subscription is confirmed")
            assert reader.heard("found")[0]["hub_url"] == f"http://127.0.0.1:{port}/hub"

            [article] = installation.submit(1)
            installation.until(lambda: not installation.open_units(), 60, "all work done")
            installation.approve_held()
            guid = f"tag:eco.example,2026:article/{article}/es".encode()
            installation.until(lambda: guid in feed.read_bytes(), 60, "the article is published")
            written = feed.stat().st_ctime
            digest = hashlib.sha256(feed.read_bytes()).hexdigest()
            updates = installation.until(
                lambda: [each for each in reader.heard("update") if each["sha256"] == digest], 30, "a signed update"
            )
            installation.note("seconds from the published file to the signed update", updates[0]["at"] - written)
            assert [each["sha256"] for each in reader.heard("update")].count(digest) == 1

            reader.unsubscribe()
            installation.until(lambda: reader.heard("unsubscribe"), 30, "the subscription is ended")
            gone = "SELECT count(*) FROM ledger_subscription"
            installation.until(lambda: installation.ask(gone) == [(0,)], 30, "the hub has forgotten it")
            heard = len(reader.heard("update"))
            installation.submit(1, first=2)
            installation.finish()
            assert len(reader.heard("update")) == heard


def test_a_worker_that_is_killed_while_it_pushes_loses_nothing_and_keeps_the_order(
    installation: Installation, broker_url: str
) -> None:
    sending, killed = threading.Event(), threading.Event()

    def answer(got: Got) -> Answer:
        if not sending.is_set():
            sending.set()
            killed.wait(30)  # the worker dies while it waits for this answer
        return Answer()

    with receiver() as el_faro:
        el_faro.answer = answer
        configure(installation, ('slug = "el-faro"', f'slug = "el-faro"\nwebhook = "{el_faro.url}/hook"'))
        installation.env["TORNAVOZ_WEBHOOK_EL_FARO"] = SECRET
        installation.start(*PROGRAMS, broker_url=broker_url)
        installation.submit(4)
        installation.until(lambda: _approved(installation) and sending.is_set(), 90, "a push is under way")
        died = installation.pid("deliver")
        os.killpg(died, signal.SIGKILL)
        killed.set()
        installation.finish()
        installation.until(lambda: _unsent(installation) == 0, 60, "every push was taken")

        assert installation.pid("deliver") != died
        ids = [got.headers["webhook-id"] for got in el_faro.posts]
        wanted = [f"delivery-{pk}" for (pk,) in installation.ask("SELECT id FROM ledger_delivery ORDER BY id")]
        assert ids[0] == ids[1], "the push under way was repeated, under its own id"
        assert ids[1:] == wanted, "each once after that, in order"
        for got in el_faro.posts:
            Webhook(SECRET).verify(got.body, got.headers)
        tries = installation.ask("SELECT status FROM ledger_attempt ORDER BY id")
        assert tries == [(None,), *[(200,)] * len(wanted)], "the lost try is on record too"
        installation.note("pushes for events", len(ids) / len(wanted))


def test_a_partner_that_hangs_and_fails_gets_everything_later_and_delays_nobody(
    installation: Installation, broker_url: str
) -> None:
    """The first partner hangs, answers 500, and is back only after the worker was killed while it spoke to it."""
    hangs, goes_on, speaks, killed = (threading.Event() for _ in range(4))
    taken: list[str] = []

    def answer(got: Got) -> Answer:
        tried = len(el_faro.posts)
        if tried == 1:
            hangs.set()
            goes_on.wait(30)
        if tried <= 3:
            return Answer(500, b"out of order")
        if tried == 4:
            speaks.set()
            killed.wait(30)
        else:
            taken.append(got.headers["webhook-id"])
        return Answer()

    with receiver() as el_faro, receiver() as la_voz:
        el_faro.answer = answer
        other = f"""
[[partner]]
slug = "la-voz"
name = "La Voz"
use = "N"
webhook = "{la_voz.url}/hook"

[[partner]]
slug = "el-faro"
webhook = "{el_faro.url}/hook\""""
        configure(installation, ('\n[[partner]]\nslug = "el-faro"', other))
        installation.env |= {
            "TORNAVOZ_WEBHOOK_EL_FARO": SECRET,
            "TORNAVOZ_WEBHOOK_LA_VOZ": SECRET,
            "TORNAVOZ_RETRY_SECONDS": "0.5",  # of the product's 30: an hour's failure fits into this test
        }
        installation.start(*PROGRAMS, broker_url=broker_url)
        articles = installation.submit(4)
        installation.until(lambda: _approved(installation) and hangs.is_set(), 90, "the first partner hangs")
        installation.until(
            lambda: _approved(installation) and _sent(installation, "la-voz") == 4, 90, "the other has all"
        )
        assert len(el_faro.posts) == 1, "all of this happened while the first partner was silent"

        goes_on.set()
        installation.until(speaks.is_set, 60, "it has answered 500 three times and is tried again")
        died = installation.pid("deliver")
        os.killpg(died, signal.SIGKILL)
        killed.set()
        installation.until(lambda: _unsent(installation) == 0, 60, "every push was taken")

        tried = [got.headers["webhook-id"] for got in el_faro.posts]
        assert len(set(tried[:5])) == 1, "nothing overtakes an event that failed, and a repeat keeps its id"
        assert tried[4:] == taken
        for slug, ids in (("el-faro", taken), ("la-voz", [got.headers["webhook-id"] for got in la_voz.posts])):
            assert ids == _events(installation, slug), "each once, in order"
            assert len(ids) == len(articles)
        for got in (*el_faro.posts, *la_voz.posts):
            Webhook(SECRET).verify(got.body, got.headers)
        statuses = [status for (status,) in installation.ask(_TRIES, "el-faro")]
        assert statuses == [500, 500, 500, None, *[200] * len(articles)], "every try is on record"


_TRIES = """SELECT a.status FROM ledger_attempt a JOIN ledger_delivery d ON d.id = a.delivery_id
    JOIN ledger_partner p ON p.id = d.partner_id WHERE p.slug = ? ORDER BY a.id"""
_DELIVERIES = """SELECT d.id FROM ledger_delivery d JOIN ledger_partner p ON p.id = d.partner_id
    WHERE p.slug = ? AND d.channel = 'webhook' AND d.state LIKE ? ORDER BY d.id"""


def _events(installation: Installation, partner: str) -> list[str]:
    return [f"delivery-{pk}" for (pk,) in installation.ask(_DELIVERIES, partner, "%")]


def _sent(installation: Installation, partner: str) -> int:
    return len(installation.ask(_DELIVERIES, partner, "sent"))


def _approved(installation: Installation) -> bool:
    installation.approve_held()
    return True


def _unsent(installation: Installation) -> int:
    [(count,)] = installation.ask("SELECT count(*) FROM ledger_delivery WHERE state <> 'sent'")
    return int(count)
