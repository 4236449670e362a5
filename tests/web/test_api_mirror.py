"""A program that applies what the API answers, in its order, ends with exactly what the ledger has for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feeds.api import mirror, releases
from feeds.api.cursor import Cursor
from feeds.api.cursor import read as read_cursor
from feeds.newsroom import newsroom
from pipeline.actions import campaign, upkeep
from pipeline.actions.withdraw import withdraw
from pipeline.ledger import catalog, codec
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Article, Delivery, Partner, Release
from pipeline.ledger.permissions import to_publish
from pipeline.stages import CampaignVerb
from pipeline.types import Draft, Ruling, Story
from tests.make import NEWSROOM, Office, corrected, story

PARTNERS = ("la-voz", "diario-de-pago")
CONFIGURATIONS = (
    NEWSROOM,
    NEWSROOM.replace("licenses/by-nc/4.0", "licenses/by/4.0"),
    NEWSROOM.replace("licenses/by/4.0", "licenses/by-nc/4.0"),
    NEWSROOM.replace('slug = "la-voz"', 'slug = "la-voz"\nproducts = ["es/puentes"]'),
    NEWSROOM.replace('slug = "la-voz"', 'slug = "la-voz"\nproducts = ["es/puentes", "es/all"]\ndelay_minutes = 30'),
    NEWSROOM.replace('use = "P"', 'use = "N"'),
    NEWSROOM.replace('sections = ["Bridges"]', 'sections = ["Bridges"]\ndelay_minutes = 20'),
)
SOURCES = ("river-post", "harbor-wire")


class Mirror:
    """A partner's program: what it has, and the cursor it kept."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.has: dict[int, tuple[int, int, str]] = {}
        self.cursor: str | None = None

    @property
    def partner(self) -> Partner:
        return Partner.objects.get(slug=self.slug)

    def fetch(self, limit: int, now: datetime) -> bool:
        """One request. False when there is no more."""
        cursor: Cursor | None = read_cursor(self.cursor, partner=self.partner.pk) if self.cursor else None
        page = mirror.since(cursor, self.partner, newsroom(), limit=limit, now=now)
        for seen in page.seen:
            told = releases._release(seen)
            if told.status == "usable":
                assert told.content_html
                self.has[told.id] = (told.version, told.sending, told.content_html)
            else:
                self.has.pop(told.id, None)
        self.cursor = page.cursor.text()
        return page.more


def due(partner: Partner, today: date) -> dict[int, tuple[int, int]]:
    """What the ledger has for a partner, told from its rows without the API."""
    waits = Delivery.objects.filter(partner=partner, state="withheld", reason_code="embargo").values_list("release_id")
    found = {}
    for release in Release.objects.filter(state="usable", product__active=True, product__partners=partner):
        story_read = codec.load(Story, release.translation.revision.story)
        permission = to_publish(
            release.article.source, story_read, catalog.use_of(partner), language=release.product.language, today=today
        )
        if permission.ruling is Ruling.ALLOW and (release.pk,) not in waits:
            found[release.pk] = (release.version, release.sending)
    return found


def words(release: int) -> str:
    draft = codec.load(Draft, Release.objects.get(pk=release).translation.draft)
    return next(block.text for block in draft.blocks if "millones" in block.text)


NUMBERS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("publish"), NUMBERS, st.booleans()),
    st.tuples(st.just("withdraw"), NUMBERS),
    st.tuples(st.just("resend"), NUMBERS),
    st.tuples(st.just("configure"), st.sampled_from(range(len(CONFIGURATIONS)))),
    st.tuples(st.just("wait"), st.sampled_from((1, 19, 31))),
    st.tuples(st.just("fetch"), st.sampled_from(PARTNERS), st.sampled_from((1, 2, 5))),
)


def take(office: Office, mirrors: dict[str, Mirror], step: tuple[Any, ...]) -> None:
    match step:
        case ("publish", number, changed):
            office.receive(
                corrected() | {"section": "Bridges"} if changed else story(section="Bridges"),
                source=SOURCES[number % 2],
                url=f"https://{SOURCES[number % 2].partition('-')[0]}.example/{number}",
            )
        case ("withdraw", number):
            article = Article.objects.filter(url__endswith=f"/{number}", withdrawn_at=None).first()
            if article is not None:
                withdraw(article.pk, kind="kill", reason="x", actor="test", now=office.clock())
        case ("resend", number):
            for article in Article.objects.filter(url__endswith=f"/{number}", releases__state="usable")[:1]:
                choice = Choice(articles=(article.pk,))
                campaign.start(CampaignVerb.SEND, choice, reason="x", actor="test", now=office.clock())
        case ("configure", number):
            office.apply(CONFIGURATIONS[number])
        case ("wait", minutes):
            office.clock.forward(minutes=minutes)
            upkeep.lift_embargoes(now=office.clock())
        case ("fetch", slug, limit):
            mirrors[slug].fetch(limit, office.clock())
    if step[0] != "fetch":
        office.run()


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would publish for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_a_mirror_ends_with_exactly_what_the_ledger_has_for_it(office: Office, steps: list[tuple[Any, ...]]) -> None:
    started = office.clock.at
    with transaction.atomic():
        mirrors = {slug: Mirror(slug) for slug in PARTNERS}
        office.apply(NEWSROOM)
        for step in steps:
            office.clock.forward(seconds=1)
            take(office, mirrors, step)
        for each in mirrors.values():
            while each.fetch(2, office.clock()):
                pass
            has = {pk: (version, sending) for pk, (version, sending, _) in each.has.items()}
            assert has == due(each.partner, office.clock().date()), each.slug
            for pk, (_, _, text) in each.has.items():
                assert words(pk) in text
            fresh = Mirror(each.slug)
            while fresh.fetch(3, office.clock()):
                pass
            assert fresh.has == each.has, "whoever starts today has the same"
        transaction.set_rollback(True)
    office.clock.at = started


def test_two_mirrors_of_different_pace_agree(office: Office) -> None:
    """The property above, on one long fixed history: everything that can happen, in both orders of asking."""
    steps: list[tuple[Any, ...]] = [
        ("publish", 0, False),
        ("publish", 1, False),
        ("fetch", "la-voz", 1),
        ("publish", 0, True),
        ("configure", 4),
        ("publish", 2, False),
        ("fetch", "la-voz", 5),
        ("resend", 0),
        ("wait", 31),
        ("withdraw", 1),
        ("configure", 2),
        ("publish", 3, False),
        ("fetch", "diario-de-pago", 2),
        ("configure", 0),
    ]
    mirrors = {slug: Mirror(slug) for slug in PARTNERS}
    for step in steps:
        office.clock.forward(seconds=1)
        take(office, mirrors, step)
    for each in mirrors.values():
        while each.fetch(1, office.clock()):
            pass
        assert {pk: value[:2] for pk, value in each.has.items()} == due(each.partner, datetime.now(UTC).date())
        assert each.has, "something is left to compare"
