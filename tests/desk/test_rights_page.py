"""Rights records filed at the desk: what is said before is what happens after, and nothing is filed unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from desk.roles import Role
from pipeline.actions import rights as filing
from pipeline.errors import IllegalTransition
from pipeline.ledger import catalog
from pipeline.ledger.models import Event, Release, Revision, Source
from pipeline.rights.evidence import evidence_sha256
from pipeline.types import Rights, UseClass
from tests.make import START, Office, other, story

PLACE = "/desk/sources/silent-times/rights"
BY_NC = {"basis": "licence", "licence": "https://creativecommons.org/licenses/by-nc/4.0/", "reason": "their new page"}
SENTENCE = "You may republish our articles free of charge if you name the author."


@pytest.fixture
def waiting(office: Office) -> list[int]:
    """Two articles of a source without a rights record."""
    found = [
        office.receive(story(), source="silent-times", url="https://silent.example/1").article,
        office.receive(other(), source="silent-times", url="https://silent.example/2").article,
    ]
    office.run()
    return found


@pytest.fixture
def chief(office: Office, signed_in: Callable[[Role | None], Client], monkeypatch: pytest.MonkeyPatch) -> Client:
    """At the office's time."""
    monkeypatch.setattr("desk.pages.rights.now", office.clock)
    return signed_in(Role.CHIEF)


def look(client: Client, form: dict[str, Any]) -> str:
    answer = client.post(PLACE, form)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def token(page: str) -> str:
    [found] = re.findall(r'name="token" value="(\w+)"', page)
    return found


def test_what_is_shown_is_what_happens(office: Office, waiting: list[int], chief: Client) -> None:
    before = Event.objects.count()
    page = look(chief, BY_NC)
    assert "<dt>would be translated</dt><dd>2</dd>" in page
    assert Source.objects.get(slug="silent-times").rights is None, "looking changes nothing"
    assert Event.objects.count() == before
    answer = chief.post(PLACE, {**BY_NC, "token": token(page)}, follow=True)
    assert "Filed. 2 articles are asked about again." in answer.content.decode()
    office.run()
    assert [office.release(article).state for article in waiting] == ["usable", "usable"]
    event = Event.objects.get(action="rights.filed")
    assert (event.actor, event.subject, event.reason) == ("desk:chief", "source:silent-times", "their new page")
    assert event.details["record"]["licence"] == BY_NC["licence"]
    # a stricter one: releases leave, and partners of a paid use gain nothing
    page = look(chief, {"basis": "none", "reason": "they wrote to us"})
    assert f"<dt>leave every feed</dt><dd><strong>{Release.objects.count()}</strong></dd>" in page
    reach = {each.slug: (each.gains, each.loses) for each in effect(Rights(basis="none")).partners}
    assert reach == {"el-faro": (0, 2), "la-voz": (0, 2), "diario-de-pago": (0, 0)}
    chief.post(PLACE, {"basis": "none", "reason": "they wrote to us", "token": token(page)})
    office.run()
    assert {office.release(article).state for article in waiting} == {"withheld"}
    assert not any(str(office.release(waiting[0]).guid).encode() in content for content in office.files().values())
    # and back, for everybody
    page = look(chief, {**BY_NC, "licence": "https://creativecommons.org/licenses/by/4.0/"})
    assert "<dt>come back to the feeds</dt><dd>2</dd>" in page
    assert effect(Rights(basis="licence", licence="cc-by-4.0")).restored == 2
    assert [each.gains for each in effect(Rights(basis="licence", licence="cc-by-4.0")).partners] == [2, 2, 2]


def effect(rights: Rights) -> filing.Effect:
    return filing.effect(Source.objects.get(slug="silent-times"), rights, today=START.date())


def test_evidence_is_kept_with_its_digest_and_the_declaration_is_signed(
    office: Office, waiting: list[int], chief: Client
) -> None:
    form = {"basis": "house-terms", "terms_url": "https://silent.example/terms", "terms_text": SENTENCE}
    form |= {"translation": "yes", "reason": "read on their page", "expires": "2030-01-31"}
    answer = chief.post(PLACE, form)
    assert answer.status_code == 422
    assert "for which uses" in answer.content.decode()
    assert SENTENCE in answer.content.decode(), "nothing that was typed is lost"
    page = look(chief, {**form, "uses": ["N"]})
    assert evidence_sha256(SENTENCE) in page
    chief.post(PLACE, {**form, "uses": ["N"], "token": token(page)})
    rights = catalog.rights_of(Source.objects.get(slug="silent-times"))
    assert rights is not None
    assert (rights.terms_text, rights.terms_sha256) == (SENTENCE, evidence_sha256(SENTENCE))
    assert (rights.uses, str(rights.expires)) == ((UseClass.NON_COMMERCIAL,), "2030-01-31")
    assert (rights.declared_by or "").startswith("chief, ")
    shown = chief.get("/desk/sources/silent-times").content.decode()
    assert SENTENCE in shown
    assert "Filed at the desk" in shown
    assert "rights.filed" in shown


def test_a_record_of_the_file_is_changed_in_the_file_alone(office: Office, chief: Client) -> None:
    place = "/desk/sources/river-post/rights"
    answer = chief.post(place, BY_NC, follow=True)
    assert "This record is in newsroom.toml" in answer.content.decode()
    assert "Replace the record" not in answer.content.decode()
    source = Source.objects.get(slug="river-post")
    with pytest.raises(IllegalTransition, match=r"newsroom\.toml"):
        filing.file("river-post", Rights(basis="none"), token="x", reason="x", actor="test", now=office.clock())
    assert Source.objects.get(slug="river-post").rights == source.rights


def test_the_desks_record_stays_until_the_file_has_one(office: Office, waiting: list[int], chief: Client) -> None:
    chief.post(PLACE, {**BY_NC, "token": token(look(chief, BY_NC))})
    office.apply(office.text)
    source = Source.objects.get(slug="silent-times")
    assert (source.rights["licence"], source.rights_origin) == (BY_NC["licence"], "desk")
    own = '[source.rights]\nbasis = "none"\n'
    office.apply(office.text.replace('url = "https://silent.example/"\n', f'url = "https://silent.example/"\n{own}'))
    source = Source.objects.get(slug="silent-times")
    assert (source.rights["basis"], source.rights_origin) == ("none", "file")
    office.run()
    assert {row.state for row in Revision.objects.filter(article__in=waiting)} == {"refused"}


def test_nothing_is_filed_that_was_not_shown(office: Office, waiting: list[int], chief: Client) -> None:
    shown = token(look(chief, BY_NC))
    other_licence = {**BY_NC, "licence": "https://creativecommons.org/licenses/by/4.0/"}
    answer = chief.post(PLACE, {**other_licence, "token": shown})
    assert answer.status_code == 422
    assert "look at the effect again" in answer.content.decode()
    # a colleague was faster
    chief.post(PLACE, {**other_licence, "token": token(look(chief, other_licence))})
    assert chief.post(PLACE, {**BY_NC, "token": shown}).status_code == 422
    assert Event.objects.filter(action="rights.filed").count() == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"basis": "licence", "licence": "CC BY-NC"}, "name one licence with its version"),
        ({"basis": "house-terms", "terms_text": SENTENCE}, "house terms need their sentence"),
        ({"basis": "permission", "translation": "yes", "uses": ["N"]}, "a permission needs a reference"),
    ],
)
def test_a_record_that_proves_nothing_is_refused(
    form: dict[str, Any], said: str, office: Office, chief: Client
) -> None:
    answer = chief.post(PLACE, {**form, "reason": "x"})
    assert answer.status_code == 422
    assert escape(said) in answer.content.decode()
