"""The hub's subscribers at the desk: who, how it goes, what is not shown, and the end of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from desk.pages import subscribers
from desk.roles import Role
from pipeline.ledger.models import Event, Partner, Product, Subscription, SubscriptionRequest
from tests.desk.browser import Desk
from tests.desk.conftest import make_subscription
from tests.make import Office
from tests.servers import Site, site

PLACE = "/desk/subscribers"


@pytest.fixture
def office_url(office: Office) -> Iterator[Site]:
    """A subscriber's server, which this newsroom may call."""
    with site() as made:
        office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        yield made


def text(client: Client, place: str = PLACE) -> str:
    answer = client.get(place)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_everybody_is_listed_with_how_it_goes_and_nobodys_address(
    office: Office, signed_in: Callable[[Role | None], Client]
) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "Nobody is subscribed." in text(viewer)
    fine = make_subscription(1, now=office.clock())
    faro, product = Partner.objects.get(slug="el-faro"), Product.objects.get(slug="all")
    failing = make_subscription(2, now=office.clock(), topic=f"private:{faro.pk}:{product.pk}:json")
    Subscription.objects.filter(pk=fine.pk).update(took_at=office.clock(), secret="sealed")
    Subscription.objects.filter(pk=failing.pk).update(
        tries=3, failing_since=office.clock(), due_at=office.clock() + timedelta(hours=1)
    )
    page = text(viewer)
    assert page.index("s2.example") < page.index("s1.example"), "what fails comes first"
    assert "failed 3 times" in page
    assert "next try" in page
    assert "takes what it is sent" in page
    assert page.count("unsigned") == 1
    assert "el-faro" in page
    assert "s3cret" not in page
    assert "End it" not in page, "a viewer cannot"
    assert "s1.example" not in text(viewer, f"{PLACE}?host=S2.example")
    assert "Nobody on this host is subscribed." in text(viewer, f"{PLACE}?host=elsewhere.example")


def test_a_list_says_what_it_is_hiding(office: Office, signed_in: Callable[[Role | None], Client]) -> None:
    for number in range(26):
        make_subscription(number, now=office.clock())
    SubscriptionRequest.objects.create(
        topic="feed:1:rss", callback="x", host="h", mode="subscribe", lease_seconds=1, asked_at=office.clock()
    )
    page = text(signed_in(Role.VIEWER))
    assert "Page 1 of 2" in page
    assert '<span class="badge">26</span>' in page
    assert "1 request waits until its address has confirmed it; it is not in this list." in page


def test_another_hub_is_told(office: Office, signed_in: Callable[[Role | None], Client]) -> None:
    assert "name another hub" not in text(signed_in(Role.VIEWER))
    office.apply(office.text.replace("[site]", '[site]\nhub = "none"'))
    assert "name another hub" in text(signed_in(Role.VIEWER))


def test_one_is_ended_after_a_look_with_a_reason_and_hears_of_it(
    office: Office, office_url: Site, signed_in: Callable[[Role | None], Client]
) -> None:
    admin = signed_in(Role.ADMIN)
    row, other = make_subscription(1, now=office.clock()), make_subscription(2, now=office.clock())
    Subscription.objects.filter(pk=row.pk).update(callback=office_url.base + "/hook?mine=1", host="127.0.0.1")
    place = f"{PLACE}/{row.pk}/end"
    assert "The feed is public, so it can subscribe again." in text(admin, place)
    assert Subscription.objects.count() == 2, "looking changes nothing"
    assert admin.post(place, {"reason": " "}).status_code == 422
    answer = admin.post(place, {"reason": "asked for by mail"}, follow=True)
    assert "The subscription of 127.0.0.1 has ended." in answer.content.decode()
    assert list(Subscription.objects.values_list("pk", flat=True)) == [other.pk]
    [asked] = office_url.asked
    assert parse_qs(urlsplit(asked).query)["hub.mode"] == ["denied"]
    event = Event.objects.get(action="websub.ended")
    assert (event.actor, event.reason) == ("desk:admin", "asked for by mail")
    assert admin.post(place, {"reason": "again"}).status_code == 404


def test_whoever_ends_one_does_not_wait_long_for_its_server() -> None:
    assert subscribers.LIMITS.whole <= 5


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_can_be_used_by_everybody(office: Office, open_desk: Callable[..., Desk], width: int) -> None:
    made = [make_subscription(number, now=office.clock()) for number in range(3)]
    Subscription.objects.filter(pk=made[0].pk).update(tries=2, failing_since=office.clock())
    desk = open_desk(Role.ADMIN, width=width)
    for place in (PLACE, f"{PLACE}/{made[0].pk}/end"):
        desk.go(place)
        assert not desk.complaints()
        assert not desk.overflows()
