"""Does a translation worker grow? Its memory after 2,000 articles against that after 200.

    make bench BENCH=memory        some minutes; --early 200 --late 2000 for other counts, --sentences for their length

Real parts: model, ledger on SQLite, runner, pools, every article another. Allocators keep what they once needed, so the
memory of a worker is that of its largest pool, and what counts is whether it goes on rising: resident memory of the
process, a ratio of two moments, no time. Exit status 1 where it rose by more than a tenth.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

GOAL = 1.10
_INTAKE = 20  # articles that come in together


def grown(model: Path, home: Path, early: int, late: int, sentences: int) -> dict[str, Any]:
    """Let a new process translate `late` articles; its resident megabytes after `early` and after all of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
    command = [sys.executable, __file__, "--worker", str(model)]
    command += ["--early", str(early), "--late", str(late), "--sentences", str(sentences)]
    ended = subprocess.run(
        command, env=kept | {"TORNAVOZ_HOME": str(home)}, stdout=subprocess.PIPE, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answer | {"ratio": answer["late_mb"] / answer["early_mb"]}


def work(model: Path, early: int, late: int, sentences: int) -> dict[str, Any]:
    """The new process's side of `grown`."""
    from tests.benchmarks.corpus import articles
    from tests.benchmarks.room import Room

    room = Room(model, threads=os.cpu_count() or 1)
    resident: dict[int, float] = {}
    asked = articles(late, length=sentences)
    for done in range(0, late, _INTAKE):
        _translated(room, done, asked[done : done + _INTAKE])
        resident[min(late, done + _INTAKE)] = _resident()
    if room.drafts() != late:
        raise SystemExit(f"{room.drafts()} of {late} articles were translated")
    return {
        "articles": room.drafts(),
        "early_mb": resident[early],
        "late_mb": resident[late],
        "peak_mb": max(resident.values()),
    }


def _translated(room: Any, start: int, articles: Sequence[list[list[str]]]) -> None:
    for number, article in enumerate(articles, start):
        room.receive(number, article)
    room.read()
    room.translate()


def _resident() -> float:
    """Megabytes of this process in memory now."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def main(early: int, late: int, sentences: int) -> int:
    """Measure, print; the exit status."""
    from pipeline.translation import models

    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        model = models.install("starter", home / "models", datetime.now(UTC))
        found = grown(model.path, home / "home", early, late, sentences)
    print(
        f"{found['articles']} articles of {sentences} sentences: {found['early_mb']:.0f} MB after {early}, "
        f"{found['late_mb']:.0f} MB after {late}, at most {found['peak_mb']:.0f} MB; "
        f"{found['ratio']:.3f} times as much, the limit is {GOAL:.2f}"
    )
    return int(found["ratio"] > GOAL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--early", type=int, default=200)
    parser.add_argument("--late", type=int, default=2000)
    parser.add_argument("--sentences", type=int, default=12, help="of an article")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        print(json.dumps(work(given.worker, given.early, given.late, given.sentences)))
    else:
        sys.exit(main(given.early, given.late, given.sentences))
