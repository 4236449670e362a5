"""The desk in a real browser: people sign in, every page can be used by everybody, and nothing breaks the policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from desk import roles
from desk.roles import Role
from pipeline.ledger import pulse
from pipeline.types import Format
from tests.desk.browser import Desk
from tests.make import Clock, Office, other, story

PASSWORD = "un puente sobre el Arroyo"
PICTURED = {"front", "search", "source", "partner", "audit", "glossary"}


def test_somebody_signs_in_chooses_a_language_and_signs_out(open_desk: Callable[..., Desk]) -> None:
    roles.give(User.objects.create_user("ana", password=PASSWORD), Role.EDITOR)
    desk = open_desk(language="es")
    page = desk.go("/desk/")
    page.get_by_label("Nombre").fill("ana")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hoy", exact=True).wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sign_in_page_can_be_used_by_everybody(open_desk: Callable[..., Desk], width: int) -> None:
    desk = open_desk(width=width)
    desk.go("/desk/sign-in")
    assert not desk.complaints()
    assert not desk.overflows()
    desk.picture(f"sign-in-{width}")


@pytest.fixture
def clock() -> Clock:
    """Ages on the pages are those of a newsroom at work today."""
    return Clock(datetime.now(UTC) - timedelta(hours=3))


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_can_be_used_by_everybody(
    width: int, office: Office, places: dict[str, str], open_desk: Callable[..., Desk]
) -> None:
    busy(office)
    desk = open_desk(Role.ADMIN, name="ana", width=width)
    desk.allowed.add("404")  # one of the pages is the one that says that there is nothing
    wrong = []
    for name, place in places.items():
        desk.go(place)
        wrong += [f"{name}: {complaint}" for complaint in desk.complaints()]
        wrong += [f"{name}: wider than the window"] if desk.overflows() else []
        if name in PICTURED:
            desk.picture(f"{name}-{width}")
    assert not wrong


def busy(office: Office) -> None:
    """A morning at the newsroom: some things went out, some wait."""
    office.engine.mark = ""
    pulse.beat(pulse.SWEEPER, now=datetime.now(UTC))
    for number in range(8):
        office.receive(other(), url=f"https://silent.example/{number}", source="silent-times")
        office.clock.forward(minutes=7)
    office.receive(story(), url="https://river.example/3")
    office.receive(b"Nothing to read.", url="https://river.example/4", form=Format.TEXT)
    office.run()


def test_keys_lead_to_the_search_and_through_a_list(office: Office, open_desk: Callable[..., Desk]) -> None:
    busy(office)
    desk = open_desk(Role.VIEWER)
    page = desk.go("/desk/search")
    page.keyboard.press("/")
    page.keyboard.type("library")
    page.keyboard.press("Enter")
    page.wait_for_url("**words=library**")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-walk] a[data-row]").nth(1)
    assert page.evaluate("document.activeElement.href").endswith(str(second.get_attribute("href")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/trace")
