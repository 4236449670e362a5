"""How fast the desk's pages answer when the ledger is large.

    make bench BENCH=desk [OPTIONS="--postgres --articles 100000 --rounds 30 --keep folder --output result.json"]

Fills a ledger of its own (SQLite, or a PostgreSQL server that it starts) with a year of invented articles, see year.py;
with --keep it stays in that folder, and a second run begins at once. Then each page is asked through the whole of
Django, as an editor with a session, `rounds` times in a random order. The status is 1 when a page's 95th percentile is
above the limit.

`cpu` is what an answer cost in processor time: this process and, of PostgreSQL, the server process that works for it.
That figure holds where the machine is busy with other things, and the waiting time does not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import year  # noqa: E402  run as a file, the path comes first

LIMIT_MS = 300.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: a page, or with `data` the form that is sent to it."""

    path: str
    data: dict[str, Any] | None = None


def pages(articles: int) -> dict[str, list[Ask]]:
    """What is asked, by the name under which it is reported."""
    pick = year.RANDOM
    usual, rare = pick.sample(year.USUAL, 40), pick.sample(year.RARE, 40)
    some = pick.sample(range(1, articles + 1), 20)
    held = pick.sample([number + 1 for number in range(articles) if year.held(number)], min(20, articles // 100))
    said = [source.split()[1:3] for source, _ in pick.sample(year.said(), 20)]
    since = year.NOW.date() - timedelta(days=30)
    last = {"all": articles // 25, "held": articles // 100 // 25}
    found = {
        "front page": ["/desk/"],
        "pile of held translations": ["/desk/waiting/translations", f"/desk/waiting/translations?page={last['held']}"],
        "search, nothing asked": ["/desk/search"],
        "search, last page of all": [f"/desk/search?page={last['all']}"],
        "search, a word that is everywhere": ["/desk/search?words=puente", "/desk/search?words=alcaldesa+puente"],
        "search, everywhere, last page": ["/desk/search?words=puente&page=400"],
        "search, words that some have": [f"/desk/search?words={one}+{two}" for one, two in pairwise(usual)],
        "search, a name that few have": [f"/desk/search?words={name}" for name in rare],
        "search, a phrase": [f"/desk/search?words=%22{one}+{two}%22" for one, two in said],
        "search, word and filters": ["/desk/search?words=puente&source=source-3&state=published&section=Section+7"],
        "search, filters alone": ["/desk/search?source=source-3&section=Section+7&product=es/all&language=es"],
        "search, held": ["/desk/search?state=held"],
        "search, being worked on": ["/desk/search?state=working"],
        "search, published": ["/desk/search?state=published&product=es/all"],
        "search, published, last page": [f"/desk/search?state=published&page={last['all'] - 50}"],
        "search, since": [f"/desk/search?words=ciudad&since={since}"],
        "search, until": [f"/desk/search?words=ciudad&until={since - timedelta(days=200)}"],
        "list of held translations": ["/desk/review", "/desk/review?page=9"],
        "review, 40 sentences": [f"/desk/review/{article}/es" for article in held],
        "review, matches of the memory": [f"/desk/review/{article}/es?edit=b2.1" for article in held],
        "review, versions": [f"/desk/review/{article}/es/versions" for article in held],
        "review, preview": [f"/desk/review/{article}/es/preview" for article in held],
        "review, preview's frame": [f"/desk/review/{article}/es/preview/page" for article in held],
        "review, published article": [f"/desk/review/{article}/es" for article in some if article not in held],
        "trace": [f"/desk/articles/{article}/trace" for article in some],
        "withdraw": [f"/desk/articles/{article}/withdraw" for article in some],
        "source": ["/desk/sources/source-3"],
        "sources": ["/desk/sources"],
        "partner": ["/desk/partners/partner-1"],
        "partners": ["/desk/partners"],
        "products": ["/desk/products"],
        "models": ["/desk/models"],
        "campaigns": ["/desk/campaigns"],
        "numbers": ["/desk/numbers", "/desk/numbers?days=90"],
        "audit trail": ["/desk/audit", "/desk/audit?action=release.&actor=pipeline", "/desk/audit?page=4000"],
    }
    asks = {name: [Ask(path) for path in paths] for name, paths in found.items()}
    asks["review, a pause in typing"] = [
        Ask(
            f"/desk/review/{article}/es/do/type",
            {"place": "b2.1", "html": "La alcaldesa dijo que nadie pagará 41 pesos.", "base": newest(article)},
        )
        for article in held
    ]
    return asks


def newest(article: int) -> int:
    from pipeline.ledger.models import Translation

    return Translation.objects.filter(revision__article=article).order_by("-pk")[0].pk


def asked(articles: int, rounds: int, only: str) -> Iterator[tuple[str, float, float]]:
    """(name, wall ms, cpu ms) of every answer."""
    from django.contrib.auth.models import User
    from django.test import Client

    from desk import roles
    from desk.roles import Role

    user, _ = User.objects.get_or_create(username="bench")
    roles.give(user, Role.ADMIN)
    client = Client(headers={"Accept-Language": "es"})
    client.force_login(user)
    asks = {name: asks for name, asks in pages(articles).items() if only in name}

    def answer(ask: Ask) -> None:
        found = client.get(ask.path) if ask.data is None else client.post(ask.path, ask.data)
        assert found.status_code == 200, (ask.path, found.status_code)

    for each in asks.values():  # templates are compiled, caches warm: an editor's second click
        answer(each[0])
    turns = [(name, each[n % len(each)]) for name, each in asks.items() for n in range(rounds)]
    year.RANDOM.shuffle(turns)
    spent = processor()
    for name, ask in turns:
        wall, cpu = time.perf_counter(), next(spent)
        answer(ask)
        yield name, (time.perf_counter() - wall) * 1000, (next(spent) - cpu) * 1000


def processor() -> Iterator[float]:
    """Seconds of processor time until now: ours and that of the database's process for us, where it has one."""
    from django.db import connection

    server = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    while True:
        theirs = int(server.read_text(encoding="ascii").split()[0]) / 1e9 if server and server.exists() else 0.0
        yield time.process_time() + theirs


@contextmanager
def ledger(home: Path, *, postgres: bool) -> Iterator[bool]:
    """Django set up on the ledger of this folder, which is made or migrated; whether it has to be filled."""
    os.environ |= {
        "TORNAVOZ_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "pipeline.settings",
        "SECRET_KEY": "bench",
        "REDIS_URL": "",
    }
    os.environ.pop("DATABASE_URL", None)
    if not postgres:
        empty = not (home / "ledger.db").exists()
        _open()
        yield empty
        return
    from tests import postgres as programs

    data = home / "postgres"
    empty = not data.exists()
    with programs.server(kept=data, durable=True) as url:
        os.environ["DATABASE_URL"] = url
        _open()
        yield empty
        from django.db import connection

        connection.close()


def _open() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--postgres", action="store_true", help="On a PostgreSQL server that is started for it.")
    parser.add_argument("--only", default="", help="Ask only pages whose name holds this.")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--keep", type=Path, help="Make the ledger in this folder, or use the one that is there.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tornavoz-bench-") as passing:
        home = (options.keep or Path(passing)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        with ledger(home, postgres=options.postgres) as empty:
            begun = time.perf_counter()
            if empty:
                year.fill(options.articles)
            filled = time.perf_counter() - begun
            found: dict[str, list[tuple[float, float]]] = {}
            for name, wall, cpu in asked(options.articles, options.rounds, options.only):
                found.setdefault(name, []).append((wall, cpu))
            slow = report(found, options.articles, filled, options.output)
    return 1 if slow else 0


def report(found: dict[str, list[tuple[float, float]]], articles: int, filled: float, output: Path | None) -> list[str]:
    """Print the table; the pages that are too slow."""
    from django.db import connection

    say = sys.stdout.write
    about = f"{articles:,} articles, {connection.vendor} (filled in {filled:.0f} s)"
    say(f"{about}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    say(f"{'page':38} {'median ms':>10} {'p95 ms':>8} {'p95 cpu':>8}\n")
    result, slow = {}, []
    for name, times in found.items():
        wall, cpu = ([each[n] for each in times] for n in (0, 1))
        row = {"median": statistics.median(wall), "p95": percentile(wall), "p95_cpu": percentile(cpu)}
        result[name] = {key: round(value, 1) for key, value in row.items()}
        slow += [name] if row["p95"] > LIMIT_MS else []
        say(f"{name:38} {row['median']:10.1f} {row['p95']:8.1f} {row['p95_cpu']:8.1f}{'  slow' * (name in slow)}\n")
    say(f"{len(slow)} of {len(found)} pages above {LIMIT_MS:g} ms at the 95th percentile\n")
    if output:
        told = {
            "articles": articles,
            "database": connection.vendor,
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
        }
        output.write_text(json.dumps({**told, "pages": result}, indent=2) + "\n", encoding="utf-8")
    return slow


def percentile(times: list[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


if __name__ == "__main__":
    sys.exit(main())
