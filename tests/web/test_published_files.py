"""Published files over HTTP: a reader that asks again is told that nothing changed, until something does."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.make import Office, corrected

ADDRESSES = ["/feeds/es/all/rss.xml", "/feeds/es/all/atom.xml", "/feeds/es/all/feed.json", "/es/articles/{}.html", "/"]
FEEDS = ADDRESSES[:3]


@pytest.fixture
def article(office: Office) -> int:
    return office.publish()


@pytest.mark.parametrize("address", ADDRESSES)
def test_asking_again_with_the_tag_or_the_date_is_answered_304(address: str, article: int, client: Client) -> None:
    address = address.format(article)
    first = client.get(address)
    assert first.status_code == 200
    by_tag = client.get(address, headers={"If-None-Match": first["ETag"]})
    by_date = client.get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    for answer in (by_tag, by_date):
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == first["ETag"]
    assert client.get(address, headers={"If-None-Match": '"something-else"'}).status_code == 200


@pytest.mark.parametrize("address", [*FEEDS, "/es/articles/{}.html"])
def test_after_a_correction_the_old_tag_and_date_get_the_new_text(
    address: str, article: int, office: Office, client: Client
) -> None:
    address = address.format(article)
    first = client.get(address)
    office.clock.forward(hours=1)
    office.publish(corrected())
    for headers in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        answer = client.get(address, headers=headers)
        assert answer.status_code == 200
        assert "14 millones" in answer.content.decode()


def test_feeds_come_compressed_to_those_who_can_read_that(article: int, office: Office, client: Client) -> None:
    packed = client.get("/feeds/es/all/rss.xml", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed.content == (office.home / "public/feeds/es/all/rss.xml.gz").read_bytes()
    assert client.get("/feeds/es/all/rss.xml").content == office.feed("rss")


@pytest.mark.parametrize(
    "address", ["/feeds/es/all/rss.xml.gz", "/../newsroom.toml", "/es/articles/{}.gone.html", "/private/x", "/nothing"]
)
def test_nothing_else_is_served(address: str, article: int, client: Client) -> None:
    assert client.get(address.format(article)).status_code == 404


def test_only_reading_is_answered(article: int, client: Client) -> None:
    answer = Client(enforce_csrf_checks=True).post("/feeds/es/all/rss.xml")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD"), "no word of forms"
    assert client.head("/feeds/es/all/rss.xml").status_code == 200
    assert client.get("/health").json() == {"status": "ok"}
