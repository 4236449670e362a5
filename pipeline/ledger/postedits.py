"""The human side of the translation memory: sentences in editors' words, or imported, with who wrote them and when.

Knows: rows, and which of two edits of one sentence is kept. Must not know: who edits, how a sentence is translated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pipeline.ledger import codec
from pipeline.ledger.models import PostEdit, Release, Segment, Translation
from pipeline.ledger.translations import Translated
from pipeline.translation.memory import Known
from pipeline.translation.tmx import Unit
from pipeline.types import Match, Origin, Provenance, Span

Fate = Literal["new", "changed", "same", "kept"]  # kept: an editor's own words are not replaced by an import


def fingerprint(source_language: str, language: str, source: str) -> str:
    """Primary key of a sentence in a pair of languages."""
    return hashlib.sha256("\x1f".join((source_language, language, source)).encode()).hexdigest()


def keep(source_language: str, language: str, edited: Match, source_spans: Sequence[Span], whose: Provenance) -> None:
    """Remember an editor's wording of a sentence, in place of what was remembered of it."""
    PostEdit.objects.update_or_create(
        fingerprint=fingerprint(source_language, language, edited.source),
        defaults={
            "source_language": source_language,
            "language": language,
            "source": edited.source,
            "source_spans": codec.dump_each(tuple(source_spans)),
            "target": edited.target,
            "spans": codec.dump_each(edited.spans),
            "origin": "editor",
            "file": "",
            "actor": whose.by,
            "at": whose.at,
            "article_id": whose.article,
        },
    )


def known(source_language: str, language: str, sources: Iterable[str], translated: Translated) -> dict[str, Known]:
    """Sentence -> its finished translation, for those of `sources` that have one.

    An editor's wording wins over what readers of an earlier revision have, and that over an imported unit.
    """
    prints = [fingerprint(source_language, language, source) for source in dict.fromkeys(sources)]
    by_editors: dict[str, Known] = {}
    imported: dict[str, Known] = {}
    for start in range(0, len(prints), 500):  # SQLite takes a limited number of parameters
        for row in PostEdit.objects.filter(pk__in=prints[start : start + 500]):
            (imported if row.origin == "import" else by_editors)[row.source] = _known(row)
    return imported | standing(translated) | by_editors


def _known(row: PostEdit) -> Known:
    imported = row.origin == "import"
    return Known(
        target=row.target,
        spans=codec.load_each(Span, row.spans),
        origin=Origin.MEMORY if imported else Origin.EDITOR,
        model=row.file if imported else "",
        provenance=Provenance(by=row.actor, at=row.at, article=row.article_id),
    )


def standing(translated: Translated) -> dict[str, Known]:
    """What readers have of an earlier revision of the article: a correction re-words what it corrects, nothing else.

    Empty for a re-translation of the same revision, which is made to get other words.
    """
    if translated.version > 1:
        return {}
    released = (
        Release.objects.filter(article=translated.article, translation__language=translated.language)
        .exclude(translation__revision=translated.revision)
        .order_by("-translation__revision__number", "-translation__version")
        .values_list("translation", flat=True)
        .first()
    )
    rows = Segment.objects.filter(translation=released).exclude(origin=Origin.SOURCE) if released else ()
    return {row.source: _stood(row) for row in rows}


def _stood(row: Segment) -> Known:
    by_editor = row.origin == Origin.EDITOR
    return Known(
        target=row.target,
        spans=codec.load_each(Span, row.spans),
        origin=Origin.EDITOR if by_editor else Origin.MEMORY,
        model=row.model,
        score=row.score,
        provenance=codec.load(Provenance, row.provenance) if row.provenance else None,
    )


def fates(source_language: str, language: str, units: Sequence[Unit]) -> dict[str, Fate]:
    """What importing these would do: fingerprint -> fate. Of a sentence that stands twice the last unit counts."""
    wanted = {fingerprint(source_language, language, unit.source): unit for unit in units}
    there: dict[str, PostEdit] = {}
    keys = list(wanted)
    for start in range(0, len(keys), 500):
        there |= {row.pk: row for row in PostEdit.objects.filter(pk__in=keys[start : start + 500])}
    return {key: _fate(unit, there.get(key)) for key, unit in wanted.items()}


def _fate(unit: Unit, row: PostEdit | None) -> Fate:
    if row is None:
        return "new"
    if (row.target, codec.load_each(Span, row.spans)) == (unit.target, unit.spans):
        return "same"
    return "kept" if row.origin == "editor" else "changed"


def take_in(
    source_language: str, language: str, units: Mapping[str, Unit], *, file: str, actor: str, now: datetime
) -> None:
    """Write imported units, by fingerprint, over what may be there."""
    PostEdit.objects.bulk_create(
        [
            PostEdit(
                fingerprint=key,
                source_language=source_language,
                language=language,
                source=unit.source,
                source_spans=codec.dump_each(unit.source_spans),
                target=unit.target,
                spans=codec.dump_each(unit.spans),
                origin="import",
                file=file[:120],
                actor=unit.by[:120] or actor,
                at=unit.at or now,
            )
            for key, unit in units.items()
        ],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["fingerprint"],
        update_fields=["source_spans", "target", "spans", "file", "actor", "at"],
    )


def units(source_language: str, language: str) -> Iterable[Unit]:
    """Everything a person wrote in this pair, oldest first."""
    rows = PostEdit.objects.filter(source_language=source_language, language=language).order_by("at", "pk")
    for row in rows.iterator(chunk_size=500):
        yield Unit(
            source=row.source,
            target=row.target,
            source_spans=codec.load_each(Span, row.source_spans),
            spans=codec.load_each(Span, row.spans),
            by=row.actor,
            at=row.at,
            article=str(row.article_id or ""),
        )


def machine_units(source_language: str, language: str) -> Iterable[Unit]:
    """Sentences that an engine translated and nobody changed, out of translations that were released."""
    rows = (
        Segment.objects.filter(
            translation__language=language,
            translation__revision__article__source__language=source_language,
            translation__in=Translation.objects.filter(releases__isnull=False),
            origin__in=[Origin.ENGINE, Origin.MEMORY],
        )
        .select_related("translation__revision")
        .order_by("pk")
    )
    seen: set[str] = set()
    for row in rows.iterator(chunk_size=500):
        if row.source not in seen:
            seen.add(row.source)
            yield Unit(
                source=row.source,
                target=row.target,
                spans=codec.load_each(Span, row.spans),
                by=row.model,
                at=row.translation.created_at,
                article=str(row.translation.revision.article_id),
            )
