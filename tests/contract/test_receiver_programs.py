"""The programs that partners are given: one reads a feed back to its first entry, one is a WebSub callback in PHP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from feeds import tokens
from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import Partner, Subscription
from tests.judges import HERE, program
from tests.make import Office, corrected, other
from tests.servers import Site, site

if TYPE_CHECKING:
    from django.test import Client

FOLDER = HERE.parent / "docs" / "how-to" / "receiver"
RIVER = "https://river.example/2026/bridge"
READ = "import json, sys; sys.path.insert(0, sys.argv[1]); from past import everything; "
READ += "print(json.dumps(everything(sys.argv[2])))"


# --- the past -----------------------------------------------------------------------------------------------------


@pytest.fixture
def partner_site() -> Iterator[Site]:
    with site() as served:
        yield served


def everything(address: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-c", READ, str(FOLDER), address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def a_past(office: Office, base: str) -> tuple[list[int], int]:
    """Eight articles of eight days in feeds of two entries; the first was corrected, the third withdrawn."""
    text = office.text.replace("[site]", "[site]\nfeed_size = 2\nfeed_hours = 12")
    office.apply(text.replace("https://eco.example", base))
    (office.home / "newsroom.toml").write_text(office.text, encoding="utf-8")
    office.run()
    made = []
    for number in range(8):
        office.clock.forward(hours=13)
        made.append(office.publish(url=f"{RIVER}/{number}"))
    office.clock.forward(hours=13)
    office.publish(corrected(), url=f"{RIVER}/0")
    withdraw(made[2], kind="kill", reason="x", actor="ana", now=office.clock())
    office.run()
    return made, made[2]


def test_a_feed_is_read_back_to_its_first_article(office: Office, partner_site: Site) -> None:
    made, gone = a_past(office, partner_site.base)
    for path in (office.home / "public" / "feeds").rglob("feed.json"):
        address = f"/{path.relative_to(office.home / 'public').as_posix()}"
        partner_site.put(address, path.read_bytes(), kind="application/feed+json")
    found = everything(f"{partner_site.base}/feeds/es/all/feed.json")
    assert sorted(found) == sorted(office.release(article).guid for article in made if article != gone)
    assert "14 millones" in found[office.release(made[0]).guid]["content_html"], "the newest version counts"
    assert sum("/archive/" in path for path in partner_site.asked) >= 2


def test_a_private_feed_is_read_back_too(office: Office, partner_site: Site, client: Client) -> None:
    made, gone = a_past(office, partner_site.base)
    token = tokens.issue(Partner.objects.get(slug="la-voz"), actor="ana", now=office.clock())
    for name in ("feed.json", *(f"archive/{number}/feed.json" for number in range(1, 9))):
        address = f"/p/{token}/es/all/{name}"
        answer = client.get(address)
        if answer.status_code == 200:
            partner_site.put(address, answer.content, kind="application/feed+json")
    found = everything(f"{partner_site.base}/p/{token}/es/all/feed.json")
    assert sorted(found) == sorted(office.release(article).guid for article in made if article != gone)


# --- WebSub -------------------------------------------------------------------------------------------------------

TOPIC = "https://eco.example/feeds/es/all/atom.xml"


class Callback:
    """The callback, on a web server as its site has one."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    @property
    def kept(self) -> bytes:
        path = self.folder.parent / "tornavoz.xml"
        return path.read_bytes() if path.exists() else b""

    def leave(self) -> None:
        path = self.folder / "websub.php"
        path.write_text(path.read_text().replace("const STAY = true", "const STAY = false"))


@contextmanager
def php(tmp_path: Path) -> Iterator[Callback]:
    folder = tmp_path / "htdocs"
    folder.mkdir()
    text = (FOLDER / "websub.php").read_text(encoding="utf-8")
    for old, new in (
        ("https://tornavoz.example/feeds/es/all/atom.xml", TOPIC),
        ("/var/lib/your-site/tornavoz.xml", str(tmp_path / "tornavoz.xml")),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "websub.php").write_text(text, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program("php"), "-d", "opcache.enable=0", "-S", f"127.0.0.1:{port}", "-t", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ) as server:
        try:
            for _ in range(200):
                with socket.socket() as knock:
                    if knock.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield Callback(folder, f"http://127.0.0.1:{port}/websub.php")
        finally:
            server.terminate()


def ask(client: Client, callback: Callback, mode: str, secret: str = "make one up, longer than this") -> int:  # noqa: S107
    asked = {"hub.mode": mode, "hub.topic": TOPIC, "hub.callback": callback.url, "hub.secret": secret}
    answer = client.post("/hub", str(httpx.QueryParams(asked)), content_type="application/x-www-form-urlencoded")
    return answer.status_code


def test_a_php_callback_subscribes_takes_what_is_signed_and_leaves(
    office: Office, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
    (office.home / "newsroom.toml").write_text(office.text, encoding="utf-8")
    office.run()
    monkeypatch.setattr("django.utils.timezone.now", office.clock)
    with php(tmp_path) as callback:
        assert ask(client, callback, "subscribe") == 202
        office.run()
        assert Subscription.objects.count() == 1
        office.publish()
        assert callback.kept == office.feed("atom")

        forged = httpx.post(callback.url, content=b"<feed/>", headers={"X-Hub-Signature": "sha256=00"})
        assert (forged.status_code, callback.kept) == (202, office.feed("atom"))

        ask(client, callback, "unsubscribe")
        office.run()
        assert Subscription.objects.count() == 1, "a stranger's request ends nothing"

        callback.leave()
        ask(client, callback, "unsubscribe")
        office.run()
        assert not Subscription.objects.exists()
        office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
        assert callback.kept != office.feed("atom")


def test_a_php_callback_confirms_nobody_elses_subscription(tmp_path: Path) -> None:
    with php(tmp_path) as callback:
        asked = {"hub.mode": "subscribe", "hub.topic": "https://other.example/", "hub.challenge": "x"}
        answer = httpx.get(callback.url, params=asked)
        assert (answer.status_code, answer.text) == (404, "")
