"""Who runs in the benchmark: each a function to be timed, and one that tells sentence -> text afterwards.

Every contestant runs in a process of its own (`run` there), so that its peak memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.corpus import sentences

Corpus = list[list[list[str]]]
Texts = dict[str, str]
Run = tuple[Callable[[], object], Callable[[], Texts]]
THREADS = os.cpu_count() or 1
WARM_UP = "The road is open."


def run(name: str, folder: Path, corpus: Corpus, extra: dict[str, Any]) -> dict[str, Any]:
    """Prepare a contestant, time it, and say what it took. `extra` carries what an earlier contestant found out."""
    prepared, texts = _prepared(name, folder, corpus, extra)
    wall, cpu = time.perf_counter(), time.process_time()
    prepared()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"name": name, "wall": wall, "cpu": cpu, "rss": rss, "texts": texts(), **extra.get("found", {})}


def _prepared(name: str, folder: Path, corpus: Corpus, extra: dict[str, Any]) -> Run:
    if name.startswith("argos"):
        return argos(folder, corpus, alone=name == "argos-1")
    if name in ("raw", "raw-fast", "scoring"):
        return raw(folder, corpus, extra, mode=name)
    if name == "newsroom":
        return newsroom(folder, corpus)
    if name == "libretranslate":
        return libretranslate(corpus, extra["url"])
    return ours(folder, corpus, extra, name)


def argos(folder: Path, corpus: Corpus, *, alone: bool) -> Run:
    """argostranslate's own translate(), a paragraph a call, or a sentence a call; it gets our sentence splitter."""
    from argostranslate import package, translate

    from pipeline.text.segments import split

    class Splitter:
        def split_sentences(self, text: str) -> list[str]:
            return [sentence for sentence, _ in split(text)]

    language = [translate.Language("en", "English"), translate.Language("es", "Spanish")]
    translation = translate.PackageTranslation(*language, package.Package(folder))
    translation.sentencizer = Splitter()
    texts: Texts = {}

    def work() -> None:
        for article in corpus:
            for paragraph in article:
                for part in paragraph if alone else [" ".join(paragraph)]:
                    texts[part] = translation.hypotheses(part, 1)[0].value

    translation.hypotheses(WARM_UP, 1)
    return work, lambda: texts


def ours(folder: Path, corpus: Corpus, extra: dict[str, Any], name: str) -> Run:
    """Our translate step: one pool for all, or an article a pool (ours-single), in either mode, cold or warm."""
    from pipeline.translation.argos import ArgosEngine
    from pipeline.translation.memory import DictMemory, key
    from pipeline.translation.models import load
    from pipeline.translation.translate import Task, translate_together
    from pipeline.types import Block, BlockKind, Hypothesis, Story

    asked: list[list[str]] = []

    class Listening(ArgosEngine):
        def translate(self, given: Sequence[str], **options: Any) -> list[Hypothesis]:
            asked.append(list(given))
            return super().translate(given, **options)

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
        extra["found"] = {"asked": asked}
        keys = {each: key(engine.identity.key, "es", each) for each in sentences(corpus)}
        return {each: memory.entries[place].text for each, place in keys.items() if place in memory.entries}

    engine.translate([WARM_UP])
    asked.clear()
    if name == "ours-warm":
        work()
    return work, texts


def raw(folder: Path, corpus: Corpus, extra: dict[str, Any], *, mode: str) -> Run:
    """CTranslate2 alone, asked exactly what our step asks, in the same batches; or scoring given translations."""
    import ctranslate2
    import sentencepiece

    from pipeline.translation.argos import batched

    translator = ctranslate2.Translator(str(folder / "model"), inter_threads=THREADS, intra_threads=1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    options = {"beam_size": 4, "length_penalty": 0.2, "replace_unknowns": True, "return_scores": True}
    texts: Texts = {}

    def translate_all() -> None:
        for asked in extra.get("asked") or [sentences(corpus)]:
            tokens = {each: processor.encode(each, out_type=str) for each in asked}
            lengths = {each: len(pieces) for each, pieces in tokens.items() if pieces}
            batches = batched(lengths, "fast" if mode == "raw-fast" else "exact", 512)
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

    pairs = [
        (processor.encode(each, out_type=str), processor.encode(text, out_type=str))
        for each, text in extra.get("reference", {}).items()
    ]
    pairs.sort(key=lambda pair: (len(pair[0]), len(pair[1])), reverse=True)
    found = {"source_pieces": sum(len(one) for one, _ in pairs), "target_pieces": sum(len(two) for _, two in pairs)}
    extra["found"] = found if mode == "scoring" else {}

    def score_all() -> None:
        """In batches of several sizes; the best one is the ceiling, since caches like small matrices."""
        took = []
        for size in (8, 8, 16, 32, 64):
            started = time.process_time()
            promises = []
            for start in range(0, len(pairs), size):
                some = pairs[start : start + size]
                promises += translator.score_batch(
                    [one for one, _ in some], [two for _, two in some], max_batch_size=0, asynchronous=True
                )
            for promise in promises:
                promise.result()
            took.append(time.process_time() - started)
        extra["found"]["cpu"] = min(took)

    translator.translate_batch([processor.encode(WARM_UP, out_type=str)], **options)
    if mode == "scoring":
        return score_all, lambda: {}
    return translate_all, lambda: texts


_NEWSROOM = """
[site]
name = "Bench"
[[source]]
slug = "bench"
publisher = "Bench"
url = "https://bench.example/"
[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by/4.0/"
"""


def newsroom(folder: Path, corpus: Corpus) -> Run:
    """From queued to stored: the same articles in a ledger, through the runner, as a worker does it."""
    home = Path(os.environ["TORNAVOZ_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from pipeline import config, steps
    from pipeline.ledger import catalog
    from pipeline.ledger.models import Source, Translation
    from pipeline.runner import Runner
    from pipeline.stages import Queue
    from pipeline.translation.argos import ArgosEngine
    from pipeline.translation.models import load
    from pipeline.types import Envelope, Format, Incoming

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    loaded = config.parse(_NEWSROOM)
    catalog.apply(loaded, now=now, actor="bench")
    engine = ArgosEngine(load(folder), inter_threads=THREADS)
    room = steps.Newsroom(config=loaded, engine_for=lambda source, target: engine)
    runner = Runner(steps.table(room), lambda: datetime.now(UTC), pooled=steps.pools(room))
    for number, article in enumerate(corpus):
        payload = {
            "headline": article[0][0],
            "body_html": "".join(f"<p>{' '.join(paragraph)}</p>" for paragraph in article),
            "author": "Ana Pond",
            "published": "2026-03-13",
        }
        envelope = Envelope(source="bench", format=Format.JSON, url=f"https://bench.example/{number}")
        incoming = Incoming(envelope=envelope, payload=json.dumps(payload).encode())
        steps.receive(room, incoming, Source.objects.get(), now=now, actor="bench")
    runner.drain(frozenset({Queue.INTAKE}))
    engine.translate([WARM_UP])

    def texts() -> Texts:
        stored = Translation.objects.exclude(draft=None)
        if stored.count() != len(corpus):
            raise SystemExit(f"newsroom: {stored.count()} of {len(corpus)} articles were translated")
        return {}

    return lambda: runner.drain(frozenset({Queue.TRANSLATE})), texts


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
