"""Receipts: what each partner is known to have of each version of a release.

Knows: that a receipt moves to the right only (sent, seen, acknowledged, removed), and who may still show what was
withdrawn. Must not know: how anything is sent, or who calls.

`at` is always aware UTC. What a partner says, or its pages show ("acknowledged", "removed"), goes into the audit trail;
what is merely noticed ("sent", "seen") is kept in the receipt alone, because partners fetch all day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit
from pipeline.ledger.models import Delivery, Partner, Product, Receipt, Release
from pipeline.stages import DeliveryState, ReceiptState, ReleaseState

Row = dict[str, Any]
Versions = Mapping[int, int]  # release -> version

_ORDER = list(ReceiptState)


def sent(partner: Partner, versions: Versions, *, at: datetime) -> None:
    """These versions went out to the partner. Saying so again changes nothing."""
    known = set(Receipt.objects.filter(partner=partner, release__in=versions).values_list("release", "version"))
    missing = [(release, version) for release, version in versions.items() if (release, version) not in known]
    Receipt.objects.bulk_create(
        [Receipt(partner=partner, release_id=release, version=version, sent_at=at) for release, version in missing],
        ignore_conflicts=True,
    )


@transaction.atomic
def stands_in_feed(partner: Partner, product: Product, versions: Versions, *, at: datetime) -> None:
    """The partner's own feed of this product shows exactly these versions from now on; `at` is when it was written."""
    sent(partner, versions, at=at)
    rows = Receipt.objects.filter(partner=partner, release__product=product)
    shown = {row.pk: row for row in rows.filter(shown=True)}
    wanted = {row.pk for row in rows.filter(release__in=versions) if versions[row.release_id] == row.version}
    Receipt.objects.filter(pk__in=shown.keys() - wanted).update(shown=False)
    # a version that was pushed before stands in the feed only now: whoever fetched earlier has not seen it there
    Receipt.objects.filter(pk__in=wanted - shown.keys()).update(shown=True, sent_at=at)


def seen(partner: Partner, product: Product, *, at: datetime) -> int:
    """The partner fetched its feed of this product, or was told that its copy is still current (304).

    `at` is the moment before the document was read: what was written later was not in it. Returns how many receipts
    became "seen".
    """
    return Receipt.objects.filter(
        partner=partner, release__product=product, shown=True, state=ReceiptState.SENT, sent_at__lte=at
    ).update(state=ReceiptState.SEEN, seen_at=at)


@transaction.atomic
def received(partner: Partner, versions: Versions, *, at: datetime) -> int:
    """The partner was given these very versions in another way than its feed, such as by the API."""
    sent(partner, versions, at=at)
    rows = Receipt.objects.filter(partner=partner, release__in=versions, state=ReceiptState.SENT)
    mine = [row.pk for row in rows if versions[row.release_id] == row.version]
    return Receipt.objects.filter(pk__in=mine).update(state=ReceiptState.SEEN, seen_at=at)


@transaction.atomic
def acknowledged(partner: Partner, release: Release, version: int, *, at: datetime) -> ReceiptState:
    """The partner says that it has this version. Returns the state of the receipt now.

    IllegalTransition for a release that the partner was never offered, or a version that does not exist.
    """
    was_offered(partner, release)
    if not 1 <= version <= release.version:
        raise IllegalTransition(
            f"release {release.pk} has versions 1 to {release.version}, but no version {version}",
            es=f"La publicación {release.pk} tiene las versiones 1 a {release.version}, pero no la {version}.",
        )
    return _advance(partner, release, version, ReceiptState.ACKNOWLEDGED, at)


@transaction.atomic
def removed(partner: Partner, release: Release, *, at: datetime, actor: str = "") -> ReceiptState:
    """The partner no longer shows this article, in whatever product it got it: the guid is one.

    It says so itself, unless another `actor` found it out. IllegalTransition for a release that the partner was never
    offered.
    """
    was_offered(partner, release)
    for same in Release.objects.filter(guid=release.guid, article=release.article_id):
        if _offered(partner, same):
            _advance(partner, same, same.version, ReceiptState.REMOVED, at, actor=actor)
    return ReceiptState.REMOVED


def of_article(article: int) -> list[Row]:
    """Every receipt of an article's releases, newest version first, and partners that were offered it and have none."""
    rows: list[Row] = []
    releases = _releases(article)
    offered, receipts = _received_by(releases), _receipts(releases)
    for release in releases:
        known = receipts[release.pk]
        rows += [_row(release, receipt.partner, receipt) for receipt in known]
        told = {receipt.partner_id for receipt in known if receipt.version == release.version}
        rows += [_row(release, partner, None) for partner in offered[release.pk] if partner.pk not in told]
    return sorted(rows, key=lambda row: (row["product"], row["partner"], -row["version"]))


def may_still_show(article: int) -> list[Row]:
    """Of a withdrawn article: partners that were offered it and have not said that their copy is gone.

    State "waiting": the withdrawal has not reached the partner at all. Nothing for an article that is not withdrawn.
    """
    rows: list[Row] = []
    releases = [release for release in _releases(article) if release.state == ReleaseState.CANCELED]
    offered, receipts = _received_by(releases), _receipts(releases)
    for release in releases:
        newest = {each.partner_id: each for each in receipts[release.pk] if each.version == release.version}
        for partner in offered[release.pk]:
            receipt = newest.get(partner.pk)
            if receipt is None or receipt.state != ReceiptState.REMOVED:
                rows.append(_row(release, partner, receipt))
    return rows


def _advance(
    partner: Partner, release: Release, version: int, state: ReceiptState, at: datetime, *, actor: str = ""
) -> ReceiptState:
    """Move the receipt on, unless it is as far or further already."""
    sent(partner, {release.pk: version}, at=at)
    rows = Receipt.objects.filter(partner=partner, release=release, version=version)
    moved = rows.filter(state__in=_ORDER[: _ORDER.index(state)]).update(**{"state": state, f"{state}_at": at})
    if moved:
        audit.record(
            f"receipt.{state}",
            f"release:{release.pk}",
            now=at,
            actor=actor or f"partner:{partner.slug}",
            article=release.article_id,
            details={"version": version, "product": release.product.path},
        )
    return ReceiptState(rows.get().state)


def was_offered(partner: Partner, release: Release) -> None:
    """IllegalTransition for a release that the partner was never offered."""
    if not _offered(partner, release):
        raise IllegalTransition(
            f"release {release.pk} was never offered to {partner.slug}",
            es=f"La publicación {release.pk} nunca se ofreció a {partner.name}.",
        )


def _offered(partner: Partner, release: Release) -> bool:
    return (
        Receipt.objects.filter(partner=partner, release=release).exists()
        or release.deliveries.filter(partner=partner).exclude(state=DeliveryState.WITHHELD).exists()
    )


def _received_by(releases: list[Release]) -> dict[int, list[Partner]]:
    """Release -> partners that were offered it, by name."""
    offered = Delivery.objects.filter(release__in=releases).exclude(state=DeliveryState.WITHHELD)
    pairs = set(offered.values_list("release", "partner"))
    found: dict[int, list[Partner]] = defaultdict(list)
    for partner in Partner.objects.filter(pk__in={partner for _, partner in pairs}).order_by("slug"):
        for release in releases:
            if (release.pk, partner.pk) in pairs:
                found[release.pk].append(partner)
    return found


def _receipts(releases: list[Release]) -> dict[int, list[Receipt]]:
    """Release -> its receipts, newest version first."""
    found: dict[int, list[Receipt]] = defaultdict(list)
    rows = Receipt.objects.filter(release__in=releases).select_related("partner")
    for receipt in rows.order_by("partner__slug", "-version"):
        found[receipt.release_id].append(receipt)
    return found


def _releases(article: int) -> list[Release]:
    rows = Release.objects.filter(article=article).select_related("product")
    return list(rows.order_by("product__language", "product__slug"))


def _row(release: Release, partner: Partner, receipt: Receipt | None) -> Row:
    return {
        "release": release.pk,
        "product": release.product.path,
        "partner": partner.slug,
        "name": partner.name,
        "email": partner.email,
        "version": receipt.version if receipt else release.version,
        "newest": release.version,
        "withdrawn": release.state == ReleaseState.CANCELED,
        "state": receipt.state if receipt else "waiting",
        "sent_at": receipt.sent_at if receipt else None,
        "seen_at": receipt.seen_at if receipt else None,
        "acknowledged_at": receipt.acknowledged_at if receipt else None,
        "removed_at": receipt.removed_at if receipt else None,
    }
