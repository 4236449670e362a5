"""What programs call by a code has words for people: a new state, action, role or reason cannot come without any."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from enum import StrEnum
from pathlib import Path

import lxml.html
import pytest
from django.test import Client
from django.utils import translation

from desk.roles import Role
from desk.words import campaigns, events, partners, people, reasons, states, texts
from feeds.tokens import Scope
from pipeline import stages
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Event
from pipeline.rights.table import REASONS as GATE
from pipeline.stages import CampaignState, DeliveryState, EditionState, PlacementState, ReceiptState, Step
from pipeline.stages import RevisionState as Revised
from pipeline.stages import TranslationState as Translated
from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS
from pipeline.types import Format, Origin
from tests.make import PARAGRAPHS, Office, other

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
import reasons as coded
from facts import trees

_ACTION = re.compile(rf"(?:{'|'.join(events.GROUPS)})\.[a-z]+(?:-[a-z]+)*")
_OTHERS = {"desk.urls", "feed.json", "glossary.toml", "model.bin"}  # that only look like actions
_COMPUTED = {  # f"revision.{state}": every value that can stand there
    "campaign": {"started", "paused", "resumed", "retried", CampaignState.CANCELED},
    "delivery": set(DeliveryState),
    "edition": set(EditionState),
    "placement": set(PlacementState),
    "receipt": set(ReceiptState),
    "release": {"created", "revised", "kept", "restored", "withheld"},
    "revision": {Revised.CLEARED, Revised.HELD, Revised.REFUSED},
    "translation": {Translated.READY, Translated.HELD},
}


def recorders() -> Iterator[ast.Call]:
    """Calls that write an event, or hand an action on to what does."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in ("record", "_record", "event"):
                    yield node


def test_every_action_has_words() -> None:
    logged = {
        str(getattr(node.args[0], "value", ""))
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("log.")
    }
    written = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ACTION.fullmatch(node.value)
    } - logged
    first = [node.args[0] for node in recorders()]
    written |= {each.value for each in first if isinstance(each, ast.Constant) and "." in str(each.value)}
    for each in first:
        if isinstance(each, ast.JoinedStr) and isinstance(each.values[0], ast.Constant):
            noun = str(each.values[0].value).rstrip(".")
            written |= {f"{noun}.{state}" for state in _COMPUTED[noun]}
    assert len(written) > 60, "the code was read"
    assert sorted(written - _OTHERS - set(events.ACTIONS)) == []
    assert {action.partition(".")[0] for action in events.ACTIONS} == set(events.GROUPS)


def test_every_kind_of_subject_has_words() -> None:
    begun = re.compile(r"([a-z]+):")
    kinds = {
        found[1]
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("record", "event", "arm")
        for given in node.args[1:2]
        if isinstance(given, ast.JoinedStr)
        if (found := begun.match(str(getattr(given.values[0], "value", ""))))
    }
    assert len(kinds) > 15, "the code was read"
    assert not kinds - set(events.KINDS)


@pytest.mark.parametrize(
    "kind", [each for each in vars(stages).values() if isinstance(each, type) and each.__name__.endswith("State")]
)
def test_every_state_has_words(kind: type[StrEnum]) -> None:
    assert not {str(state) for state in kind} - set(states.STATES)


def test_no_page_shows_a_code(
    office: Office, places: dict[str, str], signed_in: Callable[[Role | None], Client]
) -> None:
    """In what people read: of the data of an event, and of what is to be typed into a terminal, a code is a part."""
    office.engine.mark = ""
    del office.engine.phrases[PARAGRAPHS[2]]
    held = office.receive(url="https://river.example/held").article
    office.receive(b"Nothing to read.", url="https://river.example/none", form=Format.TEXT)
    office.receive(other(), source="silent-times", url="https://silent.example/1")
    office.run()
    places |= {"held-trace": f"/desk/articles/{held}/trace", "held-review": f"/desk/review/{held}/es?edit=b2.0"}
    codes = {*events.ACTIONS, *(code for code in reasons.REASONS if "-" in code), "b2.0"}
    client = signed_in(Role.ADMIN)
    shown = {}
    for name, place in places.items():
        page = lxml.html.fromstring(client.get(place, follow=True, headers={"Accept-Language": "es"}).content)
        for element in page.xpath("//code | //pre | //script"):
            element.drop_tree()
        if found := codes & set(re.split(r"[\s,;:()«»]+", page.text_content())):
            shown[name] = found
    assert not shown


def test_the_audit_trail_is_read_and_searched_in_words(
    office: Office, signed_in: Callable[[Role | None], Client]
) -> None:
    article = office.publish()

    def rows(asked: str) -> list[str]:
        answer = signed_in(Role.VIEWER).get(f"/desk/audit?{asked}", headers={"Accept-Language": "es"})
        return [
            " ".join(row.text_content().split()) for row in lxml.html.fromstring(answer.content).xpath("//tbody/tr")
        ]

    [row] = rows("action=release.created")
    assert f"las máquinas publicación creada publicación 1 · artículo {article}" in row
    for asked in ("subject=release:1", "subject=publicación 1", "subject=Publicación 1"):
        assert rows(asked) == [row]
    assert rows("actor=las máquinas&action=release.") == [row]
    assert rows("actor=pipeline&action=release.") == [row]


def test_every_step_role_scope_origin_and_way_to_choose_has_words() -> None:
    assert set(states.STEPS) == set(Step)
    assert set(people.ROLES) == {role.group for role in Role}
    assert set(partners.SCOPES) == set(Scope)
    assert set(Origin) <= set(texts.ORIGINS)
    assert set(campaigns.CHOSEN) == {field.name for field in fields(Choice)}


def test_every_reason_code_has_words() -> None:
    codes = {*GATE, *coded.findings(), *coded.holds(), *(error.code for _, error in coded.error_tree())}
    codes |= {each.code for each in (*SENTENCE_CHECKS, *ARTICLE_CHECKS)}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                codes |= {
                    str(word.value.value)
                    for word in node.keywords
                    if word.arg in ("code", "reason_code") and isinstance(word.value, ast.Constant) and word.value.value
                }
    assert len(codes) > 120, "the code was read"
    assert sorted(codes - set(reasons.REASONS)) == []


def test_a_choice_is_told_in_the_readers_words() -> None:
    chosen = Choice(articles=(1, 2), product="es/since", since=date(2026, 11, 1), reviewed=True)
    with translation.override("es"):
        assert campaigns.choice(chosen) == (
            "artículo n.º 1, 2 · producto es/since · publicadas desde el 1 de noviembre de 2026 · "
            "también lo que leyó una persona"
        )
    assert chosen.words() == "articles 1, 2, product es/since, since 2026-11-01, reviewed True"


@pytest.mark.parametrize(
    ("code", "spanish"),
    [
        ("headline", "título"),
        ("b2.0", "párrafo 3, frase 1"),
        ("elsewhere", "elsewhere"),
    ],
)
def test_a_place_is_told_in_the_readers_words(code: str, spanish: str) -> None:
    with translation.override("es"):
        assert texts.place(code) == spanish


@pytest.mark.parametrize(
    ("code", "spanish"),
    [("desk:ana", "ana"), ("cli:ana", "ana"), ("pipeline", "las máquinas"), ("api:el-faro:3f9a", "el-faro (API)")],
)
def test_whoever_acted_is_named_and_found_by_that_name(code: str, spanish: str) -> None:
    with translation.override("es"):
        assert events.actor(code) == spanish
        assert code.startswith("api:") or code in events.actors_called(spanish)


@pytest.mark.parametrize("code", ["revision:12", "page:3:es", "term:air strike", "source:river-post"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_subject_is_found_by_its_words(code: str, language: str) -> None:
    with translation.override(language):
        assert code in events.subjects_called(events.subject(code))
    assert code in events.subjects_called(code)


@pytest.mark.parametrize(
    ("event", "spanish"),
    [
        (
            Event(action="revision.held", reason=GATE["rights-unknown"].english, details={"code": "rights-unknown"}),
            GATE["rights-unknown"].spanish,
        ),
        (
            Event(action="translation.held", reason="b2.0: x", details={"findings": ["hold:copied", "warn:numbers"]}),
            "sin traducir, cifras",
        ),
        (
            Event(action="translation.held", reason="edited by hand", details={"findings": ["hold:copied"]}),
            "editada a mano",
        ),
        (Event(action="placement.failed", reason="proof-byline, proof-author"), "falta la firma, falta el autor"),
        (Event(action="article.withdrawn", reason="lo pidió ana", details={"kind": "kill"}), "lo pidió ana"),
        (Event(action="output.published"), ""),
    ],
)
def test_why_something_was_done_is_told_in_the_readers_words(event: Event, spanish: str) -> None:
    with translation.override("es"):
        assert events.why(event) == spanish
