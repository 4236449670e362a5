"""Releases and deliveries as rows.

Knows: versions, guids, who was sent what. Must not know: how a release is decided or rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from pipeline.ledger import archives, audit, codec, deliveries, embargoes, units
from pipeline.ledger.models import CorrectionNote, Delivery, Partner, Product, Release
from pipeline.release.decide import Action, Candidate, Decision, Standing, embargo, guid
from pipeline.stages import DeliveryState, ReleaseState, Step
from pipeline.types import Attribution, Permission, Ruling, TranslationId

_NOT_SHOWN = frozenset({ReleaseState.CANCELED, ReleaseState.WITHHELD})


def standing(article: int, product: int) -> tuple[Release | None, Standing | None]:
    """The release of an article in a product, as a row and as the decision sees it."""
    row = (
        Release.objects.select_for_update(of=("self",))
        .select_related("translation__revision", "product")
        .filter(article=article, product=product)
        .first()
    )
    if row is None:
        return None, None
    return row, Standing(
        state=ReleaseState(row.state),
        revision=row.translation.revision.number,
        version=row.translation.version,
        text_sha256=row.text_sha256,
    )


def carry_out(
    decision: Decision,
    row: Release | None,
    *,
    article: int,
    product: Product,
    translation: TranslationId,
    candidate: Candidate,
    attribution: Attribution,
    tag: str,
    now: datetime,
    actor: str,
) -> Release | None:
    """Do what was decided. Returns the release if partners should hear of it."""
    if not changes_anything(decision, row, translation):
        return None
    if row is None:
        row = Release(article_id=article, product=product, guid=guid(tag, article, product.language), version=0)
    if row.version == 0:  # nobody has seen it yet
        row.published_at = row.updated_at = now
        row.embargo_until = embargo(product.delay_minutes, now=now)
    was_usable = row.state == ReleaseState.USABLE and row.pk is not None
    row.translation_id = translation
    row.text_sha256 = candidate.text_sha256
    row.attribution = codec.dump(attribution)
    row.reason_code, row.reason = decision.code, decision.reason
    row.state = _state_after(decision, row, now)
    heard = decision.action in {Action.CREATE, Action.REVISE, Action.RESTORE}
    if heard:
        row.version += 1
        row.sending = 1
        row.updated_at = now
    row.save()
    audit.record(
        f"release.{_PAST[decision.action]}",
        f"release:{row.pk}",
        now=now,
        actor=actor,
        article=article,
        reason=decision.reason,
        details={"code": decision.code, "product": product.path, "version": row.version, "guid": row.guid},
    )
    return row if heard or (decision.action is Action.WITHHOLD and was_usable) else None


def _state_after(decision: Decision, row: Release, now: datetime) -> ReleaseState:
    """An embargo is ended by pipeline.actions.upkeep alone, so what waits goes on waiting here."""
    if decision.action is Action.WITHHOLD:
        return ReleaseState.WITHHELD
    if row.pk is not None and row.state != ReleaseState.WITHHELD:
        return ReleaseState(row.state)
    waits = row.embargo_until is not None and row.embargo_until > now
    return ReleaseState.SCHEDULED if waits else ReleaseState.USABLE


def changes_anything(decision: Decision, row: Release | None, translation: TranslationId) -> bool:
    """Whether carrying it out leaves anything else than stands: not when exactly this was withheld before."""
    withheld = (ReleaseState.WITHHELD, translation, decision.code)
    stands = None if row is None else (row.state, row.translation_id, row.reason_code)
    again = decision.action is Action.WITHHOLD and stands == withheld
    return decision.action is not Action.NOTHING and not again


_PAST = {
    Action.CREATE: "created",
    Action.REVISE: "revised",
    Action.KEEP: "kept",
    Action.RESTORE: "restored",
    Action.WITHHOLD: "withheld",
}


def note_correction(article: int, language: str, translation: TranslationId, note: str, *, now: datetime) -> None:
    """A dated note for readers, once for each version of a translation."""
    CorrectionNote.objects.get_or_create(
        translation_id=translation,
        defaults={"article_id": article, "language": language, "on": now.date(), "note": note},
    )


def queue_delivery(
    release: Release,
    partner: Partner,
    permission: Permission,
    kind: str,
    *,
    now: datetime,
    campaign: int | None = None,
) -> None:
    """One delivery of this version to this partner, or the reason why it is withheld. Asking twice makes one."""
    queue_deliveries([(release, partner, permission)], kind, now=now, campaign=campaign)


def queue_deliveries(
    offers: Sequence[tuple[Release, Partner, Permission]], kind: str, *, now: datetime, campaign: int | None = None
) -> None:
    """A delivery for each release and partner, or the reason why it is withheld. Asking twice makes one of each.

    The unique key of a delivery decides which are new, so that this costs as many queries for one as for a hundred.
    """
    rows = [_delivery(*offer, kind, now=now, campaign=campaign) for offer in offers]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    pushed = (row for row in rows if row.state == DeliveryState.PENDING and row.channel == "webhook")
    for partner in dict.fromkeys(row.partner_id for row in pushed):
        deliveries.ring(partner, "webhook", now=now)


def _delivery(
    release: Release, partner: Partner, permission: Permission, kind: str, *, now: datetime, campaign: int | None
) -> Delivery:
    code, reason = "", ""
    if kind != "withdrawn":
        if permission.ruling is not Ruling.ALLOW:
            code, reason = permission.code, permission.reason
        elif embargoes.applies(release, partner, now=now):
            code, reason = embargoes.WAITS, f"{partner.slug} gets new articles {partner.delay_minutes} minutes later"
    return Delivery(
        release=release,
        partner=partner,
        version=release.version,
        sending=release.sending,
        channel="webhook" if partner.webhook else "feed",
        kind=kind,
        state=DeliveryState.WITHHELD if code else DeliveryState.PENDING,
        reason_code=code,
        reason=reason,
        created_at=now,
        campaign_id=campaign,
    )


def arm_delivery(delivery: Delivery, *, now: datetime) -> None:
    """Have it pushed, if it is one that is pushed and nothing keeps it back."""
    if delivery.state == DeliveryState.PENDING and delivery.channel == "webhook":
        deliveries.ring(delivery.partner_id, delivery.channel, now=now)


def queue_letter(release: Release, partner: Partner, *, now: datetime) -> None:
    """One e-mail about a withdrawal, besides whatever else tells this partner."""
    _, made = Delivery.objects.get_or_create(
        release=release,
        partner=partner,
        version=release.version,
        sending=release.sending,
        channel="email",
        defaults={"kind": "withdrawn", "created_at": now},
    )
    if made:
        deliveries.ring(partner.pk, "email", now=now)


def received_by(*releases: Release) -> QuerySet[Partner]:
    """Partners to whom any version of these releases was offered: those who must hear of a withdrawal."""
    offered = Delivery.objects.filter(release__in=releases).exclude(state=DeliveryState.WITHHELD)
    return Partner.objects.filter(pk__in=offered.values("partner"))


def arm_publications(releases: Iterable[Release], *, now: datetime) -> list[int]:
    """Arm every page and feed that shows these releases. Returns the units, pages first.

    Feeds gather changes for a moment, so that a burst renders them a few times only. A text that must not be shown any
    longer leaves at once.
    """
    rows = list(releases)
    leaving = [row for row in rows if row.state in _NOT_SHOWN]
    rewritten = archives.take_off(leaving, now=now)
    at_once = {row.product_id for row in leaving}
    others = dict.fromkeys(row.product_id for row in rows if row.product_id not in at_once)
    return [
        *arm_pages(leaving, now=now, urgent=True),
        *rewritten,
        *arm_pages((row for row in rows if row.state not in _NOT_SHOWN), now=now),
        *arm_feeds(sorted(at_once), partner=None, now=now, urgent=True),
        *arm_feeds(others, partner=None, now=now),
    ]


def arm_pages(releases: Iterable[Release], *, now: datetime, urgent: bool = False) -> list[int]:
    """Arm the pages of these releases."""
    pages = (f"page:{release.article_id}:{release.product.language}" for release in releases)
    return [*units.arm_all(Step.PUBLISH, pages, now=now, urgent=urgent)]


def arm_feeds(products: Iterable[int], *, partner: str | None, now: datetime, urgent: bool = False) -> list[int]:
    """Arm the public and private feeds of these products; for one partner, its private ones alone.

    Unless it is urgent, a feed that was rendered a moment ago waits for company.
    """
    feeds: dict[str, None] = {}
    for product in Product.objects.filter(pk__in=list(products)).order_by("pk"):
        partners = product.partners.filter(active=True)
        if partner is None:
            feeds[f"feed:{product.pk}"] = None
        else:
            partners = partners.filter(slug=partner)
        for each in partners.order_by("pk"):
            feeds[f"private:{each.pk}:{product.pk}"] = None
    gather = timedelta() if urgent else units.GATHER
    return [units.arm(Step.PUBLISH, subject, now=now, urgent=urgent, gather=gather) for subject in feeds]
