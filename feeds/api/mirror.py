"""What one partner may see of the ledger's releases, and in which order they changed.

Knows: products, use class, embargo, rights, withdrawals. Must not know: HTTP, JSON.

A mirror asks for everything since its cursor and gets each release that changed, once, as it is now: whole when the
partner may have it, else as a notice that it may not (or no longer) have it. Applying the answers in their order gives
exactly the ledger's state, whatever was published, corrected, withdrawn or sent again meanwhile: see ledger/changes.py.
When what the partner may have changes (its products, its use class), its cursors start over by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db.models import Q, QuerySet

from feeds import documents
from feeds.api.cursor import Cursor
from feeds.item import Item, carried, item
from pipeline.config import Config
from pipeline.ledger import archives, catalog, changes, embargoes
from pipeline.ledger.models import Partner, Release
from pipeline.rights import invariant
from pipeline.rights.rendered import edge_words
from pipeline.stages import ReleaseState
from pipeline.types import Entry, Status

log = structlog.get_logger(__name__)

WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A release as the partner sees it: `entry` and `item` are None where it may not have it."""

    release: Release
    status: str  # "usable", "canceled", "withheld"
    entry: Entry | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of changes, the cursor behind it, and whether there is more already."""

    seen: tuple[Seen, ...]
    cursor: Cursor
    more: bool


def since(cursor: Cursor | None, partner: Partner, config: Config, *, limit: int, now: datetime) -> Page:
    """The next `limit` releases that changed since the cursor; from the beginning without one."""
    if cursor is None or cursor.epoch != partner.epoch or cursor.change > changes.latest():  # the last: an older backup
        cursor = Cursor(partner=partner.pk, epoch=partner.epoch)
    after = Q(change__gt=cursor.change) | Q(change=cursor.change, pk__gt=cursor.release)
    rows = list(_theirs(partner).filter(after, change__gte=cursor.change).order_by("change", "pk")[: limit + 1])
    some = rows[:limit]
    if some:
        cursor = Cursor(partner=partner.pk, epoch=partner.epoch, change=some[-1].change, release=some[-1].pk)
    return Page(seen=tuple(_seen(some, partner, config, now)), cursor=cursor, more=len(rows) > limit)


def one(release: int, partner: Partner, config: Config, *, now: datetime) -> Seen | None:
    """One release, or None where the partner never hears of it."""
    return next(iter(_seen(_theirs(partner).filter(pk=release), partner, config, now)), None)


def _theirs(partner: Partner) -> QuerySet[Release]:
    """Every release that the partner has, had, or would have if the rights allowed it.

    What waits for the end of an embargo is left out until it ends, which is a change; so is what nobody ever saw.
    """
    products = [*partner.products.values_list("pk", flat=True), *partner.left.values_list("pk", flat=True)]
    unseen = Q(state=ReleaseState.SCHEDULED) | Q(state=ReleaseState.WITHHELD, version=0)
    return (
        Release.objects.filter(product__in=products)
        .filter(~Q(state=ReleaseState.CANCELED) | archives.STUB)
        .exclude(unseen)
        .exclude(pk__in=embargoes.hidden_from(partner))
        .select_related("product", "article__source", "translation__revision")
    )


def _seen(rows: Iterable[Release], partner: Partner, config: Config, now: datetime) -> Iterable[Seen]:
    mine = set(partner.products.filter(active=True).values_list("pk", flat=True))
    use = catalog.use_of(partner)
    for release in rows:
        entry = None
        if release.state in {ReleaseState.USABLE, ReleaseState.CANCELED} and release.product_id in mine:
            entry = documents.entry_of(release, config, use, now)
        shown = item(entry, publisher=config.site.name, contact=config.site.contact) if entry else None
        if entry is None or shown is None or not _credited(entry, shown):
            yield Seen(release=release, status=WITHHELD)
        else:
            yield Seen(release=release, status=str(entry.status), entry=entry, item=shown)


def _credited(entry: Entry, shown: Item) -> bool:
    """Nothing leaves without its attribution: the invariant is asked of the very text that is about to go out."""
    if entry.status is Status.CANCELED:
        return True
    first, last = edge_words(carried(entry.body))
    problems = invariant.problems(shown.html, entry.attribution, first_words=first, last_words=last)
    if problems:
        log.error("api.uncredited", guid=entry.guid, problems=problems)
    return not problems
