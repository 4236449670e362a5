"""`tornavoz review` and `tornavoz campaign`: what the desk does can be scripted."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from pipeline import clock
from tests.make import Office
from workers import spine
from workers.cli import main

GOOD = "La alcaldesa dijo que nadie pagará peaje."


@pytest.fixture
def cli(office: Office, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The command line in this process, on this test's newsroom."""
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    monkeypatch.setattr(spine, "runner", lambda: office.runner)
    monkeypatch.setattr("workers.embedded.runner", lambda: office.runner)
    monkeypatch.setattr(clock, "now", office.clock)
    monkeypatch.setattr("workers.embedded.now", office.clock)
    monkeypatch.setenv("TORNAVOZ_HOME", str(office.home))

    def run(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(main, [*words], catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    return run


def test_an_article_that_waits_is_put_first(office: Office, cli) -> None:  # type: ignore[no-untyped-def]
    article = str(office.receive().article)
    assert "1 units go first" in cli("hurry", article, "--reason", "it leads at six").stdout
    assert "nothing of article" in cli("hurry", article, "--reason", "again", code=1).stderr


def test_a_held_translation_is_found_edited_and_approved(office: Office, cli) -> None:  # type: ignore[no-untyped-def]
    article = str(office.half_translated())
    [held] = json.loads(cli("review", "list", "--json").stdout)["held"]
    assert (held["article"], held["codes"]) == (int(article), ["copied", "leftover-english"])
    shown = json.loads(cli("review", "show", article, "--json").stdout)
    [place] = [row["place"] for row in shown["segments"] if row["findings"]]
    assert "copied" in cli("review", "show", article).stdout
    base = str(shown["translation"])
    said = cli("review", "edit", article, "--place", place, "--text", GOOD.replace(" que", "  que"), "--dry-run").stdout
    assert said == f"{GOOD}\n"
    cli("review", "edit", article, "--place", place, "--text", GOOD, "--base", base)
    late = cli("review", "edit", article, "--place", place, "--text", "Otra.", "--base", base, code=1)
    assert GOOD in late.stderr
    assert f"+ {GOOD}" in cli("review", "history", article).stdout
    cli("review", "approve", article, "--reason", "read")
    assert GOOD in next(iter(office.bodies().values()))
    assert json.loads(cli("review", "list", "--json").stdout) == {"held": [], "not_listed": 0}


def test_a_campaign_is_planned_started_and_looked_at(office: Office, cli) -> None:  # type: ignore[no-untyped-def]
    office.publish()
    planned = json.loads(cli("campaign", "plan", "--product", "es/all", "--json").stdout)
    assert (planned["going"], planned["left_out"], planned["dry_run"]) == (4, 0, True)
    assert "public feeds by feed: 1 go out" in cli("campaign", "plan", "--product", "es/all").stdout
    assert len(cli("campaign", "plan", "--product", "es/all", "--csv").stdout.splitlines()) == 5
    started = json.loads(cli("campaign", "start", "--product", "es/all", "--reason", "lost", "--json").stdout)
    assert (started["new"], started["items"], started["percent"]) == (True, {"sent": 1}, 100)
    number = str(started["campaign"])
    assert json.loads(cli("campaign", "status", number, "--json").stdout)["state"] == "done"
    assert len(cli("campaign", "status", number, "--csv").stdout.splitlines()) == 4
    assert json.loads(cli("campaign", "list", "--json").stdout)["campaigns"][0]["reason"] == "lost"
    assert "cannot be paused" in cli("campaign", "pause", number, code=1).stderr
    assert "0 started again" in cli("campaign", "retry", number).stdout
    short = json.loads(cli("resyndicate", "--product", "es/all", "--reason", "again", "--json").stdout)
    assert (short["campaign"], len(short["sendings"])) == (int(number) + 1, 4)
    assert office.release(1).sending == 3
