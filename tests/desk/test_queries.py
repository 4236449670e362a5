"""Pages ask the ledger a bounded number of questions, however much is in it.

Every page of the URL list is asked with three and with thirty of everything that a page could make a list of. A new
page is among them by itself; a new kind of row belongs into `Crowd`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.roles import Role
from feeds import tokens
from pipeline.actions import campaign
from pipeline.ledger import models as rows
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Article, Delivery, Partner, Placement, Product, Release, Translation, Unit
from pipeline.stages import CampaignVerb, DeliveryState, PlacementState, UnitState
from tests.desk.conftest import make_person, make_subscription
from tests.make import NEWSROOM, Office, other, story

MOST = 40  # on any page; the front page with all its piles needs the most
FEW, MANY = 3, 30


def count(client: Client, place: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place).status_code in (200, 302, 404)
    return len(asked)


@dataclass
class Crowd:
    """A newsroom in which there are as many of everything as one likes; all of it hangs on one article, too."""

    office: Office
    article: int
    size: int = 0

    def grow(self, size: int) -> None:
        numbers = range(self.size, size)
        self.office.apply(NEWSROOM + "".join(_tables(number) for number in range(size)))
        for number in numbers:
            self.office.receive(story(), url=f"https://river.example/{number}")
            self.office.receive(other(), url=f"https://silent.example/{number}", source="silent-times")
        self.office.run()
        for number in numbers:
            self._one_more(number)
        self._one_more_of_the_article(numbers)
        self.size = size

    def _one_more(self, number: int) -> None:
        """Of what hangs on no article, or on any."""
        now = self.office.clock()
        make_person(Role.EDITOR, f"editor-{number}")
        feed = f"feed:{Product.objects.get(slug=f'product-{number}').pk}:rss"
        private = f"private:{Partner.objects.get(slug=f'partner-{number}').pk}:{feed.partition(':')[2]}"
        make_subscription(number + 1, now=now, topic=private if number % 2 else feed)
        tokens.issue(Partner.objects.get(slug="el-faro"), name=f"t{number}", actor="test", now=now)
        written = Article.objects.get(url=f"https://river.example/{number}")
        started = campaign.start(
            CampaignVerb.SEND, Choice(articles=(written.pk,)), reason="lost", actor="test", now=now
        ).campaign
        rows.CampaignItem.objects.create(
            campaign_id=started, release=written.releases.all()[0], version=1, state="left-out", reason_code="x"
        )
        Unit.objects.create(step="extract", subject=f"revision:{10**6 + number}", state=UnitState.PARKED, due_at=now)
        rows.Edition.objects.create(article=written, language="ca", url="https://river.example/ca", found_at=now)
        dead = Delivery.objects.filter(release__article=written)[:1]
        Delivery.objects.filter(pk__in=dead.values("pk")).update(state=DeliveryState.DEAD)

    def _one_more_of_the_article(self, numbers: range) -> None:
        now = self.office.clock()
        release = Release.objects.filter(article=self.article).order_by("pk")[0]
        last = Translation.objects.filter(revision__article=self.article).order_by("-pk")[0]
        for number in numbers:
            partner = Partner.objects.get(slug=f"partner-{number}")
            Placement.objects.create(
                release=release,
                partner=partner,
                url=f"https://partner.example/{number}",
                reported_by="test",
                reported_at=now,
                since=now,
                state=PlacementState.FAILED,
                cure_by=now + timedelta(days=30),
            )
            product = Product.objects.get(slug=f"product-{number}")
            sister = Release.objects.create(
                article_id=self.article,
                product=product,
                translation=last,
                guid=release.guid,
                published_at=now,
                updated_at=now,
                attribution=release.attribution,
                text_sha256=release.text_sha256,
            )
            Delivery.objects.create(
                release=sister, partner=partner, version=1, sending=1, kind="published", channel="feed", created_at=now
            )
            rows.Receipt.objects.create(release=sister, partner=partner, version=1, sent_at=now)
            rows.Wording.objects.create(
                article_id=self.article,
                language="es",
                place=f"b{number}.0",
                editor="user:x",
                base=last,
                html="",
                at=now,
            )
            rows.Presence.objects.create(article_id=self.article, language="es", editor=f"user:{number}", at=now)
            earlier = Translation.objects.create(
                revision=last.revision,
                language="es",
                version=last.version + 1 + number,
                state="superseded",
                draft=last.draft,
                created_at=now,
            )
            rows.Segment.objects.create(
                translation=earlier, position=0, place="headline", source="x", target=f"y {number}", origin="engine"
            )


def _tables(number: int) -> str:
    return f"""
[[source]]
slug = "source-{number}"
publisher = "Source {number}"
url = "https://s{number}.example/"

[[product]]
slug = "product-{number}"
title = "Product {number}"
sections = ["None that anything is in"]

[[partner]]
slug = "partner-{number}"
name = "Partner {number}"
use = "N"
products = ["es/product-{number}"]
"""


def test_thirty_of_everything_take_no_more_questions_than_three(
    office: Office,
    world: dict[str, object],
    places: dict[str, str],
    signed_in: Callable[[Role | None], Client],
) -> None:
    office.engine.mark = ""
    crowd = Crowd(office, int(str(world["article"])))
    client = signed_in(Role.ADMIN)
    crowd.grow(FEW)
    count(client, "/desk/")  # the session's first page writes when it was seen
    few = {name: count(client, place) for name, place in places.items()}
    crowd.grow(MANY)
    many = {name: count(client, place) for name, place in places.items()}
    assert {name: (few[name], many[name]) for name in places if few[name] != many[name]} == {}
    assert max(many.values()) <= MOST, many
