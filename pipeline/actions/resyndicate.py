"""Re-syndicate: send the same version again, after saying exactly what would be sent to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, catalog, codec, releases
from pipeline.ledger.models import Partner, Product, Release
from pipeline.ledger.permissions import to_publish
from pipeline.stages import ReleaseState
from pipeline.types import Permission, Ruling, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which releases to send again; what is given must match, and something must be given."""

    article: int | None = None
    product: str | None = None  # path, "es/all"
    since: date | None = None  # first published on or after
    partner: str | None = None  # to this partner only


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One release on its way to one partner, or left out with the reason. `partner` is "" for the public feeds."""

    release: int
    article: int
    guid: str
    version: int
    product: str
    partner: str
    channel: str
    sent: bool
    reason_code: str = ""
    reason: str = ""


def plan(choice: Choice, *, now: datetime) -> list[Sending]:
    """Exactly who would get what, and who would not and why. IllegalTransition for a choice of nothing."""
    return [sending for release in _chosen(choice) for sending, _, _ in _sendings(release, choice, now)]


@transaction.atomic
def resyndicate(choice: Choice, *, reason: str, actor: str, now: datetime) -> list[Sending]:
    """Send the chosen releases again: same guid, same version, new `updated`, one delivery a partner.

    For one partner only that partner's private feed says "updated"; the public feeds stay as they are.
    """
    sendings: list[Sending] = []
    touched = _chosen(choice, lock=True)
    for release in touched:
        planned = _sendings(release, choice, now)
        Release.objects.filter(pk=release.pk).update(sending=F("sending") + 1)
        if choice.partner is None:
            Release.objects.filter(pk=release.pk).update(updated_at=now.replace(microsecond=0))
        release.refresh_from_db()
        for sending, partner, permission in planned:
            sendings.append(sending)
            if partner is not None and permission is not None:
                releases.queue_delivery(release, partner, permission, "resent", now=now)
        audit.record(
            "release.resyndicated",
            f"release:{release.pk}",
            now=now,
            actor=actor,
            article=release.article_id,
            reason=reason,
            details={
                "version": release.version,
                "sending": release.sending,
                "partners": [sending.partner for sending, partner, _ in planned if partner is not None],
            },
        )
    releases.arm_publications(touched, now=now)
    return sendings


def _chosen(choice: Choice, *, lock: bool = False) -> list[Release]:
    if choice == Choice():
        raise IllegalTransition("say what to send again: an article, a product, a date or a partner")
    rows = Release.objects.filter(state=ReleaseState.USABLE).select_related(
        "product", "article__source", "translation__revision"
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    if choice.article is not None:
        rows = rows.filter(article=choice.article)
    if choice.product is not None:
        language, _, slug = choice.product.partition("/")
        if not Product.objects.filter(language=language, slug=slug).exists():
            raise IllegalTransition(f"there is no product {choice.product!r}")
        rows = rows.filter(product__language=language, product__slug=slug)
    if choice.since is not None:
        rows = rows.filter(published_at__date__gte=choice.since)
    if choice.partner is not None:
        if not Partner.objects.filter(slug=choice.partner, active=True).exists():
            raise IllegalTransition(f"there is no active partner {choice.partner!r}")
        rows = rows.filter(product__partners__slug=choice.partner)
    return list(rows.order_by("published_at", "pk"))


def _sendings(
    release: Release, choice: Choice, now: datetime
) -> list[tuple[Sending, Partner | None, Permission | None]]:
    """The public feeds first (unless one partner was chosen), then each partner of the product."""
    rows: list[tuple[Sending, Partner | None, Permission | None]] = []
    if choice.partner is None:
        rows.append((_sending(release, "", "feed", None), None, None))
    partners = release.product.partners.filter(active=True).order_by("slug")
    if choice.partner is not None:
        partners = partners.filter(slug=choice.partner)
    story = codec.load(Story, release.translation.revision.story)
    for partner in partners:
        permission = to_publish(
            release.article.source,
            story,
            catalog.use_of(partner),
            language=release.product.language,
            today=now.date(),
        )
        channel = "webhook" if partner.webhook else "feed"
        rows.append((_sending(release, partner.slug, channel, permission), partner, permission))
    return rows


def _sending(release: Release, partner: str, channel: str, permission: Permission | None) -> Sending:
    allowed = permission is None or permission.ruling is Ruling.ALLOW
    return Sending(
        release=release.pk,
        article=release.article_id,
        guid=release.guid,
        version=release.version,
        product=release.product.path,
        partner=partner,
        channel=channel,
        sent=allowed,
        reason_code="" if allowed or permission is None else permission.code,
        reason="" if allowed or permission is None else permission.reason,
    )
