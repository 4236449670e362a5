"""How fast the desk's pages answer when the ledger is large.

    python tests/benchmarks/bench_desk.py [--articles 100000] [--rounds 30] [--output result.json] [--keep folder]

Fills a ledger of its own (SQLite in a passing folder, or DATABASE_URL) with invented articles in the states of a busy
year: nearly all published, one in a hundred held, events and deliveries for each. Then each page is asked through the
whole of Django, as an editor with a session, `rounds` times in a random order. The status is 1 when a page's 95th
percentile is above the limit. `cpu` is this process's own time, which says what the page costs where the machine is
busy with other things; SQLite works in this process, PostgreSQL does not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

LIMIT_MS = 300.0
NOW = datetime.now(UTC).replace(microsecond=0)
_RANDOM = random.Random(7)  # noqa: S311  the same ledger each time
_WORDS = [
    "".join(_RANDOM.choice(["ba", "co", "de", "lu", "mi", "ro", "sa", "te", "vi", "zo"]) for _ in range(length))
    for length in (2, 3, 4)
    for _ in range(1200)
]
_FINDING = {"code": "numbers", "level": "hold", "place": "b0.0", "reason": "A number.", "reason_es": "Un número."}
_COMMON = ["puente", "alcaldesa", "ciudad", "gobierno", "ayer", "según", "policía", "región", "bridge", "mayor"]


def text(sentences: int) -> list[str]:
    return [" ".join(_RANDOM.choices(_WORDS, k=11) + _RANDOM.choices(_COMMON, k=2)) + "." for _ in range(sentences)]


def fill(articles: int) -> None:
    """A year of articles, written as rows: the steps would take days."""
    from django.core.management import call_command

    from pipeline import config
    from pipeline.ledger import catalog
    from pipeline.ledger.models import Payload

    call_command("migrate", verbosity=0)
    toml = '[[product]]\nslug = "all"\ntitle = "Todo"\n'
    for number in range(12):
        toml += (
            f'[[source]]\nslug = "source-{number}"\npublisher = "Source {number}"\nurl = "https://s{number}.example/"\n'
        )
        toml += '[source.rights]\nbasis = "licence"\nlicence = "https://creativecommons.org/licenses/by/4.0/"\n'
        toml += f'[[partner]]\nslug = "partner-{number}"\nname = "Partner {number}"\nuse = "N"\n'
    catalog.apply(config.parse(toml), now=NOW, actor="bench")
    Payload.objects.create(sha256="0" * 64, body=b"", size=0)
    for start in range(0, articles, 2000):
        _batch(start, min(2000, articles - start), articles)
        sys.stderr.write(f"\r{start + 2000:,} of {articles:,} articles")
    sys.stderr.write("\n")


def _batch(start: int, size: int, of: int) -> None:
    from django.db import transaction

    from pipeline.ledger import models as rows
    from pipeline.ledger.search import fold, gather

    sources = list(rows.Source.objects.all())
    product = rows.Product.objects.get()
    partners = list(rows.Partner.objects.all())
    with transaction.atomic():
        numbers = range(start, start + size)
        times = [NOW - timedelta(days=365) * (1 - number / of) for number in numbers]
        made = rows.Article.objects.bulk_create(
            rows.Article(source=sources[n % 12], key=f"k{n}", url=f"https://s{n % 12}.example/{n}", created_at=at)
            for n, at in zip(numbers, times, strict=True)
        )
        told = [(text(1)[0][:60], text(9)) for _ in numbers]
        said = [(text(1)[0][:60], text(9)) for _ in numbers]
        revisions = rows.Revision.objects.bulk_create(
            rows.Revision(
                article=article,
                number=1,
                payload_id="0" * 64,
                content_hash=str(article.pk),
                envelope={},
                received_at=at,
                story=_story(*words, section=f"Section {article.pk % 20}"),
                state="held" if n % 400 == 1 else "cleared",
                permission={"reason_es": "Faltan derechos."} if n % 800 == 1 else None,
                reason_code="x" * (n % 400 == 1),
            )
            for n, article, at, words in zip(numbers, made, times, told, strict=True)
        )
        drafts = rows.Translation.objects.bulk_create(
            rows.Translation(
                revision=revision,
                language="es",
                created_at=at,
                state="held" if n % 100 == 2 else "ready",
                draft=_story(*words, section=None),
                findings=[_FINDING] if n % 100 == 2 else [],
            )
            for n, revision, at, words in zip(numbers, revisions, times, said, strict=True)
        )
        releases = rows.Release.objects.bulk_create(
            rows.Release(
                article=article,
                product=product,
                translation=draft,
                guid=f"tag:bench,2026:{article.pk}",
                published_at=at,
                updated_at=at,
                attribution={},
                text_sha256="0" * 64,
            )
            for article, draft, at in zip(made, drafts, times, strict=True)
            if draft.state == "ready"
        )
        rows.Delivery.objects.bulk_create(
            rows.Delivery(
                release=release,
                partner=partner,
                version=1,
                sending=1,
                kind="published",
                channel="feed",
                created_at=NOW,
                state="dead" if release.pk % 2000 == 3 else "sent",
            )
            for release in releases
            for partner in partners[:3]
        )
        rows.SearchText.objects.bulk_create(
            rows.SearchText(
                article=article,
                said=both,
                title=gather(both)[0],
                body=gather(both)[1],
                section=f"Section {article.pk % 20}",
            )
            for article, *texts in zip(made, told, said, strict=True)
            for both in [
                {tag: [fold(title), fold(" ".join(body))] for tag, (title, body) in zip(("", "es"), texts, strict=True)}
            ]
        )
        rows.Event.objects.bulk_create(
            rows.Event(at=at, actor="pipeline", action=action, subject=f"revision:{article.pk}", article=article)
            for article, at in zip(made, times, strict=True)
            for action in ("revision.received", "revision.extracted", "translation.drafted", "release.created")
        )


def _story(headline: str, sentences: list[str], section: str | None) -> dict[str, Any]:
    blocks = [{"kind": "p", "text": sentence, "spans": []} for sentence in sentences]
    return {
        "headline": headline,
        "language": "en",
        "blocks": blocks,
        "section": section,
        "findings": [],
        "rung": "json",
    }


def places(articles: int) -> dict[str, list[str]]:
    """Addresses by the name under which they are reported."""
    rare = _RANDOM.sample(_WORDS, 40)
    some = _RANDOM.sample(range(1, articles + 1), 20)
    return {
        "front page": ["/desk/"],
        "pile of held translations": ["/desk/waiting/translations", "/desk/waiting/translations?page=20"],
        "search, nothing asked": ["/desk/search", "/desk/search?page=900"],
        "search, a word that is everywhere": ["/desk/search?words=puente", "/desk/search?words=alcaldesa+puente"],
        "search, words that few have": [f"/desk/search?words={one}+{two}" for one, two in pairwise(rare)],
        "search, a phrase": [f"/desk/search?words=%22{one}+{two}%22" for one, two in zip(rare, rare[2:], strict=False)],
        "search, word and filters": ["/desk/search?words=puente&source=source-3&state=published&section=Section+7"],
        "search, held": ["/desk/search?state=held"],
        "search, published": ["/desk/search?state=published&product=es/all"],
        "search, since": [f"/desk/search?words=ciudad&since={NOW.date() - timedelta(days=30)}"],
        "trace": [f"/desk/articles/{article}/trace" for article in some],
        "source": ["/desk/sources/source-3"],
        "sources": ["/desk/sources"],
        "partner": ["/desk/partners/partner-1"],
        "partners": ["/desk/partners"],
        "products": ["/desk/products"],
        "audit trail": ["/desk/audit", "/desk/audit?action=release.&actor=pipeline"],
    }


def asked(articles: int, rounds: int) -> Iterator[tuple[str, float, float]]:
    """(name, wall ms, cpu ms) of every answer."""
    from django.contrib.auth.models import User
    from django.test import Client

    from desk import roles
    from desk.roles import Role

    user, _ = User.objects.get_or_create(username="bench")
    roles.give(user, Role.ADMIN)
    client = Client(headers={"Accept-Language": "es"})
    client.force_login(user)
    addresses = places(articles)
    for paths in addresses.values():  # templates are compiled, caches warm: an editor's second click
        assert client.get(paths[0]).status_code == 200, paths[0]
    turns = [(name, paths[n % len(paths)]) for name, paths in addresses.items() for n in range(rounds)]
    _RANDOM.shuffle(turns)
    for name, path in turns:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        took = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
        assert answer.status_code == 200, path
        yield name, *took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--keep", type=Path, help="Make the ledger in this folder, or use the one that is there.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tornavoz-bench-") as passing:
        home = options.keep or Path(passing)
        home.mkdir(parents=True, exist_ok=True)
        os.environ["TORNAVOZ_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "pipeline.settings"
        import django

        django.setup()
        begun = time.perf_counter()
        if not (home / "ledger.db").exists():
            fill(options.articles)
        filled = time.perf_counter() - begun
        found: dict[str, list[tuple[float, float]]] = {}
        for name, wall, cpu in asked(options.articles, options.rounds):
            found.setdefault(name, []).append((wall, cpu))
    slow = report(found, options.articles, filled, options.output)
    return 1 if slow else 0


def report(found: dict[str, list[tuple[float, float]]], articles: int, filled: float, output: Path | None) -> list[str]:
    """Print the table; the pages that are too slow."""
    say = sys.stdout.write
    say(f"{articles:,} articles (filled in {filled:.0f} s), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    say(f"{'page':38} {'median ms':>10} {'p95 ms':>8} {'p95 cpu':>8}\n")
    result, slow = {}, []
    for name, times in found.items():
        wall, cpu = ([each[n] for each in times] for n in (0, 1))
        row = {"median": statistics.median(wall), "p95": percentile(wall), "p95_cpu": percentile(cpu)}
        result[name] = {key: round(value, 1) for key, value in row.items()}
        slow += [name] if row["p95"] > LIMIT_MS else []
        say(f"{name:38} {row['median']:10.1f} {row['p95']:8.1f} {row['p95_cpu']:8.1f}{'  slow' * (name in slow)}\n")
    if output:
        about = {
            "articles": articles,
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
        }
        output.write_text(json.dumps({**about, "pages": result}, indent=2) + "\n", encoding="utf-8")
    return slow


def percentile(times: list[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


if __name__ == "__main__":
    sys.exit(main())
