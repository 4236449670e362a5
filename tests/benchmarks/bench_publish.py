"""Does publishing one article cost more when there are 100,000 releases than when there are 1,000? And a burst of 500?

    make bench BENCH=publish        about two minutes; --releases 1000 20000 for other sizes

Everything is real but the engine, which knows its sentences by heart: SQLite, every step, files on the disk. Old
releases are put into the ledger as copies of one that was published properly. Times are of this machine; what counts is
the ratio between the two ledgers, measured in turns so that a busy moment hits both.
"""

from __future__ import annotations

import argparse
import copy
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

TURNS = 12
BURST = 500
GOAL = 1.3


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--releases", type=int, nargs=2, default=(1_000, 100_000), metavar="N")
    asked.add_argument("--burst", type=int, default=BURST)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tornavoz-bench-") as folder:
        _set_up(Path(folder))
        _compare(Path(folder), sorted(chosen.releases))
        _burst(Path(folder) / "burst", chosen.burst)


def _set_up(folder: Path) -> None:
    os.environ |= {"TORNAVOZ_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "pipeline.settings", "REDIS_URL": ""}
    os.environ.pop("DATABASE_URL", None)
    import django
    import structlog

    django.setup()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@contextmanager
def _newsroom(home: Path) -> Iterator[object]:
    """A newsroom with a ledger of its own; the connection points to it as long as the block lasts."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tests.make import Clock, Office

    connection.close()
    home.mkdir(exist_ok=True)
    connection.settings_dict["NAME"] = str(home / "ledger.db")
    settings.HOME = home
    for name in ("public", "private", "locks"):
        setattr(settings, f"{name.upper()}_DIR", home / name)
    settings.BROKER_URL = ""
    if not (home / "ledger.db").exists():
        call_command("migrate", verbosity=0)
    yield Office(home, Clock(datetime.now(UTC)))
    connection.close()


def _fill(office: object, count: int) -> None:
    """Copies of one published article, an hour and a half apart, the newest a day old."""
    from django.db import transaction

    from pipeline.ledger.models import Article, Release, Revision, Translation

    article = office.publish()  # type: ignore[attr-defined]
    model = Release.objects.get(article=article, product__slug="all")
    old = (model.article, model.translation.revision, model.translation, model)
    first = max(Article.objects.latest("pk").pk, Release.objects.latest("pk").pk) + 1
    for start in range(first, first + count, 5_000):
        rows: dict[type, list[object]] = {Article: [], Revision: [], Translation: [], Release: []}
        for pk in range(start, min(start + 5_000, first + count)):
            at = office.clock() - timedelta(minutes=90 * (first + count - pk) + 1440)  # type: ignore[attr-defined]
            a, revision, translation, release = (copy.copy(row) for row in old)
            a.pk, a.key, a.url = pk, f"copy-{pk}", f"https://river.example/copy/{pk}"
            revision.pk, revision.article_id, revision.content_hash = pk, pk, f"copy-{pk}"
            translation.pk, translation.revision_id = pk, pk
            release.pk, release.article_id, release.translation_id = pk, pk, pk
            release.guid, release.published_at, release.updated_at = f"tag:copy:{pk}", at, at
            for row in (a, revision, translation, release):
                row._state.adding = True
                rows[type(row)].append(row)
        with transaction.atomic():
            for kind, some in rows.items():
                kind.objects.bulk_create(some, batch_size=500)  # type: ignore[attr-defined]
    _archive(model.product_id, first, count)


def _archive(product: int, first: int, count: int) -> None:
    """Put all but the newest copies on closed pages, as they would be."""
    from pipeline.ledger.models import Archived, ArchivePage, Release

    rows = Release.objects.filter(pk__gte=first, pk__lt=first + count - 60).order_by("updated_at", "pk")
    changes = list(rows.values_list("pk", "updated_at"))
    starts = range(0, len(changes), 50)
    pages = ArchivePage.objects.bulk_create(
        ArchivePage(product_id=product, number=number, closed_at=some[-1][1], until=some[-1][1])
        for number, some in enumerate((changes[start : start + 50] for start in starts), 1)
    )
    Archived.objects.bulk_create(
        (
            Archived(page=page, release_id=pk, updated_at=at)
            for page, start in zip(pages, starts, strict=True)
            for pk, at in changes[start : start + 50]
        ),
        batch_size=5_000,
    )


def _compare(folder: Path, sizes: list[int]) -> None:
    from django.db import connection

    for size in sizes:
        with _newsroom(folder / str(size)) as office:
            _fill(office, size)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            office.runner.drain()  # type: ignore[attr-defined]
            _publish(office, 0)  # the archive is closed, caches are warm
            print(f"{size:>7,} releases in the ledger, {_weight(folder / str(size))}", flush=True)
    times: dict[int, list[float]] = {size: [] for size in sizes}
    for turn in range(1, TURNS + 1):
        for size in sizes:
            with _newsroom(folder / str(size)) as office:
                times[size].append(_publish(office, turn))
    few, many = (statistics.median(times[size]) for size in sizes)
    for size in sizes:
        print(f"one article, {size:>7,} releases: {statistics.median(times[size]) * 1000:6.0f} ms (median of {TURNS})")
    print(f"ratio {many / few:.2f} (goal: under {GOAL})")


def _publish(office: object, turn: int) -> float:
    """Seconds from handing an article in to all its files."""
    office.clock.forward(minutes=5 * (turn + 1))  # type: ignore[attr-defined]
    began = time.perf_counter()
    office.publish(url=f"https://river.example/new/{turn}")  # type: ignore[attr-defined]
    return time.perf_counter() - began


def _burst(home: Path, count: int) -> None:
    from pipeline.ledger.models import Event, Release

    with _newsroom(home) as office:
        office.clock.at = datetime.now(UTC)  # type: ignore[attr-defined]
        began = time.perf_counter()
        for number in range(count):
            office.receive(url=f"https://river.example/burst/{number}")  # type: ignore[attr-defined]
        clock = _Ticking()
        office.runner._clock = clock  # type: ignore[attr-defined]
        office.runner.drain()  # type: ignore[attr-defined]
        seconds = time.perf_counter() - began
        out = Release.objects.filter(state="usable", product__slug="all").count()
        print(f"burst: {out} of {count} articles published in {seconds:.0f} s")
        for feed in ("feed:1", "private:1:1"):
            written = Event.objects.filter(action="output.published", subject=feed).count()
            print(f"  {feed:<12} rendered {written} times (without gathering: up to {count})")


class _Ticking:
    """The wall clock."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def _weight(home: Path) -> str:
    return f"{(home / 'ledger.db').stat().st_size / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
