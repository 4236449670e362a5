"""The glossary at work in a newsroom: named in newsroom.toml, told in the trail, reported to whoever asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.ledger.models import Event
from pipeline.ledger.terms import usage
from pipeline.translation.glossary_files import Glossaries
from tests.make import PARAGRAPHS, Office, story
from workers import spine
from workers.cli import main

TERMS = """
terms = [
  {source = "Harbour Guard", target = "Guardia del Puerto", gender = "f"},
  {source = "toll", target = "peaje", variants = ["cuota"]},
]
"""
GUARD = "The Harbour Guard closed the bridge for an hour."


@pytest.fixture
def house(office: Office) -> Glossaries:
    """An office with a glossary of its own."""
    (office.home / "glossary.toml").write_text(TERMS, encoding="utf-8")
    office.apply(office.text + '\n[glossary]\nshipped = false\nfiles = ["glossary.toml"]\n')
    return spine.glossaries(office.room.config)


def publish(office: Office) -> int:
    office.engine.phrases |= {
        GUARD: "El guarda del puerto cerró el puente una hora.",
        "The ⟦0⟧ closed the bridge for an hour.": "El ⟦0⟧ cerró el puente una hora.",
    }
    return office.publish(story(paragraphs=(*PARAGRAPHS[:3], GUARD)))


def test_a_term_that_the_engine_missed_is_right_in_what_readers_get(office: Office, house: Glossaries) -> None:
    article = publish(office)
    assert "La Guardia del Puerto cerró el puente una hora." in office.bodies()[office.release(article).guid]


def test_the_trail_says_which_glossary_made_the_draft(office: Office, house: Glossaries) -> None:
    article = publish(office)
    details = Event.objects.get(action="translation.drafted", article=article).details
    assert details["glossary"] == house("river-post", "en", "es").version


def test_the_report_tells_what_the_engine_missed_and_what_is_still_wrong(office: Office, house: Glossaries) -> None:
    publish(office)
    told = {use.source: (use.seen, use.missed, use.lacking) for use in usage("es", house)}
    assert told == {"Harbour Guard": (1, 1, 0), "toll": (1, 0, 0)}
    (office.home / "glossary.toml").write_text(TERMS.replace("peaje", "arancel"), encoding="utf-8")
    [worst, _] = usage("es", house)
    assert (worst.source, worst.lacking, worst.examples[0][1]) == ("toll", 1, "b2.0")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["glossary", *words])


def test_the_commands_check_report_and_import(
    office: Office, house: Glossaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    assert "2 terms en→es" in run("check").output
    told = run("check", "--text", "The Harbour Guard left.", "--translation", "El guarda se fue.")
    assert told.exit_code == 1
    assert "MISSING  Harbour Guard → Guardia del Puerto" in told.output
    publish(office)
    rows = json.loads(run("report", "--json").output)
    assert [row["source"] for row in rows] == ["Harbour Guard", "toll"]
    more = tmp_path / "more.csv"
    more.write_text("source,target\nloot,botín\n", encoding="utf-8")
    assert "would take in 1 new" in run("import", str(more), "--dry-run").output
    assert "took in 1 new" in run("import", str(more)).output
    assert Event.objects.get(action="glossary.imported").details["new"] == 1
    assert "3 terms en→es" in run("check").output
    assert (
        run("add", "berth", "atraque", "--variant", "muelle", "--reason", "the port's word").output
        == "berth → atraque\n"
    )
    assert "4 terms en→es" in run("check").output
    assert run("retire", "berth", "--reason", "not ours").exit_code == 0
    assert "3 terms en→es" in run("check").output
    assert run("restore", "berth", "--reason", "as before").exit_code == 0
    assert list(Event.objects.filter(subject="term:berth").order_by("pk").values_list("action", flat=True)) == [
        "glossary.added",
        "glossary.retired",
        "glossary.restored",
    ]
