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
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F

from pipeline.actions.campaign_judge import Facts, Judge, Obstacle, changed, facts
from pipeline.errors import StaleWork
from pipeline.ledger import audit, catalog, changes, codec, deliveries, releases, translations, units
from pipeline.ledger.choices import Choice, chosen
from pipeline.ledger.models import Campaign, CampaignItem, Event, Partner, Release, Unit
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import CampaignState, CampaignVerb, ItemState, Step, UnitState
from pipeline.steps import Newsroom
from pipeline.types import Permission, RevisionId, Ruling, UseClass

log = structlog.get_logger(__name__)

LISTED_AT_ONCE = 500
BATCH = {CampaignVerb.SEND: 100, CampaignVerb.TRANSLATE: 5}  # some 50 ms of one transaction
BACKLOG = {CampaignVerb.SEND: 100, CampaignVerb.TRANSLATE: 5}
WAIT = timedelta(seconds=2)
AT_ONCE = timedelta(0)
NOTES = {"es": "se ha traducido de nuevo", "en": "the text was translated again"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    judge: Judge
    campaign: Campaign
    now: datetime


def _batch(judge: Judge, pk: int, items: list[int], work: Work, pause: timedelta) -> None:
    campaign = _running(pk)
    if campaign is None:
        return
    batch = _Batch(judge=judge, campaign=campaign, now=work.now)
    hand_over = _send if judge.verb is CampaignVerb.SEND else _translate
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


def _alone(batch: _Batch, item: int, hand_over: Callable[[_Batch, list[int]], None]) -> None:
    try:
        with transaction.atomic():
            hand_over(batch, [item])
    except StaleWork:
        raise
    except Exception as error:  # it is on record with its reason, and can be tried again
        log.exception("campaign.item-failed", campaign=batch.campaign.pk, item=item)
        reason = f"{type(error).__name__}: {error}"[:2000]
        CampaignItem.objects.filter(pk=item).update(state=ItemState.FAILED, reason_code="unexpected", reason=reason)


def _open(batch: _Batch, items: list[int]) -> tuple[dict[int, CampaignItem], list[Facts]]:
    """The items that are still to be handed over, and their releases as they are now, locked."""
    rows = CampaignItem.objects.select_for_update().filter(pk__in=items, state=ItemState.PENDING)
    found = {item.release_id: item for item in rows}
    list(Release.objects.select_for_update(of=("self",)).filter(pk__in=found).order_by("pk").values_list("pk"))
    return found, list(facts(Release.objects.filter(pk__in=found).order_by("pk")))


def _obstacles(batch: _Batch, found: dict[int, CampaignItem], some: list[Facts]) -> dict[int, Obstacle]:
    """What came between since they were listed."""
    obstacles = batch.judge.obstacles(some)
    for release in some:
        if release.version != found[release.pk].version and release.pk not in obstacles:
            obstacles[release.pk] = changed(release.version)
    return obstacles


def _leave_out(found: dict[int, CampaignItem], obstacles: dict[int, Obstacle]) -> None:
    for pk, obstacle in obstacles.items():
        item = found[pk]
        item.state, item.reason_code, item.reason = ItemState.LEFT_OUT, obstacle.code, obstacle.reason
    CampaignItem.objects.bulk_update([found[pk] for pk in obstacles], ["state", "reason_code", "reason"])


def _send(batch: _Batch, items: list[int]) -> None:
    """Same guid, same version, new `updated`, one delivery a partner."""
    found, some = _open(batch, items)
    obstacles = _obstacles(batch, found, some)
    plan = {release.pk: _receivers(batch.judge, release) for release in some if release.pk not in obstacles}
    for pk, receivers in plan.items():
        if not any(permission.ruling is Ruling.ALLOW for _, permission in receivers):
            refusal = receivers[0][1] if receivers else _NOBODY
            obstacles[pk] = Obstacle(code=refusal.code, reason=refusal.reason, reason_es=refusal.reason_es)
    _leave_out(found, obstacles)
    going = [pk for pk in plan if pk not in obstacles]
    new: dict[str, object] = {"sending": F("sending") + 1}
    if batch.judge.choice.partner is None:
        new["updated_at"] = batch.now.replace(microsecond=0)
    Release.objects.filter(pk__in=going).update(**new)
    rows = list(Release.objects.filter(pk__in=going).select_related("product").defer("attribution").order_by("pk"))
    offers = [(row, partner, permission) for row in rows for partner, permission in plan[row.pk] if partner is not None]
    releases.queue_deliveries(offers, "resent", now=batch.now, campaign=batch.campaign.pk)
    audit.append(_sent(batch, row, plan[row.pk]) for row in rows)
    CampaignItem.objects.filter(pk__in=[found[pk].pk for pk in going]).update(state=ItemState.SENT)
    changes.note(Release.objects.filter(pk__in=going))
    if batch.judge.choice.partner is None:
        releases.arm_pages(rows, now=batch.now)


def _receivers(judge: Judge, release: Facts) -> list[tuple[Partner | None, Permission]]:
    """Everybody this release could go to, with the answer of the rights gate; None stands for the public feeds."""
    found: list[tuple[Partner | None, Permission]] = []
    if judge.choice.partner is None:
        found.append((None, judge.permission(release, UseClass.NON_COMMERCIAL)))
    found += [
        (partner, judge.permission(release, catalog.use_of(partner))) for partner in judge.partners(release.product)
    ]
    return found


def _sent(batch: _Batch, row: Release, receivers: list[tuple[Partner | None, Permission]]) -> Event:
    return audit.event(
        "release.resyndicated",
        f"release:{row.pk}",
        now=batch.now,
        actor=batch.campaign.actor,
        article=row.article_id,
        reason=batch.campaign.reason,
        details={
            "campaign": batch.campaign.pk,
            "version": row.version,
            "sending": row.sending,
            "partners": [partner.slug for partner, _ in receivers if partner is not None],
        },
    )


def _translate(batch: _Batch, items: list[int]) -> None:
    """A new version of each translation, made by the model and the glossary of today; it is checked like any other."""
    found, some = _open(batch, items)
    obstacles = _obstacles(batch, found, some)
    _leave_out(found, obstacles)
    rows = Release.objects.filter(pk__in=[pk for pk in found if pk not in obstacles])
    for row in rows.select_related("translation").order_by("pk"):
        old = row.translation
        note = batch.campaign.note or NOTES.get(old.language, NOTES["en"])
        made = translations.queue_again(RevisionId(old.revision_id), old.language, correction=note, now=batch.now)
        CampaignItem.objects.filter(pk=found[row.pk].pk).update(state=ItemState.SENT, translation=made)
        audit.record(
            "translation.ordered-again",
            f"translation:{made}",
            now=batch.now,
            actor=batch.campaign.actor,
            article=row.article_id,
            reason=batch.campaign.reason,
            details={"campaign": batch.campaign.pk, "from": old.pk},
        )
        units.arm(Step.TRANSLATE, f"translation:{made}", now=batch.now)


_NOBODY = Permission(
    ruling=Ruling.HOLD,
    code="no-receiver",
    reason="No active partner takes this product.",
    reason_es="Ningún medio activo recibe este producto.",
)


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
