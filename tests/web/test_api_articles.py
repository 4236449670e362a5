"""Automation hands articles in: written down before the answer, once for each key, refused in words it can act on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from feeds.api import articles
from pipeline.ledger.models import Article, Event, Payload, Revision, Source, Submission, Unit
from pipeline.stages import Step
from tests.make import GUID, NEWSROOM, Clock, Office, story
from tests.web.conftest import Caller, problem

Automation = Callable[..., Caller]
URL = "https://river.example/2026/bridge"


def article(**envelope: Any) -> dict[str, Any]:
    return {"url": URL, "payload": story(), **envelope}


def test_an_article_is_written_down_published_and_can_be_asked_about(office: Office, automation: Automation) -> None:
    robot = automation()
    answer = robot.post("/articles", article())
    assert answer.status_code == 202
    told = answer.json()
    assert (told["reception"], told["reason"]) == ("new", "")
    assert told["status_url"] == f"https://eco.example/api/v1/submissions/{told['submission']}"
    path = f"/submissions/{told['submission']}"
    assert robot.get(path).json()["state"] == "received"
    office.clock.at = timezone.now()
    office.run()
    done = robot.get(path).json()
    assert (done["state"], done["revision"], done["withdrawn"]) == ("cleared", 1, False)
    assert [(each["product"], each["guid"], each["state"]) for each in done["releases"]] == [
        ("es/all", GUID.format(told["article"]), "usable")
    ]
    assert [each["state"] for each in done["translations"]] == ["ready"]
    assert GUID.format(told["article"]) in office.bodies()
    event = Event.objects.get(action="revision.received")
    assert event.actor.startswith("api:river-post:")
    assert robot.token.split("_", 2)[2] not in str(event.details) + event.actor


def test_a_file_with_fields_is_the_same_envelope(office: Office, automation: Automation) -> None:
    page = b"<html><body><h1>Bridge</h1><p>One.</p></body></html>"
    answer = automation().form(
        "/articles",
        {
            "file": SimpleUploadedFile("page.html", page),
            "format": "html",
            "url": URL,
            "headline": "Bridge opens after nine years of work",
            "published": "2026-03-13",
            "keywords": ["Tolls", "Rivers"],
        },
    )
    assert answer.status_code == 202, answer.content
    revision = Revision.objects.get(article=answer.json()["article"], number=answer.json()["revision"])
    assert bytes(revision.payload.body or b"") == page, "kept to the byte"
    assert revision.envelope["keywords"] == ["Tolls", "Rivers"]
    assert (revision.envelope["format"], revision.envelope["published"]) == ("html", "2026-03-13")


def test_breaking_news_goes_first_however_it_is_handed_in(office: Office, automation: Automation) -> None:
    robot = automation()
    robot.post("/articles", article())
    robot.post("/articles", article(url="https://river.example/fire", urgent=True, payload=story("School burns")))
    form = {"url": "https://river.example/flood", "urgent": "true", "payload": None}
    sent = SimpleUploadedFile("article.json", json.dumps(story("River rises")).encode())
    answer = robot.form("/articles", {name: each for name, each in form.items() if each} | {"file": sent})
    assert answer.status_code == 202, answer.content
    flags = Unit.objects.filter(step=Step.EXTRACT).order_by("pk").values_list("urgent", flat=True)
    assert list(flags) == [False, True, True]


def test_what_an_article_lacks_holds_it_and_loses_nothing(office: Office, automation: Automation) -> None:
    robot = automation()
    told = robot.post("/articles", article(url=None)).json()
    assert told["reception"] == "held"
    assert "canonical URL" in told["reason"]
    assert robot.get(f"/submissions/{told['submission']}").json()["code"] == "url-missing"
    assert robot.post("/articles", article()).json()["reception"] == "completed"


# --- repetitions -----------------------------------------------------------------------------------------------------


def test_the_same_key_and_article_get_the_same_answer(office: Office, automation: Automation) -> None:
    robot = automation()
    first = robot.post("/articles", article(), **{"Idempotency-Key": "wire-1"})
    office.run()
    again = robot.post("/articles", article(), **{"Idempotency-Key": "wire-1"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    with_other_spaces = robot.post("/articles", json.dumps(article(), indent=3), **{"Idempotency-Key": "wire-1"})
    assert with_other_spaces.content == first.content
    assert (Submission.objects.count(), Revision.objects.count()) == (1, 1)
    rotated = automation()
    assert rotated.post("/articles", article(), **{"Idempotency-Key": "wire-1"}).content == first.content


def test_the_same_key_with_another_article_is_refused_and_nothing_is_kept(
    office: Office, automation: Automation
) -> None:
    robot = automation()
    robot.post("/articles", article(), **{"Idempotency-Key": "wire-1"})
    for other in (article(headline="Another"), article(payload=story("Another"))):
        problem(robot.post("/articles", other, **{"Idempotency-Key": "wire-1"}), 422, "idempotency-key-reused")
    assert Revision.objects.count() == 1
    stranger = automation("harbor-wire")
    assert stranger.post("/articles", article(), **{"Idempotency-Key": "wire-1"}).status_code == 202, (
        "keys are a source's own"
    )


def test_without_a_key_the_content_tells_a_repetition(office: Office, automation: Automation) -> None:
    robot = automation()
    first, second = (robot.post("/articles", article()).json() for _ in range(2))
    assert (first["reception"], second["reception"]) == ("new", "duplicate")
    assert first["article"] == second["article"]
    assert first["submission"] != second["submission"]


def test_an_answer_that_could_not_be_kept_is_not_given(
    office: Office, automation: Automation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Submission.objects, "create", fails)
    problem(automation().post("/articles", article()), 500, "internal")
    assert (
        Article.objects.count(),
        Payload.objects.count(),
        Event.objects.filter(action="revision.received").count(),
    ) == (
        0,
        0,
        0,
    )


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.payload"),
        ({"payload": {}, "urll": URL}, "body.urll"),
        ({"payload": "text"}, "body"),
        ({"payload": {}, "format": "html"}, "body"),
        ({"payload": {}, "format": "pdf"}, "body.format"),
        ({"payload": {}, "published": "yesterday"}, "body.published"),
        ({"payload": {}, "headline": "a\u0000b"}, "body.headline"),
        ({"payload": {}, "headline": "x" * 1001}, "body.headline"),
        ({"payload": {}, "keywords": ["x"] * 101}, "body.keywords"),
        ({"payload": {}, "language": "english!"}, "body.language"),
        ({"payload": {}, "url": "ftp://river.example/"}, "body.url"),
        ({"payload": {}, "url": "https://"}, "body.url"),
        ({"payload": " ", "format": "text"}, "body.payload"),
        ([], "body"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(
    office: Office, automation: Automation, body: object, place: str
) -> None:
    told = problem(automation().post("/articles", body), 422, "invalid")
    assert place in [error["place"] for error in told["errors"]]
    assert not Article.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{", b'{"payload": {}, "headline": "\\ud800"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(office: Office, automation: Automation, body: bytes) -> None:
    answer = automation().post("/articles", body)
    assert answer.json()["code"] in {"bad-request", "invalid"}
    assert not Article.objects.exists()


def test_a_body_of_another_kind_or_a_broken_form_is_refused(office: Office, automation: Automation) -> None:
    robot = automation()
    headers = {"Authorization": f"Bearer {robot.token}"}
    answer = robot.client.post("/api/v1/articles", "<p>x</p>", content_type="text/html", headers=headers)
    problem(answer, 415, "unsupported-media-type")
    answer = robot.client.post("/api/v1/articles", b"x", content_type="multipart/form-data", headers=headers)
    problem(answer, 400, "bad-request")
    problem(robot.form("/articles", {"url": URL}), 422, "invalid")
    two = [SimpleUploadedFile("a", b"a"), SimpleUploadedFile("b", b"b")]
    problem(robot.form("/articles", {"file": two}), 422, "invalid")
    wrong = problem(robot.form("/articles", {"file": two[0], "format": "pdf"}), 422, "invalid")
    assert wrong["errors"][0]["place"] == "body.format"


def test_a_token_hands_in_articles_of_its_own_source_only(office: Office, automation: Automation) -> None:
    assert automation().post("/articles", article(source="river-post")).status_code == 202
    told = problem(automation().post("/articles", article(source="harbor-wire")), 403, "forbidden")
    assert "river-post" in told["detail"]


def test_nobody_asks_about_the_articles_of_others(office: Office, automation: Automation) -> None:
    told = automation().post("/articles", article()).json()
    problem(automation("harbor-wire").get(f"/submissions/{told['submission']}"), 404, "not-found")
    problem(automation().get(f"/submissions/{uuid4()}"), 404, "not-found")
    problem(automation().get("/submissions/x"), 422, "invalid")


def test_what_is_too_large_is_refused_before_it_is_read(office: Office, automation: Automation) -> None:
    office.apply(NEWSROOM + "\n[intake]\nmax_bytes = 2000\n")
    robot = automation()
    headers = {"Authorization": f"Bearer {robot.token}", "Content-Type": "application/json"}
    answer = robot.client.generic("POST", "/api/v1/articles", b"{}", headers=headers, CONTENT_LENGTH=str(10**9))
    problem(answer, 413, "too-large")
    problem(robot.post("/articles", article(payload=story(standfirst="x" * 3000))), 413, "too-large")
    problem(robot.form("/articles", {"file": SimpleUploadedFile("a", b"x" * 2001), "format": "text"}), 413, "too-large")
    chunked = robot.client.generic(
        "POST", "/api/v1/articles", b"", headers={**headers, "Transfer-Encoding": "chunked"}, CONTENT_LENGTH=""
    )
    problem(chunked, 411, "length-required")
    assert not Article.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_gets_one_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see that the key is new, and then race."""
    Office(home, Clock())
    both = threading.Barrier(2)
    known = articles._known

    def together(source: Source, key: str | None, digest: str) -> dict[str, Any] | None:
        found = known(source, key, digest)
        if found is None and not both.broken:
            both.wait(10)
        return found

    monkeypatch.setattr(articles, "_known", together)
    robot = Caller(Source.objects.get(slug="river-post"))
    answers: list[bytes] = []

    def send() -> None:
        try:
            answers.append(robot.post("/articles", article(), **{"Idempotency-Key": "wire-1"}).content)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert b"submission" in answers[0]
    assert (Submission.objects.count(), Revision.objects.count()) == (1, 1)
