"""Campaigns: planned, started once, run in small batches, stopped and resumed; each receiver gets each version once."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import timedelta

import pytest

from pipeline.actions import campaign, campaign_plan, campaign_step, correct
from pipeline.actions.withdraw import withdraw
from pipeline.errors import IllegalTransition
from pipeline.ledger import campaigns
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Campaign, Delivery, Event, Partner, Release, Revision, Translation, Unit
from pipeline.stages import CampaignVerb, Step
from tests.fakes import PhraseBook
from tests.make import PARAGRAPHS, SPANISH, Office, other

ALL = Choice(product="es/all")
BATCH, MANY = 4, 10  # three batches


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(campaign_step.BATCH, CampaignVerb.SEND, BATCH)


def publish(office: Office, count: int) -> list[int]:
    """So many articles with the same text."""
    for number in range(count):
        office.receive(url=f"https://river.example/{number}")
    office.run()
    office.clock.forward(hours=1)
    return list(Revision.objects.order_by("article").values_list("article", flat=True))


def start(office: Office, choice: Choice = ALL, verb: CampaignVerb = CampaignVerb.SEND, **more: object) -> int:
    started = campaign.start(verb, choice, reason="lost", actor="ana", now=office.clock(), **more)  # type: ignore[arg-type]
    return started.campaign


def step(office: Office, number: int) -> None:
    """One run of the campaign's own unit, and of nothing else."""
    office.clock.forward(seconds=3)
    office.runner.run(Unit.objects.get(step=Step.CAMPAIGN, subject=f"campaign:{number}").pk)


def resent() -> Counter[tuple[int, str, int]]:
    rows = Delivery.objects.filter(kind="resent").values_list("release", "partner__slug", "version")
    return Counter(rows)


def plan(office: Office, choice: Choice, verb: CampaignVerb = CampaignVerb.SEND) -> campaign_plan.Plan:
    return campaign_plan.plan(office.room, verb, choice, now=office.clock())


# --- the dry run -------------------------------------------------------------------------------------------------


def test_a_plan_counts_receivers_reasons_and_cost(office: Office) -> None:
    publish(office, 2)
    gone = office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    withdrawn = office.publish(other(), url="https://river.example/w")
    withdraw(withdrawn, kind="kill", reason="x", actor="ana", now=office.clock())
    office.apply(office.text.replace('name = "El Faro"', 'name = "El Faro"\nwebhook = "https://faro.example/in"'))
    planned = plan(office, ALL)
    assert (planned.releases, planned.articles) == (4, 3)
    assert {(row.partner, row.channel): (row.going, row.left_out) for row in planned.receivers} == {
        ("", "feed"): (3, 1),
        ("diario-de-pago", "feed"): (2, 2),
        ("el-faro", "webhook"): (3, 1),
        ("la-voz", "feed"): (3, 1),
    }
    assert {obstacle.code: count for obstacle, count in planned.obstacles} == {"withdrawn": 4, "nc-paid-use": 1}
    assert all(obstacle.reason and obstacle.reason_es for obstacle, _ in planned.obstacles)
    assert (planned.going, planned.left_out) == (11, 5)
    assert (planned.pushes, planned.feeds, planned.pages, planned.sentences) == (3, 4, 3, 0)
    assert planned.versions == ((1, 3),)
    assert office.release(gone).sending == 1


def test_a_plan_warns_of_feeds_that_cannot_hold_it_all(office: Office) -> None:
    office.apply(office.text.replace("[site]", "[site]\nfeed_size = 2\nttl_minutes = 30"))
    publish(office, 5)
    planned = plan(office, ALL)
    assert (planned.crowded, planned.hourly) == (3, 2)


CHOICES = [
    (Choice(source="harbor-wire"), 1),
    (Choice(source="river-post"), 2),
    (Choice(section="BRIDGES", product="es/all"), 1),
    (Choice(rights="by-nc"), 1),
    (Choice(rights="https://creativecommons.org/licenses/by/4.0/", product="es/all"), 1),
    (Choice(rights="licence", product="es/all"), 2),
    (Choice(rights="permission"), 0),
    (Choice(model=f"phrasebook-en_es {len(SPANISH)}"), 3),
    (Choice(model="another"), 0),
    (Choice(partner="la-voz", product="es/all"), 2),
]


def test_releases_are_chosen_by_what_editors_think_in(office: Office) -> None:
    office.publish(section="Bridges")
    office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    for choice, found in CHOICES:
        assert plan(office, choice).releases == found, choice


def test_a_choice_of_dates_has_two_ends(office: Office) -> None:
    publish(office, 1)
    today = office.clock().date()
    assert plan(office, Choice(since=today, until=today)).releases == 1
    assert plan(office, Choice(until=today - timedelta(days=1))).releases == 0


# --- sending again -----------------------------------------------------------------------------------------------


def test_a_campaign_of_several_batches_sends_each_once(office: Office) -> None:
    articles = publish(office, MANY)
    number = start(office)
    office.run()
    assert set(resent().values()) == {1}
    assert len(resent()) == MANY * 3
    progress = campaigns.progress(number)
    assert (progress.state, progress.items, progress.percent) == ("done", {"sent": MANY}, 100)
    assert Event.objects.filter(action="release.resyndicated").count() == MANY
    assert {office.release(article).sending for article in articles} == {2}


def test_no_transaction_holds_more_than_a_batch(office: Office) -> None:
    publish(office, MANY)
    number = start(office)
    step(office, number)  # lists
    sizes = []
    for _ in range(3):
        before = Delivery.objects.filter(kind="resent").count()
        step(office, number)
        sizes.append((Delivery.objects.filter(kind="resent").count() - before) // 3)
    assert sizes == [BATCH, BATCH, MANY - 2 * BATCH]


def test_pressing_twice_sends_once(office: Office) -> None:
    publish(office, 2)
    first = start(office, key="press-1")
    assert start(office, key="press-1") == first
    assert start(office) == first, "the same choice while it runs"
    office.run()
    assert start(office, key="press-1") == first, "the same press, after it is done"
    office.run()
    assert set(resent().values()) == {1}
    assert start(office) != first, "another decision, later, is another campaign"
    office.run()
    assert set(resent().values()) == {2}


def test_two_campaigns_at_once_send_what_both_chose_once(office: Office) -> None:
    articles = publish(office, 3)
    first = start(office)
    second = start(office, Choice(articles=tuple(articles[:2])))
    step(office, first)
    step(office, second)
    assert campaigns.progress(second).left_out == {"in-campaign": 2}
    office.run()
    assert set(resent().values()) == {1}


def test_campaigns_for_different_partners_do_not_hinder_each_other(office: Office) -> None:
    publish(office, 2)
    start(office, Choice(partner="el-faro"))
    start(office, Choice(partner="la-voz"))
    office.run()
    assert Counter(partner for _, partner, _ in resent().elements()) == {"el-faro": 2, "la-voz": 2}


def test_a_paused_campaign_hands_nothing_over_until_it_is_resumed(office: Office) -> None:
    publish(office, MANY)
    number = start(office)
    step(office, number)
    step(office, number)
    campaign.pause(number, actor="ana", now=office.clock())
    office.run()
    assert campaigns.progress(number).items == {"pending": MANY - BATCH, "sent": BATCH}
    assert Delivery.objects.filter(kind="resent", state="pending").count() == 0, "what was sent is shown"
    campaign.resume(number, actor="ana", now=office.clock())
    office.run()
    assert campaigns.progress(number).items == {"sent": MANY}
    assert set(resent().values()) == {1}


def test_a_canceled_campaign_sends_nothing_more(office: Office) -> None:
    publish(office, MANY)
    number = start(office)
    step(office, number)
    step(office, number)
    campaign.cancel(number, actor="ana", now=office.clock())
    office.run()
    assert len(resent()) == BATCH * 3
    assert campaigns.progress(number).state == "canceled"
    with pytest.raises(IllegalTransition, match="is canceled and cannot be resumed"):
        campaign.resume(number, actor="ana", now=office.clock())


def test_what_changed_since_it_was_listed_is_left_out(office: Office) -> None:
    articles = publish(office, 3)
    number = start(office)
    step(office, number)
    withdraw(articles[0], kind="kill", reason="x", actor="ana", now=office.clock())
    correct.correct(articles[1], "es", "headline", "Otro titular", note="n", actor="ana", now=office.clock())
    office.run()
    assert campaigns.progress(number).left_out in ({"withdrawn": 1, "newer-version": 1}, {"withdrawn": 1})
    assert max(resent().values()) == 1
    assert not Delivery.objects.filter(kind="resent", release__article=articles[0]).exists()


def test_a_broken_release_fails_alone_and_can_be_tried_again(office: Office) -> None:
    articles = publish(office, 5)
    broken = Revision.objects.get(article=articles[2])
    story = broken.story
    number = start(office)
    step(office, number)
    Revision.objects.filter(pk=broken.pk).update(story={**story, "licence_marks": [7]})
    step(office, number)
    step(office, number)
    progress = campaigns.progress(number)
    assert (progress.items, progress.failed) == ({"failed": 1, "sent": 4}, 1)
    Revision.objects.filter(pk=broken.pk).update(story=story)
    assert campaign.retry(number, actor="ana", now=office.clock()) == 1
    office.run()
    assert campaigns.progress(number).items == {"sent": 5}
    assert set(resent().values()) == {1}
    assert len(resent()) == 15


def test_a_refused_push_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_EL_FARO", "whsec_" + base64.b64encode(b"a secret of our very own").decode())
    publish(office, 1)
    office.apply(office.text.replace('name = "El Faro"', 'name = "El Faro"\nwebhook = "https://127.0.0.1/in"'))
    number = start(office, Choice(partner="el-faro"))
    office.run()
    [push] = Delivery.objects.filter(campaign=number)
    assert (push.state, campaigns.progress(number).failed) == ("refused", 1), "a private address is not contacted"
    assert campaign.retry(number, actor="ana", now=office.clock()) == 1
    assert Delivery.objects.get(pk=push.pk).state == "pending"
    assert Unit.objects.get(subject=f"partner:{push.partner_id}").state == "ready"


def test_a_pace_gives_readers_time(office: Office) -> None:
    publish(office, 4)
    number = start(office, per_hour=2)
    office.run()
    assert campaigns.progress(number).items == {"pending": 2, "sent": 2}
    office.clock.forward(minutes=59)
    office.run()
    assert campaigns.progress(number).items == {"pending": 2, "sent": 2}
    office.clock.forward(minutes=2)
    office.run()
    assert campaigns.progress(number).items == {"sent": 4}


def test_a_campaign_waits_where_pushes_have_gathered(office: Office) -> None:
    publish(office, 1)
    number = start(office)
    step(office, number)
    faro, release = Partner.objects.get(slug="el-faro"), Release.objects.get()
    row = {"release": release, "partner": faro, "version": 1, "kind": "resent", "channel": "webhook"}
    gathered = [Delivery(sending=n, created_at=office.clock(), **row) for n in range(10_000, 10_101)]
    Delivery.objects.bulk_create(gathered)
    step(office, number)
    assert campaigns.progress(number).items == {"pending": 1}
    unit = Unit.objects.get(step=Step.CAMPAIGN)
    assert unit.due_at - office.clock() == campaign_step.WAIT
    Delivery.objects.filter(sending=10_000).update(state="waiting")  # this partner is away: that is no reason to wait
    step(office, number)
    assert campaigns.progress(number).items == {"sent": 1}


def test_the_result_has_a_line_for_every_release_and_receiver(office: Office) -> None:
    publish(office, 2)
    office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    withdrawn = office.publish(other(), url="https://river.example/w")
    withdraw(withdrawn, kind="kill", reason="x", actor="ana", now=office.clock())
    number = start(office)
    office.run()
    rows = [dict(zip(campaigns.RESULT, row, strict=True)) for row in campaigns.results(number)]
    states = Counter((row["partner"], row["state"], row["code"]) for row in rows)
    assert states == {
        ("el-faro", "sent", ""): 3,
        ("la-voz", "sent", ""): 3,
        ("diario-de-pago", "sent", ""): 2,
        ("diario-de-pago", "withheld", "nc-paid-use"): 1,
        ("", "left-out", "withdrawn"): 1,
    }


# --- translating again -------------------------------------------------------------------------------------------

BETTER = "La alcaldesa aseguró que nadie va a pagar peaje."


def better(office: Office) -> None:
    """A newer model that words one sentence differently."""
    office.engine = PhraseBook({**SPANISH, PARAGRAPHS[2]: BETTER})


def test_translating_again_makes_new_versions_with_todays_model(office: Office) -> None:
    office.publish(section="Bridges")  # it is in two products
    assert {each.code for each, _ in plan(office, ALL, CampaignVerb.TRANSLATE).obstacles} == {"same-model"}
    better(office)
    planned = plan(office, Choice(source="river-post"), CampaignVerb.TRANSLATE)
    assert (planned.going, planned.left_out, planned.sentences) == (1, 0, 5)
    number = start(office, Choice(source="river-post"), CampaignVerb.TRANSLATE, note="se ha mejorado la traducción")
    office.run()
    progress = campaigns.progress(number)
    assert (progress.items, progress.translations) == ({"sent": 1}, {"ready": 1})
    [item] = office.items().values()
    assert BETTER in item["content_html"]
    assert "se ha mejorado la traducción" in item["content_html"]
    assert [row.version for row in Translation.objects.order_by("pk")] == [1, 2]


def test_what_a_person_has_read_is_not_translated_again_unasked(office: Office) -> None:
    article = office.publish()
    correct.correct(article, "es", "headline", "Otro titular", note="n", actor="ana", now=office.clock())
    office.run()
    better(office)
    assert {each.code for each, _ in plan(office, ALL, CampaignVerb.TRANSLATE).obstacles} == {"reviewed"}
    asked = Choice(product="es/all", reviewed=True)
    assert plan(office, asked, CampaignVerb.TRANSLATE).going == 1


def test_the_same_words_are_no_news(office: Office) -> None:
    office.publish()
    office.engine = PhraseBook({**SPANISH, "Another sentence.": "Otra frase."})
    before = office.items()
    start(office, ALL, CampaignVerb.TRANSLATE)
    office.run()
    assert office.items() == before
    assert not Delivery.objects.exclude(kind="published").exists()


def test_what_waits_for_an_editor_is_not_ordered_twice(office: Office) -> None:
    office.publish()
    better(office)
    office.engine.phrases[PARAGRAPHS[2]] = PARAGRAPHS[2]  # left in English: held
    start(office, ALL, CampaignVerb.TRANSLATE)
    office.run()
    better(office)
    assert {each.code for each, _ in plan(office, ALL, CampaignVerb.TRANSLATE).obstacles} == {"version-pending"}


# --- asking for it -----------------------------------------------------------------------------------------------


def test_a_campaign_needs_a_reason_and_a_choice(office: Office) -> None:
    with pytest.raises(IllegalTransition, match="say what to send again"):
        start(office, Choice(reviewed=True))
    with pytest.raises(IllegalTransition, match="say why"):
        campaign.start(CampaignVerb.SEND, ALL, reason=" ", actor="ana", now=office.clock())
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "retry"])
def test_a_campaign_that_is_not_there_is_named(verb: str, office: Office) -> None:
    with pytest.raises(IllegalTransition, match="there is no campaign 77"):
        getattr(campaign, verb)(77, actor="ana", now=office.clock())


def test_who_started_stopped_and_resumed_it_is_on_record(office: Office) -> None:
    publish(office, 1)
    number = start(office)
    campaign.pause(number, actor="eva", now=office.clock())
    campaign.resume(number, actor="ana", now=office.clock())
    office.run()
    events = Event.objects.filter(subject=f"campaign:{number}").order_by("pk")
    assert list(events.values_list("action", "actor")) == [
        ("campaign.started", "ana"),
        ("campaign.paused", "eva"),
        ("campaign.resumed", "ana"),
        ("campaign.finished", "pipeline"),
    ]
