"""Memory as people meet it: what it holds, what is taken in, handed out and forgotten, and what it suggests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.actions import memory
from pipeline.actions.correct import correct
from pipeline.errors import IllegalTransition
from pipeline.ledger.models import Event, MemoryEntry, PostEdit, Translation
from pipeline.ledger.suggestions import suggest
from pipeline.translation.tmx import Unit, read, write
from pipeline.types import Span
from tests.make import PARAGRAPHS, SPANISH, START, Office, other, story
from workers.cli import main

EDITED = "La alcaldesa aseguró que no habrá peaje."


@pytest.fixture
def edited(office: Office) -> int:
    """An article with one sentence in an editor's words."""
    article = office.publish()
    correct(article, "es", "b2.0", EDITED, note="Se precisa.", actor="cli:Ana", now=office.clock())
    office.run()
    return article


def tmx(folder: Path, *pairs: tuple[str, str]) -> Path:
    path = folder / "casa.tmx"
    write(path, [Unit(source=a, target=b, by="LUZ") for a, b in pairs], "en", "es", now=START)
    return path


def take_in(path: Path, office: Office) -> memory.Intake:
    return memory.import_file(path, "en", "es", actor="cli:Ana", now=office.clock())


def test_a_correction_is_remembered_with_its_writer_its_day_and_its_article(office: Office, edited: int) -> None:
    row = PostEdit.objects.get()
    assert (row.source, row.target, row.origin) == (PARAGRAPHS[2], EDITED, "editor")
    assert (row.actor, row.at, row.article_id) == ("cli:Ana", office.clock(), edited)


def test_a_second_correction_of_the_sentence_takes_the_firsts_place(office: Office, edited: int) -> None:
    correct(edited, "es", "b2.0", "No habrá peaje.", note="Más corto.", actor="cli:Luz", now=office.clock())
    row = PostEdit.objects.get()
    assert (row.target, row.actor) == ("No habrá peaje.", "cli:Luz")


def test_a_corrected_sentence_is_checked_again(office: Office, edited: int) -> None:
    correct(edited, "es", "b1.0", "Costó 14 millones de pesos en nueve años.", note="-", actor="ana", now=START)
    findings = office.fate(edited)["translations"][-1]["findings"]
    assert [(each["code"], each["place"]) for each in findings] == [("numbers", "b1.0")]


def test_an_import_shows_first_what_it_would_do_and_then_does_it(office: Office, edited: int, tmp_path: Path) -> None:
    path = tmx(tmp_path, (PARAGRAPHS[2], "Otra cosa."), ("A new one.", "Una nueva."), ("A new one.", "Una más nueva."))
    planned = memory.plan_import(path, "en", "es")
    assert (planned.new, planned.kept, planned.twice) == (1, 1, 1)
    assert PostEdit.objects.count() == 1
    assert take_in(path, office) == planned
    row = PostEdit.objects.get(source="A new one.")
    assert (row.target, row.origin, row.file, row.actor) == ("Una más nueva.", "import", "casa.tmx", "LUZ")
    assert PostEdit.objects.get(source=PARAGRAPHS[2]).target == EDITED
    assert Event.objects.get(action="memory.imported").details["new"] == 1
    again = take_in(path, office)
    assert (again.new, again.changed, again.same) == (0, 0, 1)
    changed = take_in(tmx(tmp_path, ("A new one.", "Distinta.")), office)
    assert (changed.changed, PostEdit.objects.get(source="A new one.").target) == (1, "Distinta.")


def test_an_export_holds_peoples_sentences_and_the_machines_on_request(
    office: Office, edited: int, tmp_path: Path
) -> None:
    path = tmp_path / "out.tmx"
    now = office.clock()
    assert memory.export_file(path, "en", "es", machine=False, actor="ana", now=now) == 1
    [unit] = read(path, "en", "es").units
    assert (unit.source, unit.target, unit.by, unit.article) == (PARAGRAPHS[2], EDITED, "cli:Ana", str(edited))
    assert memory.export_file(path, "en", "es", machine=True, actor="ana", now=now) == 5
    assert {unit.source for unit in read(path, "en", "es").units} >= set(PARAGRAPHS)


def test_forgetting_an_article_takes_its_sentences_and_leaves_others(office: Office, edited: int) -> None:
    second = office.publish(other(), url="https://river.example/2026/library")
    office.run()
    before = MemoryEntry.objects.count()
    planned = memory.plan_forget(memory.Forgotten(article=edited))
    assert (planned.answers, planned.post_edits) == (5, 1)
    gone = memory.forget(memory.Forgotten(article=edited), reason="asked", actor="ana", now=office.clock())
    assert gone == planned
    assert (MemoryEntry.objects.count(), PostEdit.objects.count()) == (before - 5, 0)
    event = Event.objects.get(action="memory.forgotten")
    assert (event.reason, event.details) == ("asked", {"article": edited, "answers": 5, "post_edits": 1})
    assert memory.plan_forget(memory.Forgotten(article=second)).answers == 5


def test_forgetting_takes_what_fits_everything_that_is_said(office: Office, edited: int) -> None:
    model = office.engine.identity.model
    assert memory.plan_forget(memory.Forgotten(model=model)) == memory.Oblivion(answers=5, post_edits=0)
    assert memory.plan_forget(memory.Forgotten(model="another")).answers == 0
    assert memory.plan_forget(memory.Forgotten(containing="PEAJE")).post_edits == 1
    assert memory.plan_forget(memory.Forgotten(actor="cli:Ana", article=edited)).post_edits == 1
    assert memory.plan_forget(memory.Forgotten(actor="cli:Luz", article=edited)).post_edits == 0
    future = datetime(2040, 1, 1, tzinfo=UTC)
    assert memory.plan_forget(memory.Forgotten(before=future)) == memory.Oblivion(answers=5, post_edits=1)
    with pytest.raises(IllegalTransition, match="say what to forget"):
        memory.plan_forget(memory.Forgotten())
    with pytest.raises(IllegalTransition, match="no article 4711"):
        memory.plan_forget(memory.Forgotten(article=4711))


def test_suggestions_come_with_their_score_and_their_maker(office: Office, edited: int) -> None:
    found = suggest("The mayor said that somebody will pay a toll.", "en", "es")
    assert [(each.origin, each.source, each.html) for each in found.best] == [("editor", PARAGRAPHS[2], EDITED)]
    assert 0.9 < found.best[0].score < 1
    assert (found.best[0].by, found.best[0].article, found.newest_only) == ("cli:Ana", edited, False)
    [machine] = suggest("The new bridge over the Seco river opened on Friday.", "en", "es").best
    assert (machine.origin, machine.target, machine.by) == (
        "machine",
        SPANISH[PARAGRAPHS[0]],
        office.engine.identity.model,
    )
    assert suggest("Something else entirely.", "en", "es").best == ()
    assert suggest(PARAGRAPHS[0], "en", "pt").best == ()


def test_a_suggestion_has_the_links_of_the_sentence_in_hand_as_html(office: Office) -> None:
    linked = 'The new <a href="https://river.example/x">bridge</a> over the Arroyo river opened on Monday.'
    office.engine.phrases["bridge"] = "puente"
    office.publish(story(paragraphs=(linked, *PARAGRAPHS[1:])))

    def link(address: str) -> Span:
        return Span(tag="a", start=0, end=1, attributes=(("href", address),))

    def suggested(*own: Span) -> str:
        [best] = suggest(PARAGRAPHS[0], "en", "es", own=own).best
        return best.html

    assert '<a href="https://river.example/x">puente</a>' in suggested(link("https://river.example/x"))
    assert '<a href="https://river.example/y">puente</a>' in suggested(link("https://river.example/y"))
    for own in ((), (link("https://river.example/y"), link("https://river.example/z"))):
        assert "puente" in suggested(*own)
        assert "<a " not in suggested(*own), "never a link of another article, nor one that was guessed"


def test_the_commands_count_take_in_hand_out_and_forget(office: Office, edited: int, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        told = CliRunner().invoke(main, ["memory", *words])
        assert told.exit_code == 0, told.output
        return told.output

    told = json.loads(run("stats", "--json"))
    assert (told["answers"]["entries"], told["post_edits"]["entries"]) == (5, 1)
    assert told["sentences"]["editor"] == 1
    assert "sentences of people: 1" in run("stats")
    path = tmx(tmp_path, ("A new one.", "Una nueva."))
    assert "would be taken in: 1 new" in run("import", str(path), "--dry-run")
    assert "taken in: 1 new" in run("import", str(path))
    assert "2 sentences written" in run("export", str(tmp_path / "out.tmx"))
    assert "would be forgotten: 0 answers of engines, 1" in run(
        "forget", "--containing", "nueva", "--reason", "test", "--dry-run"
    )
    assert "forgotten: 0 answers of engines, 1" in run("forget", "--containing", "nueva", "--reason", "test")
    assert PostEdit.objects.count() == 1


def test_what_was_rejected_or_is_in_another_language_is_not_offered(office: Office) -> None:
    refused, kept = office.publish(), office.publish(url="https://river.example/2026/again")
    newest = Translation.objects.get(revision__article=kept)
    Translation.objects.filter(pk=newest.pk).update(state="rejected")
    [best] = suggest(PARAGRAPHS[0], "en", "es").best
    assert (best.article, best.score) == (refused, 1.0), "an older place of the same sentence"
    Translation.objects.update(state="rejected")
    assert suggest(PARAGRAPHS[0], "en", "es").best == ()
    Translation.objects.filter(pk=newest.pk).update(state="ready", language="pt")
    assert suggest(PARAGRAPHS[0], "en", "es").best == ()
    assert [each.article for each in suggest(PARAGRAPHS[0], "en", "pt").best] == [kept]
