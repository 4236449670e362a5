"""tornavoz users: accounts are made by name, role and a password that stands in no argument list."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import User
from django.test import Client

from desk import people
from desk.roles import Role, role_of
from pipeline.errors import LedgerError
from pipeline.ledger.models import Event
from workers.cli import main

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
PASSWORD = "un puente sobre el Arroyo"


def tornavoz(*words: str, typed: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words), input=typed)
    return result.exit_code, result.stdout, result.stderr


def test_somebody_added_can_sign_in_and_has_the_role() -> None:
    assert tornavoz("users", "add", "ana", "--role", "chief", typed=PASSWORD + "\n")[0] == 0
    assert role_of(User.objects.get(username="ana")) is Role.CHIEF
    answer = Client().post("/desk/sign-in", {"username": "ana", "password": PASSWORD})
    assert answer.status_code == 302
    event = Event.objects.get(action="user.added")
    assert (event.subject, event.details) == ("user:ana", {"role": "chief"})
    assert event.actor.startswith("cli:")
    assert PASSWORD not in json.dumps([event.details, event.reason, event.subject])


@pytest.mark.parametrize("password", ["", "short", "password1234", "ana.ruiz1234"])
def test_a_weak_password_makes_no_account(password: str) -> None:
    code, _, said = tornavoz("users", "add", "ana.ruiz", typed=password + "\n")
    assert code == 1
    assert "tornavoz:" in said
    assert not User.objects.exists()


def test_a_name_is_taken_once_and_has_a_form() -> None:
    people.add("ana", Role.VIEWER, PASSWORD, actor="test", now=NOW)
    for name in ("ana", "Ana Ruiz", "", "a", "<b>"):
        with pytest.raises(LedgerError):
            people.add(name, Role.VIEWER, PASSWORD, actor="test", now=NOW)


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    people.add("ana", Role.VIEWER, PASSWORD, actor="test", now=NOW)
    code, _, said = tornavoz("users", "role", "anna", "editor")
    assert code == 1
    assert "did you mean 'ana'?" in said


def test_a_person_has_one_role_at_a_time() -> None:
    user = people.add("ana", Role.VIEWER, PASSWORD, actor="test", now=NOW)
    people.add("eva", Role.ADMIN, PASSWORD, actor="test", now=NOW)
    for role in (Role.ADMIN, Role.EDITOR):
        people.set_role(user, role, actor="test", now=NOW)
        assert role_of(User.objects.get(pk=user.pk)) is role
    assert user.groups.count() == 1


def test_the_last_admin_stays() -> None:
    eva = people.add("eva", Role.ADMIN, PASSWORD, actor="test", now=NOW)
    for change in (
        lambda: people.set_role(eva, Role.CHIEF, actor="test", now=NOW),
        lambda: people.switch(eva, on=False, actor="test", reason="left", now=NOW),
    ):
        with pytest.raises(LedgerError, match="only admin"):
            change()
    people.add("ana", Role.ADMIN, PASSWORD, actor="test", now=NOW)
    people.switch(eva, on=False, actor="test", reason="left", now=NOW)
    assert not User.objects.get(username="eva").is_active


def test_a_new_password_ends_every_session() -> None:
    ana = people.add("ana", Role.VIEWER, PASSWORD, actor="test", now=NOW)
    client = Client()
    client.force_login(ana)
    assert client.get("/desk/").status_code == 200
    assert tornavoz("users", "password", "ana", typed="otro puente sobre el Arroyo\n")[0] == 0
    assert client.get("/desk/").status_code == 302


def test_switched_off_and_on_again() -> None:
    people.add("ana", Role.VIEWER, PASSWORD, actor="test", now=NOW)
    assert tornavoz("users", "disable", "ana", "--reason", "left")[0] == 0
    rows = json.loads(tornavoz("users", "list", "--json")[1])
    assert [(row["name"], row["active"], row["role"]) for row in rows] == [("ana", False, None)]
    assert tornavoz("users", "enable", "ana", "--reason", "back")[0] == 0
    assert role_of(User.objects.get(username="ana")) is Role.VIEWER
    reasons = list(Event.objects.filter(subject="user:ana").order_by("pk").values_list("action", "reason"))
    assert reasons[-2:] == [("user.switched-off", "left"), ("user.switched-on", "back")]
