"""What a watched feed announced, at the desk: seen by all, taken by editors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from desk.roles import Role
from pipeline.ledger.models import Announcement, Event
from tests.make import Office
from tests.servers import Site, site
from tests.spine.test_polling import announce, articles, item, watch

PAGE = "/desk/sources/river-post/announced"


@pytest.fixture
def post(office: Office) -> Iterator[Site]:
    with site() as post:
        articles(post)
        foreign = "<item><title>Elsewhere</title><link>https://other.example/1</link></item>"
        announce(post, item(post, "/library", "Library"), item(post, "/bridge", "Bridge"), foreign)
        watch(office, post, "poll_minutes = 60\nnewest = 1")
        office.run()
        yield post


def test_everybody_sees_what_became_of_each(post: Site, signed_in: Callable[[Role | None], Client]) -> None:
    shown = signed_in(Role.VIEWER).get(PAGE).content.decode()
    assert "before this feed was watched" in shown
    assert "another site" in shown
    assert "Take it" not in shown
    spanish = signed_in(Role.VIEWER).get(PAGE, headers={"Accept-Language": "es"}).content.decode()
    assert "lleva a otro sitio" in spanish
    assert "Library" not in signed_in(Role.VIEWER).get(f"{PAGE}?state=passed-over").content.decode()


def test_an_editor_takes_one(office: Office, post: Site, signed_in: Callable[[Role | None], Client]) -> None:
    old = Announcement.objects.get(title="Bridge")
    client = signed_in(Role.EDITOR)
    assert "Take it" in client.get(PAGE).content.decode()
    said = client.post(PAGE, {"announcement": old.pk}, follow=True).content.decode()
    assert "1 article is being fetched" in said
    office.clock.at += timedelta(days=4000)  # the desk's clock is the wall's
    office.run()
    assert len(office.items()) == 2
    assert Event.objects.get(action="announcement.wanted").actor == "desk:editor"


@pytest.mark.parametrize("asked", [{"announcement": "x"}, {"announcement": "999"}, {}])
def test_what_is_not_there_is_not_taken(
    post: Site, signed_in: Callable[[Role | None], Client], asked: dict[str, str]
) -> None:
    said = signed_in(Role.EDITOR).post(PAGE, asked, follow=True).content.decode()
    assert "0 articles are being fetched" in said


def test_all_that_may_be_taken_is(post: Site, signed_in: Callable[[Role | None], Client]) -> None:
    signed_in(Role.EDITOR).post(PAGE, {"all": "1"})
    assert set(Announcement.objects.values_list("title", "state")) == {
        ("Library", "taken"),
        ("Bridge", "due"),
        ("Elsewhere", "passed-over"),
    }
