"""The step of a campaign: list what was chosen, then hand over a batch at a time, until nothing is left.

Knows: how much one transaction may hold, when to let others go first. Must not know: why something is left out.

Each run is one short transaction and arms the next, so a campaign of ten thousand is a hundred small units among all
others. Its unit stands in the queue behind the renderings of its own last batch, so it never runs ahead of them; and
where pushes or translations have gathered, it waits. A worker that is killed loses one batch, which is then done again
from the start: an item is marked in the transaction that sends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction

from pipeline.actions.campaign_batch import Batch, send, translate
from pipeline.actions.campaign_judge import Facts, Judge, Obstacle, facts
from pipeline.errors import StaleWork
from pipeline.ledger import audit, codec, deliveries, releases, units
from pipeline.ledger.choices import Choice, chosen
from pipeline.ledger.models import Campaign, CampaignItem, Unit
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import CampaignState, CampaignVerb, ItemState, Step, UnitState
from pipeline.steps import Newsroom

log = structlog.get_logger(__name__)

LISTED_AT_ONCE = 500
BATCH = {CampaignVerb.SEND: 100, CampaignVerb.TRANSLATE: 5}  # some 50 ms of one transaction
BACKLOG = {CampaignVerb.SEND: 100, CampaignVerb.TRANSLATE: 5}
WAIT = timedelta(seconds=2)
AT_ONCE = timedelta(0)


def table(newsroom: Newsroom) -> Mapping[Step, StepFunction]:
    """The step of this module, ready to be run."""
    return {Step.CAMPAIGN: partial(advance, newsroom)}


def advance(newsroom: Newsroom, work: Work) -> Effect:
    """One batch of a campaign."""
    pk = int(work.subject.rpartition(":")[2])
    campaign = Campaign.objects.get(pk=pk)
    verb, choice = CampaignVerb(campaign.verb), codec.load(Choice, campaign.choice)
    judge = Judge(newsroom=newsroom, verb=verb, choice=choice, now=work.now, campaign=pk)
    if campaign.state != CampaignState.RUNNING:  # stopped by somebody: what was sent until then is shown
        return partial(_show, pk, choice, work.now)
    if not campaign.listed:
        return partial(_list, judge, campaign, work)
    if _crowded(verb, work.now):
        return partial(_arm, pk, work.now + WAIT)
    size = min(BATCH[verb], campaign.per_hour or BATCH[verb])
    items = list(campaign.items.filter(state=ItemState.PENDING).order_by("release")[:size].values_list("pk", flat=True))
    if not items:
        return partial(_finish, pk, choice, work.now)
    pause = timedelta(hours=len(items) / campaign.per_hour) if campaign.per_hour else AT_ONCE
    return partial(_batch, judge, pk, items, work, pause)


def _crowded(verb: CampaignVerb, now: datetime) -> bool:
    """Whether others wait already where this campaign would add to the queue."""
    most = BACKLOG[verb]
    if verb is CampaignVerb.SEND:
        return deliveries.backlog(at_most=most + 1) > most
    due = Unit.objects.filter(units.of_steps([Step.TRANSLATE]), state=UnitState.READY, due_at__lte=now)
    return due[: most + 1].count() > most


def _arm(pk: int, at: datetime) -> None:
    units.arm(Step.CAMPAIGN, f"campaign:{pk}", now=at)


def _running(pk: int) -> Campaign | None:
    """The campaign, locked until the transaction ends, unless somebody has stopped it."""
    row = Campaign.objects.select_for_update().get(pk=pk)
    return row if row.state == CampaignState.RUNNING else None


# --- listing -----------------------------------------------------------------------------------------------------


def _list(judge: Judge, seen: Campaign, work: Work) -> None:
    campaign = _running(seen.pk)
    if campaign is None:
        return
    earlier = Campaign.objects.filter(pk__lt=campaign.pk, state=CampaignState.RUNNING, listed=False)
    if earlier.exists():  # only when it has its items can be told what it sends already
        _arm(campaign.pk, work.now + WAIT)
        return
    rows = chosen(judge.choice).filter(pk__gt=campaign.cursor, pk__lte=campaign.until)
    some = list(facts(rows[:LISTED_AT_ONCE]))
    wanted = _one_each(campaign, some) if judge.verb is CampaignVerb.TRANSLATE else some
    obstacles = judge.obstacles(wanted)
    CampaignItem.objects.bulk_create(
        [_item(campaign, release, obstacles.get(release.pk)) for release in wanted], batch_size=200
    )
    campaign.cursor = some[-1].pk if some else campaign.until
    campaign.listed = len(some) < LISTED_AT_ONCE
    campaign.save(update_fields=["cursor", "listed"])
    _arm(campaign.pk, work.now)


def _one_each(campaign: Campaign, some: list[Facts]) -> list[Facts]:
    """A translation is in as many releases as its article is in products; one of them stands for all."""
    first: dict[int, Facts] = {}
    for release in some:
        first.setdefault(release.translation, release)
    known = campaign.items.filter(release__translation__in=list(first)).values_list("release__translation", flat=True)
    for translation in set(known):
        del first[translation]
    return list(first.values())


def _item(campaign: Campaign, release: Facts, obstacle: Obstacle | None) -> CampaignItem:
    return CampaignItem(
        campaign=campaign,
        release_id=release.pk,
        version=release.version,
        state=ItemState.LEFT_OUT if obstacle else ItemState.PENDING,
        reason_code=obstacle.code if obstacle else "",
        reason=obstacle.reason if obstacle else "",
    )


# --- handing over ------------------------------------------------------------------------------------------------


def _batch(judge: Judge, pk: int, items: list[int], work: Work, pause: timedelta) -> None:
    campaign = _running(pk)
    if campaign is None:
        return
    batch = Batch(judge=judge, campaign=campaign, now=work.now)
    hand_over = send if judge.verb is CampaignVerb.SEND else translate
    try:
        with transaction.atomic():
            hand_over(batch, items)
    except StaleWork:
        raise
    except Exception:  # one bad release must not stop the rest: find out which it is
        log.exception("campaign.batch-failed", campaign=pk)
        for item in items:
            _alone(batch, item, hand_over)
    if campaign.per_hour:
        _show(pk, judge.choice, work.now)
    _arm(pk, work.clock() + pause)  # later than what the batch has armed, which was due at the beginning of this run


def _alone(batch: Batch, item: int, hand_over: Callable[[Batch, list[int]], None]) -> None:
    try:
        with transaction.atomic():
            hand_over(batch, [item])
    except StaleWork:
        raise
    except Exception as error:  # it is on record with its reason, and can be tried again
        log.exception("campaign.item-failed", campaign=batch.campaign.pk, item=item)
        reason = f"{type(error).__name__}: {error}"[:2000]
        CampaignItem.objects.filter(pk=item).update(state=ItemState.FAILED, reason_code="unexpected", reason=reason)


# --- the end -----------------------------------------------------------------------------------------------------


def _finish(pk: int, choice: Choice, now: datetime) -> None:
    campaign = _running(pk)
    if campaign is None:
        return
    campaign.state, campaign.finished_at = CampaignState.DONE, now
    campaign.save(update_fields=["state", "finished_at"])
    counts = Counter(campaign.items.values_list("state", flat=True))
    details = {"verb": campaign.verb, **{state: counts[state] for state in sorted(counts)}}
    audit.record("campaign.finished", f"campaign:{pk}", now=now, actor="pipeline", details=details)
    _show(pk, choice, now)


def _show(pk: int, choice: Choice, now: datetime) -> None:
    """Render the feeds that this campaign has touched; once, for each rendering shows the last state only."""
    touched = CampaignItem.objects.filter(campaign=pk, state=ItemState.SENT, translation=None)
    products = sorted(set(touched.order_by().values_list("release__product", flat=True).distinct()))
    releases.arm_feeds(products, partner=choice.partner, now=now)
