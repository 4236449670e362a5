"""The snippets that we hand to partners verify what our own deliver step sends, and refuse everything else.

Each is run by its own language, as a partner would; the webhook is a real one, caught on the loopback.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from tests.judges import HERE, program
from tests.make import Office
from tests.receiver import receiver

FOLDER = HERE.parent / "docs" / "how-to" / "receiver"
SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 25))).decode()

# Each reads {"secret", "headers", "body" (base64)} from standard input and prints the event.
PYTHON = """
import base64, json, sys; sys.path.insert(0, sys.argv[1]); from verify import verified
given = json.load(sys.stdin)
print(json.dumps(verified(given["secret"], given["headers"], base64.b64decode(given["body"]))))
"""
PHP = """
require $argv[1] . '/verify.php';
$given = json_decode(stream_get_contents(STDIN), true);
echo json_encode(verified($given['secret'], $given['headers'], base64_decode($given['body'])));
"""
NODE = """
const { verified } = await import('file://' + process.argv[1] + '/verify.mjs');
const { readFileSync } = await import('node:fs');
const given = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(verified(given.secret, given.headers, Buffer.from(given.body, 'base64'))));
"""
LANGUAGES = {
    "python": lambda: [sys.executable, "-I", "-c", PYTHON, str(FOLDER)],
    "php": lambda: [program("php"), "-r", PHP, "--", str(FOLDER)],
    "node": lambda: [program("node"), "--input-type=module", "-e", NODE, str(FOLDER)],
}


@dataclass(frozen=True)
class Webhook:
    headers: dict[str, str]
    body: bytes


def verified(language: str, webhook: Webhook, secret: str = SECRET) -> object:
    """The event as the snippet gives it back; its complaint, as text, when it refuses."""
    given = {"secret": secret, "headers": webhook.headers, "body": base64.b64encode(webhook.body).decode()}
    command = LANGUAGES[language]()
    done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, timeout=60, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)
    return (done.stdout + done.stderr).decode()


CAUGHT: list[tuple[float, Webhook]] = []  # the newest, to be used again while it is fresh: a newsroom takes its time


@pytest.fixture
def webhook(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None) -> Webhook:
    """What the deliver step really sent."""
    if not CAUGHT or time.monotonic() - CAUGHT[-1][0] > 120:
        monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", SECRET)
        CAUGHT.append((time.monotonic(), sent_by(request.getfixturevalue("office"))))
    return CAUGHT[-1][1]


def sent_by(office: Office) -> Webhook:
    office.clock.at = datetime.fromtimestamp(int(time.time()), UTC)  # snippets look at the real clock
    with receiver() as partner:
        hook = f'slug = "la-voz"\nwebhook = "{partner.url}/hook"'
        office.apply(office.text.replace('slug = "la-voz"', hook) + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        office.publish()
        [post] = partner.posts
    return Webhook({name: value for name, value in post.headers.items() if name.startswith("webhook-")}, post.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_webhook_is_verified_and_read(language: str, webhook: Webhook) -> None:
    event = verified(language, webhook)
    assert isinstance(event, dict), event
    assert event == json.loads(webhook.body)
    assert event["type"] == "release.published"


def test_the_event_that_partners_are_shown_is_like_the_one_they_get(webhook: Webhook) -> None:
    page = (FOLDER.parent / "partners.md").read_text(encoding="utf-8")
    [shown] = [
        json.loads(each) for each in re.findall(r"```json\n(.*?)```", page, re.S) if '"release.published"' in each
    ]
    sent = json.loads(webhook.body)
    assert (set(shown), set(shown["data"])) == (set(sent), set(sent["data"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_either_secret_will_do_while_one_replaces_the_other(language: str, webhook: Webhook) -> None:
    both = f"v1,{base64.b64encode(bytes(32)).decode()} {webhook.headers['webhook-signature']}"
    event = verified(language, replace(webhook, headers={**webhook.headers, "webhook-signature": both}))
    assert isinstance(event, dict), event


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("damage", ["body", "id", "signature", "no signature", "secret"])
def test_what_is_not_ours_is_refused(language: str, damage: str, webhook: Webhook) -> None:
    headers, body, secret = dict(webhook.headers), webhook.body, SECRET
    match damage:
        case "body":
            body = body.replace(b"usable", b"unsable")
            assert body != webhook.body
        case "id":
            headers["webhook-id"] += "0"
        case "signature":
            headers["webhook-signature"] = "v1," + base64.b64encode(bytes(32)).decode()
        case "no signature":
            headers["webhook-signature"] = ""
        case "secret":
            secret = OTHER
    assert "not signed by Tornavoz" in str(verified(language, Webhook(headers, body), secret))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_webhook_of_another_hour_is_refused(language: str, seconds: int, webhook: Webhook) -> None:
    """Even when it is signed: somebody may have kept one, to send it again."""
    from standardwebhooks.webhooks import Webhook as Signer

    at = datetime.fromtimestamp(int(time.time()) + seconds, UTC)
    signature = Signer(SECRET).sign("delivery-1", at, webhook.body.decode())
    stamp = str(int(at.timestamp()))
    headers = {"webhook-id": "delivery-1", "webhook-timestamp": stamp, "webhook-signature": signature}
    assert "too old" in str(verified(language, Webhook(headers, webhook.body)))
