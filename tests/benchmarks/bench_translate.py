"""Speed of the translate step against Argos Translate's own loop, on the same model, sentences and machine.

    python tests/benchmarks/bench_translate.py [--rounds 3] [--articles 34] [--output result.json]
                                               [--libretranslate VENV/bin/python] [--shape argos] [--only NAME,NAME]

Contestants, each in a process of its own (so that peak memory is its own), in interleaved rounds, medians reported:

    argos-32     argostranslate's translate(), a paragraph a call, default settings (a batch is 32 tokens)
    argos-32-1t  the same with ARGOS_INTRA_THREADS=1: by default two threads share each sentence, and wait
    argos-celery the same as argos-32 in a real Celery task, an article a message, real Redis, one worker process
    argos-1      one sentence a call, ARGOS_BATCH_SIZE=1: the reference text
    argos-512    the same as argos-32 with ARGOS_BATCH_SIZE=512, as somebody who read the source would set it
    libretranslate  LibreTranslate over HTTP, an article a request; with --libretranslate only
    ours-single  our translate step, article by article, exact mode, nothing remembered
    ours         the same, all articles in one pool
    newsroom     the same from queued to stored: claims, leases, ledger, transactions
    raw          CTranslate2 alone, asked exactly what `ours` asks, in the same batches
    ours-fast    our translate step in fast mode, one pool
    raw-fast     CTranslate2 alone in the batches of fast mode
    ours-warm    `ours` when the memory knows every sentence (says nothing of the engine)

Celery rings a bell and does none of the work, so only one contestant runs under it. Argos gets our sentence splitter,
which is faster than its own and needs no network. Loading is not timed.

The ceiling is the speed of the same multiplications in large matrices (scoring what was written), measured in the same
rounds: as many pieces as the reference has, times the beam. `% ceiling` counts those alone, so whatever else is asked
lowers it. `% at work` counts what was done: the pieces of further questions (our step asks again where an answer
failed), and the positions that the search goes on for after the best answer has ended, as the same answer demands.

The starter model is small, so what a search does beside its multiplications weighs more with it than with the models
that newsrooms install. `--shape argos` measures with one of their size instead (grown.py says how, and what it is
not); it takes five times as long, so ask for fewer articles: `--articles 10` is about what shares a pool.

The numbers are void, and the exit status 1, unless `ours` gives the same text as `argos-1` for every sentence.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import ceiling, contestants, corpus, grown  # noqa: E402

BEAM = 4
LIMIT_MB = {"starter": 400, "argos": 700}  # a translation worker's share of a small machine, by the model's shape
ENOUGH = 1000  # sentences that must be compared
ALL = (
    "argos-32", "argos-32-1t", "argos-celery", "argos-1", "argos-512", "libretranslate", "ours-single", "ours",
    "newsroom", "raw", "ours-fast", "raw-fast", "ours-warm", "scoring",
)  # fmt: skip
NEEDED = {"argos-1", "ours", "scoring"}  # the reference, what was asked and written, the ceiling


@dataclass(kw_only=True)
class Bench:
    """One run: where it happens, and what contestants tell each other."""

    model: Path
    home: Path
    articles: int
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Run one contestant in a new process with an empty home; one thread a worker for us, Argos as it comes."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ARGOS_", "XDG_", "OMP_", "TORNAVOZ_", "DATABASE_", "REDIS_"))
        }
        scratch = self.home / f"home-{sum(map(len, self.results.values()))}"
        kept |= {"HOME": str(scratch), "ARGOS_PACKAGES_DIR": str(scratch / "packages"), "TORNAVOZ_HOME": str(scratch)}
        if name in ("argos-1", "argos-512"):
            kept["ARGOS_BATCH_SIZE"] = name.removeprefix("argos-")
        if name.endswith("-1t"):
            kept["ARGOS_INTRA_THREADS"] = "1"
        self.told["count_positions"] = not self.results.get("scoring")
        told = self.home / "told.json"
        told.write_text(json.dumps(self.told), encoding="utf-8")
        command = [sys.executable, __file__, "--contestant", name, "--model", str(self.model), "--told", str(told)]
        before = self._served()
        ended = subprocess.run(
            [*command, "--articles", str(self.articles)], env=kept, capture_output=True, text=True, check=False
        )
        if ended.returncode != 0:
            raise SystemExit(f"{name} failed:\n{ended.stderr}")
        result: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
        if name == "libretranslate":
            cpu, result["rss"] = self._served()
            result["cpu"] += cpu - before[0]
        self.results.setdefault(name, []).append(result)
        if name == "argos-1":
            self.told["reference"] = result["texts"]
        if name == "ours":
            self.told |= {"asked": result["asked"], "pieces": result["pieces"]}

    def _served(self) -> tuple[float, float]:
        """CPU-seconds and peak memory (MB) of the LibreTranslate server so far."""
        if "pid" not in self.told:
            return 0.0, 0.0
        fields = Path(f"/proc/{self.told['pid']}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{self.told['pid']}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), peak / 1024


def measured(bench: Bench, names: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """Run everybody and put the figures together."""
    for turn in range(rounds):
        for name in names:
            bench.start(name)
            wall = bench.results[name][-1]["wall"]
            print(f"round {turn + 1}/{rounds} {name}: {wall:.2f} s", file=sys.stderr)
    reference: dict[str, str] = bench.told["reference"]
    scoring = bench.results["scoring"]
    pieces = scoring[0]["source_pieces"], scoring[0]["target_pieces"]
    costs = ceiling.work(bench.model / "model" / "model.bin")
    speed = costs.of(*pieces, 1) / statistics.median(each["cpu"] for each in scoring)  # multiply-adds a CPU-second
    limit = speed / (costs.of(*pieces, BEAM) / pieces[1])  # target pieces a CPU-second
    overrun: float = scoring[0]["overrun"]
    rows = [
        _row(name, bench.results[name], len(reference), pieces[1], limit, overrun)
        for name in bench.results
        if name != "scoring"
    ]
    by_name = {row["name"]: row for row in rows}
    report = {
        "benchmark": "translate",
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {contestants.THREADS} processors",
        "versions": {each: version(each) for each in ("ctranslate2", "argos-translate-lt", "sentencepiece")},
        "sentences": len(reference),
        "target_pieces": pieces[1],
        "rounds": rounds,
        "ceiling_target_pieces_per_cpu_second": round(limit),
        "multiply_adds_per_cpu_second": round(speed),
        "positions_searched_per_piece": round(overrun, 3),
        "rows": rows,
        "identical": {
            name: _identical(reference, by_name, bench, name) for name in ("ours", "ours-fast", "ours-single")
        },
        "differing": [each for each, text in reference.items() if bench.results["ours"][0]["texts"].get(each) != text],
        "times": _times(by_name),
    }
    report["void"] = bool(report["differing"]) or len(reference) < ENOUGH
    return report


def _identical(reference: dict[str, str], rows: dict[str, Any], bench: Bench, name: str) -> str:
    if name not in rows:
        return "not run"
    texts = bench.results[name][0]["texts"]
    return f"{sum(texts.get(each) == text for each, text in reference.items())}/{len(reference)}"


def _times(rows: dict[str, Any]) -> dict[str, float]:
    """Ratios of CPU-seconds: what the goals speak of."""
    cpu = {name: max(row["cpu_seconds"], 1e-9) for name, row in rows.items()}
    wanted = {
        "ours faster than argos-32": ("argos-32", "ours"),
        "ours faster than argos-512": ("argos-512", "ours"),
        "ours-fast faster than argos-32": ("argos-32", "ours-fast"),
        "ours faster than argos-celery": ("argos-celery", "ours"),
        "ours-fast faster than argos-celery": ("argos-celery", "ours-fast"),
        "ours faster than libretranslate": ("libretranslate", "ours"),
        "pooled faster than single": ("ours-single", "ours"),
        "ours over raw": ("ours", "raw"),
        "newsroom over raw": ("newsroom", "raw"),
        "ours-fast over raw-fast": ("ours-fast", "raw-fast"),
    }
    return {
        name: round(cpu[one] / cpu[other], 2) for name, (one, other) in wanted.items() if one in cpu and other in cpu
    }


def _row(
    name: str, rounds: list[dict[str, Any]], sentences: int, pieces: int, limit: float, overrun: float
) -> dict[str, Any]:
    wall = statistics.median(each["wall"] for each in rounds)
    cpu = statistics.median(each["cpu"] for each in rounds)
    pace = pieces / max(cpu, 1e-9)
    done = rounds[0].get("written", pieces) * overrun / max(cpu, 1e-9)
    return {
        "name": name,
        "wall_seconds": round(wall, 3),
        "wall_spread": [round(min(each["wall"] for each in rounds), 3), round(max(each["wall"] for each in rounds), 3)],
        "cpu_seconds": round(cpu, 3),
        "cpu_spread": [round(min(each["cpu"] for each in rounds), 3), round(max(each["cpu"] for each in rounds), 3)],
        "sentences_per_second": round(sentences / wall, 1),
        "target_pieces_per_cpu_second": round(pace),
        "per_cent_of_ceiling": round(100 * pace / limit),
        "per_cent_at_work": round(100 * done / limit),
        "peak_rss_mb": round(max(each["rss"] for each in rounds)),
    }


def printed(report: dict[str, Any]) -> str:
    """The report as a table."""
    lines = [
        f"{report['sentences']} sentences, {report['target_pieces']} target pieces, {report['rounds']} rounds, "
        f"{report['machine']}; load {report.get('load_before', 0):.1f} before, {report.get('load_after', 0):.1f} after",
        f"ceiling: {report['ceiling_target_pieces_per_cpu_second']} target pieces a CPU-second "
        f"({report['multiply_adds_per_cpu_second'] / 1e9:.1f} G multiply-adds a CPU-second); "
        f"the search decodes {report['positions_searched_per_piece']:.3f} positions for each piece it keeps",
        f"{'contestant':15}{'wall s':>9}{'cpu s':>9}{'sent/s':>9}{'pieces/cpu-s':>14}{'% ceiling':>11}{'% at work':>11}"
        f"{'peak MB':>9}",
    ]
    lines += [
        f"{row['name']:15}{row['wall_seconds']:9.2f}{row['cpu_seconds']:9.2f}{row['sentences_per_second']:9.1f}"
        f"{row['target_pieces_per_cpu_second']:14}{row['per_cent_of_ceiling']:11}{row['per_cent_at_work']:11}"
        f"{row['peak_rss_mb']:9}"
        for row in report["rows"]
    ]
    lines.append(
        "the same text as one sentence a call: " + ", ".join(f"{k} {v}" for k, v in report["identical"].items())
    )
    lines += [f"{name}: {ratio} (CPU-seconds)" for name, ratio in report["times"].items()]
    if report["void"]:
        lines.append(f"VOID: ours differs from the reference, or fewer than {ENOUGH} sentences were compared")
        lines += [f"  differs: {each}" for each in report["differing"][:10]]
    return "\n".join(lines)


@contextmanager
def served(python: str | None, bench: Bench) -> Iterator[None]:
    """A LibreTranslate server for the length of the run, if there is a Python that has it."""
    if python is None:
        yield
        return
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    script = Path(__file__).with_name("libretranslate_server.py")
    command = [python, str(script), str(port), str(bench.model), str(bench.home / "packages")]
    log = (bench.home / "libretranslate.log").open("w")
    environment = {**os.environ, "HOME": str(bench.home / "libretranslate")}
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        bench.told |= {"url": f"http://127.0.0.1:{port}", "pid": server.pid}
        _until_it_answers(f"{bench.told['url']}/languages", server, bench.home / "libretranslate.log")
        yield
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        log.close()


def _until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  a server that this run started
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"LibreTranslate does not answer:\n{log.read_text()[-2000:]}")


def main(given: argparse.Namespace) -> int:
    """Measure, print, write; the exit status."""
    from pipeline.translation import models

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        model = models.install("starter", home / "models", datetime.now(UTC))
        if given.shape == "argos":
            model = models.install(grown.package(model.path, home), home / "models", datetime.now(UTC))
        bench = Bench(model=model.path, home=home, articles=given.articles)
        with served(given.libretranslate, bench):
            report = measured(bench, _wanted(given), given.rounds)
    report |= {"model": model.name, "model_sha256": model.model_sha256}
    report |= {"load_before": load, "load_after": os.getloadavg()[0]}
    print(printed(report))
    if given.output:
        given.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    peak = max((row["peak_rss_mb"] for row in report["rows"] if row["name"] == "newsroom"), default=0)
    limit = LIMIT_MB[given.shape]
    if peak > limit:
        print(f"TOO LARGE: our worker took {peak} MB, the limit is {limit}")
    return 1 if report["void"] or peak > limit else 0


def _wanted(given: argparse.Namespace) -> tuple[str, ...]:
    """Who runs: everybody, or those asked for; and always whom the report cannot do without."""
    asked = set(given.only.split(",")) | NEEDED if given.only else set(ALL)
    if strangers := asked - set(ALL):
        raise SystemExit(f"no contestant is called {', '.join(sorted(strangers))}; there are {', '.join(ALL)}")
    return tuple(name for name in ALL if name in asked and (name != "libretranslate" or given.libretranslate))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Benchmark of the translate step.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=34, help="of 30 sentences each")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--libretranslate", metavar="PYTHON", help="a Python that has LibreTranslate installed")
    parser.add_argument("--shape", choices=("starter", "argos"), default="starter", help="of the model; see grown.py")
    parser.add_argument("--only", metavar="NAMES", help="contestants with commas between them; default: all")
    parser.add_argument("--contestant", choices=ALL, help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contestant:
        told = json.loads(given.told.read_text(encoding="utf-8"))
        print(json.dumps(contestants.run(given.contestant, given.model, corpus.articles(given.articles), told)))
    else:
        sys.exit(main(given))
