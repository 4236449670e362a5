"""Rights records filed at the desk: what is said before is what happens after, and nothing is filed unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from desk.roles import Role
from pipeline.actions import rights as filing
from pipeline.errors import IllegalTransition
from pipeline.ledger import catalog
from pipeline.ledger.models import Event, Release, Revision, Source, TermsPage
from pipeline.rights.evidence import evidence_sha256
from pipeline.types import Rights, UseClass
from tests.make import START, Office, other, story
from tests.servers import Site, site

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


def test_a_large_source_is_counted_by_its_newest_articles_and_the_page_says_so(
    office: Office, waiting: list[int], chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "older ones follow" not in look(chief, BY_NC)
    monkeypatch.setattr(filing, "LOOKED_AT", 1)
    page = look(chief, BY_NC)
    assert "of the newest 1 articles. 1 older ones follow the same record" in page
    assert "<dt>would be translated</dt><dd>1</dd>" in page
    source = Source.objects.get(slug="silent-times")
    whole = filing.effect(source, Rights(basis="licence", licence="cc-by-4.0"), today=START.date())
    assert (whole.cleared, whole.looked_at, whole.older) == (2, 2, 0)
    chief.post(PLACE, {**BY_NC, "token": token(page)})
    assert (
        "of 2 articles, 2 are still to be asked about again" in chief.get("/desk/sources/silent-times").content.decode()
    )
    office.run()
    assert [office.release(article).state for article in waiting] == ["usable", "usable"], "all of them follow"


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
    assert "rights record filed" in shown


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


@pytest.fixture
def publisher(office: Office) -> Iterator[Site]:
    """The publisher's web site, which this newsroom may visit."""
    with site() as made:
        office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        made.put("/terms", f"<p>Welcome.</p><p>{SENTENCE}</p><p hidden>Nothing.</p>")
        yield made


def typed(publisher: Site, path: str = "/terms", **more: Any) -> dict[str, Any]:
    return {"basis": "house-terms", "terms_url": publisher.base + path, "reference": "a letter", "uses": ["N"]} | more


def hidden(page: str) -> str:
    [found] = re.findall(r'name="page" value="(\d+)"', page)
    return found


def test_the_page_of_terms_is_read_shown_and_kept_with_the_record(
    office: Office, publisher: Site, chief: Client
) -> None:
    page = look(chief, typed(publisher, read="1"))
    assert escape(SENTENCE) in page
    assert "Nothing." not in page
    assert 'value="a letter"' in page, "nothing that was typed is lost"
    assert "This field is required" not in page, "nor is anything asked for yet"
    assert Source.objects.get(slug="silent-times").rights is None
    read = TermsPage.objects.get()
    assert (read.state, read.read_by) == ("read", "desk:chief")
    # the sentence is taken from it by a press
    form = typed(publisher, page=hidden(page))
    page = look(chief, {**form, "sentence": "0"})
    assert f">\n{escape(SENTENCE)}</textarea>" in chief.post(PLACE, {**form, "sentence": "0"}).content.decode()
    # and with the record it becomes evidence
    form |= {"terms_text": SENTENCE, "translation": "yes", "reason": "read on their page"}
    shown = look(chief, form)
    assert read.sha256 in shown
    assert "does not stand on the page" not in shown
    chief.post(PLACE, {**form, "token": token(shown)})
    read.refresh_from_db()
    assert read.state == "kept"
    assert Event.objects.get(action="rights.filed").details["page"]["sha256"] == read.sha256
    source = chief.get("/desk/sources/silent-times").content.decode()
    assert read.sha256 in source
    assert "Compare with the page now" in source


def test_a_sentence_that_is_not_on_the_page_is_told(office: Office, publisher: Site, chief: Client) -> None:
    form = typed(publisher, translation="yes", reason="x", terms_text="Take whatever you like.")
    page = look(chief, {**form, "page": hidden(look(chief, {**form, "read": "1"}))})
    assert "The sentence does not stand on the page" in page


def test_a_page_that_cannot_be_read_is_told_and_the_form_stays(office: Office, publisher: Site, chief: Client) -> None:
    form = typed(publisher, "/nowhere", terms_text=SENTENCE, read="1")
    for url, said in (
        (form["terms_url"], "answers 404"),
        ("", "Type the address"),
        ("http://10.0.0.1/terms", "not a public address"),
    ):
        answer = chief.post(PLACE, {**form, "terms_url": url})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert said in page
        assert SENTENCE in page
        assert "Nothing that you typed is lost" in page
    assert not TermsPage.objects.exists()


def test_a_page_is_evidence_of_its_own_address_alone(office: Office, publisher: Site, chief: Client) -> None:
    form = typed(publisher, translation="yes", reason="x", terms_text=SENTENCE)
    number = hidden(look(chief, {**form, "read": "1"}))
    elsewhere = {**form, "page": number, "terms_url": "https://silent.example/other"}
    shown = look(chief, elsewhere)
    assert TermsPage.objects.get().sha256 not in shown
    chief.post(PLACE, {**elsewhere, "token": token(shown)})
    assert TermsPage.objects.get().state == "read"


def test_a_later_look_tells_what_changed(office: Office, publisher: Site, chief: Client) -> None:
    form = typed(publisher, translation="yes", reason="x", terms_text=SENTENCE)
    form["page"] = hidden(look(chief, {**form, "read": "1"}))
    chief.post(PLACE, {**form, "token": token(look(chief, form))})
    place = "/desk/sources/silent-times/terms"

    def compared(**data: Any) -> str:
        return chief.post(place, data, follow=True).content.decode()

    assert "The page still says what was filed." in compared()
    publisher.put("/terms", f"<p>Welcome, <script>x()</script>all.</p><p>{SENTENCE}</p>")
    page = compared()
    assert "<li>- Welcome.</li>" in page
    assert "<li>+ Welcome, all.</li>" in page
    [found] = re.findall(r'name="keep" value="(\d+)"', page)
    assert "compared with this one" in compared(keep=found)
    assert "The page still says what was filed." in compared()
    assert "that is not the page" in compared(keep="99")
    publisher.put("/terms", "<p>All rights reserved.</p>")
    page = compared()
    assert "file the record again" in page
    assert 'name="keep"' not in page
