"""`tornavoz deliveries`: what partners refused or never took, with every try, and sending it again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from pipeline import clock
from pipeline.ledger.models import Delivery, Event
from tests.make import Office, corrected
from tests.receiver import Answer, Receiver, receiver
from workers.cli import main

SECRET = "whsec_" + "c2VjcmV0IG9mIGxhIHZveiwgMjQgYnl0ZXM="


@pytest.fixture
def la_voz(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A partner whose server says no to everything; two events have been offered to it."""
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    monkeypatch.setattr(clock, "now", office.clock)
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", SECRET)
    monkeypatch.setenv("TORNAVOZ_ACTOR", "ana")
    with receiver() as server:
        server.answer = lambda _: Answer(403, b"who are you?")
        hook = f'slug = "la-voz"\nwebhook = "{server.url}/hook"'
        office.apply(office.text.replace('slug = "la-voz"', hook) + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        office.run()
        office.publish()
        office.publish(corrected())
        yield server


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["deliveries", *words])


def test_refusals_are_listed_newest_first_with_what_the_partner_said(la_voz: Receiver) -> None:
    said = run("list")
    assert said.exit_code == 0, said.output
    newest, oldest = said.stdout.splitlines()
    assert "la-voz  webhook  article 1 corrected v2  refused after 1 try  403 who are you?" in newest
    assert "published v1" in oldest
    [row, _] = json.loads(run("list", "--json").stdout)["deliveries"]
    assert (row["code"], row["attempts"][0]["status"]) == ("partner-refused", 403)


def test_a_list_says_what_it_leaves_out(la_voz: Receiver) -> None:
    assert run("list", "--limit", "1").stdout.splitlines()[1:] == ["and 1 more: --limit 2"]
    assert json.loads(run("list", "--limit", "1", "--json").stdout)["hidden"] == 1
    assert run("list", "--partner", "el-faro").stdout == "every partner took what it was sent\n"


def test_what_only_waits_is_shown_when_asked_for(office: Office, la_voz: Receiver) -> None:
    la_voz.answer = lambda _: Answer(503)
    office.publish(url="https://river.example/2026/other")
    assert "waiting after 1 try" not in run("list").stdout
    assert "waiting after 1 try" in run("list", "--all").stdout


def test_a_dry_run_sends_nothing_and_a_run_sends_under_the_same_ids(office: Office, la_voz: Receiver) -> None:
    tried = [got.headers["webhook-id"] for got in la_voz.posts]
    said = run("resend", "--partner", "la-voz", "--reason", "repaired", "--dry-run")
    assert said.stdout.splitlines()[-1] == "would send 2"
    assert "published v1" in said.stdout.splitlines()[0], "the oldest first, as they go out"
    office.run()
    assert len(la_voz.posts) == 2
    assert not Event.objects.filter(action="delivery.sent-again").exists()

    la_voz.answer = lambda _: Answer(200)
    assert run("resend", "--partner", "la-voz", "--reason", "repaired").stdout.splitlines()[-1] == "queued 2"
    office.run()
    assert [got.headers["webhook-id"] for got in la_voz.posts[2:]] == tried
    assert set(Delivery.objects.filter(channel="webhook").values_list("state", flat=True)) == {"sent"}
    [first, _] = Event.objects.filter(action="delivery.sent-again").order_by("pk")
    assert (first.actor, first.reason, first.details["was"]) == ("cli:ana", "repaired", "refused")


def test_one_delivery_may_be_named(office: Office, la_voz: Receiver) -> None:
    newest = Delivery.objects.filter(channel="webhook").latest("pk")
    la_voz.answer = lambda _: Answer(200)
    assert run("resend", str(newest.pk), "--reason", "repaired").exit_code == 0
    office.run()
    newest.refresh_from_db()
    assert newest.state == "sent"
    assert Delivery.objects.filter(channel="webhook", state="refused").count() == 1


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("resend", "--reason", "x"), "say which deliveries", 2),
        (("resend", "1"), "Missing option '--reason'", 2),
        (("resend", "9999", "--reason", "x"), "not given up or refused, or not this partner's: 9999", 1),
        (("resend", "--partner", "la-vos", "--reason", "x"), "did you mean 'la-voz'?", 2),
        (("list", "--partner", "la-vos"), "did you mean 'la-voz'?", 2),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_sent(
    la_voz: Receiver, words: tuple[str, ...], said: str, code: int
) -> None:
    answer = run(*words)
    assert answer.exit_code == code
    assert said in answer.output
    assert not Event.objects.filter(action="delivery.sent-again").exists()
