"""Our WebSub hub, held to the W3C Recommendation: real requests at the door, real callbacks on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

import pytest
from lxml import etree

from feeds import tokens
from feeds.addresses import FORMATS
from pipeline.actions.withdraw import withdraw
from pipeline.ledger import receipts, subscriptions
from pipeline.ledger.models import Event, Partner, Product, Subscription, SubscriptionRequest, Unit
from tests.make import Office, corrected, other
from tests.receiver import Answer, Got, Receiver, query_of, receiver

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

TOPIC = "https://eco.example/feeds/es/all/rss.xml"
SECRET = "ein-Geheimnis-das-niemand-rät"


@pytest.fixture
def hub(office: Office, client: Client, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office with callbacks on this machine allowed, and its configuration where the door reads it."""
    office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n[push]\nsubscriptions_per_host = 5\n')
    office.run()
    (office.home / "newsroom.toml").write_text(office.text)
    monkeypatch.setattr("django.utils.timezone.now", office.clock)
    return office


@pytest.fixture
def reader() -> Iterator[Receiver]:
    """A callback that confirms everything, as one that asked for it does."""
    with receiver() as server:
        server.answer = confirming
        yield server


def confirming(got: Got) -> Answer:
    said = parse_qs(query_of(got))
    return Answer(body=said["hub.challenge"][0].encode()) if "hub.challenge" in said else Answer()


def asked(reader: Receiver, **changed: str | None) -> dict[str, str]:
    form = {
        "mode": "subscribe",
        "topic": TOPIC,
        "callback": f"{reader.url}/callback?reader=7",
        "secret": SECRET,
        **changed,
    }
    return {f"hub.{name}": value for name, value in form.items() if value is not None}


def ask(client: Client, reader: Receiver, **changed: str | None) -> HttpResponse:
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked(reader, **changed).items())
    return client.post("/hub", body, content_type="application/x-www-form-urlencoded")  # type: ignore[return-value]


def subscribed(hub: Office, client: Client, reader: Receiver, **changed: str | None) -> None:
    assert ask(client, reader, **changed).status_code == 202
    hub.run()
    assert Subscription.objects.count() == 1


def queries(reader: Receiver) -> list[dict[str, list[str]]]:
    return [parse_qs(query_of(got)) for got in reader.got if got.method == "GET"]


# --- asking ----------------------------------------------------------------------------------------------------------


def test_a_subscription_counts_once_its_callback_has_confirmed_it(
    hub: Office, client: Client, reader: Receiver
) -> None:
    answer = ask(client, reader)
    assert answer.status_code == 202
    assert reader.got == [], "nothing is fetched while the request is answered"
    assert not Subscription.objects.exists()
    hub.run()
    [said] = queries(reader)
    assert said["hub.mode"] == ["subscribe"]
    assert said["hub.topic"] == [TOPIC]
    assert said["hub.lease_seconds"] == ["864000"]
    assert len(said["hub.challenge"][0]) >= 32
    assert said["reader"] == ["7"], "the callback's own query stays"
    row = Subscription.objects.get()
    assert row.lease_until == hub.clock() + timedelta(days=10)
    assert SECRET not in row.secret, "the ledger alone gives no secret away"
    assert not SubscriptionRequest.objects.exists()


@pytest.mark.parametrize(
    ("answer", "tries", "said"),
    [
        (Answer(404), 1, "Respondió 404."),
        (Answer(200, b"yes, of course"), 1, "Respondió 200 sin repetir la palabra de control."),
        (Answer(200), 1, "Respondió 200 sin repetir la palabra de control."),
        (Answer(302, headers={"location": "/elsewhere"}), 3, "No respondió 3 veces."),
        (Answer(500), 3, "No respondió 3 veces."),
    ],
)
def test_without_the_challenge_there_is_no_subscription(
    answer: Answer, tries: int, said: str, hub: Office, client: Client, reader: Receiver
) -> None:
    reader.answer = lambda _: answer
    ask(client, reader)
    for _ in range(10):
        hub.run()
        hub.clock.forward(minutes=5)
    assert len(reader.got) == tries
    assert not Subscription.objects.exists()
    assert not SubscriptionRequest.objects.exists()
    assert Event.objects.get(action="websub.not-confirmed").details == {"host": "127.0.0.1", "reason_es": said}


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"mode": "publish"}, 400, "hub.mode"),
        ({"mode": None}, 400, "hub.mode"),
        ({"topic": "https://eco.example/feeds/es/none/rss.xml"}, 404, "hub.topic"),
        ({"topic": "https://other.example/feeds/es/all/rss.xml"}, 404, "hub.topic"),
        ({"topic": "https://eco.example/"}, 404, "hub.topic"),
        ({"topic": None}, 404, "hub.topic"),
        ({"callback": None}, 400, "hub.callback"),
        ({"callback": "ftp://reader.example/"}, 400, "hub.callback"),
        ({"callback": "https://me:pass@reader.example/"}, 400, "hub.callback"),
        ({"callback": "https://reader.example/#here"}, 400, "hub.callback"),
        ({"callback": "https://reader.example/" + "x" * 1000}, 400, "hub.callback"),
        ({"secret": "x" * 200}, 400, "less than 200 bytes"),
        ({"secret": "ñ" * 100}, 400, "less than 200 bytes"),
        ({"lease_seconds": "-5"}, 400, "hub.lease_seconds"),
        ({"lease_seconds": "0"}, 400, "hub.lease_seconds"),
        ({"lease_seconds": "soon"}, 400, "hub.lease_seconds"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    changed: dict[str, str | None], status: int, said: str, hub: Office, client: Client, reader: Receiver
) -> None:
    answer = ask(client, reader, **changed)
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert said in answer.content.decode()
    assert not SubscriptionRequest.objects.exists()


def test_the_door_takes_small_forms_by_post_only(hub: Office, client: Client, reader: Receiver) -> None:
    assert client.get("/hub").status_code == 405
    assert client.post("/hub", {"hub.mode": "subscribe"}).status_code == 415  # multipart
    assert ask(client, reader, note="x" * 20_000).status_code == 413
    assert ask(client, reader, note="parameters that nobody knows are passed over").status_code == 202
    assert ask(client, reader, secret="x" * 199, lease_seconds="60").status_code == 202


@pytest.mark.parametrize(("wanted", "granted"), [("60", 3600), ("86400", 86_400), ("99999999999999", 2_592_000)])
def test_a_lease_has_bounds_and_the_callback_is_told(
    wanted: str, granted: int, hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader, lease_seconds=wanted)
    assert queries(reader)[0]["hub.lease_seconds"] == [str(granted)]
    assert Subscription.objects.get().lease_until == hub.clock() + timedelta(seconds=granted)


def test_a_renewal_moves_the_lease_and_changes_the_secret_only_once_confirmed(
    hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader)
    before = Subscription.objects.get()
    hub.clock.forward(days=5)
    ask(client, reader, secret="a stranger's")
    reader.answer = lambda _: Answer(404)
    hub.run()
    assert Subscription.objects.values().get() == Subscription.objects.filter(pk=before.pk).values().get()
    assert Subscription.objects.get().secret == before.secret
    reader.answer = confirming
    ask(client, reader, secret="a newer one")
    hub.run()
    after = Subscription.objects.get()
    assert after.pk == before.pk
    assert after.lease_until == hub.clock() + timedelta(days=10)
    assert after.secret != before.secret


def test_one_host_cannot_have_any_number(hub: Office, client: Client, reader: Receiver) -> None:
    for number in range(5):
        assert ask(client, reader, callback=f"{reader.url}/{number}").status_code == 202
        hub.run()
    full = ask(client, reader, callback=f"{reader.url}/5")
    assert (full.status_code, full["Retry-After"]) == (429, "300")
    assert ask(client, reader, callback=f"{reader.url}/4").status_code == 202, "to renew is always possible"
    assert ask(client, reader, mode="unsubscribe", callback=f"{reader.url}/4").status_code == 202
    hub.run()
    assert ask(client, reader, callback=f"{reader.url}/5").status_code == 202


def test_private_addresses_are_not_asked_unless_they_are_listed(hub: Office, client: Client, reader: Receiver) -> None:
    ask(client, reader, callback="http://10.1.2.3/callback")
    hub.run()
    event = Event.objects.get(action="websub.not-confirmed")
    assert "not a public address" in event.reason
    assert "no es una dirección pública" in event.details["reason_es"]
    assert not Subscription.objects.exists()


# --- sending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_subscriber_gets_the_very_bytes_of_the_feed_signed(
    form: str, hub: Office, client: Client, reader: Receiver
) -> None:
    topic = f"https://eco.example/feeds/es/all/{FORMATS[form]}"
    subscribed(hub, client, reader, topic=topic)
    hub.publish()
    [got] = reader.posts
    feed = client.get(topic.removeprefix("https://eco.example"))
    assert got.body == feed.content == hub.feed(form)
    assert got.headers["content-type"] == feed["Content-Type"]
    assert got.headers["link"] == f'<https://eco.example/hub>; rel="hub", <{topic}>; rel="self"'
    signature = hmac.new(SECRET.encode(), got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-hub-signature"] == f"sha256={signature}"
    assert got.path == "/callback?reader=7"


def test_without_a_secret_nothing_is_signed(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader, secret=None)
    hub.publish()
    assert "x-hub-signature" not in reader.posts[0].headers


def test_each_change_is_sent_once_corrections_and_withdrawals_too(
    hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader)
    article = hub.publish()
    hub.clock.forward(minutes=5)
    hub.publish(corrected())
    hub.clock.forward(minutes=5)
    withdraw(article, kind="kill", reason="x", actor="ana", now=hub.clock())
    hub.run()
    assert len(reader.posts) == 3
    assert len({got.body for got in reader.posts}) == 3
    assert b"alcaldesa" not in reader.posts[-1].body
    hub.clock.forward(minutes=5)
    subscriptions.ring_topics("feed:", now=hub.clock())
    hub.run()
    assert len(reader.posts) == 3, "nothing changed, so nothing is sent"


def test_what_changes_between_asking_and_confirming_is_sent_too(hub: Office, client: Client, reader: Receiver) -> None:
    ask(client, reader)
    hub.clock.forward(seconds=6)  # the feed was rendered just now, and would wait for company
    hub.receive()
    while due := hub.due():  # the callback is asked last
        due.sort(key=lambda unit: Unit.objects.get(pk=unit).subject.startswith("verify:"))
        hub.runner.run(due[0])
    assert [got.method for got in reader.got] == ["GET", "POST"]
    assert reader.posts[0].body == hub.feed("rss")


def test_a_subscriber_that_was_away_gets_the_newest_document_once(
    hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader)
    reader.answer = lambda _: Answer(503)
    hub.publish()
    hub.publish(other(), url="https://river.example/library")
    assert Subscription.objects.get().tries >= 1
    tried = len(reader.posts)
    reader.answer = confirming
    hub.clock.forward(minutes=10)
    hub.run()
    assert len(reader.posts) == tried + 1
    assert reader.posts[-1].body == hub.feed("rss")
    row = Subscription.objects.get()
    assert (row.tries, row.due_at, row.failing_since) == (0, None, None)


def test_pauses_grow_and_one_that_is_asked_for_is_kept(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader)
    reader.answer = lambda _: Answer(429, headers={"retry-after": "7200"})
    hub.publish()
    assert Subscription.objects.get().due_at == hub.clock() + timedelta(hours=2)
    hub.clock.forward(minutes=119)
    hub.run()
    assert len(reader.posts) == 1
    hub.clock.forward(minutes=2)
    hub.run()
    assert len(reader.posts) == 2


def test_410_ends_a_subscription(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader)
    reader.answer = lambda _: Answer(410)
    hub.publish()
    assert not Subscription.objects.exists()
    event = Event.objects.get(action="websub.ended")
    assert (event.reason, event.details["reason_es"]) == ("it answered 410", "Respondió 410.")


def test_one_that_fails_for_days_is_dropped(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader)
    reader.answer = lambda _: Answer(500)
    hub.publish()
    for _ in range(80):
        hub.clock.forward(hours=1)
        hub.run()
    assert not Subscription.objects.exists()
    event = Event.objects.get(action="websub.ended")
    assert (event.reason, event.details["reason_es"]) == ("it failed for 72 hours", "Falló durante 72 horas.")


def test_a_lease_that_ran_out_gets_nothing_and_is_dropped(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader)
    hub.clock.forward(days=10, seconds=1)
    hub.publish()
    assert reader.posts == []
    assert subscriptions.drop_expired(now=hub.clock()) == 1


def test_one_that_unsubscribed_gets_nothing_more(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader)
    reader.answer = lambda _: Answer(404)  # somebody else asked in its name
    ask(client, reader, mode="unsubscribe")
    hub.run()
    assert Subscription.objects.count() == 1
    reader.answer = confirming
    ask(client, reader, mode="unsubscribe")
    hub.run()
    assert not Subscription.objects.exists()
    assert "hub.lease_seconds" not in queries(reader)[-1]
    hub.publish()
    assert reader.posts == []


def test_when_a_feed_ends_its_subscribers_are_told(hub: Office, client: Client, reader: Receiver) -> None:
    subscribed(hub, client, reader, topic="https://eco.example/feeds/es/puentes/rss.xml")
    before, _, after = hub.text.partition('[[product]]\nslug = "puentes"')
    hub.apply(before + after[after.index("[[partner]]") :])
    hub.run()
    assert not Subscription.objects.exists()
    told = queries(reader)[-1]
    assert told["hub.mode"] == ["denied"]
    assert told["hub.topic"] == ["https://eco.example/feeds/es/puentes/rss.xml"]


# --- private feeds ---------------------------------------------------------------------------------------------------


@pytest.fixture
def private(hub: Office) -> str:
    """The address of a partner's own feed."""
    faro = Partner.objects.get(slug="el-faro")
    token = tokens.issue(faro, actor="ana", now=hub.clock())
    return f"https://eco.example/p/{token}/es/all/rss.xml"


def test_a_private_feed_is_pushed_to_whoever_knows_its_address_and_counts_as_seen(
    private: str, hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader, topic=private)
    article = hub.publish()
    [got] = reader.posts
    assert got.body == hub.feed("rss", partner="el-faro")
    assert f'<{private}>; rel="self"' in got.headers["link"]
    states = {row["partner"]: row["state"] for row in receipts.of_article(article)}
    assert states == {"el-faro": "seen", "la-voz": "sent", "diario-de-pago": "sent"}


def test_a_private_address_is_nowhere_but_with_its_subscriber(
    private: str, hub: Office, client: Client, reader: Receiver, caplog: Any, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = private.split("/")[4][-20:]
    subscribed(hub, client, reader, topic=private)
    reader.answer = lambda _: Answer(500, private.encode())
    hub.publish()
    ask(client, reader, topic=private, callback="http://10.1.2.3/callback")
    hub.run()
    rows = [*Subscription.objects.values(), *SubscriptionRequest.objects.values(), *Unit.objects.values()]
    said = f"{rows} {list(Event.objects.values())} {caplog.text} {capsys.readouterr()}"
    assert "private:" in said
    assert secret not in said
    assert all(secret.encode() not in content for content in hub.files().values())


@pytest.mark.parametrize("wrong", ["tvz_0123456789ab_" + "x" * 43, "tvz_none"])
def test_a_wrong_token_looks_like_no_feed(wrong: str, hub: Office, client: Client, reader: Receiver) -> None:
    nothing = ask(client, reader, topic="https://eco.example/feeds/es/none/rss.xml")
    answer = ask(client, reader, topic=f"https://eco.example/p/{wrong}/es/all/rss.xml")
    assert (answer.status_code, answer.content) == (nothing.status_code, nothing.content)


def test_a_revoked_token_ends_its_subscriptions_before_anything_more_is_sent(
    private: str, hub: Office, client: Client, reader: Receiver
) -> None:
    subscribed(hub, client, reader, topic=private)
    tokens.revoke(private.split("/")[4], actor="ana", reason="leaked", now=hub.clock())
    hub.publish()
    assert reader.posts == []
    assert queries(reader)[-1]["hub.mode"] == ["denied"]
    assert not Subscription.objects.exists()
    assert ask(client, reader, topic=private).status_code == 404


def test_another_key_of_ours_ends_what_was_sealed(
    private: str, hub: Office, client: Client, reader: Receiver, settings: Any
) -> None:
    subscribed(hub, client, reader, topic=private)
    settings.SECRET_KEY = "another key of at least as many characters as the first one had"
    hub.publish()
    assert reader.posts == []
    assert not Subscription.objects.exists()


# --- discovery, and other hubs ---------------------------------------------------------------------------------------


def links(document: bytes) -> dict[str, str]:
    found = etree.fromstring(document).iter("{http://www.w3.org/2005/Atom}link")
    return {link.get("rel") or "": link.get("href") or "" for link in reversed(list(found))}


def test_every_format_and_every_answer_names_the_hub(private: str, hub: Office, client: Client) -> None:
    hub.publish()
    for form in ("rss", "atom"):
        assert links(hub.feed(form))["hub"] == "https://eco.example/hub"
    assert json.loads(hub.feed("json"))["hubs"] == [{"type": "WebSub", "url": "https://eco.example/hub"}]
    for name in FORMATS.values():
        said = client.get(f"/feeds/es/all/{name}")["Link"]
        assert '<https://eco.example/hub>; rel="hub"' in said
        assert f'<https://eco.example/feeds/es/all/{name}>; rel="self"' in said
    said = client.get(private.removeprefix("https://eco.example"))["Link"]
    assert '<https://eco.example/hub>; rel="hub"' in said
    assert f'<{private}>; rel="self"' in said


def test_an_outside_hub_is_pinged_and_hears_nothing_of_private_feeds(
    private: str, hub: Office, client: Client, reader: Receiver
) -> None:
    hub.apply(hub.text.replace('tag = "eco.example,2026"', f'tag = "eco.example,2026"\nhub = "{reader.url}/hub"'))
    (hub.home / "newsroom.toml").write_text(hub.text)
    hub.publish()
    said = [parse_qs(got.body.decode()) for got in reader.posts]
    urls = [f"https://eco.example/feeds/es/all/{name}" for name in FORMATS.values()]
    assert {"hub.mode": ["publish"], "hub.url": urls} in said
    assert "private" not in str(said)
    assert links(hub.feed("rss"))["hub"] == f"{reader.url}/hub"
    assert "hub" not in links(hub.feed("rss", partner="el-faro"))
    assert "hub" not in client.get(private.removeprefix("https://eco.example")).get("Link", "")
    assert ask(client, reader).status_code == 404


def test_an_outside_hub_that_is_away_is_pinged_again(hub: Office, client: Client, reader: Receiver) -> None:
    reader.answer = lambda _: Answer(503)
    hub.apply(hub.text.replace('tag = "eco.example,2026"', f'tag = "eco.example,2026"\nhub = "{reader.url}/hub"'))
    hub.receive()
    hub.run()
    failed = Unit.objects.get(subject=f"ping:{Product.objects.get(slug='all').pk}")
    assert (failed.state, failed.error_code) == ("ready", "fetch-failed")
    reader.answer = lambda _: Answer(204)
    hub.clock.forward(minutes=1)
    hub.run()
    failed.refresh_from_db()
    assert failed.state == "done"


def test_a_site_may_have_no_hub(hub: Office, client: Client, reader: Receiver) -> None:
    hub.apply(hub.text.replace('tag = "eco.example,2026"', 'tag = "eco.example,2026"\nhub = "none"'))
    (hub.home / "newsroom.toml").write_text(hub.text)
    hub.publish()
    assert "hub" not in links(hub.feed("atom"))
    assert ask(client, reader).status_code == 404
