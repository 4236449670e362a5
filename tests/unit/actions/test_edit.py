"""Edits of a held translation: each is a version, nobody overwrites unseen, nothing is lost, all can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.actions import correct, edit, review
from pipeline.errors import IllegalTransition, StaleVersion
from pipeline.ledger import codec, translations, wordings
from pipeline.ledger.models import Event, PostEdit, Translation, Wording
from pipeline.types import Level, Origin
from tests.make import PARAGRAPHS, SPANISH, Office

GOOD = "La alcaldesa dijo que nadie pagará peaje."


@pytest.fixture
def held(office: Office) -> int:
    """An article of which the engine left the third paragraph in English."""
    article = office.half_translated()
    assert office.fate(article)["translations"][0]["state"] == "held"
    return article


def newest(article: int) -> translations.Translated:
    row = translations.newest(article, "es")
    assert row is not None
    return translations.get(row.pk)


def save(office: Office, article: int, changes: dict[str, str], *, base: int, who: str = "desk:ana") -> edit.Edited:
    return edit.edit(article, "es", changes, base=base, actor=who, now=office.clock())


def test_a_look_shows_typography_and_findings_and_saves_nothing(office: Office, held: int) -> None:
    base = newest(held).id
    seen = edit.look(base, "b2.0", 'La alcaldesa  dijo: "nadie pagará"')
    assert seen.html == "La alcaldesa dijo: «nadie pagará»"
    wrong = edit.look(base, "b1.0", "La obra costó 14 millones de pesos y duró nueve años.")
    assert [finding.code for finding in wrong.findings] == ["numbers"]
    assert str(edit.look(base, "b2.0", "  ").problem) == "the new wording is empty"
    assert Translation.objects.count() == 1


def test_an_edit_is_a_new_version_with_its_writer(office: Office, held: int) -> None:
    base = newest(held).id
    office.clock.forward(minutes=5)
    made = save(office, held, {"b2.0": GOOD}, base=base)
    now = newest(held)
    assert (made.translation, made.conflicts) == (now.id, ())
    assert (now.version, now.state) == (2, "held")
    match = next(each for each in now.draft.matches if each.place == "b2.0")  # type: ignore[union-attr]
    assert (match.target, match.origin) == (GOOD, Origin.EDITOR)
    assert match.provenance is not None
    assert (match.provenance.by, match.provenance.at) == ("desk:ana", office.clock())
    assert not any(finding.blocks for finding in now.findings)
    assert translations.get(base).state == "superseded"


def test_an_edited_translation_goes_out_once_it_is_approved_and_is_remembered_then(office: Office, held: int) -> None:
    save(office, held, {"b2.0": GOOD, "headline": "Por fin abre el puente"}, base=newest(held).id)
    assert not PostEdit.objects.exists(), "a half-done edit is no model for other articles"
    review.approve(held, "es", reason="read", actor="desk:ana", now=office.clock(), base=newest(held).id)
    office.run()
    [body] = office.bodies().values()
    assert GOOD in body
    assert office.items()[office.release(held).guid]["title"] == "Por fin abre el puente"
    assert set(PostEdit.objects.values_list("target", flat=True)) == {GOOD, "Por fin abre el puente"}


def test_what_the_model_was_unsure_of_stays_said_until_that_sentence_is_edited(office: Office, held: int) -> None:
    """The check step alone knows what is usual for a model; an edit elsewhere must not wipe out what it said."""
    base = newest(held)
    hints = tuple(
        replace(base.findings[0], code=code, level=Level.WARN, place="b1.0") for code in ("confidence", "omission")
    )
    rows = Translation.objects.filter(pk=base.id)
    rows.update(findings=codec.dump_each((*base.findings, *hints)))
    save(office, held, {"b2.0": GOOD}, base=base.id)
    assert {finding.code for finding in newest(held).findings} >= {"confidence", "omission"}
    save(office, held, {"b1.0": SPANISH[PARAGRAPHS[1]]}, base=newest(held).id)
    assert {finding.code for finding in newest(held).findings}.isdisjoint({"confidence", "omission"})


def test_a_stale_save_of_the_same_sentence_is_refused_with_both_texts(office: Office, held: int) -> None:
    base = newest(held).id
    save(office, held, {"b2.0": GOOD}, base=base, who="desk:eva")
    late = save(office, held, {"b2.0": "Nadie pagará peaje, dijo."}, base=base)
    [conflict] = late.conflicts
    assert late.translation is None
    assert (conflict.before, conflict.theirs, conflict.mine, conflict.by) == (
        PARAGRAPHS[2],
        GOOD,
        "Nadie pagará peaje, dijo.",
        "desk:eva",
    )
    assert conflict.newest == newest(held).id
    assert newest(held).version == 2


def test_edits_of_different_sentences_do_not_hinder_each_other(office: Office, held: int) -> None:
    base = newest(held).id
    save(office, held, {"b2.0": GOOD}, base=base, who="desk:eva")
    assert save(office, held, {"headline": "Abre el puente"}, base=base).conflicts == ()
    now = newest(held)
    assert now.draft is not None
    assert (now.draft.headline, now.draft.blocks[2].text) == ("Abre el puente", GOOD)


def test_what_was_not_read_is_not_approved(office: Office, held: int) -> None:
    base = newest(held).id
    save(office, held, {"b2.0": GOOD}, base=base, who="desk:eva")
    with pytest.raises(StaleVersion, match="newer version"):
        review.approve(held, "es", reason="x", actor="desk:ana", now=office.clock(), base=base)


def test_undo_brings_the_old_words_back_as_a_new_version(office: Office, held: int) -> None:
    first = newest(held).id
    save(office, held, {"b1.0": "La obra costó 41 millones."}, base=first)
    edit.undo(held, "es", "b1.0", version=first, actor="desk:ana", now=office.clock())
    now = newest(held)
    match = next(each for each in now.draft.matches if each.place == "b1.0")  # type: ignore[union-attr]
    assert (now.version, match.target, match.origin) == (3, SPANISH[PARAGRAPHS[1]], Origin.ENGINE)
    assert Event.objects.filter(action="translation.undone").count() == 1


def test_only_what_is_held_is_edited(office: Office) -> None:
    article = office.publish()
    with pytest.raises(IllegalTransition, match="is ready; correct it instead"):
        save(office, article, {"headline": "x"}, base=newest(article).id)


@pytest.mark.parametrize(
    ("changes", "said"), [({"b9.0": "x"}, "there is no segment 'b9.0'"), ({"b1.0": " "}, "the new wording is empty")]
)
def test_a_wording_that_cannot_be_kept_is_refused(
    changes: dict[str, str], said: str, office: Office, held: int
) -> None:
    with pytest.raises(IllegalTransition, match=said):
        save(office, held, changes, base=newest(held).id)
    assert newest(held).version == 1


def test_several_sentences_are_corrected_with_one_note(office: Office) -> None:
    article = office.publish()
    base = newest(article).id
    office.clock.forward(days=1)
    changes = {"headline": "Abre el puente", "b2.0": "Nadie pagará, dijo."}
    made = correct.correct_all(
        article, "es", changes, note="Se precisa.", actor="desk:ana", now=office.clock(), base=base
    )
    office.run()
    assert made.conflicts == ()
    release = office.release(article)
    assert (release.version, release.translation_id) == (2, made.translation)
    assert office.items()[release.guid]["content_html"].count("Se precisa.") == 1
    late = correct.correct_all(article, "es", changes, note="x", actor="desk:eva", now=office.clock(), base=base)
    assert {conflict.place for conflict in late.conflicts} == {"headline", "b2.0"}
    with pytest.raises(IllegalTransition, match="nothing to correct"):
        correct.correct_all(article, "es", {}, note="x", actor="desk:eva", now=office.clock())


def test_unsaved_wordings_are_kept_for_each_editor_until_they_are_saved(office: Office, held: int) -> None:
    base = newest(held).id
    for who, html in (("desk:ana", "Nadie"), ("desk:eva", "Ninguno"), ("desk:ana", "Nadie pagará")):
        wordings.keep(held, "es", "b2.0", html, base=base, editor=who, now=office.clock())
    assert wordings.of(held, "es", "desk:ana")["b2.0"].html == "Nadie pagará"
    save(office, held, {"b2.0": GOOD}, base=base)
    assert list(Wording.objects.values_list("editor", flat=True)) == ["desk:eva"]


def test_editors_see_each_other_for_as_long_as_they_are_there(office: Office, held: int) -> None:
    wordings.here(held, "es", "desk:eva", now=office.clock())
    wordings.keep(held, "es", "b2.0", "Ninguno", base=newest(held).id, editor="desk:eva", now=office.clock())
    assert wordings.others(held, "es", "desk:ana", now=office.clock()) == {"desk:eva": ["b2.0"]}
    assert wordings.others(held, "es", "desk:eva", now=office.clock()) == {}
    later = office.clock() + wordings.GONE_AFTER + timedelta(seconds=1)
    assert wordings.others(held, "es", "desk:ana", now=later) == {}


def test_an_editor_says_what_a_held_translation_waits_for(office: Office, held: int) -> None:
    review.hold(held, "es", reason="ask the mayor", actor="desk:ana", now=office.clock())
    save(office, held, {"b2.0": GOOD}, base=newest(held).id)
    assert [f.reason for f in newest(held).findings if f.code == review.KEPT_BACK] == ["ana: ask the mayor"]
    with pytest.raises(IllegalTransition, match="say what it waits for"):
        review.hold(held, "es", reason=" ", actor="desk:ana", now=office.clock())
