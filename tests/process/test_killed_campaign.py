"""A campaign whose workers are killed again and again, and that is paused on the way: each partner gets each once."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest

from tests import postgres
from tests.process.installation import CONFIG, Installation, started

pytestmark = [pytest.mark.process]

COUNT = 360
KILLS = 4
PARTNERS = """
webhook = "http://127.0.0.1:{port}/in"

[[partner]]
slug = "la-voz"
name = "La Voz"
use = "N"

[network]
allow_private = ["127.0.0.1"]
"""


class Receiver:
    """A partner's server that remembers what it was pushed: guid -> ids of the pushes."""

    def __init__(self) -> None:
        self.got: dict[str, set[str]] = defaultdict(set)
        lock, got = Lock(), self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with lock:
                    got[body["data"]["guid"]].add(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Installation]:
    """An installation on each database."""
    installation.env["TORNAVOZ_LEASE_SECONDS"] = "1"
    installation.env["TORNAVOZ_WEBHOOK_EL_FARO"] = "whsec_YSBzZWNyZXQgb2Ygb3VyIHZlcnkgb3du"
    if request.param == "sqlite":
        yield installation
    else:
        with postgres.server() as url:
            installation.env["DATABASE_URL"] = url
            yield installation


def status(place: Installation, number: int) -> dict[str, object]:
    return dict(json.loads(place.tornavoz("campaign", "status", str(number), "--json")))


def test_a_campaign_survives_kill_9_and_a_pause(place: Installation, receiver: Receiver) -> None:
    config = place.home / "sample.toml"
    config.write_text(CONFIG.rstrip() + PARTNERS.format(port=receiver.port), encoding="utf-8")
    place.tornavoz("init", "--config", str(config))
    place.run("tests.archive", str(COUNT))
    words = ["workers.cli", "--home", str(place.home)]
    worker = started([*words, "campaign", "start", "--product", "es/all", "--reason", "all lost"], place, "start")
    seen = 0
    for turn in range(KILLS):
        seen = _until_more(place, receiver, worker, seen)
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
        if turn == 1:
            place.tornavoz("campaign", "pause", "1")
            place.tornavoz("run", "--until-idle")
            held = status(place, 1)["items"]
            place.tornavoz("run", "--until-idle")
            assert status(place, 1)["items"] == held, "nothing is handed over while it is paused"
            seen = len(receiver.got)  # what was handed over before the pause has gone out since
            worker = started([*words, "campaign", "resume", "1"], place, "resume")
        else:
            worker = started([*words, "run"], place, f"run-{turn}")
    state = "SELECT state FROM ledger_campaign WHERE id = 1"
    place.until(lambda: place.ask(state) == [("done",)], 120, "the campaign is done")
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    place.tornavoz("run", "--until-idle", seconds=120)
    progress = status(place, 1)
    assert progress["items"] == {"sent": COUNT}
    assert {len(ids) for ids in receiver.got.values()} == {1}, "each guid was pushed under one id alone"
    assert len(receiver.got) == COUNT
    lines = place.tornavoz("campaign", "status", "1", "--csv").splitlines()[1:]
    assert Counter(line.split(",")[4] for line in lines) == {"el-faro": COUNT, "la-voz": COUNT}
    assert place.disagreements() == ""


def _until_more(place: Installation, receiver: Receiver, worker: subprocess.Popen[bytes], seen: int) -> int:
    """Wait until this worker has pushed something; how many there are now."""
    place.until(lambda: len(receiver.got) > seen + 10 or worker.poll() is not None, 60, "a worker gets on")
    assert worker.poll() is None, "it was to be killed in the middle of the work"
    return len(receiver.got)
