"""The desk under test: people of each role, a client for each, and a real browser.

Browser tests run against a server on loopback and the real ledger file. A test that opens a `desk` fails when the
page logged an error, broke the content policy or threw.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, reverse

from desk import roles
from desk.roles import Role
from desk.urls import urlpatterns
from pipeline.actions import campaign
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Product, Subscription
from pipeline.stages import CampaignVerb
from tests import judges
from tests.desk.browser import Desk, arguments

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.make import Office


def make_person(role: Role | None, name: str = "") -> User:
    """An account without a password: tests that are not about passwords save the time of hashing one."""
    username = name or (role.group if role else "nobody-yet")
    user, made = User.objects.get_or_create(username=username)
    if made:
        user.set_unusable_password()
        user.save()
        if role is not None:
            roles.give(user, role)
    return user


def make_subscription(number: int, *, now: datetime, topic: str = "") -> Subscription:
    """A callback that subscribed to a feed, and has not failed yet."""
    return Subscription.objects.create(
        topic=topic or f"feed:{Product.objects.get(slug='all').pk}:rss",
        callback=f"https://s{number}.example/hook?key=s3cret",
        host=f"s{number}.example",
        lease_until=now + timedelta(days=10),
        verified_at=now,
    )


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    return make_person


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    """A client of a person with this role, in English; None is an account that was given no role."""

    def client_of(role: Role | None) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(make_person(role))
        return client

    return client_of


@pytest.fixture
def world(office: Office) -> dict[str, object]:
    """A newsroom with an article, and a value for each parameter that an address of the desk takes: by its name, or
    by the page's name and its own."""
    make_person(Role.VIEWER)
    article = office.publish(section="Bridges")
    return {
        "article": article,
        "language": "es",
        "form": "page",
        "verb": "decide",
        "glossary-act.verb": "add",
        "campaign": campaign.start(
            CampaignVerb.SEND, Choice(articles=(article,)), reason="lost", actor="test", now=office.clock()
        ).campaign,
        "order": "pause",
        "subscription": make_subscription(0, now=office.clock()).pk,
        "digest": "0",
        "name": "desk.css",
        "pile.name": "translations",
        "person.name": "viewer",
        "source.slug": "river-post",
        "announced.slug": "river-post",
        "rights.slug": "silent-times",
        "terms.slug": "silent-times",
        "slug": "el-faro",
        "rest": "no/such/page",
        "uidb64": "MQ",
        "token": "x",
    }


@pytest.fixture
def places(world: dict[str, object]) -> dict[str, str]:
    """Every page of the desk that can be looked at, by name: an address of each."""
    found = {
        str(pattern.name): address(pattern, world)
        for pattern in urlpatterns
        if pattern.callback.access.see is not None or pattern.name in ("login", "reset", "reset-confirm", "nowhere")  # type: ignore[attr-defined]
    }
    return {name: place for name, place in found.items() if not place.endswith(".csv")}  # a file, not a page


def address(pattern: URLPattern, world: dict[str, object]) -> str:
    """A place that exists. Where one name means different things, the world says which page it is for."""
    own = {name.partition(".")[2]: value for name, value in world.items() if name.startswith(f"{pattern.name}.")}
    world = {**world, **own}
    kwargs = {name: world[name] for name in pattern.pattern.converters}
    kwargs |= {name: world[name] for name in getattr(pattern.pattern.regex, "groupindex", {}) if name not in kwargs}
    return reverse(f"desk:{pattern.name}", kwargs=kwargs)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of the operating system. Of one module, because Playwright's loop is in the way of others'."""
    path = judges.program("chromium")
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright's own loop runs in this thread; ours are no coroutines
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=arguments())
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are no news."""


@pytest.fixture
def server(transactional_db: None, home: Path) -> Iterator[str]:
    """The whole web server over this test's own folders, on a loopback port of its own; its address.

    Made anew for each test: the door of a web server keeps to the folder that it was built for.
    """
    from workers.wsgi import build

    with make_server("127.0.0.1", 0, build(), server_class=_Server, handler_class=_Silent) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        thread.join()


@pytest.fixture
def open_desk(chromium: Browser, server: str) -> Iterator[Callable[..., Desk]]:
    """Opens a browser window: `open_desk(Role.EDITOR, language="es", width=1280)`; without a role nobody is signed in.

    `office` and whatever else a test needs comes after it in the test's arguments, for the ledger of a live server
    keeps what is committed.
    """
    opened: list[Desk] = []

    def open_one(role: Role | None = None, *, name: str = "", language: str = "es", width: int = 1280) -> Desk:
        desk = Desk(chromium, server, make_person(role, name) if role else None, language, width)
        opened.append(desk)
        return desk

    yield open_one
    faults = [fault for desk in opened for fault in desk.close()]
    assert not faults
