"""What filing a rights record costs the person who waits for it, on a small source and on a large one.

    make bench BENCH=rights [OPTIONS="--articles 50000 --small 6000 --rounds 9"]

One ledger, two sources: one has `small` articles, the other all others. For both, the preview as the desk makes it
(its newest articles), the preview of everything (as the command line makes it), filing, and one batch of what follows.
Processor time, the median of `rounds`; the last column is the ratio, and the status is 1 when what the desk waits for
costs more than twice as much on the large source.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import year  # noqa: E402  run as a file, the path comes first
from tests.benchmarks.bench_desk import ledger  # noqa: E402

MOST = 2.0  # times; what the desk waits for may cost on the large source


def spent(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append((time.process_time() - begun) * 1000)
    return statistics.median(times)


def divide(articles: int, small: int) -> None:
    """Give the first source the newest `small` articles, the second one the rest."""
    from pipeline.ledger.models import Article, Source

    first, second = Source.objects.order_by("pk")[:2]
    Article.objects.filter(pk__gt=articles - small).update(source=first)
    Article.objects.filter(pk__lte=articles - small).update(source=second)
    Source.objects.update(rights_origin="desk")


def measured(slug: str, rounds: int) -> dict[str, float]:
    from pipeline.actions import rights, rights_step
    from pipeline.ledger import units
    from pipeline.ledger.models import Source, Unit
    from pipeline.runner import Runner
    from pipeline.stages import Step
    from pipeline.types import Rights

    source, now = Source.objects.get(slug=slug), year.NOW
    stricter = Rights(basis="licence", licence="https://creativecommons.org/licenses/by-nc/4.0/")
    runner = Runner(rights_step.table(), lambda: now)
    today = now.date()

    def file() -> None:
        token = rights.effect(source, stricter, today=today, at_most=1).token
        rights.file(slug, stricter, token=token, reason="bench", actor="bench", now=now)
        source.refresh_from_db()

    def batch() -> None:
        units.arm(Step.RECONSIDER, f"source:{source.pk}", now=now)
        runner.run(Unit.objects.get(step=Step.RECONSIDER, subject=f"source:{source.pk}").pk)

    return {
        "preview at the desk": spent(
            lambda: rights.effect(source, stricter, today=today, at_most=rights.LOOKED_AT), rounds
        ),
        "filing": spent(file, rounds),
        "one batch of what follows": spent(batch, rounds),
        "preview of everything": spent(lambda: rights.effect(source, stricter, today=today), 1),
    }


def main() -> int:
    from pipeline import telemetry

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--small", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tornavoz-bench-") as home, ledger(Path(home), postgres=False):
        telemetry.set_up("WARNING")
        year.fill(options.articles)
        divide(options.articles, options.small)
        small, large = measured("source-0", options.rounds), measured("source-1", options.rounds)
    say = sys.stdout.write
    say(f"{'processor ms':28} {options.small:>10,} {options.articles - options.small:>10,} articles\n")
    grown = {name: large[name] / small[name] for name in small}
    for name, ratio in grown.items():
        say(f"{name:28} {small[name]:10.1f} {large[name]:10.1f}   x {ratio:.1f}\n")
    waited_for = ("preview at the desk", "filing", "one batch of what follows")
    return 1 if any(grown[name] > MOST for name in waited_for) else 0


if __name__ == "__main__":
    sys.exit(main())
