"""Every address of the desk × every role: who gets in, and who is told why not.

The rows are written by hand, the columns and the addresses come from the URL list: a page that is not in the table, or
a row without a page, fails. What a row says is then asked over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from desk.roles import Role
from desk.urls import urlpatterns
from tests.desk.conftest import address

VIEWER, EDITOR, CHIEF, ADMIN = Role
STRANGER, WITHOUT_ROLE = "stranger", "without a role"


@dataclass(frozen=True)
class Row:
    """The lowest role that may see a page, and the lowest that may change something through it. None: nobody may."""

    see: Role | None = VIEWER
    change: Role | None = None


TABLE: dict[str, Row] = {
    "front": Row(),
    "pile": Row(),
    "search": Row(),
    "trace": Row(),
    "hurry": Row(None, EDITOR),
    "official": Row(None, EDITOR),
    "sources": Row(),
    "source": Row(),
    "announced": Row(change=EDITOR),
    "rights": Row(CHIEF, CHIEF),
    "terms": Row(None, CHIEF),
    "partners": Row(),
    "partner": Row(),
    "token-issue": Row(None, ADMIN),
    "token-revoke": Row(None, ADMIN),
    "subscribers": Row(),
    "subscriber-end": Row(ADMIN, ADMIN),
    "products": Row(),
    "glossary": Row(),
    "glossary-act": Row(None, CHIEF),
    "mail": Row(),
    "mail-send": Row(None, CHIEF),
    "models": Row(),
    "audit": Row(),
    "people": Row(ADMIN),
    "person": Row(None, ADMIN),
    "password": Row(VIEWER, VIEWER),
    "held": Row(),
    "numbers": Row(),
    "review": Row(),
    "versions": Row(),
    "preview": Row(),
    "frame": Row(),
    "withdraw": Row(see=CHIEF, change=CHIEF),
    "campaigns": Row(),
    "campaign-plan": Row(see=CHIEF),
    "campaign-start": Row(see=None, change=CHIEF),
    "campaign": Row(),
    "campaign-result": Row(),
    "campaign-control": Row(see=None, change=CHIEF),
    "act": Row(see=None, change=EDITOR),
}
PUBLIC = {"login", "oidc", "oidc-back", "reset", "reset-confirm", "logout", "language", "asset", "nowhere"}


def names() -> set[str]:
    return {pattern.name or "?" for pattern in urlpatterns}


def test_every_page_is_in_the_table() -> None:
    assert names() == set(TABLE) | PUBLIC


def test_every_page_says_who_may_see_it() -> None:
    for pattern in urlpatterns:
        access = getattr(pattern.callback, "access", None)
        assert access is not None, f"{pattern.name} carries no decorator of desk/access.py"
        assert access.public == (pattern.name in PUBLIC), pattern.name


@pytest.mark.parametrize("who", [STRANGER, WITHOUT_ROLE, *Role], ids=str)
def test_the_door(who: Role | str, world: dict[str, object], signed_in: Callable[[Role | None], Client]) -> None:
    client = Client() if who == STRANGER else signed_in(who if isinstance(who, Role) else None)
    wrong = []
    for pattern in urlpatterns:
        if pattern.name in PUBLIC:
            continue
        row = TABLE[str(pattern.name)]
        for method, needed in (("get", row.see), ("post", row.change)):
            answer = getattr(client, method)(address(pattern, world))
            if not as_it_should_be(answer, who, needed):
                wrong.append(f"{method} {pattern.name}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert not wrong


def as_it_should_be(answer: object, who: Role | str, needed: Role | None) -> bool:
    status, location = answer.status_code, answer.headers.get("Location", "")  # type: ignore[attr-defined]
    to_sign_in = status == 302 and location.startswith(reverse("desk:login"))
    if needed is None:
        return bool(status == 405)
    if not isinstance(who, Role):
        return to_sign_in
    if who < needed:
        return bool(status == 403)
    return not to_sign_in and status < 500 and status not in (403, 404, 405)


def test_no_change_goes_through_without_the_forms_secret(
    world: dict[str, object], person: Callable[..., object]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(ADMIN))  # type: ignore[arg-type]
    open_doors = []
    for pattern in urlpatterns:
        if pattern.name in ("asset", "nowhere"):  # take no form
            continue
        answer = client.post(address(pattern, world))
        if answer.status_code not in (403, 405):
            open_doors.append(f"{pattern.name}: {answer.status_code}")
    assert not open_doors


def test_a_refusal_names_the_role_it_takes(
    world: dict[str, object], signed_in: Callable[[Role | None], Client]
) -> None:
    changing = [pattern for pattern in urlpatterns if pattern.name in TABLE and TABLE[pattern.name].change == CHIEF]
    for pattern in changing:
        answer = signed_in(VIEWER).post(address(pattern, world))
        assert "«chief editor»" in answer.content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(world: dict[str, object], client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?page=2"}
    answer = client.get(reverse("desk:front"), headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"{reverse('desk:login')}?next=%2Fdesk%2F%3Fpage%3D2"
