"""A correction keeps the guid, raises the version and `updated`, and tells readers what was put right, and when."""

from __future__ import annotations

import pytest

from pipeline.actions.correct import correct, preview
from pipeline.errors import IllegalTransition
from pipeline.ledger import units
from pipeline.ledger.models import Delivery, Translation
from pipeline.stages import Step
from tests.make import CHANGED, PARAGRAPHS, SPANISH, START, Office, corrected, story

NOTE = "Una versión anterior decía 41 millones de pesos. Fueron 14."


def outputs(office: Office, article: int) -> dict[str, str]:
    guid = office.release(article).guid
    found = {form: office.bodies(form)[guid] for form in ("rss", "atom", "json")}
    return {**found, "page": office.page(article).read_text(encoding="utf-8")}


def test_a_new_revision_of_the_publisher_is_version_two_under_the_same_guid(office: Office) -> None:
    article = office.publish()
    first = office.release(article)
    before = office.items()[first.guid]
    office.clock.forward(days=1)
    assert office.publish(corrected(), correction=NOTE) == article
    second = office.release(article)
    assert (second.guid, second.version, second.state) == (first.guid, 2, "usable")
    assert second.updated_at == office.clock()
    assert second.published_at == first.published_at == START
    after = office.items()[first.guid]
    assert after["date_published"] == before["date_published"]
    assert after["date_modified"] > before["date_modified"]
    for name, output in outputs(office, article).items():
        assert SPANISH[CHANGED] in output, name
        assert SPANISH[PARAGRAPHS[1]] not in output, name
        assert NOTE in output, name
        assert "15 de marzo de 2026" in output, name


def test_without_a_word_from_the_publisher_readers_are_told_that_the_text_changed(office: Office) -> None:
    article = office.publish()
    office.clock.forward(days=1)
    office.publish(corrected())
    for name, output in outputs(office, article).items():
        assert "el texto sigue la nueva versión publicada por el medio original" in output, name


def test_notes_of_earlier_corrections_stay(office: Office) -> None:
    article = office.publish()
    office.clock.forward(days=1)
    office.publish(corrected(), correction=NOTE)
    office.clock.forward(days=1)
    office.publish(story(), correction="Eran 41 millones, como se dijo al principio.")
    assert office.release(article).version == 3
    for output in outputs(office, article).values():
        assert NOTE in output
        assert "Eran 41 millones" in output
        assert "15 de marzo de 2026" in output
        assert "16 de marzo de 2026" in output


def test_partners_are_told_of_a_correction_once_each(office: Office) -> None:
    office.publish()
    office.clock.forward(days=1)
    office.publish(corrected(), correction=NOTE)
    told = list(Delivery.objects.filter(version=2).values_list("partner__slug", "kind", "state").order_by("pk"))
    assert sorted(told) == [(slug, "corrected", "sent") for slug in ("diario-de-pago", "el-faro", "la-voz")]


def test_an_older_revision_never_overwrites_a_newer_release(office: Office) -> None:
    """The first version hangs in the engine; the second overtakes it; then the first gets through."""
    first = office.receive()
    book, office.engine.phrases = office.engine.phrases, {}
    office.run()  # extracted, cleared, and waiting for an engine that answers
    office.engine.phrases = book
    second = office.receive(corrected())
    assert second.article == first.article
    office.run()
    assert office.release(first.article).translation.revision.number == 2
    before = office.stamps()
    office.clock.forward(hours=2)
    assert office.run(), "the first version's turn"
    release = office.release(first.article)
    assert (release.translation.revision.number, release.version) == (2, 1)
    assert SPANISH[CHANGED] in office.bodies()[release.guid]
    assert office.stamps() == before


def test_an_editors_correction_is_a_new_version_by_hand(office: Office) -> None:
    article = office.publish()
    first = office.release(article)
    office.clock.forward(days=1)
    new = "La obra costó <em>14 millones</em> de pesos y duró nueve años."
    shown = preview(article, "es", "b1.0", new)
    assert shown == (SPANISH[PARAGRAPHS[1]], "La obra costó 14 millones de pesos y duró nueve años.")
    assert office.run() == [], "a preview changes nothing"
    correct(article, "es", "b1.0", new, note=NOTE, actor="ana", now=office.clock())
    office.run()
    release = office.release(article)
    assert (release.guid, release.version) == (first.guid, 2)
    translation = release.translation
    assert (translation.version, translation.reviewer, str(translation.reviewed_on)) == (2, "ana", "2026-03-15")
    assert translation.segments.get(place="b1.0").origin == "editor"
    for name, output in outputs(office, article).items():
        assert "<em>14 millones</em>" in output, name
        assert NOTE in output, name
        assert SPANISH[PARAGRAPHS[0]] in output, name


def test_a_corrected_headline_leaves_the_guid_and_the_address_alone(office: Office) -> None:
    article = office.publish()
    before = office.items()[office.release(article).guid]
    correct(article, "es", "headline", "El puente, por fin", note="Nuevo título.", actor="ana", now=office.clock())
    office.run()
    after = office.items()[office.release(article).guid]
    assert after["title"] == "El puente, por fin"
    assert (after["id"], after["url"]) == (before["id"], before["url"])


def test_the_engine_cannot_undo_an_editors_words(office: Office) -> None:
    article = office.publish()
    correct(article, "es", "b1.0", "Costó 41 millones.", note="Más breve.", actor="ana", now=office.clock())
    office.run()
    first = Translation.objects.get(version=1)
    for step in (Step.TRANSLATE, Step.CHECK, Step.RELEASE):
        units.arm(step, f"translation:{first.pk}", now=office.clock())
    office.run()
    assert "Costó 41 millones." in office.bodies()[office.release(article).guid]


@pytest.mark.parametrize(
    ("place", "html", "said"),
    [
        ("b9.0", "Algo.", "there is no segment 'b9.0'; the places are headline, b0.0"),
        ("b1.0", " ", "the new wording is empty"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_and_changes_nothing(
    place: str, html: str, said: str, office: Office
) -> None:
    article = office.publish()
    with pytest.raises(IllegalTransition, match=said):
        correct(article, "es", place, html, note="x", actor="ana", now=office.clock())
    assert Translation.objects.count() == 1


def test_a_correction_may_not_lose_a_link(office: Office) -> None:
    linked = '<p>The mayor said that nobody will pay a <a href="https://river.example/tolls">toll</a>.</p>'
    office.engine.phrases["toll"] = "peaje"
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:2]) + linked + f"<p>{PARAGRAPHS[3]}</p>"
    article = office.publish(story(body_html=body))
    assert '<a href="https://river.example/tolls">peaje</a>' in office.bodies()[office.release(article).guid]
    with pytest.raises(IllegalTransition, match=r"lacks the link to https://river\.example/tolls"):
        correct(article, "es", "b2.0", "Nadie pagará peaje.", note="x", actor="ana", now=office.clock())
