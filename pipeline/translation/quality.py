"""What an installed model is worth: scores against references, how its articles fare in the checks, links, pace.

Knows: the whole translate stage, the test set, the scores. Must not know: where results are kept, how they are shown.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from pipeline.text.ladder import RUNGS, Rung
from pipeline.text.piecewise import join_pieces, piecewise
from pipeline.translation import alignment
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.engine import Engine
from pipeline.translation.findings import check
from pipeline.translation.marking import Marking, attended, lost, marking, rungs_used
from pipeline.translation.memory import DictMemory
from pipeline.translation.models import Installed
from pipeline.translation.package import digest
from pipeline.translation.pairs import Pair, quotations
from pipeline.translation.scores import Scores, corpus
from pipeline.translation.sentence import plain_quotes
from pipeline.translation.symptoms import quotes
from pipeline.translation.translate import Task, translate, translate_together
from pipeline.types import Block, BlockKind, Draft, Hypothesis, Level, Story

_ARTICLE = 10  # pairs that make an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotations:
    """What became of the quotations in sentences that are made to lose them; see pairs.quotations."""

    sentences: int
    lost_at_first: int  # in the engine's answer to the sentence as it is
    lost: int  # after the whole stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Everything measured of one engine on one test set. Shares are per cent."""

    model: str
    model_sha256: str
    pairs: int
    scores: Scores  # of the whole stage, markup and typography included
    in_pieces: Scores  # the same sentences cut at every tag, as simpler tools do
    articles_clean: float  # without a finding that holds them
    sentences_clean: float  # without any finding
    findings: dict[str, int]  # code -> how often
    links_lost: int
    markings: tuple[Marking, ...]
    rungs: dict[str, int]  # who placed how many elements
    quotations: Quotations
    sentences_per_second: float
    sentences_per_cpu_second: float
    samples: tuple[tuple[str, str, str], ...]  # source, reference, translation


def measure(
    engine: Engine,
    pairs: Sequence[Pair],
    *,
    aligned: Callable[[Sequence[tuple[str, str]]], list[Hypothesis]] | None = None,
) -> Quality:
    """Translate the test set as articles of ten sentences and judge the result.

    `aligned` gives the engine's attention over references; without it the rung is measured without attention.
    """
    engine.translate(["The road is open."])  # loading is not part of the pace
    wall, cpu = time.perf_counter(), time.process_time()
    drafts = _drafts(engine, pairs)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    said = [block.text for _, draft in drafts for block in draft.blocks]
    found = [(*draft.findings, *check(story, draft)) for story, draft in drafts]
    held = sum(any(finding.level is Level.HOLD for finding in each) for each in found)
    doubted = sum(len({finding.place for finding in each if finding.place.startswith("b")}) for each in found)
    references = [pair.reference.text for pair in pairs]
    fragments = _fragments(engine, pairs)
    hypotheses = attended(pairs, aligned) if aligned else [Hypothesis(text=reference) for reference in references]
    return Quality(
        model=engine.identity.model,
        model_sha256=engine.identity.model_sha256,
        pairs=len(pairs),
        scores=corpus(said, references),
        in_pieces=corpus(_in_pieces(engine, pairs), references),
        articles_clean=round(100 * (1 - held / len(drafts)), 1),
        sentences_clean=round(100 * (1 - doubted / len(pairs)), 1),
        findings=dict(sorted(Counter(finding.code for each in found for finding in each).items())),
        links_lost=lost(pairs, hypotheses, fragments),
        markings=tuple(_markings(pairs, hypotheses, fragments)),
        rungs=dict(Counter(map(str, rungs_used(pairs, hypotheses, fragments))).most_common()),
        quotations=_quotations(engine),
        sentences_per_second=round(len(pairs) / wall, 1),
        sentences_per_cpu_second=round(len(pairs) / max(cpu, 1e-9), 1),
        samples=tuple(zip((pair.source.text for pair in pairs), references, said, strict=True)),
    )


def measure_model(model: Installed, pairs: Sequence[Pair], *, threads: int) -> Quality:
    """An installed Argos model, with its attention read in each way that is known."""
    engine = ArgosEngine(model, inter_threads=threads)
    quality = measure(engine, pairs, aligned=engine.aligned)
    others = []
    if alignment.read(model.path / "model" / "model.bin") is not None:
        for setting in (alignment.Setting(-1, 1), *alignment.CANDIDATES):
            with _set_to(model, setting) as copy:
                hypotheses = attended(pairs, ArgosEngine(copy, inter_threads=1).aligned)
            heads = f"{setting.heads} head" if setting.heads else "all heads"
            name = f"attention: layer {setting.layer}, {heads}"
            others.append(marking(name, pairs, hypotheses, {}, {Rung.ATTENTION}))
    return replace(quality, markings=(*quality.markings, *others))


def table(one: Quality, other: Quality) -> Iterator[tuple[str, str, str]]:
    """Two results side by side: what, the one's, the other's."""
    yield "", one.model, other.model
    yield "BLEU", f"{one.scores.bleu:.1f}", f"{other.scores.bleu:.1f}"
    yield "chrF", f"{one.scores.chrf:.1f}", f"{other.scores.chrf:.1f}"
    yield "articles without a holding finding, %", f"{one.articles_clean:.1f}", f"{other.articles_clean:.1f}"
    yield "sentences without a finding, %", f"{one.sentences_clean:.1f}", f"{other.sentences_clean:.1f}"
    theirs = {each.name: each for each in other.markings}
    for each in one.markings:
        if each.name in theirs:
            yield f"exact marks, {each.name}, %", f"{each.exact:.1f}", f"{theirs[each.name].exact:.1f}"
    yield "quotations lost", str(one.quotations.lost), str(other.quotations.lost)
    yield "links lost", str(one.links_lost), str(other.links_lost)
    yield "sentences a CPU-second", f"{one.sentences_per_cpu_second:.1f}", f"{other.sentences_per_cpu_second:.1f}"


def differing(one: Quality, other: Quality) -> list[tuple[str, str, str, str]]:
    """Source, reference and both translations, where they are not the same."""
    return [
        (source, reference, first, second)
        for (source, reference, first), (_, _, second) in zip(one.samples, other.samples, strict=True)
        if first != second
    ]


def _drafts(engine: Engine, pairs: Sequence[Pair]) -> list[tuple[Story, Draft]]:
    stories = [_story(pairs[start : start + _ARTICLE]) for start in range(0, len(pairs), _ARTICLE)]
    tasks = [Task(id=number, story=story) for number, story in enumerate(stories)]
    made: dict[int, Draft] = {}
    for number, draft in translate_together(tasks, engine, DictMemory()):
        if isinstance(draft, Exception):
            raise draft
        made[number] = draft
    return [(story, made[number]) for number, story in enumerate(stories)]


def _story(pairs: Sequence[Pair]) -> Story:
    """Each pair a paragraph."""
    return Story(
        rung="payload",
        headline="Ten sentences",
        language="en",
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=pair.source.text, spans=pair.source.spans) for pair in pairs),
    )


def _fragments(engine: Engine, pairs: Sequence[Pair]) -> dict[str, str]:
    texts = sorted({pair.source.text[span.start : span.end] for pair in pairs for span in pair.source.spans})
    return dict(zip(texts, (answer.text for answer in engine.translate(texts)), strict=True))


def _in_pieces(engine: Engine, pairs: Sequence[Pair]) -> list[str]:
    pieces = [piecewise(pair.source) for pair in pairs]
    texts = sorted({piece.text for each in pieces for piece in each if piece.text})
    said = dict(zip(texts, (answer.text for answer in engine.translate(texts)), strict=True))
    return [join_pieces(pair.source, each, said)[0] for pair, each in zip(pairs, pieces, strict=True)]


def _quotations(engine: Engine) -> Quotations:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in quotations())
    story = Story(rung="payload", headline="Quotations", language="en", blocks=blocks)
    matches = [each for each in translate(story, engine, DictMemory()).matches if each.place.startswith("b")]
    answers = engine.translate([plain_quotes(match.source) for match in matches])
    return Quotations(
        sentences=len(matches),
        lost_at_first=sum(
            any(quotes(match.source, answer.text)) for match, answer in zip(matches, answers, strict=True)
        ),
        lost=sum(any(quotes(match.source, match.target)) for match in matches),
    )


def _markings(pairs: Sequence[Pair], hypotheses: Sequence[Hypothesis], fragments: dict[str, str]) -> Iterator[Marking]:
    alone = {
        "unchanged": {Rung.UNCHANGED},
        "translated": {Rung.TRANSLATED},
        "attention": {Rung.ATTENTION},
        "position": {Rung.POSITION},
        "ladder": RUNGS,
    }
    for name, rungs in alone.items():
        yield marking(name, pairs, hypotheses, fragments, rungs)


@contextmanager
def _set_to(model: Installed, setting: alignment.Setting) -> Iterator[Installed]:
    """A private copy of a model that shows another attention."""
    with TemporaryDirectory(prefix="alignment-") as scratch:
        folder = Path(scratch) / "model"
        copytree(model.path, folder)
        alignment.write(folder / "model" / "model.bin", setting)
        files = {name: digest(folder / name) for name in model.files}
        yield replace(model, path=folder, files=files)
