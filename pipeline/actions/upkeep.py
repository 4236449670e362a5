"""What time itself brings about: embargoes end, permissions expire, stubs grow old, files drift."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.review import rights_changed
from pipeline.ledger import audit, catalog, releases, units
from pipeline.ledger.models import Event, Partner, Product, Release, Source, Translation
from pipeline.stages import ReleaseState, Step, TranslationState

ACTOR = "clock"


@transaction.atomic
def lift_embargoes(*, now: datetime) -> int:
    """Scheduled releases whose time has come become usable. Returns how many."""
    due = list(Release.objects.filter(state=ReleaseState.SCHEDULED, embargo_until__lte=now).select_related("product"))
    for release in due:
        moment = now.replace(microsecond=0)
        Release.objects.filter(pk=release.pk).update(state=ReleaseState.USABLE, published_at=moment, updated_at=moment)
        audit.record("release.embargo-ended", f"release:{release.pk}", now=now, actor=ACTOR, article=release.article_id)
    releases.arm_publications(due, now=now)
    return len(due)


@transaction.atomic
def expire_rights(*, now: datetime) -> int:
    """Permissions that ended: everything released on them is asked about again, once. Returns how many sources."""
    expired = 0
    for source in Source.objects.filter(active=True):
        rights = catalog.rights_of(source)
        if rights is None or rights.expires is None or rights.expires >= now.date():
            continue
        subject = f"source:{source.slug}:{rights.expires}"
        if Event.objects.filter(action="rights.expired", subject=subject).exists():
            continue
        audit.record("rights.expired", subject, now=now, actor=ACTOR)
        rights_changed(source.slug, actor=ACTOR, now=now)
        expired += 1
    return expired


@transaction.atomic
def refresh_feeds(*, now: datetime) -> int:
    """Render every feed again: old stubs leave, and a file that was damaged or deleted comes back."""
    armed = 0
    for product in Product.objects.all():
        units.arm(Step.PUBLISH, f"feed:{product.pk}", now=now)
        armed += 1
    for partner in Partner.objects.all():
        for product in partner.products.all():
            units.arm(Step.PUBLISH, f"private:{partner.pk}:{product.pk}", now=now)
            armed += 1
    return armed


@transaction.atomic
def offer_again(*, now: datetime) -> int:
    """Products or partners changed: ask for every current translation where it belongs now. Returns how many."""
    current = Translation.objects.filter(
        state__in=[TranslationState.READY, TranslationState.APPROVED], revision__article__withdrawn_at=None
    )
    rows = list(current.values_list("pk", flat=True))
    for pk in rows:
        units.arm(Step.RELEASE, f"translation:{pk}", now=now)
    refresh_everything(now=now)
    return len(rows)


@transaction.atomic
def refresh_everything(*, now: datetime) -> int:
    """The same with every article's page: after a restore, or a change of [site]."""
    return len(releases.arm_publications(Release.objects.select_related("product"), now=now)) + refresh_feeds(now=now)
