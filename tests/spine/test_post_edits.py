"""A sentence that a person worded is not translated again, and a correction re-words what it corrects, nothing else."""

from __future__ import annotations

from pipeline.actions.correct import correct
from pipeline.ledger.models import Event, Segment, Translation
from tests.make import CHANGED, PARAGRAPHS, SPANISH, Office, corrected, other, story

EDITED = "La alcaldesa aseguró que no habrá peaje."
WEDNESDAY = "El testigo d habló del puerto viejo el miércoles."
LAST = "The crossing stays open."
ASKED = [f"Witness number {name} spoke on Tuesday about the old harbour." for name in "abcdefghijklmnopqrstuvwxyz"]
ASKED += [f"Then the {name} street was closed for an hour." for name in "abcdefghijklm"]


def drafted(article: int) -> dict[str, object]:
    """What the audit trail says of the newest draft."""
    details: dict[str, object] = (
        Event.objects.filter(action="translation.drafted", article=article).latest("pk").details
    )
    return details


def edit(office: Office, article: int, place: str = "b2.0", html: str = EDITED) -> None:
    correct(article, "es", place, html, note="Se precisa.", actor="cli:Ana", now=office.clock())
    office.run()


def test_a_correction_of_one_sentence_of_forty_translates_that_one_and_keeps_a_post_edit(office: Office) -> None:
    office.engine.phrases |= {each: f"El testigo {each[15:16]} habló del puerto viejo el martes." for each in ASKED}
    article = office.publish(story(paragraphs=tuple(ASKED)))
    assert drafted(article)["segments"] == 40
    edit(office, article, "b7.0", "Lo dijo el martes.")
    before = len(office.engine.asked)
    office.engine.phrases["Witness number d spoke on Wednesday about the old harbour."] = WEDNESDAY
    changed = [*ASKED[:3], "Witness number d spoke on Wednesday about the old harbour.", *ASKED[4:]]
    office.publish(story(paragraphs=tuple(changed)))
    counts = {key: drafted(article)[key] for key in ("segments", "engine", "memory", "editor")}
    assert counts == {"segments": 40, "engine": 1, "memory": 38, "editor": 1}
    assert office.engine.asked[before:] == [("Witness number d spoke on Wednesday about the old harbour.",)]
    body = office.bodies()[office.release(article).guid]
    assert "Lo dijo el martes." in body
    assert WEDNESDAY in body


def test_a_post_edit_is_used_again_with_whose_it_is(office: Office) -> None:
    article = office.publish()
    edit(office, article)
    second = office.publish(other(), url="https://river.example/2026/library")
    office.engine.phrases["Another story about the bridge"] = "Otra historia sobre el puente"
    again = story("Another story about the bridge", (*PARAGRAPHS[1:], PARAGRAPHS[0]))
    third = office.publish(again, url="https://river.example/2026/3")
    segment = Segment.objects.get(translation__revision__article=third, source=PARAGRAPHS[2])
    assert (segment.target, segment.origin, segment.model) == (EDITED, "editor", "")
    assert segment.provenance is not None
    assert (segment.provenance["by"], segment.provenance["article"]) == ("cli:Ana", article)
    assert not Segment.objects.filter(translation__revision__article=second, origin="editor").exists()


def test_a_correction_keeps_readers_words_even_when_the_model_changed_meanwhile(office: Office) -> None:
    article = office.publish()
    office.engine.phrases |= {each: f"Otra versión: {text}" for each, text in SPANISH.items()}
    office.publish(corrected())
    body = office.bodies()[office.release(article).guid]
    assert f"Otra versión: {SPANISH[CHANGED]}" in body
    assert SPANISH[PARAGRAPHS[0]] in body
    assert f"Otra versión: {SPANISH[PARAGRAPHS[0]]}" not in body
    assert drafted(article)["engine"] == 1


def test_an_editors_words_are_doubted_but_stop_nothing(office: Office) -> None:
    article = office.publish()
    edit(office, article, "b1.0", "La obra costó 14 millones de pesos.")
    office.engine.phrases[LAST] = "El paso queda abierto."
    office.publish(story(paragraphs=(*PARAGRAPHS[:3], LAST)))
    [draft] = office.fate(article)["translations"]
    assert [(each["code"], each["level"], each["place"]) for each in draft["findings"]] == [("numbers", "warn", "b1.0")]
    assert draft["state"] == "ready"


def test_the_links_of_a_post_edit_are_those_of_the_sentence_in_hand(office: Office) -> None:
    linked = PARAGRAPHS[2].replace("toll", '<a href="https://river.example/toll">toll</a>')
    office.engine.phrases["toll"] = "peaje"
    article = office.publish(story(paragraphs=(*PARAGRAPHS[:2], linked, PARAGRAPHS[3])))
    edit(office, article, "b2.0", 'No habrá <a href="https://river.example/toll">peaje</a>.')
    moved = linked.replace("/toll", "/peaje")
    office.publish(story(paragraphs=(*PARAGRAPHS[:2], moved, PARAGRAPHS[3])))
    body = office.bodies()[office.release(article).guid]
    assert "No habrá" in body
    assert 'href="https://river.example/peaje"' in body
    assert Translation.objects.filter(state="held").count() == 0
