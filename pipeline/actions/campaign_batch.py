"""A batch of a campaign: what is still to be handed over is handed over, in one transaction of the caller's.

Knows: what sending again and translating again mean for a release, and what may have come between. Must not know: how
large a batch is, when the next one goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from pipeline.actions.campaign_judge import Facts, Judge, Obstacle, changed, facts
from pipeline.ledger import audit, catalog, changes, releases, translations, units
from pipeline.ledger.models import Campaign, CampaignItem, Event, Partner, Release
from pipeline.stages import ItemState, Step
from pipeline.types import Permission, RevisionId, Ruling, UseClass

NOTES = {"es": "se ha traducido de nuevo", "en": "the text was translated again"}
_NOBODY = Permission(
    ruling=Ruling.HOLD,
    code="no-receiver",
    reason="No active partner takes this product.",
    reason_es="Ningún medio activo recibe este producto.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Whose batch it is, and when it goes."""

    judge: Judge
    campaign: Campaign
    now: datetime


def _open(batch: Batch, items: list[int]) -> tuple[dict[int, CampaignItem], list[Facts]]:
    """The items that are still to be handed over, and their releases as they are now, locked."""
    rows = CampaignItem.objects.select_for_update().filter(pk__in=items, state=ItemState.PENDING)
    found = {item.release_id: item for item in rows}
    list(Release.objects.select_for_update(of=("self",)).filter(pk__in=found).order_by("pk").values_list("pk"))
    return found, list(facts(Release.objects.filter(pk__in=found).order_by("pk")))


def _obstacles(batch: Batch, found: dict[int, CampaignItem], some: list[Facts]) -> dict[int, Obstacle]:
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


def send(batch: Batch, items: list[int]) -> None:
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


def _sent(batch: Batch, row: Release, receivers: list[tuple[Partner | None, Permission]]) -> Event:
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


def translate(batch: Batch, items: list[int]) -> None:
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
