"""What time itself brings about: embargoes end, permissions expire, stubs grow old, files drift."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions import embargoes
from pipeline.actions.rights_step import rights_changed
from pipeline.ledger import archives, audit, catalog, changes, codec, releases, units
from pipeline.ledger.models import Event, Partner, Product, Release, Source, Translation, Unit
from pipeline.ledger.permissions import to_publish
from pipeline.stages import ReleaseState, Step, TranslationState
from pipeline.types import Story

ACTOR = "clock"


@transaction.atomic
def lift_embargoes(*, now: datetime) -> int:
    """Scheduled releases whose time has come become usable, and partners hear of them. Returns how many.

    Partners' own embargoes end here as well.
    """
    due = list(
        Release.objects.select_for_update(of=("self",))
        .filter(state=ReleaseState.SCHEDULED, embargo_until__lte=now)
        .select_related("product", "article__source", "translation__revision")
    )
    for release in due:
        release.state = ReleaseState.USABLE
        release.published_at = release.updated_at = now.replace(microsecond=0)
        release.save(update_fields=["state", "published_at", "updated_at"])
        story = codec.load(Story, release.translation.revision.story)
        for partner in release.product.partners.filter(active=True):
            permission = to_publish(
                release.article.source,
                story,
                catalog.use_of(partner),
                language=release.product.language,
                today=now.date(),
            )
            releases.queue_delivery(release, partner, permission, "published", now=now)
        audit.record("release.embargo-ended", f"release:{release.pk}", now=now, actor=ACTOR, article=release.article_id)
    changes.note(Release.objects.filter(pk__in=[release.pk for release in due]))
    releases.arm_publications(due, now=now)
    return len(due) + embargoes.lift(now=now)


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
    had = Unit.objects.filter(step=Step.PUBLISH, subject__startswith="private:").values_list("subject", flat=True)
    have = (
        f"private:{partner.pk}:{product.pk}" for partner in Partner.objects.all() for product in partner.products.all()
    )
    for subject in sorted({*had, *have}):  # of what a partner may no longer have, the files are removed
        units.arm(Step.PUBLISH, subject, now=now)
        armed += 1
    return armed


@transaction.atomic
def offer_again(*, now: datetime) -> int:
    """Products or partners changed: ask for every current translation where it belongs now. Returns how many."""
    current = Translation.objects.filter(
        state__in=[TranslationState.READY, TranslationState.APPROVED], revision__article__withdrawn_at=None
    )
    rows = list(current.values_list("pk", flat=True))
    units.arm_all(Step.RELEASE, (f"translation:{pk}" for pk in rows), now=now)
    embargoes.cover_newcomers(now=now)
    refresh_everything(now=now)
    return len(rows)


@transaction.atomic
def refresh_everything(*, now: datetime) -> int:
    """The same with every article's page and every page of the past: after a restore, or a change of [site]."""
    archives.arm_all(now=now)
    return len(releases.arm_publications(Release.objects.select_related("product"), now=now)) + refresh_feeds(now=now)
