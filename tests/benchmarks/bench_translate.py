"""Speed of the translate step against Argos Translate's own loop, on the same model, sentences and machine.

    python tests/benchmarks/bench_translate.py [--rounds 2] [--articles 18] [--output result.json]

Contestants, each in a process of its own (so that peak memory is its own), in interleaved rounds, medians reported:

    argos-32     argostranslate's translate(), a paragraph a call, default settings (a batch is 32 tokens)
    argos-32-1t  the same with ARGOS_INTRA_THREADS=1: by default two threads share each sentence, and wait
    argos-1      one sentence a call, ARGOS_BATCH_SIZE=1: the reference text
    argos-512    the same as argos-32 with ARGOS_BATCH_SIZE=512, as somebody who read the source would set it
    ours         our translate step, article by article, exact mode, nothing remembered
    raw          CTranslate2 alone with our batches: what our step could reach at best
    ours-fast    our translate step in fast mode
    ours-warm    our translate step when the memory knows every sentence (says nothing of the engine)

Argos gets our sentence splitter, which is faster than its own and needs no network. Loading the model is not timed.
The numbers are void, and the exit status 1, unless `ours` gives the same text as `argos-1` for every sentence.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

CONTESTANTS = ("argos-32", "argos-32-1t", "argos-1", "argos-512", "ours", "raw", "ours-fast", "ours-warm")
LIMIT_MB = 400  # a translation worker's share of a small machine
THREADS = os.cpu_count() or 1

_WHO = [
    "The mayor",
    "A senior police officer",
    "Prosecutors in the capital",
    "Three former ministers",
    "The country's central bank",
    "Local farmers",
    "The opposition leader",
    "Two judges of the high court",
    "Residents of the northern province",
    "A spokesman for the army",
    "Human rights groups",
    "The fishing cooperative",
    "Investigators",
    "The health ministry",
]
_SAID = [
    "said on Monday that",
    "told reporters that",
    "denied that",
    "confirmed that",
    "warned lawmakers that",
    "wrote in a report that",
    "could not explain why",
    "had suspected for years that",
]
_WHAT = [
    "the new road would cost {n} million dollars",
    "at least {n} people had been arrested since {y}",
    "the harvest fell by {p} percent",
    "a company owned by his brother won the contract",
    "nobody had been told about the closure of the mine",
    "the river was no longer safe for children",
    "an alleged gang leader paid for the campaign",
    "more than {n} families were forced to leave their homes",
    "the port handled {n} tonnes of copper in {y}",
    "the agreement signed in {y} had never been published",
]
_HOW = [
    "",
    " while the talks continued in the city",
    " despite a promise made before the election",
    " according to documents seen by this newspaper",
    ", and called for an independent inquiry",
    ", although the figures have not been checked",
    " during a hearing that lasted until midnight",
    " after months of protests in the south of the country, where unemployment is high and few people trust the courts",
]


def articles(count: int, seed: int = 7) -> list[list[list[str]]]:
    """Articles as paragraphs of sentences; 30 sentences each, no sentence twice."""
    chance = random.Random(seed)  # noqa: S311  a seeded corpus, no secret
    seen: set[str] = set()

    def sentence() -> str:
        while True:
            what = chance.choice(_WHAT).format(
                n=chance.randint(3, 980), y=chance.randint(1990, 2025), p=chance.randint(2, 60)
            )
            made = f"{chance.choice(_WHO)} {chance.choice(_SAID)} {what}{chance.choice(_HOW)}."
            if made not in seen:
                seen.add(made)
                return made

    def paragraphs() -> Iterator[list[str]]:
        left = 30
        while left:
            size = min(left, chance.randint(1, 4))
            left -= size
            yield [sentence() for _ in range(size)]

    return [list(paragraphs()) for _ in range(count)]


# --- contestants: each gives a function to be timed, and one that tells sentence -> text afterwards ---------------

Texts = dict[str, str]
Run = tuple[Callable[[], object], Callable[[], Texts]]


def _argos(folder: Path, corpus: list[list[list[str]]], *, alone: bool) -> Run:
    from argostranslate import package, translate

    from pipeline.text.segments import split

    class Splitter:
        def split_sentences(self, text: str) -> list[str]:
            return [sentence for sentence, _ in split(text)]

    language = [translate.Language("en", "English"), translate.Language("es", "Spanish")]
    translation = translate.PackageTranslation(*language, package.Package(folder))
    translation.sentencizer = Splitter()
    texts: Texts = {}

    def run() -> None:
        for article in corpus:
            for paragraph in article:
                for part in paragraph if alone else [" ".join(paragraph)]:
                    texts[part] = translation.hypotheses(part, 1)[0].value

    translation.hypotheses("The road is open.", 1)
    return run, lambda: texts


def _ours(folder: Path, corpus: list[list[list[str]]], *, mode: str, warm: bool) -> Run:
    from pipeline.translation.argos import ArgosEngine
    from pipeline.translation.memory import DictMemory, key
    from pipeline.translation.models import load
    from pipeline.translation.translate import translate
    from pipeline.types import Block, BlockKind, Story

    engine = ArgosEngine(load(folder), inter_threads=THREADS, mode="fast" if mode == "fast" else "exact")
    memory = DictMemory()
    stories = [
        Story(
            rung="payload",
            headline=article[0][0],
            language="en",
            blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=" ".join(paragraph)) for paragraph in article),
        )
        for article in corpus
    ]

    def run() -> None:
        for story in stories:
            translate(story, engine, memory)

    def texts() -> Texts:
        known = memory.entries
        keys = {each: key(engine.identity.key, "es", each) for each in _sentences(corpus)}
        return {each: known[place].text for each, place in keys.items() if place in known}

    engine.translate(["The road is open."])
    if warm:
        run()
    return run, texts


def _raw(folder: Path, corpus: list[list[list[str]]]) -> Run:
    import ctranslate2
    import sentencepiece

    from pipeline.translation.argos import batched

    translator = ctranslate2.Translator(str(folder / "model"), inter_threads=THREADS, intra_threads=1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    tokens = {each: processor.encode(each, out_type=str) for each in _sentences(corpus)}
    options = {"beam_size": 4, "length_penalty": 0.2, "replace_unknowns": True, "return_scores": True}
    texts: Texts = {}

    def run() -> None:
        for article in corpus:
            lengths = {each: len(tokens[each]) for paragraph in article for each in paragraph}
            batches = batched(lengths, "exact", 512)
            promises = [
                translator.translate_batch(
                    [tokens[each] for each in batch],
                    asynchronous=True,
                    max_batch_size=0,
                    return_attention=True,
                    **options,
                )
                for batch in batches
            ]
            for batch, results in zip(batches, promises, strict=True):
                texts.update(
                    (each, processor.decode(one.result().hypotheses[0]))
                    for each, one in zip(batch, results, strict=True)
                )

    translator.translate_batch([processor.encode("The road is open.", out_type=str)], **options)
    return run, lambda: texts


def _sentences(corpus: list[list[list[str]]]) -> list[str]:
    return [sentence for article in corpus for paragraph in article for sentence in paragraph]


def contest(name: str, folder: Path, corpus: list[list[list[str]]]) -> dict[str, Any]:
    """Run one contestant in this process and measure it."""
    if name.startswith("argos"):
        run, texts = _argos(folder, corpus, alone=name == "argos-1")
    elif name == "raw":
        run, texts = _raw(folder, corpus)
    else:
        run, texts = _ours(folder, corpus, mode=name.removeprefix("ours-"), warm=name == "ours-warm")
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"name": name, "wall": wall, "cpu": cpu, "rss": rss, "texts": texts()}


# --- the run -------------------------------------------------------------------------------------------------------


def _started(name: str, folder: Path, home: Path, count: int) -> dict[str, Any]:
    """One contestant in a new process with an empty home, one thread per worker for us, defaults for Argos."""
    environment = {each: value for each, value in os.environ.items() if not each.startswith(("ARGOS_", "XDG_", "OMP_"))}
    environment |= {"HOME": str(home), "ARGOS_PACKAGES_DIR": str(home / "packages")}
    if name in ("argos-1", "argos-512"):
        environment["ARGOS_BATCH_SIZE"] = name.removeprefix("argos-")
    if name.endswith("-1t"):
        environment["ARGOS_INTRA_THREADS"] = "1"
    command = [sys.executable, __file__, "--contestant", name, "--model", str(folder), "--articles", str(count)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"{name} failed:\n{ended.stderr}")
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def _row(name: str, rounds: list[dict[str, Any]], sentences: int, tokens: int) -> dict[str, Any]:
    wall = statistics.median(each["wall"] for each in rounds)
    cpu = statistics.median(each["cpu"] for each in rounds)
    return {
        "name": name,
        "wall_seconds": round(wall, 3),
        "wall_spread": [round(min(each["wall"] for each in rounds), 3), round(max(each["wall"] for each in rounds), 3)],
        "cpu_seconds": round(cpu, 3),
        "sentences_per_second": round(sentences / wall, 1),
        "target_tokens_per_second": round(tokens / wall),
        "target_tokens_per_cpu_second": round(tokens / max(cpu, 1e-9)),
        "peak_rss_mb": round(max(each["rss"] for each in rounds)),
    }


def _measured(folder: Path, home: Path, count: int, rounds: int) -> dict[str, list[dict[str, Any]]]:
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTESTANTS}
    for turn in range(rounds):
        for name in CONTESTANTS:
            results[name].append(_started(name, folder, home, count))
            print(f"round {turn + 1}/{rounds} {name}: {results[name][-1]['wall']:.2f} s", file=sys.stderr)  # noqa: T201
    return results


def _identical(one: Texts, other: Texts) -> tuple[int, int, list[str]]:
    """(equal, compared, the sentences that differ)"""
    differing = [each for each, text in one.items() if other.get(each) != text]
    return len(one) - len(differing), len(one), differing


def main(count: int, rounds: int, output: Path | None) -> int:
    """Measure, print, write; the exit status."""
    from pipeline.translation import models
    from pipeline.translation.argos import ArgosEngine

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        model = models.install("starter", home / "models", datetime.now(UTC))
        results = _measured(model.path, home, count, rounds)
        reference: Texts = results["argos-1"][0]["texts"]
        counted = ArgosEngine(model, inter_threads=THREADS).translate(list(reference))
    tokens = sum(len(hypothesis.pieces) for hypothesis in counted)
    rows = [_row(name, results[name], len(reference), tokens) for name in CONTESTANTS]
    equal, compared, differing = _identical(reference, results["ours"][0]["texts"])
    fast_equal, _, _ = _identical(reference, results["ours-fast"][0]["texts"])
    wall = {row["name"]: row["wall_seconds"] for row in rows}
    best = min(wall[name] for name in wall if name.startswith("argos"))
    void = equal != compared or compared < 500
    peak = next(row for row in rows if row["name"] == "ours")["peak_rss_mb"]
    report = {
        "benchmark": "translate",
        "model": model.name,
        "model_sha256": model.model_sha256,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {THREADS} processors",
        "versions": {each: version(each) for each in ("ctranslate2", "argos-translate-lt", "sentencepiece")},
        "load_before": load,
        "sentences": compared,
        "target_tokens": tokens,
        "rounds": rounds,
        "rows": rows,
        "identical_exact": f"{equal}/{compared}",
        "identical_fast": f"{fast_equal}/{compared}",
        "times_faster_than_argos_32": round(wall["argos-32"] / wall["ours"], 2),
        "times_faster_than_best_argos": round(best / wall["ours"], 2),
        "void": void,
    }
    _print(report, differing)
    if output:
        output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if peak > LIMIT_MB:
        print(f"TOO LARGE: our worker took {peak} MB, the limit is {LIMIT_MB}")  # noqa: T201
    return 1 if void or peak > LIMIT_MB else 0


def _print(report: dict[str, Any], differing: list[str]) -> None:
    lines = [
        f"{report['sentences']} sentences, {report['target_tokens']} target tokens, {report['rounds']} rounds",
        f"{report['model']}, {report['machine']}, load before the run {report['load_before']:.2f}",
        f"{'contestant':12}{'wall s':>9}{'cpu s':>9}{'sent/s':>9}{'tok/s':>9}{'tok/cpu-s':>11}{'peak MB':>9}",
    ]
    lines += [
        f"{row['name']:12}{row['wall_seconds']:9.2f}{row['cpu_seconds']:9.2f}{row['sentences_per_second']:9.1f}"
        f"{row['target_tokens_per_second']:9}{row['target_tokens_per_cpu_second']:11}{row['peak_rss_mb']:9}"
        for row in report["rows"]
    ]
    lines.append(
        f"identical to one sentence a call: exact {report['identical_exact']}, fast {report['identical_fast']}"
    )
    lines.append(
        f"ours is {report['times_faster_than_argos_32']} times as fast (wall) as argos-32, "
        f"{report['times_faster_than_best_argos']} times as fast as the fastest Argos setting"
    )
    if report["void"]:
        lines.append("VOID: ours differs from the reference, or fewer than 500 sentences were compared")
        lines += [f"  differs: {each}" for each in differing[:10]]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Benchmark of the translate step.")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--articles", type=int, default=18, help="of 30 sentences each")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contestant:
        json.dump(contest(given.contestant, given.model, articles(given.articles)), sys.stdout)
    else:
        sys.exit(main(given.articles, given.rounds, given.output))
