"""Memory: take in, hand out and forget what is remembered of sentences. Each with a plan that can be shown first."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Length

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, codec, postedits
from pipeline.ledger.models import Article, MemoryEntry, PostEdit, Segment, Translation
from pipeline.translation import tmx
from pipeline.translation.memory import key
from pipeline.translation.sentence import plain_quotes
from pipeline.types import EngineIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What an import does, or would do."""

    new: int
    changed: int  # an earlier import of the sentence is replaced
    same: int
    kept: int  # an editor's own wording stands and is not replaced
    twice: int  # the file holds the sentence again further down
    left_out: dict[str, int]  # reason -> units


@dataclass(frozen=True, slots=True, kw_only=True)
class Oblivion:
    """What forgetting removes, or would remove."""

    answers: int  # of engines
    post_edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What is to be forgotten: everything that fits all that is given, and something must be given.

    An engine's answer is known by its model, its day and (through the article's sentences) its article; a person's
    wording by its day, article, writer and words.
    """

    article: int | None = None
    model: str | None = None  # "translate-en_es 0.1": engine answers only
    actor: str | None = None  # "cli:ana": post-edits only
    containing: str | None = None  # words of source or target: post-edits only
    before: datetime | None = None


def stats() -> dict[str, object]:
    """How much is remembered, by whom it was said, and how much work it saved."""
    answers = MemoryEntry.objects.aggregate(
        entries=Count("pk"),
        characters=Sum(Length(Cast("record", TextField()))),
        oldest=Min("created_at"),
        newest=Max("created_at"),
    )
    models = MemoryEntry.objects.values("record__model").annotate(entries=Count("pk")).order_by("record__model")
    edits = PostEdit.objects.values("origin", "source_language", "language").annotate(entries=Count("pk"))
    people = PostEdit.objects.values("actor").annotate(entries=Count("pk")).order_by("-entries", "actor")
    origins = Segment.objects.values("origin").annotate(sentences=Count("pk")).order_by("origin")
    return {
        "answers": {**answers, "by_model": {row["record__model"]: row["entries"] for row in models}},
        "post_edits": {
            "entries": PostEdit.objects.count(),
            "by_origin": [dict(row) for row in edits.order_by("origin", "source_language", "language")],
            "by_person": {row["actor"]: row["entries"] for row in people[:20]},
            "people_not_shown": max(0, people.count() - 20),
        },
        "sentences": {row["origin"]: row["sentences"] for row in origins},
    }


def plan_import(path: Path, source_language: str, language: str) -> Intake:
    """What `import_file` would do. Raises FileRefused."""
    return _intake(path, source_language, language)[0]


def _intake(path: Path, source_language: str, language: str) -> tuple[Intake, dict[str, tmx.Unit]]:
    reading = tmx.read(path, source_language, language)
    fates = postedits.fates(source_language, language, reading.units)
    counts = Counter(fates.values())
    wanted = {
        print_: unit
        for unit in reading.units
        if fates[print_ := postedits.fingerprint(source_language, language, unit.source)] in {"new", "changed"}
    }
    intake = Intake(
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        kept=counts["kept"],
        twice=len(reading.units) - len(fates),
        left_out=dict(sorted(reading.left_out.items())),
    )
    return intake, wanted


@transaction.atomic
def import_file(path: Path, source_language: str, language: str, *, actor: str, now: datetime) -> Intake:
    """Take in a TMX file. Its units win over engines from now on, and give way to editors. Raises FileRefused."""
    intake, wanted = _intake(path, source_language, language)
    postedits.take_in(source_language, language, wanted, file=path.name, actor=actor, now=now)
    audit.record("memory.imported", f"file:{path.name}"[:80], now=now, actor=actor, details=asdict(intake))
    return intake


def export_file(path: Path, source_language: str, language: str, *, machine: bool, actor: str, now: datetime) -> int:
    """Write people's sentences, and with `machine` those that were released as an engine wrote them, to a TMX file.

    Returns how many units. Raises FileRefused if the file cannot be written.
    """
    units = list(postedits.units(source_language, language))
    if machine:
        theirs = {unit.source for unit in units}
        units += [unit for unit in postedits.machine_units(source_language, language) if unit.source not in theirs]
    written = tmx.write(path, units, source_language, language, now=now)
    details = {"units": written, "machine": machine, "pair": f"{source_language}-{language}"}
    audit.record("memory.exported", f"file:{path.name}"[:80], now=now, actor=actor, details=details)
    return written


def plan_forget(what: Forgotten) -> Oblivion:
    """What `forget` would remove. IllegalTransition for nothing in particular, or an article that is not there."""
    answers, edits = _chosen(what)
    return Oblivion(answers=answers.count(), post_edits=edits.count())


@transaction.atomic
def forget(what: Forgotten, *, reason: str, actor: str, now: datetime) -> Oblivion:
    """Remove from the memory. Translations stay as they are; sentences that come again are translated again."""
    answers, edits = _chosen(what)
    gone = Oblivion(answers=answers.count(), post_edits=edits.count())
    answers.delete()
    edits.delete()
    told = {name: value for name, value in codec.dump(what).items() if value is not None}
    audit.record(
        "memory.forgotten",
        "memory",
        now=now,
        actor=actor,
        article=what.article,
        reason=reason,
        details={**told, **asdict(gone)},
    )
    return gone


def _chosen(what: Forgotten) -> tuple[QuerySet[MemoryEntry], QuerySet[PostEdit]]:
    if what == Forgotten():
        raise IllegalTransition(
            "say what to forget: an article, a model, a person, words, or everything before a day",
            es="Indique qué olvidar: un artículo, un modelo, una persona, unas palabras o todo lo anterior a un día.",
        )
    answers, edits = MemoryEntry.objects.all(), PostEdit.objects.all()
    if what.article is not None:
        if not Article.objects.filter(pk=what.article).exists():
            raise IllegalTransition(f"there is no article {what.article}", es=f"No existe el artículo {what.article}.")
        answers, edits = answers.filter(pk__in=_keys(what.article)), edits.filter(article=what.article)
    if what.before is not None:
        answers, edits = answers.filter(created_at__lt=what.before), edits.filter(at__lt=what.before)
    if what.model is not None:
        answers, edits = answers.filter(record__model=what.model), edits.none()
    if what.actor is not None:
        answers, edits = answers.none(), edits.filter(actor=what.actor)
    if what.containing is not None:
        words = Q(source__icontains=what.containing) | Q(target__icontains=what.containing)
        answers, edits = answers.none(), edits.filter(words)
    return answers, edits


def _keys(article: int) -> list[str]:
    """Keys of the answers to an article's sentences, from every engine that drafted it."""
    keys: set[str] = set()
    for row in Translation.objects.filter(revision__article=article, draft__isnull=False):
        engine = codec.load(EngineIdentity, (row.draft or {})["engine"])
        sources = row.segments.values_list("source", flat=True)
        keys |= {key(engine.key, row.language, plain_quotes(source)) for source in sources}
    return sorted(keys)
