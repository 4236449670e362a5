"""Approve, reject, retry: what a person decides about something that stopped."""

from __future__ import annotations

import pytest

from pipeline.actions import review
from pipeline.errors import IllegalTransition
from pipeline.ledger import queries
from pipeline.ledger.models import Event, Translation
from tests.make import PARAGRAPHS, SPANISH, Office


@pytest.fixture
def held(office: Office) -> int:
    """An article of which the engine left one sentence in English."""
    article = office.half_translated()
    assert office.fate(article)["translations"][0]["state"] == "held"
    return article


def decide(verb: str, article: int, office: Office) -> None:
    getattr(review, verb)(article, "es", reason="read it", actor="ana", now=office.clock())


def test_what_an_editor_approves_is_published_with_the_editors_name(office: Office, held: int) -> None:
    office.clock.forward(days=1)
    decide("approve", held, office)
    office.run()
    release = office.release(held)
    assert (release.state, release.translation.state) == ("usable", "approved")
    assert (release.translation.reviewer, str(release.translation.reviewed_on)) == ("ana", "2026-03-15")
    assert (release.attribution["reviewer"], release.attribution["reviewed_on"]) == ("ana", "2026-03-15")
    event = Event.objects.get(action="translation.approved")
    assert (event.actor, event.reason, event.article_id) == ("ana", "read it", held)


def test_readers_hear_of_the_newsroom_where_the_account_names_nobody(office: Office, held: int) -> None:
    review.approve(held, "es", reason="read it", actor="cli:root", now=office.clock())
    office.run()
    assert office.release(held).attribution["reviewer"] == office.room.config.site.name
    assert Event.objects.get(action="translation.approved").actor == "cli:root"


def test_what_an_editor_rejects_is_never_published(office: Office, held: int) -> None:
    decide("reject", held, office)
    assert office.run() == []
    assert office.fate(held)["translations"][0]["state"] == "rejected"
    assert office.bodies() == {}
    assert queries.articles(limit=9, needing_someone=True) == ([], 0)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_only_what_is_held_can_be_decided_about(verb: str, office: Office) -> None:
    article = office.publish()
    events = Event.objects.count()
    with pytest.raises(IllegalTransition, match="ready"):
        decide(verb, article, office)
    with pytest.raises(IllegalTransition, match="article 4711 has no translation into 'es'"):
        decide(verb, 4711, office)
    assert Event.objects.count() == events


def test_retrying_a_held_translation_asks_the_engine_again(office: Office, held: int) -> None:
    office.engine.phrases[PARAGRAPHS[2]] = SPANISH[PARAGRAPHS[2]]
    assert review.retry(held, actor="ana", now=office.clock()) == ["translation into es"]
    office.run()
    assert office.release(held).state == "usable"
    assert Translation.objects.count() == 1


def test_retrying_what_did_not_stop_does_nothing(office: Office) -> None:
    article = office.publish()
    events = Event.objects.count()
    assert review.retry(article, actor="ana", now=office.clock()) == []
    assert office.run() == []
    assert Event.objects.count() == events
    with pytest.raises(IllegalTransition, match="there is no article 4711"):
        review.retry(4711, actor="ana", now=office.clock())


def test_retrying_parked_work_forgives_its_attempts(office: Office) -> None:
    book, office.engine.phrases = office.engine.phrases, {}
    article = office.receive().article
    for _ in range(6):
        office.run()
        office.clock.forward(hours=2)
    [parked] = office.fate(article)["parked"]
    assert (parked["step"], parked["code"]) == ("translate", "unexpected")
    office.engine.phrases = book
    assert review.retry(article, actor="ana", now=office.clock()) == ["1 parked units"]
    office.run()
    assert office.release(article).state == "usable"


def test_retrying_a_held_reading_reads_it_again(office: Office) -> None:
    article = office.receive(b"{ not json").article
    office.run()
    assert review.retry(article, actor="ana", now=office.clock()) == ["reading revision 1"]
    office.run()
    assert office.fate(article)["code"] == "unreadable"


def test_retrying_a_refusal_asks_about_the_rights_again(office: Office) -> None:
    article = office.receive(source="silent-times", url="https://silent.example/1").article
    office.run()
    assert review.retry(article, actor="ana", now=office.clock()) == ["rights of revision 1"]
    office.run()
    assert office.fate(article)["code"] == "rights-unknown"
