"""Pushes: signed, in order for each partner, never given up in silence, and true when they go out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from feeds import tokens
from feeds.webhooks import message
from pipeline import config
from pipeline.actions import campaign
from pipeline.actions.withdraw import withdraw
from pipeline.errors import ConfigError
from pipeline.ledger import deliveries, placements, receipts
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Attempt, Delivery, Event, Partner, Placement, Unit
from pipeline.rights.attribution import wrap
from pipeline.stages import CampaignVerb, Step
from tests.make import Office, corrected, other
from tests.receiver import Answer, Got, Receiver, receiver

if TYPE_CHECKING:
    from django.test import Client

SECRET = "whsec_" + "c2VjcmV0IG9mIGxhIHZveiwgMjQgYnl0ZXM="
NEWER = "whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgbGEgdm96IQ=="


@pytest.fixture
def la_voz() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def hook(office: Office, *, partner: str = "la-voz", url: str = "https://la-voz.example/hook") -> None:
    office.apply(
        office.text.replace(f'slug = "{partner}"', f'slug = "{partner}"\nwebhook = "{url}"', 1)
        + ("" if "[network]" in office.text else '\n[network]\nallow_private = ["127.0.0.1"]\n')
    )
    office.run()


@pytest.fixture
def hooked(office: Office, la_voz: Receiver, monkeypatch: pytest.MonkeyPatch) -> Office:
    """One partner has a webhook that runs on this machine."""
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", SECRET)
    hook(office, url=f"{la_voz.url}/hook")
    return office


def pushed(kind: str, partner: str = "la-voz") -> Delivery:
    return Delivery.objects.get(partner__slug=partner, kind=kind, channel="webhook")


def events(got: list[Got]) -> list[tuple[str, str, int]]:
    """Event id, type and version of each push."""
    said = [(each.headers["webhook-id"], json.loads(each.body)) for each in got]
    return [(identity, event["type"], event["data"]["version"]) for identity, event in said]


def take_back(office: Office, article: int) -> None:
    for unit in withdraw(article, kind="kill", reason="x", actor="ana", now=office.clock()).units:
        office.runner.run(unit)


def test_the_official_library_takes_every_push(hooked: Office, la_voz: Receiver) -> None:
    hooked.clock.at = datetime.now(UTC).replace(microsecond=0)  # a receiver refuses what is minutes old
    article = hooked.publish()
    hooked.publish(corrected())
    campaign.start(CampaignVerb.SEND, Choice(articles=(article,)), reason="x", actor="ana", now=hooked.clock())
    hooked.run()
    take_back(hooked, article)
    hooked.run()
    types = [Webhook(SECRET).verify(got.body, got.headers)["type"] for got in la_voz.posts]
    assert types == ["release.published", "release.corrected", "release.resent", "release.withdrawn"]
    assert len({got.headers["webhook-id"] for got in la_voz.posts}) == 4
    assert {got.headers["content-type"] for got in la_voz.posts} == {"application/json"}
    with pytest.raises(WebhookVerificationError):
        Webhook(NEWER).verify(la_voz.posts[0].body, la_voz.posts[0].headers)


def test_while_a_secret_is_exchanged_both_of_them_verify(
    hooked: Office, la_voz: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.clock.at = datetime.now(UTC).replace(microsecond=0)
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", f"{NEWER} {SECRET}")
    hooked.publish()
    [got] = la_voz.posts
    assert Webhook(SECRET).verify(got.body, got.headers) == Webhook(NEWER).verify(got.body, got.headers)


def test_an_hour_of_500_and_then_200_brings_every_event_once_and_in_order(hooked: Office, la_voz: Receiver) -> None:
    start = hooked.clock()
    taken: list[Got] = []

    def answer(got: Got) -> Answer:
        if (hooked.clock() - start).total_seconds() < 3600:
            return Answer(500, b"out of order")
        taken.append(got)
        return Answer(200)

    la_voz.answer = answer
    first = hooked.publish()
    hooked.clock.forward(minutes=5)
    second = hooked.publish(other(), url="https://river.example/library")
    hooked.clock.forward(minutes=5)
    hooked.publish(corrected())
    hooked.clock.forward(minutes=5)
    take_back(hooked, second)
    for _ in range(180):
        hooked.clock.forward(minutes=1)
        hooked.run()
    ids = [
        f"delivery-{pk}"
        for pk in Delivery.objects.filter(channel="webhook").order_by("pk").values_list("pk", flat=True)
    ]
    assert [identity for identity, _, _ in events(taken)] == [ids[0], ids[2], ids[3]]
    assert [kind for _, kind, _ in events(taken)] == ["release.published", "release.corrected", "release.withdrawn"]
    states = dict(Delivery.objects.filter(channel="webhook").order_by("pk").values_list("pk", "state"))
    assert list(states.values()) == ["sent", "withheld", "sent", "sent"], "what was withdrawn meanwhile is not offered"
    tries = Attempt.objects.filter(delivery__kind="published", status=500).count()
    assert 5 <= tries <= 12, "with growing pauses"
    assert len(la_voz.posts) == tries + 3
    assert {got.headers["webhook-id"] for got in la_voz.posts[:tries]} == {ids[0]}, "nothing overtakes the first"
    assert hooked.fate(first)["parked"] == []


def test_a_partner_that_fails_does_not_delay_another(
    hooked: Office, la_voz: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_EL_FARO", SECRET)
    la_voz.answer = lambda _: Answer(503)
    with receiver() as el_faro:
        hook(hooked, partner="el-faro", url=el_faro.url)
        hooked.publish()
        hooked.publish(corrected())
        assert [version for _, _, version in events(el_faro.posts)] == [1, 2]
    assert len(la_voz.posts) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_other_4xx_are_refusals_and_the_next_event_follows(status: int, hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda got: Answer(status if b"release.published" in got.body else 200, b"no, thanks")
    hooked.publish()
    hooked.publish(corrected())
    refused = pushed("published")
    assert (refused.state, refused.reason_code, refused.reason) == (
        "refused",
        "partner-refused",
        f"{status} no, thanks",
    )
    assert pushed("corrected").state == "sent"
    assert len(la_voz.posts) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 302])
def test_what_may_go_better_later_waits(status: int, hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(status)
    hooked.publish()
    assert pushed("published").state == "waiting"
    la_voz.answer = lambda _: Answer(204)
    hooked.clock.forward(seconds=40)
    hooked.run()
    assert pushed("published").state == "sent"
    assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == [status, 204]


@pytest.mark.parametrize(("asked", "seconds"), [("1800", 1800), ("Sat, 14 Mar 2026 09:20:00 GMT", 1200)])
def test_nobody_is_asked_again_before_the_time_it_names(
    asked: str, seconds: int, hooked: Office, la_voz: Receiver
) -> None:
    la_voz.answer = lambda _: Answer(429, headers={"retry-after": asked})
    hooked.publish()
    hooked.clock.forward(seconds=seconds - 1)
    hooked.publish(corrected())  # a newer event is no reason either
    assert len(la_voz.posts) == 1
    la_voz.answer = lambda _: Answer(200)
    hooked.clock.forward(seconds=2)
    hooked.run()
    assert [version for _, _, version in events(la_voz.posts[1:])] == [2, 2], "as it stands when it goes out"


def test_endless_failure_ends_in_a_dead_letter_that_a_person_can_send_again(hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(500)
    hooked.publish()
    for _ in range(90):
        hooked.clock.forward(hours=1)
        hooked.run()
    dead = pushed("published")
    assert dead.state == "dead"
    assert Event.objects.filter(action="delivery.dead").count() == 1
    assert 40 <= dead.tries <= 110
    assert [each.pk for each in deliveries.letters("la-voz")] == [dead.pk]
    tried = len(la_voz.posts)
    la_voz.answer = lambda _: Answer(200)
    hooked.publish(corrected())
    assert pushed("corrected").state == "sent", "the partner is alive again, and newer events go on"
    assert deliveries.send_again(deliveries.letters("la-voz"), actor="ana", reason="repaired", now=hooked.clock()) == 1
    hooked.run()
    assert pushed("published").state == "sent"
    assert events(la_voz.posts[tried:])[1][0] == f"delivery-{dead.pk}", "the event keeps its id"
    assert Event.objects.get(action="delivery.sent-again").actor == "ana"
    assert not deliveries.letters().exists()


def test_a_private_address_is_refused_unless_it_is_listed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", SECRET)
    hook(office, url="https://192.168.3.4/hook")
    with pytest.raises(ConfigError, match="must begin with https://"):
        config.parse(office.text.replace("https://192.168.3.4/", "http://la-voz.example/"))
    office.publish()
    refused = pushed("published")
    assert (refused.state, refused.reason_code) == ("refused", "partner-refused")
    assert "192.168.3.4" in refused.reason
    assert "no es una dirección pública, así que no se consulta." in refused.reason_es


def test_a_push_without_a_signing_secret_waits_for_the_operator(
    hooked: Office, la_voz: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TORNAVOZ_WEBHOOK_LA_VOZ")
    article = hooked.receive().article
    hooked.run()
    [parked] = hooked.fate(article)["parked"]
    assert parked["code"] == "config"
    assert "TORNAVOZ_WEBHOOK_LA_VOZ" in parked["reason"]
    assert pushed("published").state == "pending"
    for secret, problem in (("not base64!", "does not hold base64"), ("whsec_c2hvcnQ=", "a secret of 5 bytes")):
        monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", secret)
        deliveries.ring(pushed("published").partner_id, "webhook", now=hooked.clock())
        hooked.run()
        [parked] = hooked.fate(article)["parked"]
        assert problem in parked["reason"]
    assert la_voz.got == []


def test_no_push_goes_out_before_the_files_that_it_speaks_of(hooked: Office, la_voz: Receiver) -> None:
    seen: list[bool] = []

    def answer(_: Got) -> Answer:
        seen.append(hooked.page(1).exists() and b"item" in hooked.feed("rss", partner="la-voz"))
        return Answer()

    la_voz.answer = answer
    hooked.clock.forward(minutes=1)  # the empty feeds are some time old
    article = hooked.receive().article
    assert article == 1
    while due := hooked.due():  # every delivery as early as it can be, every file as late as it can be
        due.sort(key=lambda unit: Unit.objects.get(pk=unit).step != Step.DELIVER)
        hooked.runner.run(due[0])
    assert seen == [True]
    assert pushed("published").state == "sent"


def test_a_withdrawal_does_not_wait_for_files_that_cannot_be_written(hooked: Office, la_voz: Receiver) -> None:
    article = hooked.publish()
    withdraw(article, kind="kill", reason="x", actor="ana", now=hooked.clock())
    Unit.objects.filter(step=Step.PUBLISH, state="ready").update(
        error_code="publish", last_error="the disk is full", due_at=hooked.clock().replace(year=2027)
    )
    hooked.run()
    assert pushed("withdrawn").state == "sent"


def test_a_push_of_what_was_withdrawn_meanwhile_is_not_sent(hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(500)
    article = hooked.receive().article
    hooked.run()
    take_back(hooked, article)
    la_voz.answer = lambda _: Answer(200)
    hooked.clock.forward(minutes=1)
    hooked.run()
    old = pushed("published")
    assert (old.state, old.reason_code) == ("withheld", "not-usable")
    assert [kind for _, kind, _ in events(la_voz.posts)] == ["release.published", "release.withdrawn"]
    told = message(pushed("withdrawn"), hooked.room.config)
    assert isinstance(told["data"], dict)
    assert (told["data"]["status"], told["data"]["version"]) == ("canceled", 2)


def test_a_push_of_what_lost_its_rights_meanwhile_is_not_sent(hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(500)
    hooked.receive()
    hooked.run()
    hooked.apply(hooked.text.replace("licenses/by/4.0/", "licenses/by-nd/4.0/"))
    hooked.clock.forward(minutes=1)
    hooked.run()
    assert pushed("published").state == "withheld"
    assert len(la_voz.posts) == 1


def test_a_push_carries_no_word_of_the_article(hooked: Office) -> None:
    hooked.receive()
    hooked.run()
    hooked.receive(corrected())
    hooked.run()
    said = message(pushed("corrected"), hooked.room.config)
    assert isinstance(said["data"], dict)
    assert set(said["data"]) == {"release", "guid", "version", "product", "status", "url", "original", "updated"}
    assert said["data"]["version"] == 2


def test_a_try_is_on_record_before_it_is_made(hooked: Office, la_voz: Receiver) -> None:
    class Killed(BaseException):
        """What a worker hears that is killed while it waits for the answer."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feeds.answers.GuardedClient.post", lambda *_, **__: (_ for _ in ()).throw(Killed))
        hooked.receive()
        with pytest.raises(Killed):
            hooked.run()
    assert list(Attempt.objects.values_list("status", "answer")) == [(None, "")]
    hooked.clock.forward(seconds=121)  # the lease of the dead worker
    hooked.run()
    assert pushed("published").state == "sent"
    assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == [None, 200]


@pytest.mark.parametrize("state", ["acknowledged", "removed"])
def test_a_receiver_may_say_at_once_how_far_it_is(state: str, hooked: Office, la_voz: Receiver) -> None:
    article = hooked.publish()
    la_voz.answer = lambda _: Answer(body=json.dumps({"receipt": state}).encode())
    take_back(hooked, article)
    hooked.run()
    rows = [row for row in receipts.of_article(article) if row["partner"] == "la-voz" and row["version"] == 2]
    assert [row["state"] for row in rows] == [state]
    assert any(row["partner"] == "la-voz" for row in receipts.may_still_show(article)) is (state == "acknowledged")


@pytest.mark.parametrize(
    "body",
    [
        b"ok",
        b"[]",
        b'{"receipt": "sent"}',
        b"\xff\xfe",
        b'{"receipt": ["removed"]}',
        b"12",
        b"[" * 2_000,
        b'{"url": 5}',
    ],
)
def test_an_answer_that_says_something_else_is_taken_as_it_is(body: bytes, hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(body=body)
    hooked.publish()
    assert pushed("published").state == "sent"


def test_a_receiver_may_name_the_page_where_it_published(hooked: Office, la_voz: Receiver) -> None:
    page = b""

    def answer(asked: Got) -> Answer:
        if asked.method == "POST":
            return Answer(body=json.dumps({"url": f"{la_voz.url}/puente"}).encode())
        return Answer(body=page, headers={"content-type": "text/html; charset=utf-8"})

    la_voz.answer = answer
    hooked.publish()
    placed = Placement.objects.get(release__product__slug="all")
    assert (placed.url, placed.reported_by, placed.state) == (f"{la_voz.url}/puente", "partner:la-voz", "unclear")
    shown = placements.shown(placed.release)
    page = wrap(shown.attribution, shown.body).encode()
    hooked.clock.forward(days=1)
    placements.look_again(now=hooked.clock())
    hooked.run()
    placed.refresh_from_db()
    assert placed.state == "proved"


def test_an_answer_with_an_address_that_is_none_is_noted(hooked: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(body=b'{"url": "javascript:alert(1)"}')
    hooked.publish()
    assert pushed("published").state == "sent"
    assert not Placement.objects.exists()
    assert Event.objects.filter(action="placement.refused", actor="partner:la-voz").exists()


def test_one_arming_more_changes_nothing(hooked: Office, la_voz: Receiver) -> None:
    hooked.publish()
    deliveries.ring(pushed("published").partner_id, "webhook", now=hooked.clock())
    hooked.run()
    assert len(la_voz.posts) == 1


def test_a_partner_that_left_hears_of_withdrawals_only(hooked: Office, la_voz: Receiver) -> None:
    article = hooked.publish()
    la_voz.answer = lambda _: Answer(500)
    hooked.publish(corrected())
    before, _, after = hooked.text.partition('[[partner]]\nslug = "la-voz"')
    hooked.apply(before + after[after.index("[[partner]]") :])
    take_back(hooked, article)
    la_voz.answer = lambda _: Answer(200)
    hooked.clock.forward(minutes=1)
    hooked.run()
    assert pushed("corrected").state == "withheld"
    assert pushed("withdrawn").state == "sent"


def test_a_withdrawal_reaches_a_partner_in_every_way_and_its_fetch_is_noticed(
    hooked: Office, la_voz: Receiver, client: Client
) -> None:
    hooked.clock.at = datetime.now(UTC).replace(microsecond=0)
    token = tokens.issue(Partner.objects.get(slug="la-voz"), actor="ana", now=hooked.clock())
    article = hooked.publish()
    take_back(hooked, article)
    hooked.run()
    guid = hooked.release(article).guid
    assert Webhook(SECRET).verify(la_voz.posts[-1].body, la_voz.posts[-1].headers)["type"] == "release.withdrawn"
    assert client.get(f"/es/articles/{article}.html").status_code == 410
    atom = etree.fromstring(hooked.feed("atom", partner="la-voz"))
    assert [each.get("ref") for each in atom.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")] == [guid]
    assert guid in hooked.bodies("rss", partner="la-voz")

    def state() -> str:
        [row] = [row for row in receipts.may_still_show(article) if row["partner"] == "la-voz"]
        return str(row["state"])

    assert state() == "sent"
    assert client.get(f"/p/{token}/es/all/rss.xml").status_code == 200
    assert state() == "seen"
