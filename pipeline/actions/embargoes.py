"""Partners' own embargoes end: what waited is offered, once, as it is by then."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.db import transaction

from pipeline.ledger import audit, catalog, changes, codec, embargoes, releases, units
from pipeline.ledger.models import Delivery, Partner, Release
from pipeline.ledger.permissions import to_publish
from pipeline.stages import DeliveryState, ReleaseState, Step
from pipeline.types import Permission, Ruling, Story

ACTOR = "clock"


@transaction.atomic
def lift(*, now: datetime) -> int:
    """Offer partners what their embargo kept back and is due. Returns how many articles partners got."""
    if not embargoes.waiting().exists():
        return 0
    due = [row for row in embargoes.waiting(lock=True) if embargoes.ends(row.release, row.partner) <= now]
    offered = 0
    for _, same in groupby(due, key=lambda row: (row.partner_id, row.release_id)):
        *older, newest = same
        for row in older:
            _keep_back(row, embargoes.PAST, "a newer version was sent when the embargo ended", now)
        offered += _offer(newest, now)
    changes.note(Release.objects.filter(pk__in={row.release_id for row in due}))
    for partner, product in sorted({(row.partner_id, row.release.product_id) for row in due}):
        units.arm(Step.PUBLISH, f"private:{partner}:{product}", now=now)
    return offered


@transaction.atomic
def cover_newcomers(*, now: datetime) -> None:
    """A partner that was just given a product waits for what is new there, as if it had been there all along."""
    for partner in Partner.objects.filter(active=True, delay_minutes__gt=0):
        fresh = Release.objects.filter(product__in=partner.products.all(), state=ReleaseState.USABLE)
        fresh = fresh.exclude(deliveries__partner=partner).select_related(
            "product", "article__source", "translation__revision"
        )
        for release in fresh.order_by("-published_at", "-pk").iterator(chunk_size=50):
            if embargoes.ends(release, partner) <= now:
                break
            releases.queue_delivery(release, partner, _permission(release, partner, now), "published", now=now)


def _offer(row: Delivery, now: datetime) -> int:
    """1 when the partner gets it now; else the row says why not."""
    release, partner = row.release, row.partner
    if release.state == ReleaseState.CANCELED:
        return _keep_back(row, embargoes.CANCELED, "the article was withdrawn before the embargo ended", now)
    if release.state != ReleaseState.USABLE:
        return _keep_back(row, release.reason_code or release.state, release.reason, now)
    if not (partner.active and partner.products.filter(pk=release.product_id).exists()):
        return _keep_back(row, "product-left", "the partner no longer has this product", now)
    permission = _permission(release, partner, now)
    if permission.ruling is not Ruling.ALLOW:
        return _keep_back(row, permission.code, permission.reason, now)
    Delivery.objects.filter(pk=row.pk).update(
        state=DeliveryState.PENDING, kind="published", reason_code="", reason="", reason_es="", created_at=now
    )
    row.refresh_from_db(fields=["state"])
    releases.arm_delivery(row, now=now)
    audit.record(
        "delivery.embargo-ended",
        f"delivery:{row.pk}",
        now=now,
        actor=ACTOR,
        article=release.article_id,
        details={"partner": partner.slug, "version": row.version},
    )
    return 1


def _keep_back(row: Delivery, code: str, reason: str, now: datetime) -> int:
    Delivery.objects.filter(pk=row.pk).update(reason_code=code, reason=reason, reason_es="", settled_at=now)
    return 0


def _permission(release: Release, partner: Partner, now: datetime) -> Permission:
    story = codec.load(Story, release.translation.revision.story)
    return to_publish(
        release.article.source, story, catalog.use_of(partner), language=release.product.language, today=now.date()
    )
