"""How the past of a feed is cut into pages, and what stands on each (RFC 5005 section 4, archived feeds).

Knows: how much a document may hold, and where its neighbours are. Must not know: formats, files.

The subscription document shows everything that is on no page yet. A page is closed when there are enough changes that
it need not show: those besides the newest `feed_size`, and older than `feed_hours` before the newest of all, because
some importers look only every twelve hours. If that would be more than a reader can take at once, more is closed.
Pages are the same for everybody; which of their articles a partner may see is asked when it asks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import TextField
from django.db.models.functions import Cast, Length

from feeds.addresses import FORMATS, archive_path, feed_urls
from pipeline.config import Config
from pipeline.ledger import archives
from pipeline.ledger.models import ArchivePage, Product, Release
from pipeline.types import History

MAX_BYTES = 2_000_000  # of a document; many readers and hubs refuse more
PAGES_AT_ONCE = 10  # a long past is closed in several runs
_CREDIT_BYTES = 6_000  # around each article, in every format at most

Change = tuple[int, datetime, int]  # release, its updated_at, bytes that it may take


def weight(characters: int) -> int:
    """Bytes that an article may take in a feed, from the length of its draft in the ledger."""
    return characters * 3 // 2 + _CREDIT_BYTES


def close_pages(product: Product, config: Config, *, now: datetime) -> list[ArchivePage]:
    """Close what the subscription document need not show any longer. At most `PAGES_AT_ONCE`; call again after so many.

    Two may not do this for one product at once: hold its lock.
    """
    closed: list[ArchivePage] = []
    left = _weighed(product, most=(PAGES_AT_ONCE + 2) * config.site.feed_size)
    while len(closed) < PAGES_AT_ONCE and (count := _next_page(left, config)):
        closed.append(archives.close(product, [(pk, at) for pk, at, _ in left[:count]], now=now))
        left = left[count:]
    return closed


def of_product(product: Product, config: Config) -> History:
    """Where the public subscription document stands."""
    page = archives.newest(product)
    return History(older=_public(page, config)) if page else History()


def of_page(page: ArchivePage, config: Config) -> History:
    """Where a public page stands."""
    older, newer = _beside(page)
    return History(
        archive=True,
        older=_public(older, config) if older else {},
        newer=_public(newer, config) if newer else {},
        current=feed_urls(config.site.url, page.product.path),
    )


def of_partner(product: Product) -> History:
    """Where a partner's own document stands. Addresses are relative, because its own is a secret."""
    page = archives.newest(product)
    return History(older=_relative(page, "archive/")) if page else History()


def of_partner_page(page: ArchivePage) -> History:
    """Where a page stands that only a partner may see."""
    older, newer = _beside(page)
    return History(
        archive=True,
        older=_relative(older, "../") if older else {},
        newer=_relative(newer, "../") if newer else {},
        current={form: f"../../{name}" for form, name in FORMATS.items()},
    )


def _weighed(product: Product, *, most: int) -> list[Change]:
    """Everything that is on no page yet; of a long past, which is closed by number, only the beginning is weighed."""
    rows = archives.unarchived(product)
    weighed = rows.annotate(size=Length(Cast("translation__draft", TextField())))[:most]
    left = [(pk, at, weight(size or 0)) for pk, at, size in weighed.values_list("pk", "updated_at", "size")]
    return left + [(pk, at, 0) for pk, at in rows.values_list("pk", "updated_at")[most:]] if len(left) == most else left


def _next_page(left: list[Change], config: Config) -> int:
    """How many of the oldest changes make the next page; 0 when none is to be closed."""
    if not left:
        return 0
    size, recent = config.site.feed_size, left[-1][1] - timedelta(hours=config.site.feed_hours)
    kept = max(size, sum(at >= recent for _, at, _ in left))
    most = sum(total <= MAX_BYTES for total in accumulate(bytes_ for _, _, bytes_ in left[:size]))
    most = max(1, most)  # of one page; a single article may be larger than what a page should be
    if len(left) - kept >= size:
        return most
    too_many = sum(total > MAX_BYTES for total in accumulate(bytes_ for _, _, bytes_ in reversed(left)))
    return min(most, too_many, len(left) - 1)


def _beside(page: ArchivePage) -> tuple[ArchivePage | None, ArchivePage | None]:
    rows = {
        row.number: row
        for row in ArchivePage.objects.filter(product=page.product_id)
        .filter(number__in=[page.number - 1, page.number + 1])
        .select_related("product")
    }
    return rows.get(page.number - 1), rows.get(page.number + 1)


def _public(page: ArchivePage, config: Config) -> dict[str, str]:
    return {
        form: f"{config.site.url}/{archive_path(page.product.path, page.number, page.generation)}/{name}"
        for form, name in FORMATS.items()
    }


def _relative(page: ArchivePage, start: str) -> dict[str, str]:
    return {form: f"{start}{page.number}/{name}" for form, name in FORMATS.items()}


def needed(product: Product) -> dict[int, datetime]:
    """Releases that the subscription document has to show, because they are on no page yet; with their time."""
    return dict(archives.unarchived(product).values_list("pk", "updated_at"))


def recent(newest: Release, config: Config) -> datetime:
    """Since when changes are shown however many they are."""
    return newest.updated_at - timedelta(hours=config.site.feed_hours)
