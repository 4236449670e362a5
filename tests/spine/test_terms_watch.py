"""Kept pages of terms are compared by themselves, now and then, and what reads otherwise waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from django.contrib.auth.models import User
from django.test import Client

from desk import roles
from desk.roles import Role
from pipeline import config
from pipeline.actions import terms_page, terms_step
from pipeline.ledger import attention, units
from pipeline.ledger.models import Event, Source, TermsPage, Unit
from pipeline.stages import Step, UnitState
from tests.make import Office
from tests.servers import Site
from tests.spine.test_terms_page import PAGE, SENTENCE, SLUG, filed, publisher, run
from workers import courtesy
from workers.beat import Beat

__all__ = ["publisher", "run"]  # fixtures
WEEK = config.parse("").terms.check_days


@pytest.fixture
def kept(run: Callable[..., Result], publisher: Site, office: Office) -> Site:
    """A record is on file, with its page."""
    assert filed(run, publisher).exit_code == 0
    office.run()
    publisher.asked.clear()
    return publisher


def later(office: Office, *, days: int = WEEK, check_days: int = WEEK) -> int:
    """Time passes, the sweeper comes by, the workers do what is due."""
    armed = terms_step.look_again(check_days, now=office.clock.forward(days=days))
    office.run()
    return armed


def pile() -> list[tuple[str, str]]:
    found = attention.pile("terms", limit=10)
    assert found.total == len(found.rows)
    return [(row["source_slug"], row["code"]) for row in found.rows]


def test_a_kept_page_is_compared_once_a_week(office: Office, kept: Site) -> None:
    assert later(office, days=WEEK - 1) == 0
    assert later(office, days=1) == 1
    assert kept.asked == ["/terms"]
    assert TermsPage.objects.get().verdict == "same"
    event = Event.objects.get(action="rights.checked")
    assert (event.actor, event.subject) == ("clock", f"source:{SLUG}")
    assert pile() == []
    assert terms_step.look_again(WEEK, now=office.clock.forward(hours=1)) == 0


def test_it_can_be_turned_off(office: Office, kept: Site) -> None:
    assert later(office, days=400, check_days=0) == 0
    assert kept.asked == []
    assert config.parse("[terms]\ncheck_days = 0\n").terms.check_days == 0


def test_a_page_that_changed_waits_until_somebody_keeps_it(office: Office, kept: Site) -> None:
    kept.put("/terms", PAGE.replace("Home", "Home, since 1998"))
    later(office)
    assert pile() == [(SLUG, "terms-elsewhere")]
    found = TermsPage.objects.get(state="kept").found
    assert found is not None
    terms_page.keep(SLUG, found.pk, actor="desk:ana", now=office.clock())
    assert pile() == []


def test_a_sentence_that_left_its_page_waits_until_the_record_is_filed_again(
    office: Office, kept: Site, run: Callable[..., Result]
) -> None:
    kept.put("/terms", "<p>All rights reserved.</p>")
    later(office)
    assert pile() == [(SLUG, "terms-gone")]
    assert Source.objects.get(slug=SLUG).rights["terms_text"] == SENTENCE, "nothing is withheld by itself"
    kept.put("/terms", PAGE)
    assert filed(run, kept).exit_code == 0
    assert pile() == []


def test_a_server_that_is_down_is_asked_again_before_it_is_the_verdict(office: Office, kept: Site) -> None:
    kept.put("/terms", "", status=503)
    later(office)
    unit = Unit.objects.get(step=Step.COMPARE)
    assert (unit.state, unit.attempts) == (UnitState.READY, 1)
    assert pile() == [], "nobody is told of one bad moment"
    assert terms_step.look_again(WEEK, now=office.clock()) == 0, "the tries are not begun anew"
    for _ in range(units.MAX_ATTEMPTS):
        office.clock.forward(hours=1)
        office.run()
    assert len(kept.asked) == units.MAX_ATTEMPTS
    assert pile() == [(SLUG, "terms-unreachable")]
    assert Unit.objects.get(step=Step.COMPARE).state == UnitState.DONE
    kept.put("/terms", PAGE)
    assert later(office, days=1) == 1, "what could not be read is looked at daily"
    assert pile() == []


def test_a_page_that_is_not_there_is_the_verdict_at_once(office: Office, kept: Site) -> None:
    kept.put("/terms", "", status=404)
    later(office)
    assert pile() == [(SLUG, "terms-unreachable")]
    assert len(kept.asked) == 1


def test_a_record_that_was_replaced_meanwhile_is_left_alone(
    office: Office, kept: Site, run: Callable[..., Result]
) -> None:
    terms_step.look_again(WEEK, now=office.clock.forward(days=WEEK))
    assert run("file", SLUG, "--basis", "none", "--reason", "they wrote to us").exit_code == 0
    office.run()
    assert kept.asked == []
    assert Unit.objects.get(step=Step.COMPARE).state == UnitState.DONE


def test_an_hour_brings_a_few_pages_only_the_longest_unseen_first(office: Office, kept: Site) -> None:
    now = office.clock.forward(days=WEEK)
    first = TermsPage.objects.get()
    for number in range(terms_step.AT_ONCE + 2):
        source = Source.objects.create(slug=f"s{number}", publisher=f"S {number}", url=f"https://s{number}.example/")
        TermsPage.objects.create(
            source=source,
            url=source.url,
            address=source.url,
            text="x",
            sha256="0" * 64,
            read_at=now - timedelta(days=30 + number),
            read_by="x",
            state="kept",
        )
    assert terms_step.look_again(WEEK, now=now) == terms_step.AT_ONCE
    asked = set(Unit.objects.filter(step=Step.COMPARE).values_list("subject", flat=True))
    oldest = TermsPage.objects.exclude(pk=first.pk).order_by("read_at").values_list("source", flat=True)
    assert asked == {f"source:{pk}" for pk in oldest[: terms_step.AT_ONCE]}
    assert terms_step.look_again(WEEK, now=now) == 3, "the rest, in the next hour"


def test_the_sweeper_looks_by_itself(office: Office, kept: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("/terms", "<p>All rights reserved.</p>")
    office.clock.forward(days=WEEK)
    monkeypatch.setattr(courtesy, "newsroom", lambda: office.room)
    Beat(office.runner, "", office.clock).tick()
    assert pile() == [(SLUG, "terms-gone")]


def test_the_desk_says_on_its_front_page_which_source_it_is(
    office: Office, kept: Site, client: Client, django_user_model: type[User]
) -> None:
    kept.put("/terms", "<p>All rights reserved.</p>")
    later(office)
    viewer = django_user_model.objects.create_user("ana")
    roles.give(viewer, Role.VIEWER)
    client.force_login(viewer)
    for place in ("/desk/", "/desk/waiting/terms"):
        page = client.get(place, headers={"Accept-Language": "es"}).content.decode()
        assert "Páginas de condiciones que han cambiado" in page
        assert f'href="/desk/sources/{SLUG}#terms">Silent Times</a>' in page
        assert "la página ya no lo dice" in page
    assert 'id="terms"' in client.get(f"/desk/sources/{SLUG}").content.decode()
