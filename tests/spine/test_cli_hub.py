"""`tornavoz hub`: who is subscribed, how it goes, and ending a subscription with a dry run and a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result

from feeds.sealing import seal
from pipeline import clock
from pipeline.ledger.models import Event, Subscription
from tests.make import Office
from tests.receiver import Answer, Receiver, query_of, receiver
from workers import spine
from workers.cli import main


@pytest.fixture
def reader() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


@pytest.fixture
def office(office: Office, reader: Receiver, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Two subscribers of the public RSS feed: one on this machine, one whose host is nowhere."""
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    monkeypatch.setattr(clock, "now", office.clock)
    monkeypatch.setenv("TORNAVOZ_ACTOR", "ana")
    office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
    office.run()
    for number, callback in enumerate((f"{reader.url}/secret-place", "https://nowhere.invalid/callback")):
        Subscription.objects.create(
            topic="feed:1:rss",
            callback=callback,
            host=("127.0.0.1", "nowhere.invalid")[number],
            secret=seal("signs it"),
            lease_until=office.clock() + timedelta(days=10),
            verified_at=office.clock(),
        )
    office.publish()
    return office


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["hub", *words])


def test_subscribers_are_listed_with_their_success_those_that_fail_first(office: Office) -> None:
    said = run("list")
    assert said.exit_code == 0, said.output
    failing, good = said.stdout.splitlines()
    assert "es/all rss  nowhere.invalid  until 2026-03-24 09:00  has taken none yet  failed 1 times since" in failing
    assert good.endswith("es/all rss  127.0.0.1  until 2026-03-24 09:00  last took one 2026-03-14 09:00")
    assert "secret-place" not in said.output, "who knows a callback's address can speak to it"
    found = json.loads(run("list", "--json", "--host", "127.0.0.1").stdout)
    assert [row["failures"] for row in found["subscriptions"]] == [0]


def test_a_list_says_what_it_leaves_out(office: Office) -> None:
    assert run("list", "--limit", "1").stdout.splitlines()[-1] == "and 1 more: --limit 2"
    assert json.loads(run("list", "--limit", "1", "--json").stdout)["hidden"] == 1
    assert run("list", "--host", "other.example").stdout == "nobody is subscribed\n"


def test_a_dry_run_ends_nothing_and_a_run_tells_the_callback(office: Office, reader: Receiver) -> None:
    here = Subscription.objects.get(host="127.0.0.1")
    heard = len(reader.got)
    assert run("end", str(here.pk), "--reason", "asked by mail", "--dry-run").stdout.splitlines()[-1] == "would end 1"
    assert Subscription.objects.count() == 2
    assert len(reader.got) == heard

    assert run("end", str(here.pk), "--reason", "asked by mail").stdout.splitlines()[-1] == "ended 1"
    assert list(Subscription.objects.values_list("host", flat=True)) == ["nowhere.invalid"]
    [told] = reader.got[heard:]
    assert parse_qs(query_of(told))["hub.mode"] == ["denied"]
    event = Event.objects.get(action="websub.ended")
    assert (event.actor, event.reason, event.details) == ("cli:ana", "asked by mail", {"host": "127.0.0.1"})
    office.clock.forward(minutes=1)
    office.publish(url="https://river.example/2026/other")
    assert len(reader.got) == heard + 1, "nothing is sent any longer"


def test_a_callback_that_cannot_be_told_is_ended_all_the_same(office: Office, reader: Receiver) -> None:
    reader.answer = lambda _: Answer(500)
    assert run("end", "--host", "NOWHERE.invalid", "--reason", "dead").stdout.splitlines()[-1] == "ended 1"
    assert run("end", "--host", "127.0.0.1", "--reason", "dead").stdout.splitlines()[-1] == "ended 1"
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("end", "--reason", "x"), "say which subscriptions", 2),
        (("end", "1"), "Missing option '--reason'", 2),
        (("end", "9999", "--reason", "x"), "no such subscription: 9999; none was ended", 1),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_ended(
    office: Office, words: tuple[str, ...], said: str, code: int
) -> None:
    answer = run(*words)
    assert answer.exit_code == code
    assert said in answer.output
    assert Subscription.objects.count() == 2
