"""Does publishing one article cost more when there are 100,000 releases than when there are 1,000? And a burst of 500?

    make bench BENCH=publish        about two minutes; --releases 1000 20000 for other sizes

Everything is real but the engine, which knows its sentences by heart: SQLite, every step, files on the disk. The past
consists of copies of one article that was published properly, with every row that it left (see long_past.py). Times are
of this machine; what counts is the ratio between the two ledgers, measured in turns so that a busy moment hits both.
Rendering takes most of the time, so the other steps are shown by themselves too: growth could hide behind it.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
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


def _compare(folder: Path, sizes: list[int]) -> None:
    from pipeline.ledger.models import Product
    from tests.long_past import lengthen

    for size in sizes:
        with _newsroom(folder / str(size)) as office:
            began = time.perf_counter()
            office.publish()  # type: ignore[attr-defined]
            lengthen(Product.objects.get(slug="all"), size - 1, now=office.clock())  # type: ignore[attr-defined]
            office.runner.drain()  # type: ignore[attr-defined]
            _publish(office, 0)  # the archive is closed, caches are warm
            seconds = time.perf_counter() - began
            print(f"{size:>7,} releases: {_weight(folder / str(size))}, made in {seconds:.0f} s", flush=True)
    times: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    for turn in range(1, TURNS + 1):
        for size in sizes:
            with _newsroom(folder / str(size)) as office:
                times[size].append(_publish(office, turn))
    for part in times[sizes[0]][0]:
        few, many = (statistics.median(each[part] for each in times[size]) * 1000 for size in sizes)
        print(f"one article, {part:<10} {few:6.0f} ms and {many:6.0f} ms: ratio {many / few:.2f}", flush=True)
    print(f"medians of {TURNS} turns; goal: under {GOAL} in all")


def _publish(office: object, turn: int) -> dict[str, float]:
    """Seconds from handing an article in to all its files; those spent rendering, and those of all other steps."""
    office.clock.forward(minutes=5 * (turn + 1))  # type: ignore[attr-defined]
    before, began = _rendering(), time.perf_counter()
    office.publish(url=f"https://river.example/new/{turn}")  # type: ignore[attr-defined]
    whole, rendering = time.perf_counter() - began, _rendering() - before
    return {"in all": whole, "rendering": rendering, "the rest": whole - rendering}


def _rendering() -> float:
    """Seconds that this process spent in the publish step so far."""
    from prometheus_client import REGISTRY

    said = {"step": "publish", "outcome": "done"}
    return REGISTRY.get_sample_value("tornavoz_step_seconds_sum", said) or 0.0


def _burst(home: Path, count: int) -> None:
    from pipeline.ledger.models import Release, Unit

    with _newsroom(home) as office:
        office.clock.at = datetime.now(UTC)  # type: ignore[attr-defined]
        feeds = Unit.objects.filter(step="publish").exclude(subject__startswith="page:").order_by("subject")
        before = dict(feeds.values_list("subject", "fence"))
        began = time.perf_counter()
        for number in range(count):
            office.receive(url=f"https://river.example/burst/{number}")  # type: ignore[attr-defined]
        clock = _Ticking()
        office.runner._clock = clock  # type: ignore[attr-defined]
        office.runner.drain()  # type: ignore[attr-defined]
        seconds = time.perf_counter() - began
        out = Release.objects.filter(state="usable", product__slug="all").count()
        print(f"burst: {out} of {count} articles published in {seconds:.0f} s")
        for subject, claims in feeds.values_list("subject", "fence"):
            runs = claims - before.get(subject, 0)
            print(f"  {subject:<12} rendered {runs} times (without gathering: up to {count})")


class _Ticking:
    """The wall clock."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def _weight(home: Path) -> str:
    return f"{(home / 'ledger.db').stat().st_size / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
