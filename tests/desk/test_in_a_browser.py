"""The desk in a real browser: people sign in, every page can be used by everybody, and nothing breaks the policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from desk import roles
from desk.roles import Role
from tests.desk.browser import Desk

PASSWORD = "un puente sobre el Arroyo"


def test_somebody_signs_in_chooses_a_language_and_signs_out(open_desk: Callable[..., Desk]) -> None:
    roles.give(User.objects.create_user("ana", password=PASSWORD), Role.EDITOR)
    desk = open_desk(language="es")
    page = desk.go("/desk/")
    page.get_by_label("Nombre").fill("ana")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hoy").wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Today").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sign_in_page_can_be_used_by_everybody(open_desk: Callable[..., Desk], width: int) -> None:
    desk = open_desk(width=width)
    desk.go("/desk/sign-in")
    assert not desk.complaints()
    assert not desk.overflows()
    desk.picture(f"sign-in-{width}")
