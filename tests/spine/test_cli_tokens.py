"""`tornavoz tokens`: made and shown once, listed without their secret, ended with a reason."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from feeds import tokens
from pipeline.ledger.models import Event, Token
from tests.make import Office
from workers.cli import main


@pytest.fixture(autouse=True)
def opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    monkeypatch.setattr("workers.spine.newsroom", lambda: office.room)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["tokens", *words])


def test_a_partners_token_is_shown_once_with_its_addresses(office: Office) -> None:
    said = run("issue", "--partner", "el-faro", "--name", "importer")
    assert said.exit_code == 0, said.output
    token, *addresses = said.stdout.splitlines()
    assert addresses[0] == f"https://eco.example/p/{token}/es/all/rss.xml"
    assert len(addresses) == 3
    assert "https://eco.example/private/el-faro/es/all/rss.xml" in said.stderr
    assert "feeds.opml" in said.stderr
    listed = run("list")
    assert token.split("_")[1] in listed.stdout
    assert token.split("_", 2)[2] not in listed.output
    assert "partner:el-faro  importer  feeds, releases:read" in listed.stdout
    assert "never used" in listed.stdout


def test_a_token_for_automation_or_with_few_scopes_opens_no_feed(office: Office) -> None:
    found = json.loads(run("issue", "--source", "river-post", "--json").stdout)
    assert (found["holder"], found["feeds"]) == ("source:river-post", [])
    said = run("issue", "--partner", "el-faro", "--scope", "releases:read")
    assert len(said.stdout.splitlines()) == 1
    assert "feeds.opml" not in said.stderr
    assert [row.scopes for row in Token.objects.order_by("pk")] == [
        ["articles:write", "status:read"],
        ["releases:read"],
    ]


def test_an_ended_token_is_counted_and_shown_when_asked_for(office: Office) -> None:
    token = run("issue", "--partner", "el-faro").stdout.splitlines()[0]
    key = token.split("_")[1]
    said = run("revoke", key, "--reason", "lost")
    assert said.stdout == f"{key} of partner:el-faro: revoked\n"
    assert Event.objects.get(action="token.revoked").reason == "lost"
    assert "1 that no longer work are not shown" in run("list").stderr
    assert "revoked 20" in run("list", "--all").stdout
    assert run("revoke", key, "--reason", "lost").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("issue",), "say whose token it is"),
        (("issue", "--partner", "el-faro", "--source", "river-post"), "say whose token it is"),
        (("issue", "--partner", "el-fara"), "did you mean 'el-faro'?"),
        (("issue", "--source", "river-pots"), "did you mean 'river-post'?"),
        (("issue", "--partner", "el-faro", "--scope", "feed"), "did you mean 'feeds'?"),
        (("issue", "--partner", "el-faro", "--expires", "2020-01-01"), "is past: the token would never work"),
        (("revoke", "0123", "--reason", "x"), "there is no token '0123'"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_made(office: Office, words: tuple[str, ...], said: str) -> None:
    answer = run(*words)
    assert answer.exit_code == 2
    assert said in answer.output
    assert not Token.objects.exists()
    assert tokens.PREFIX not in answer.output
