"""Re-syndication: the same version again, after saying exactly what would be sent to whom."""

from __future__ import annotations

import pytest

from pipeline.actions import campaign, campaign_plan
from pipeline.actions.withdraw import withdraw
from pipeline.errors import IllegalTransition
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Delivery, Event, Release, Unit
from pipeline.stages import CampaignVerb
from tests.make import Office, other


def plan(choice: Choice, office: Office) -> list[campaign_plan.Sending]:
    return list(campaign_plan.sendings(office.room, CampaignVerb.SEND, choice, now=office.clock()))


def again(office: Office, choice: Choice) -> list[tuple[str, bool]]:
    """Send and run. Returns receivers and whether they were to be sent it."""
    rows = plan(choice, office)
    campaign.start(CampaignVerb.SEND, choice, reason="the first sending was lost", actor="ana", now=office.clock())
    office.run()
    return [(row.partner, row.sent) for row in rows]


def test_a_dry_run_says_everything_and_changes_nothing(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")
    before = (office.stamps(), list(Release.objects.values()), list(Unit.objects.values()), Event.objects.count())
    office.clock.forward(days=1)
    planned = plan(Choice(articles=(article,)), office)
    assert [(row.partner, row.product, row.channel, row.sent, row.reason_code) for row in planned] == [
        ("", "es/all", "feed", True, ""),
        ("diario-de-pago", "es/all", "feed", False, "nc-paid-use"),
        ("el-faro", "es/all", "feed", True, ""),
        ("la-voz", "es/all", "feed", True, ""),
    ]
    assert office.run() == []
    assert before == (
        office.stamps(),
        list(Release.objects.values()),
        list(Unit.objects.values()),
        Event.objects.count(),
    )
    again(office, Choice(articles=(article,)))
    got = Delivery.objects.filter(kind="resent").order_by("partner__slug")
    assert list(got.values_list("partner__slug", "state", "reason_code")) == [
        (row.partner, "sent" if row.sent else "withheld", row.reason_code) for row in planned if row.partner
    ]


def test_the_same_version_goes_out_under_the_same_guid_with_a_new_time(office: Office) -> None:
    article = office.publish()
    first = office.release(article)
    before = office.items()[first.guid]
    office.clock.forward(days=2)
    assert len(again(office, Choice(articles=(article,)))) == 4
    release = office.release(article)
    assert (release.guid, release.version, release.sending, release.published_at) == (
        first.guid,
        1,
        2,
        first.published_at,
    )
    assert release.updated_at == office.clock()
    after = office.items()[first.guid]
    assert {**after, "date_modified": ""} == {**before, "date_modified": ""}
    assert after["date_modified"] > before["date_modified"]


def test_each_partner_gets_one_delivery_a_sending(office: Office) -> None:
    article = office.publish()
    for hours in (1, 2):
        office.clock.forward(hours=hours)
        again(office, Choice(articles=(article,)))
    deliveries = Delivery.objects.order_by("partner__slug", "sending").values_list(
        "partner__slug", "sending", "kind", "state"
    )
    assert list(deliveries) == [
        (slug, sending, kind, "sent")
        for slug in ("diario-de-pago", "el-faro", "la-voz")
        for sending, kind in ((1, "published"), (2, "resent"), (3, "resent"))
    ]


def test_who_sent_it_again_and_why_is_on_record(office: Office) -> None:
    article = office.publish()
    again(office, Choice(articles=(article,)))
    event = Event.objects.get(action="release.resyndicated")
    assert (event.actor, event.reason) == ("ana", "the first sending was lost")
    assert event.details == {
        "campaign": 1,
        "version": 1,
        "sending": 2,
        "partners": ["diario-de-pago", "el-faro", "la-voz"],
    }


def test_for_one_partner_only_that_partners_feed_changes(office: Office) -> None:
    article = office.publish()
    before = office.files()
    office.clock.forward(days=1)
    assert again(office, Choice(articles=(article,), partner="el-faro")) == [("el-faro", True)]
    changed = {name for name, content in office.files().items() if before[name] != content}
    folder = "private/el-faro/es/all"
    assert changed == {
        f"{folder}/{name}{twin}" for name in ("rss.xml", "atom.xml", "feed.json") for twin in ("", ".br", ".gz")
    }
    guid = office.release(article).guid
    assert office.items(partner="el-faro")[guid]["date_modified"] > office.items()[guid]["date_modified"]


def test_what_a_partner_may_not_have_stays_explained_after_another_was_sent_it_again(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")
    again(office, Choice(articles=(article,), partner="el-faro"))
    [release] = office.fate(article)["releases"]
    assert [(row["partner"], row["code"]) for row in release["withheld"]] == [("diario-de-pago", "nc-paid-use")]


def test_what_was_sent_again_to_one_partner_is_in_its_feed_however_old_it_is(office: Office) -> None:
    office.apply(office.text.replace("[site]", "[site]\nfeed_size = 1"))
    old = office.publish()
    office.clock.forward(days=2)
    new = office.publish(other(), url="https://river.example/library")
    assert set(office.items(partner="el-faro")) == {office.release(new).guid}
    office.clock.forward(days=1)
    again(office, Choice(articles=(old,), partner="el-faro"))
    assert set(office.items(partner="el-faro")) == {office.release(old).guid, office.release(new).guid}
    assert set(office.items(partner="la-voz")) == {office.release(new).guid}


def test_a_product_or_a_day_can_be_chosen(office: Office) -> None:
    bridge = office.publish(section="Bridges")
    office.clock.forward(days=1)
    library = office.publish(other(section="Schools"), url="https://river.example/library")
    chosen = {row.article for row in plan(Choice(product="es/puentes"), office)}
    assert chosen == {bridge}
    chosen = {row.article for row in plan(Choice(since=office.clock().date()), office)}
    assert chosen == {library}
    assert plan(Choice(articles=(bridge,), since=office.clock().date()), office) == []


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(), "say what to send again"),
        (Choice(product="es/nada"), "there is no product 'es/nada'"),
        (Choice(partner="nadie"), "there is no active partner 'nadie'"),
    ],
)
def test_a_choice_of_nothing_is_refused(choice: Choice, said: str, office: Office) -> None:
    with pytest.raises(IllegalTransition, match=said):
        plan(choice, office)


def test_what_was_withdrawn_is_never_sent_again(office: Office) -> None:
    article = office.publish()
    withdraw(article, kind="kill", reason="x", actor="ana", now=office.clock())
    office.run()
    files = office.files()
    assert {sent for _, sent in again(office, Choice(articles=(article,)))} == {False}
    assert office.files() == files


def test_a_thousand_is_only_more_of_the_same(office: Office) -> None:
    """Every article of a product in one go: one delivery each, and one rendering a feed."""
    for number in range(12):
        office.receive(url=f"https://river.example/{number}")
    office.run()
    office.clock.forward(hours=1)
    before = set(Unit.objects.filter(step="publish").values_list("pk", "fence"))
    assert len(again(office, Choice(product="es/all"))) == 12 * 4
    rendered = set(Unit.objects.filter(step="publish").values_list("pk", "fence")) - before
    fences = dict(before)
    assert {fence - fences[pk] for pk, fence in rendered} == {1}
    assert len(rendered) == 12 + 1 + 3, "each page, the public feed, three private ones"
    assert Delivery.objects.filter(kind="resent", state="sent").count() == 36
