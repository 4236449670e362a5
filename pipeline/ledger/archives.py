"""The past of a product's feeds, in pages that are closed once and stay.

Knows: which change of which release is on which page, and what a withdrawal does to that. Must not know: how large a
page may be, formats, files.

A page lists changes in their order: publications, corrections, repetitions, withdrawals. A release that changes again
goes to a later page; an older page that has it is left as it is. Only a text that must not be shown any longer is taken
off every page it stands on, and each of these pages gets a new generation, which is part of its address: what caches
keep for ever under the old address is linked to from nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pipeline.ledger import units
from pipeline.ledger.models import Archived, ArchivePage, Product, Release
from pipeline.stages import ReleaseState, Step

LATE = timedelta(days=1)  # a change may be committed later than one that was made after it, but not by so much

# Withdrawn after it had been seen: an article that was withheld or waiting until then leaves no stub.
STUB = Q(state=ReleaseState.CANCELED, version__gt=1) & (Q(embargo_until=None) | Q(embargo_until__lte=F("canceled_at")))
SEEN = Q(state=ReleaseState.USABLE) | STUB


def newest(product: Product) -> ArchivePage | None:
    return product.archive.order_by("-number").first()


def unarchived(product: Product) -> QuerySet[Release]:
    """Changes that are on no page yet, the oldest first. The subscription document has to show them."""
    same = Archived.objects.filter(release=OuterRef("pk"), updated_at=OuterRef("updated_at"))
    rows = Release.objects.filter(SEEN, product=product)
    if page := newest(product):
        rows = rows.filter(updated_at__gt=page.until - LATE).exclude(Exists(same))
    return rows.order_by("updated_at", "pk")


def on_page(page: ArchivePage) -> QuerySet[Release]:
    """What a page still speaks for, the newest change first."""
    rows = Release.objects.filter(SEEN, archived__page=page, archived__updated_at=F("updated_at"))
    return rows.order_by("-updated_at", "-pk")


@transaction.atomic
def close(product: Product, changes: Sequence[tuple[int, datetime]], *, now: datetime) -> ArchivePage:
    """Put these changes, (release, updated_at) in their order, on a new page."""
    last = newest(product)
    page = ArchivePage.objects.create(
        product=product, number=last.number + 1 if last else 1, closed_at=now, until=max(at for _, at in changes)
    )
    Archived.objects.bulk_create(Archived(page=page, release_id=pk, updated_at=at) for pk, at in changes)
    return page


@transaction.atomic
def take_off(leaving: Iterable[Release], *, now: datetime) -> list[int]:
    """Take releases off every page they stand on. Returns the units that rewrite these pages and their neighbours."""
    held = Archived.objects.filter(release__in=[release.pk for release in leaving])
    pages = list(ArchivePage.objects.filter(held__in=held).distinct())
    if not pages:
        return []
    held.delete()
    touched: dict[int, None] = {}
    for page in pages:
        ArchivePage.objects.filter(pk=page.pk).update(generation=F("generation") + 1)
        beside = ArchivePage.objects.filter(product=page.product_id, number__in=[page.number - 1, page.number + 1])
        touched |= dict.fromkeys([page.pk, *beside.values_list("pk", flat=True)])
    return [units.arm(Step.PUBLISH, f"archive:{pk}", now=now, urgent=True) for pk in touched]


def arm_all(*, now: datetime) -> int:
    """Have every page written anew from the ledger. Returns how many."""
    pages = list(ArchivePage.objects.order_by("pk").values_list("pk", flat=True))
    for pk in pages:
        units.arm(Step.PUBLISH, f"archive:{pk}", now=now)
    return len(pages)
