"""The glossary at the desk: what counts and where it is written, what chiefs add, and the terms beside a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape

from desk.roles import Role
from pipeline.actions import glossary as acting
from pipeline.errors import IllegalTransition
from pipeline.ledger import translations
from pipeline.ledger.models import Event, GlossaryEntry
from pipeline.translation.glossary_files import Glossaries
from tests.make import PARAGRAPHS, START, Office, story
from workers import spine

TERMS = """
terms = [
  {source = "Harbour Guard", target = "Guardia del Puerto", gender = "f", note = "never «del puerto» alone"},
  {source = "toll", target = "peaje", variants = ["cuota"]},
]
"""
GUARD = "The Harbour Guard closed the bridge for an hour."
FORCED = "The ⟦0⟧ closed the bridge for an hour."
PAIR = {"source_language": "en", "language": "es"}


@pytest.fixture
def house(office: Office) -> Glossaries:
    """An office with a glossary file of its own, read by steps and desk alike."""
    (office.home / "house.toml").write_text(TERMS, encoding="utf-8")
    office.apply(office.text + '\n[glossary]\nshipped = false\nfiles = ["house.toml"]\n')
    office.engine.phrases |= {GUARD: "El guarda cerró el puente una hora.", FORCED: "El ⟦0⟧ cerró el puente una hora."}
    return spine.glossaries(office.room.config)


def text(client: Client, place: str) -> str:
    answer = client.get(place)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_every_term_is_there_with_its_place_and_how_often_it_comes_up(
    office: Office, house: Glossaries, signed_in: Callable[[Role | None], Client]
) -> None:
    office.publish(story(paragraphs=(*PARAGRAPHS[:3], GUARD)))
    page = text(signed_in(Role.VIEWER), "/desk/glossary")
    assert "2 terms" in page
    assert "house.toml (2)" in page
    assert "Guardia del Puerto" in page
    assert escape("never «del puerto» alone") in page
    assert page.count("1 sentence<") == 2
    assert "Add a term" not in page, "a viewer adds nothing"
    assert "1 term<" in text(signed_in(Role.VIEWER), "/desk/glossary?words=CUOTA")
    assert "No term fits." in text(signed_in(Role.VIEWER), "/desk/glossary?words=zebra")


def test_a_term_of_the_desk_wins_over_the_file_and_is_used(
    office: Office, house: Glossaries, signed_in: Callable[[Role | None], Client]
) -> None:
    chief = signed_in(Role.CHIEF)
    form = {"source": "toll", "target": "portazgo", "variants": "pontazgo\n\n tasa ", "reason": "an old bridge"}
    answer = chief.post("/desk/glossary/add", form, follow=True)
    assert "«toll» counts from the next translation on" in answer.content.decode()
    page = text(chief, "/desk/glossary?words=toll")
    assert "portazgo" in page
    assert "wins over house.toml" in page
    assert "pontazgo, tasa" in page
    assert house("river-post", "en", "es").missed("The toll.", "El peaje.")
    assert not house("river-post", "en", "es").missed("The toll.", "La tasa.")
    event = Event.objects.get(action="glossary.added")
    assert (event.actor, event.reason, event.details["source"]) == ("desk:chief", "an old bridge", "toll")


def test_a_term_is_retired_and_comes_back(
    office: Office, house: Glossaries, signed_in: Callable[[Role | None], Client]
) -> None:
    chief = signed_in(Role.CHIEF)
    before = house("river-post", "en", "es").version
    chief.post("/desk/glossary/retire", {"source": "toll"})
    assert house("river-post", "en", "es").found("The toll."), "without a reason nothing happens"
    chief.post("/desk/glossary/retire", {"source": "toll", "reason": "too many false alarms"})
    assert not house("river-post", "en", "es").found("The toll.")
    assert "retired" in text(chief, "/desk/glossary?words=toll")
    chief.post("/desk/glossary/restore", {"source": "toll", "reason": "it was right"})
    assert house("river-post", "en", "es").version == before
    told = list(Event.objects.filter(action__startswith="glossary.").order_by("pk").values_list("action", flat=True))
    assert told == ["glossary.retired", "glossary.restored"]


def test_what_cannot_be_a_term_is_said_and_what_was_typed_is_kept(
    office: Office, signed_in: Callable[[Role | None], Client]
) -> None:
    answer = signed_in(Role.CHIEF).post("/desk/glossary/add", {"source": "loot", "note": "a note that took long"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert escape("'loot' needs a target, or keep = true") in page
    assert "a note that took long" in page
    assert not GlossaryEntry.objects.exists()


def test_the_actions_refuse_what_makes_no_sense(office: Office) -> None:
    told = {**PAIR, "actor": "test", "now": START}
    assert acting.add({"source": "loot", "target": "botín"}, **told)  # type: ignore[arg-type]
    assert not acting.add({"source": "loot", "target": "botín"}, **told), "twice is once"  # type: ignore[arg-type]
    assert Event.objects.filter(action="glossary.added").count() == 1
    with pytest.raises(IllegalTransition, match="says nothing"):
        acting.restore("never heard", reason="x", **told)  # type: ignore[arg-type]
    acting.retire("loot", reason="x", **told)  # type: ignore[arg-type]
    with pytest.raises(IllegalTransition, match="retired already"):
        acting.retire("loot", reason="x", **told)  # type: ignore[arg-type]


def test_the_terms_of_a_sentence_stand_beside_its_field(
    office: Office, house: Glossaries, signed_in: Callable[[Role | None], Client]
) -> None:
    office.apply(office.text + '\n[translation]\nreview = "always"\n')
    article = office.receive(story(paragraphs=(GUARD, *PARAGRAPHS[1:]))).article
    office.run()
    editor = signed_in(Role.EDITOR)
    assert "Terms of the glossary" not in text(editor, f"/desk/review/{article}/es")
    page = text(editor, f"/desk/review/{article}/es?edit=b0.0")
    assert "Terms of the glossary" in page
    section = page.split("Terms of the glossary")[1].split("</div>")[0]
    assert "Harbour Guard" in section
    assert "Guardia del Puerto" in section
    assert escape("never «del puerto» alone") in section
    assert "is there" in section
    editor.post(
        f"/desk/review/{article}/es/do/save", {"place": "b0.0", "html": "El guarda cerró.", "base": newest(article)}
    )
    page = text(editor, f"/desk/review/{article}/es?edit=b0.0")
    assert "is missing" in page.split("Terms of the glossary")[1].split("</div>")[0]


def newest(article: int) -> int:
    row = translations.newest(article, "es")
    assert row is not None
    return row.pk


@pytest.mark.parametrize(
    ("language", "said"), [("es", "valen las dos acentuaciones"), ("en", "both accents are right")]
)
def test_a_note_is_told_in_the_readers_language(
    language: str, said: str, office: Office, signed_in: Callable[[Role | None], Client]
) -> None:
    for place in ("/desk/glossary?words=cartel", "/desk/glossary?term=cartel&words=cartel"):
        page = signed_in(Role.CHIEF).get(place, headers={"Accept-Language": language}).content.decode()
        assert said in page
    assert f'value="{said}"' in page, "as it would be changed"
