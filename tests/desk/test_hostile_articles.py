"""An incoming article that tries to run something in an editor's browser: on every page it stays text.

Every field that a sender fills carries the attempt. Checked twice: in the HTML that each page is made of, and in a real
browser that opens each page and would notice if anything had run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from desk.roles import Role
from pipeline.ledger.models import Announcement, SearchText, Source, Watch
from pipeline.types import Format
from tests.desk.browser import Desk
from tests.make import PARAGRAPHS, Office, story

RUN = "window.ran=1"
ATTEMPT = (
    f"</title></textarea></script><script>{RUN}</script><img src=x onerror={RUN}><svg onload={RUN}>"
    f"\"'><a href=\"javascript:{RUN}\" onclick={RUN}>x</a>{{{{ 7|add:7 }}}}{{% now 'Y' %}}"
)


@pytest.fixture
def hostile(office: Office) -> int:
    """One article with the attempt in every field, and its neighbours that are stopped at different places."""
    office.engine.mark = ""
    attempt: dict[str, Any] = {
        "author": ATTEMPT,
        "section": ATTEMPT,
        "keywords": [ATTEMPT],
        "standfirst": ATTEMPT,
    }
    body = (*PARAGRAPHS[:2], ATTEMPT.replace("<", "&lt;"), *PARAGRAPHS[2:])
    payload = {**story(ATTEMPT.replace("<", "&lt;"), body), **attempt}
    article = office.receive(payload, section=ATTEMPT[:100], author=ATTEMPT, keywords=(ATTEMPT,)).article
    office.receive(payload, url="https://silent.example/1", source="silent-times", headline=ATTEMPT)
    office.receive(payload, url=f"javascript:{RUN}//{ATTEMPT}", headline=ATTEMPT)
    office.receive(ATTEMPT.encode(), url="https://river.example/2", form=Format.TEXT, headline=ATTEMPT, licence=ATTEMPT)
    watch = Watch.objects.create(
        source=Source.objects.get(slug="river-post"), url=ATTEMPT[:100], reason=ATTEMPT, failures=1
    )
    Announcement.objects.create(watch=watch, key="1", url=ATTEMPT, title=ATTEMPT, digest="1", seen_at=office.clock())
    office.run()
    assert "window ran" in " ".join(SearchText.objects.values_list("body", flat=True))  # it did get in
    return article


@pytest.fixture
def every_page(hostile: int, places: dict[str, str], world: dict[str, object]) -> list[str]:
    from desk.pages.front import NAMES

    trace = places["trace"].replace(str(world["article"]), str(hostile))
    return [*places.values(), trace, *(f"/desk/waiting/{name}" for name in NAMES), "/desk/search?words=ran"]


def test_no_page_carries_it_as_markup(every_page: list[str], signed_in: Callable[[Role | None], Client]) -> None:
    client, seen = signed_in(Role.ADMIN), 0
    for place in every_page:
        answer = client.get(place)
        if answer.status_code == 302:  # the sign-in page, for somebody who is signed in
            continue
        content = answer.content
        seen += RUN.encode() in content
        page = html.fromstring(content)
        data = "application/ld+json"  # in the preview of a page; a browser runs none of it
        scripts = [script for script in page.iter("script") if script.get("type") != data]
        assert all(script.get("src") and not script.text for script in scripts), place
        assert not list(page.iter("img", "object", "embed")), place
        for element in page.iter():
            # Charts are svg and previews are frames of our own: they carry no handler and lead nowhere else.
            for name, value in element.items():
                assert not name.startswith("on"), place
                assert name not in ("src", "action", "formaction") or value.startswith(("/", "?", "#")), place
                assert name != "href" or value.startswith(("/", "?", "#", "https://", "http://")), place
    assert seen >= 3, "the attempt stands on too few pages to prove anything"


def test_nothing_runs_in_a_browser(hostile: int, every_page: list[str], open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(Role.ADMIN)
    desk.allowed.add("404")  # one of the pages is the one that says that there is nothing
    for place in every_page:
        page = desk.go(place)
        assert page.evaluate("window.ran") is None, place
        assert page.locator("img[src=x], svg[onload], a[href^='javascript:']").count() == 0, place
