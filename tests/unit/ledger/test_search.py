"""Search: what an article says, in every language it is here in, is found; what was rolled back or replaced is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from pipeline.actions import withdraw
from pipeline.ledger import search
from pipeline.ledger.models import SearchText
from pipeline.ledger.search import Wanted
from tests.make import Office, corrected, other, story


def found(words: str = "", **fields: object) -> list[int]:
    return list(search.find(Wanted(words=words, **fields)).values_list("pk", flat=True))  # type: ignore[arg-type]


@pytest.fixture
def bridge(office: Office) -> int:
    return office.publish(section="Bridges")


@pytest.fixture
def library(office: Office, bridge: int) -> int:
    office.clock.forward(days=2)
    return office.publish(other(), url="https://harbor.example/2026/library", source="harbor-wire")


SAID = (
    "bridge",
    "puente",
    "PUENTE",
    "inundacion",
    "inundación",
    "bridg",
    "arroyo peaje",
    '"nadie pagará peaje"',
    "«nadie pagará peaje»",
    "41",
    "https://river.example/2026/bridge",
)
UNSAID = (
    "volcano",
    "puente volcano",
    '"peaje pagará nadie"',
    '"nadie pagará peaj"',
    "ridge",
    "***",
    '""',
    "' OR 1=1 --",
)
MARKS = ('"', "(", "a AND", "NEAR(", "puente*", "-puente", "puente:*", "\\", "%", "puente & |")


def test_an_article_is_found_by_what_it_says_in_either_language(bridge: int, library: int) -> None:
    assert {words: found(words) for words in SAID} == {words: [bridge] for words in SAID}


def test_what_does_not_stand_there_is_not_found(bridge: int, library: int) -> None:
    assert {words: found(words) for words in UNSAID} == {words: [] for words in UNSAID}


def test_no_mark_is_an_error_or_an_operator(bridge: int) -> None:
    for words in MARKS:
        assert set(found(words)) <= {bridge}, words


def test_the_newest_comes_first_and_nothing_asks_for_everything(bridge: int, library: int) -> None:
    assert found() == [library, bridge]


def test_a_guid_leads_to_its_article(bridge: int, library: int, office: Office) -> None:
    assert found(office.release(library).guid) == [library]


def test_a_correction_replaces_what_was_found(bridge: int, office: Office) -> None:
    assert found('"41 millones"') == [bridge]
    office.publish(corrected())
    assert found('"41 millones"') == []
    assert found('"14 millones"') == [bridge]
    assert set(SearchText.objects.get(article=bridge).said) == {"", "es"}


def test_what_is_rolled_back_was_never_there(bridge: int, office: Office) -> None:
    with transaction.atomic():
        SearchText.objects.filter(article=bridge).update(title="nothing of the kind")
        assert found("nothing kind") == [bridge]
        transaction.set_rollback(True)
    assert found("nothing kind") == []
    assert found("puente") == [bridge]


def test_a_text_that_is_deleted_is_gone_from_the_index(bridge: int) -> None:
    SearchText.objects.filter(article=bridge).delete()
    assert found("puente") == []


def test_filters(bridge: int, library: int, office: Office) -> None:
    assert found(source="river-post") == [bridge]
    assert found(section="Bridges") == [bridge]
    assert found(product="es/puentes") == [bridge]
    assert found(product="es/all") == [library, bridge]
    assert found(language="es") == [library, bridge]
    assert found(language="en") == []
    today = office.clock().date()
    assert found(since=today) == [library]
    assert found(until=today - timedelta(days=1)) == [bridge]
    assert found("puente", source="harbor-wire") == []
    assert found("pond") == [library, bridge]
    assert search.sections() == ["Bridges"]


def test_states_are_those_an_editor_thinks_in(bridge: int, library: int, office: Office) -> None:
    silent = office.receive(story(), source="silent-times", url="https://silent.example/1").article
    waiting = office.receive(other(), url="https://river.example/2").article
    assert found(state="working") == [waiting, silent]
    office.run()
    assert found(state="held") == [silent]
    assert found(state="published") == [waiting, library, bridge]
    withdraw.withdraw(bridge, kind="kill", reason="wrong", actor="test", now=office.clock())
    office.run()
    assert found(state="withdrawn") == [bridge]
    assert found(state="published") == [waiting, library]
    for state in search.STATES:
        found(state=state)
    with pytest.raises(KeyError):
        found(state="lost")


def test_a_very_long_text_is_taken(office: Office) -> None:
    long = story(paragraphs=("The word is said again. " * 40_000,))
    office.engine.mark = "es: "
    receipt = office.receive(long)
    office.run()
    assert found("said") == [receipt.article]
