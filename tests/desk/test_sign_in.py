"""Signing in: by name and password only, slowly for those who guess, and never to somewhere else afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from desk import throttle
from desk.roles import Role
from pipeline.ledger.models import Event

PASSWORD = "un puente sobre el Arroyo"
LOGIN = "/desk/sign-in"


@pytest.fixture
def ana(person: Callable[..., User]) -> User:
    user = person(Role.EDITOR, "ana")
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(client: Client, password: str, name: str = "ana", **more: str) -> object:
    return client.post(LOGIN, {"username": name, "password": password, **more})


def test_the_right_password_opens_the_front_page_and_is_written_down(ana: User, client: Client) -> None:
    answer = client.post(LOGIN, {"username": "ana", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:front"))
    assert client.get(reverse("desk:front")).status_code == 200
    event = Event.objects.get(action=throttle.ENTERED)
    assert (event.actor, event.subject, event.details) == ("desk:ana", "user:ana", {"address": "127.0.0.1"})


def test_passwords_are_kept_as_argon2id(ana: User) -> None:
    assert ana.password.startswith("argon2$argon2id$")


def test_one_goes_where_one_was_going_but_never_to_another_site(ana: User, client: Client) -> None:
    for wanted, expected in (
        ("/desk/?page=2", "/desk/?page=2"),
        ("https://elsewhere.example/", reverse("desk:front")),
        ("//elsewhere.example/", reverse("desk:front")),
        ("javascript:alert(1)", reverse("desk:front")),
    ):
        answer = Client().post(LOGIN, {"username": "ana", "password": PASSWORD, "next": wanted})
        assert answer["Location"] == expected


def test_signing_in_makes_a_new_session(ana: User, client: Client) -> None:
    client.force_login(ana)
    client.session["mine"] = 1
    client.post("/desk/sign-out")
    before = client.session.session_key
    client.post(LOGIN, {"username": "ana", "password": PASSWORD})
    assert client.session.session_key != before


def test_no_link_can_sign_anybody_out(ana: User, client: Client) -> None:
    client.force_login(ana)
    assert client.get("/desk/sign-out").status_code == 405
    assert client.get(reverse("desk:front")).status_code == 200
    client.post("/desk/sign-out")
    assert client.get(reverse("desk:front")).status_code == 302


def test_an_account_that_is_switched_off_is_out_at_once(ana: User, client: Client) -> None:
    client.force_login(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get(reverse("desk:front")).status_code == 302
    assert client.post(LOGIN, {"username": "ana", "password": PASSWORD}).status_code == 422


def test_after_five_failures_even_the_right_password_has_to_wait(
    ana: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.fromisoformat("2026-03-14T09:00:00+00:00")
    monkeypatch.setattr("desk.pages.account.now", lambda: at)
    for _ in range(throttle.PAIR):
        answer = client.post(LOGIN, {"username": "ana", "password": "guess"})
        assert answer.status_code == 422
    answer = client.post(LOGIN, {"username": "ana", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer["Retry-After"] == str(int(throttle.WINDOW.total_seconds()))
    assert Event.objects.filter(action=throttle.FAILED).count() == throttle.PAIR
    at += throttle.WINDOW + timedelta(seconds=1)
    assert client.post(LOGIN, {"username": "ana", "password": PASSWORD}).status_code == 302


def test_a_success_forgives_the_failures_before_it(ana: User, client: Client) -> None:
    for _ in range(throttle.PAIR - 1):
        client.post(LOGIN, {"username": "ana", "password": "guess"})
    client.post(LOGIN, {"username": "ana", "password": PASSWORD})
    for _ in range(throttle.PAIR - 1):
        Client().post(LOGIN, {"username": "ana", "password": "guess"})
    assert Client().post(LOGIN, {"username": "ana", "password": PASSWORD}).status_code == 302


def test_many_names_from_one_address_are_slowed_too(db: None, client: Client) -> None:
    when = datetime.fromisoformat("2026-03-14T09:00:00+00:00")
    for number in range(throttle.ADDRESS):
        assert not throttle.wait(f"name-{number}", "192.0.2.1", now=when)
        throttle.failed(f"name-{number}", "192.0.2.1", now=when)
    assert throttle.wait("somebody-else", "192.0.2.1", now=when) == throttle.WINDOW
    assert not throttle.wait("somebody-else", "192.0.2.2", now=when)


def test_an_unknown_name_and_a_wrong_password_look_the_same(ana: User) -> None:
    answers = [Client().post(LOGIN, {"username": name, "password": "guess"}) for name in ("ana", "eva")]
    texts = [answer.content.decode().replace('value="ana"', "").replace('value="eva"', "") for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert len(texts[0]) == len(texts[1])


def test_a_session_ends_twelve_hours_after_the_last_request(
    ana: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    client.force_login(ana)
    first = client.get(reverse("desk:front")).cookies[settings.SESSION_COOKIE_NAME]
    assert first["max-age"] == 12 * 3600
    assert (first["httponly"], first["samesite"]) == (True, "Lax")
    assert settings.SESSION_COOKIE_NAME not in client.get(reverse("desk:front")).cookies  # not written for every page
    monkeypatch.setattr("desk.middleware.now", lambda: datetime.fromisoformat("2126-03-14T09:00:00+00:00"))
    assert settings.SESSION_COOKIE_NAME in client.get(reverse("desk:front")).cookies
