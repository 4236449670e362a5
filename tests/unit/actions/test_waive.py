"""Waivers: an editor answers one finding about one sentence."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipeline.actions import review, waive
from pipeline.errors import IllegalTransition
from pipeline.ledger.models import Event, Translation, Waiver
from pipeline.types import TranslationId
from tests.make import PARAGRAPHS, SPANISH, Office, story
from workers.cli import main

WRONG = "La obra costó 14 millones de pesos y duró nueve años."  # 41 in the original
MARKED = {  # what the engine is asked when a figure came through changed; it loses the marks too
    "The work cost ⟦0⟧ million pesos and took nine years.": "Sin marcas.",
    "Two villages had waited for the crossing since the flood of ⟦0⟧.": "Sin marcas.",
}


@pytest.fixture
def held(office: Office) -> int:
    """An article of which one figure came through changed."""
    office.engine.phrases |= {PARAGRAPHS[1]: WRONG, **MARKED}
    article = office.receive().article
    office.run()
    assert [(each["code"], each["place"]) for each in findings(office, article)] == [("numbers", "b1.0")]
    assert state(office, article) == "held"
    return article


def findings(office: Office, article: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = office.fate(article)["translations"][0]["findings"]
    return found


def state(office: Office, article: int) -> str:
    return str(office.fate(article)["translations"][0]["state"])


def translation(article: int) -> TranslationId:
    return TranslationId(review.newest(article, "es").pk)


def waived(office: Office, article: int, code: str = "numbers", place: str = "b1.0", reason: str = "14 it is") -> int:
    return waive.waive(translation(article), code, place, reason=reason, actor="cli:Ana", now=office.clock())


def test_a_waiver_stands_with_its_finding_and_in_the_audit_trail(office: Office, held: int) -> None:
    assert waived(office, held) == 0
    for finding in findings(office, held):
        assert finding["waiver"] == {"by": "cli:Ana", "at": "2026-03-14T09:00:00Z", "reason": "14 it is"}
    event = Event.objects.get(action="finding.waived")
    assert (event.actor, event.reason, event.article_id) == ("cli:Ana", "14 it is", held)
    assert (event.details["code"], event.details["place"], event.details["level"]) == ("numbers", "b1.0", "hold")


def test_a_waiver_releases_nothing_until_an_editor_approves(office: Office, held: int) -> None:
    waived(office, held)
    assert office.run() == []
    assert state(office, held) == "held"
    review.approve(held, "es", reason="read", actor="cli:Ana", now=office.clock())
    office.run()
    assert office.release(held).state == "usable"


def test_a_waived_finding_does_not_come_back_while_both_texts_stand(office: Office, held: int) -> None:
    waived(office, held)
    review.retry(held, actor="ana", now=office.clock())
    office.run()
    assert state(office, held) == "ready"
    assert all(finding["waiver"] for finding in findings(office, held))
    assert office.release(held).state == "usable"


def test_a_waiver_outlives_a_new_revision_that_moves_the_sentence(office: Office, held: int) -> None:
    waived(office, held)
    office.engine.phrases["A note came first."] = "Antes llegó una nota."
    office.publish(story(paragraphs=("A note came first.", *PARAGRAPHS)))
    assert state(office, held) == "ready"
    assert [(each["place"], bool(each["waiver"])) for each in findings(office, held)] == [("b2.0", True)]


def test_a_changed_translation_makes_the_finding_count_again(office: Office, held: int) -> None:
    waived(office, held)
    office.engine.phrases[PARAGRAPHS[1]] = WRONG.replace("duró", "llevó")
    review.retry(held, actor="ana", now=office.clock())
    office.run()
    assert state(office, held) == "held"
    assert not any(finding["waiver"] for finding in findings(office, held))


def test_what_was_not_waived_still_holds(office: Office) -> None:
    office.engine.phrases |= {PARAGRAPHS[1]: WRONG, **MARKED}
    office.engine.phrases[PARAGRAPHS[3]] = SPANISH[PARAGRAPHS[3]].replace("2017", "2016")
    article = office.receive().article
    office.run()
    assert waived(office, article) == 2
    review.retry(article, actor="ana", now=office.clock())
    office.run()
    assert state(office, article) == "held"


def test_a_waiver_can_be_undone(office: Office, held: int) -> None:
    waived(office, held)
    left = waive.undo(translation(held), "numbers", "b1.0", reason="41 after all", actor="cli:Ana", now=office.clock())
    assert left == 1
    assert not any(finding["waiver"] for finding in findings(office, held))
    assert not Waiver.objects.exists()
    assert Event.objects.get(action="finding.unwaived").reason == "41 after all"
    with pytest.raises(IllegalTransition, match="not waived"):
        waive.undo(translation(held), "numbers", "b1.0", reason="", actor="ana", now=office.clock())


def test_a_waiver_that_let_a_translation_out_cannot_be_undone(office: Office, held: int) -> None:
    waived(office, held)
    review.retry(held, actor="ana", now=office.clock())
    office.run()
    with pytest.raises(IllegalTransition, match="correct or withdraw"):
        waive.undo(translation(held), "numbers", "b1.0", reason="no", actor="ana", now=office.clock())


@pytest.mark.parametrize(
    ("code", "place", "reason", "says"),
    [
        ("hedge", "b1.0", "why", "no finding 'hedge' at 'b1.0'; it has: numbers at b1.0"),
        ("numbers", "b2.0", "why", "no finding 'numbers' at 'b2.0'"),
        ("numbers", "b1.0", "  ", "needs a reason"),
    ],
)
def test_a_waiver_names_a_finding_that_is_there_and_gives_a_reason(
    code: str, place: str, reason: str, says: str, office: Office, held: int
) -> None:
    with pytest.raises(IllegalTransition, match=says):
        waived(office, held, code, place, reason)
    assert not Waiver.objects.exists()


def test_what_speaks_of_the_whole_article_is_approved_not_waived(office: Office) -> None:
    office.apply(office.text + '\n[translation]\nreview = "always"\n')
    article = office.receive().article
    office.run()
    with pytest.raises(IllegalTransition, match="approve or reject"):
        waived(office, article, "review-wanted", "")


def test_the_findings_of_a_finished_translation_are_not_decided_about(office: Office, held: int) -> None:
    review.reject(held, "es", reason="no", actor="ana", now=office.clock())
    with pytest.raises(IllegalTransition, match="is rejected"):
        waived(office, held)
    with pytest.raises(IllegalTransition, match="there is no translation 4711"):
        waive.waive(TranslationId(4711), "numbers", "b1.0", reason="x", actor="ana", now=office.clock())


def test_the_command_waives_and_undoes(office: Office, held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORNAVOZ_ACTOR", "Ana")
    command = ["waive", str(held), "--code", "numbers", "--place", "b1.0", "--reason", "14 it is"]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 0, told.output
    assert "waived; findings that hold: 0" in told.output
    assert f"tornavoz approve {held}" in told.output
    told = CliRunner().invoke(main, [*command, "--undo"])
    assert "counts again; findings that hold: 1" in told.output
    assert Translation.objects.get().state == "held"
