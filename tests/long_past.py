"""A ledger with a long past: everything that one published article left behind, as often as one likes.

Knows: which rows an article has, and that the database itself copies them in seconds. Must not know: what is measured.

Articles are an hour and a half apart, the newest a day old. SQLite only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Max

from pipeline.ledger.models import (
    Archived,
    ArchivePage,
    Article,
    Counter,
    Delivery,
    Event,
    MemoryEntry,
    Product,
    Receipt,
    Release,
    Revision,
    SearchText,
    Segment,
    Translation,
    Unit,
)

FEED = 50  # changes on a page of the past
OPEN = 60  # newest changes that are on no page yet

_AGE = "(1440 + 90 * ({count} + 1 - n.i))"  # minutes; n.i is the copy's key
_SUBJECT = "replace(old.subject, ':1', ':' || n.i)"  # revision:1, page:1:es


def lengthen(product: Product, count: int, *, now: datetime) -> None:
    """Copy the ledger's first and only article until there are `count` more, with all that it left in every table."""
    assert [each.objects.get().pk for each in (Article, Revision, Translation, Release)] == [1, 1, 1, 1]
    at = f"strftime('%Y-%m-%d %H:%M:%S', '{now:%Y-%m-%d %H:%M:%S}', '-' || {_AGE.format(count=count)} || ' minutes')"
    key, mine = {"id": "n.i"}, "old.subject GLOB '*:1' OR old.subject GLOB 'page:1:*'"
    if not connection.in_atomic_block:
        _run("PRAGMA synchronous=OFF")  # nobody needs these rows after a power cut
    with transaction.atomic():
        _copy(Article, count, {**key, "key": "'copy-' || n.i", "url": "old.url || '/' || n.i", "created_at": at})
        _copy(Revision, count, {**key, "article_id": "n.i", "content_hash": "'copy-' || n.i", "received_at": at})
        _copy(SearchText, count, {"article_id": "n.i"})
        _copy(Translation, count, {**key, "revision_id": "n.i", "created_at": at})
        _copy(Segment, count, {"translation_id": "n.i"})
        _copy(MemoryEntry, count, {"key": "old.key || n.i"})
        at_once = {"article_id": "n.i", "translation_id": "n.i", "published_at": at, "updated_at": at}
        _copy(Release, count, {**key, **at_once, "guid": "old.guid || n.i", "change": "n.i"})
        withheld = {  # every third, as of a partner who may not have everything
            "state": "CASE n.i % 3 WHEN 0 THEN 'withheld' ELSE old.state END",
            "reason_code": "CASE n.i % 3 WHEN 0 THEN 'licence-noncommercial' ELSE '' END",
        }
        _copy(Delivery, count, {"release_id": "n.i", "created_at": at, "settled_at": at, **withheld})
        _copy(Receipt, count, {"release_id": "n.i", "sent_at": at, "seen_at": at, "shown": "0", "state": "'seen'"})
        _copy(Event, count, {"article_id": "n.i", "at": at, "subject": _SUBJECT}, where="old.article_id = 1")
        step = "old.step <> 'publish' OR old.subject GLOB 'page:*'"
        _copy(Unit, count, {"subject": _SUBJECT, "due_at": at, "ran_at": at}, where=f"({mine}) AND ({step})")
        Counter.objects.update(value=count + 1)
        _archive(product, count)
    if not connection.in_atomic_block:
        _run("PRAGMA synchronous=FULL")


def _copy(model: type[models.Model], count: int, changed: Mapping[str, str], *, where: str = "1") -> None:
    """Copy the rows that are there `count` times, numbered from 2, with these columns computed anew."""
    own = {field.column for field in model._meta.concrete_fields if isinstance(field, models.AutoField)}
    columns = [field.column for field in model._meta.concrete_fields if field.column not in own - changed.keys()]
    table = model._meta.db_table
    values = ", ".join(changed.get(column, f'old."{column}"') for column in columns)
    _run(
        f"""INSERT INTO {table} ({", ".join(f'"{column}"' for column in columns)})
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= {count}),
        old AS MATERIALIZED (SELECT * FROM {table})
        SELECT {values} FROM n CROSS JOIN old WHERE {where}"""  # noqa: S608  every word of it is ours
    )


def _archive(product: Product, count: int) -> None:
    """Put all but the newest changes on closed pages, as they would be."""
    pages = range(1, (count - OPEN) // FEED + 1)
    last = {number: Release.objects.get(pk=1 + FEED * number).updated_at for number in pages}
    ArchivePage.objects.bulk_create(
        ArchivePage(product=product, number=number, closed_at=at, until=at) for number, at in last.items()
    )
    newest = ArchivePage.objects.aggregate(newest=Max("pk"))["newest"] or 0
    _run(
        f"""INSERT INTO {Archived._meta.db_table} (page_id, release_id, updated_at)
        SELECT {newest - len(pages) + 1} + (id - 2) / {FEED}, id, updated_at FROM {Release._meta.db_table}
        WHERE id BETWEEN 2 AND {1 + FEED * len(pages)}"""  # noqa: S608  every word of it is ours
    )


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
