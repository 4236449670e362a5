"""The top of every page: one calm line, menus that open by keyboard and without script, and where one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desk.navigation import PLACES, Group, Place
from desk.roles import Role
from desk.urls import urlpatterns
from tests.desk.browser import Desk
from tests.make import Office


def every_place() -> list[Place]:
    return [place for each in PLACES for place in (each.places if isinstance(each, Group) else (each,))]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("role", list(Role), ids=str)
def test_it_is_one_line(office: Office, open_desk: Callable[..., Desk], role: Role, language: str) -> None:
    page = open_desk(role, name=f"maria.hernandez.{role}", language=language).go("/desk/")
    heights: Any = page.evaluate("() => [...document.querySelectorAll('.top > nav > ul > li')].map(e => e.offsetTop)")
    assert len(heights) == 8
    assert len(set(heights)) == 1
    header: Any = page.evaluate("() => document.querySelector('.top').offsetHeight")
    assert header < 70


@pytest.mark.parametrize("width", [1280, 390])
def test_a_menu_is_opened_walked_and_left_by_keyboard(
    office: Office, open_desk: Callable[..., Desk], width: int
) -> None:
    desk = open_desk(Role.ADMIN, width=width)
    page = desk.go("/desk/")
    summary = page.locator(".top summary", has_text="Catálogo")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Glosario").wait_for()
    assert not desk.complaints()
    assert not desk.overflows()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Glosario").wait_for(state="hidden")
    assert summary.evaluate("(element) => element === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/sources")
    assert page.locator(".top details.at > summary").inner_text().startswith("Catálogo")
    page.locator(".top summary", has_text="Administración").click()
    page.get_by_role("link", name="Personas").click()
    page.wait_for_url("**/desk/people")


def test_a_menu_closes_when_one_goes_elsewhere(office: Office, open_desk: Callable[..., Desk]) -> None:
    page = open_desk(Role.ADMIN).go("/desk/")
    page.locator(".top summary", has_text="Catálogo").click()
    page.get_by_role("link", name="Modelos").wait_for()
    page.mouse.click(1200, 700)
    page.get_by_role("link", name="Modelos").wait_for(state="hidden")


def test_a_menu_needs_no_script(office: Office, open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(Role.ADMIN)
    desk.allowed.add("net::ERR_FAILED")
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go("/desk/numbers")
    page.locator(".top summary", has_text="Catálogo").press("Enter")
    page.get_by_role("link", name="Socios").click()
    page.wait_for_url("**/desk/partners")


def test_every_page_of_a_noun_says_where_it_is(
    world: dict[str, object], places: dict[str, str], signed_in: Callable[[Role | None], Client]
) -> None:
    client = signed_in(Role.ADMIN)
    lost = []
    for name, place in places.items():
        page = client.get(place).content.decode()
        if "<nav aria-label" not in page.partition("</header>")[0]:
            continue  # a frame, or for people who have not signed in
        if (
            name not in ("password", "nowhere", "reset", "reset-confirm")
            and page.partition("</header>")[0].count("aria-current=") != 1
        ):
            lost.append(name)
    assert not lost


def test_places_name_pages_that_there_are() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    for place in every_place():
        assert reverse(place.url)
        assert set(place.below) <= names, place.url


def test_somebody_who_sees_one_place_of_a_group_sees_no_menu(
    office: Office, signed_in: Callable[[Role | None], Client]
) -> None:
    top = signed_in(Role.VIEWER).get("/desk/").content.decode().partition("</header>")[0]
    assert "Admin" not in top
    assert "Audit trail" in top
    assert "People" not in top
