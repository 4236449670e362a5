"""Translations, their segments and the memory.

Knows: versions of a translation and legal transitions. Must not know: how a sentence is translated or judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q, TextField
from django.db.models.functions import Cast, Length

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, codec, search
from pipeline.ledger.models import MemoryEntry, Revision, Segment, Translation
from pipeline.stages import LEGAL_TRANSLATION, RevisionState, TranslationState
from pipeline.translation.memory import Remembered
from pipeline.types import Draft, Finding, Match, Origin, Provenance, RevisionId, Span, TranslationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A translation as the steps read it."""

    id: TranslationId
    revision: RevisionId
    article: int
    revision_number: int
    language: str
    version: int
    state: TranslationState
    draft: Draft | None
    findings: tuple[Finding, ...]
    correction: str
    reviewer: str
    reviewed_on: date | None


class LedgerMemory:
    """The translation memory as a table; see pipeline.translation.memory.Memory."""

    def get(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """What is remembered under these keys; unknown keys are left out."""
        found: dict[str, Remembered] = {}
        for start in range(0, len(keys), 500):  # SQLite takes a limited number of parameters
            for row in MemoryEntry.objects.filter(pk__in=keys[start : start + 500]):
                found[row.key] = codec.load(Remembered, row.record)
        return found

    def put(self, items: Mapping[str, Remembered]) -> None:
        """Remember; what is known already stays as it was first written."""
        MemoryEntry.objects.bulk_create(
            [MemoryEntry(key=key, record=codec.dump(value)) for key, value in items.items()],
            ignore_conflicts=True,
            batch_size=200,
        )


def queue(revision: RevisionId, language: str, *, correction: str, now: datetime) -> TranslationId:
    """The translation row of a revision in a language, made if it is not there."""
    row, _ = Translation.objects.get_or_create(
        revision_id=revision,
        language=language,
        version=1,
        defaults={"created_at": now, "correction": correction},
    )
    return TranslationId(row.pk)


def queue_again(revision: RevisionId, language: str, *, correction: str, now: datetime) -> TranslationId:
    """A new version of a revision's translation, to be made from the start; the old one stands until then."""
    last = Translation.objects.filter(revision=revision, language=language).aggregate(last=Max("version"))["last"] or 0
    row = Translation.objects.create(
        revision_id=revision, language=language, version=last + 1, correction=correction, created_at=now
    )
    return TranslationId(row.pk)


def get(pk: int) -> Translated:
    """A translation with its draft, matches included."""
    row = Translation.objects.select_related("revision").get(pk=pk)
    return Translated(
        id=TranslationId(row.pk),
        revision=RevisionId(row.revision_id),
        article=row.revision.article_id,
        revision_number=row.revision.number,
        language=row.language,
        version=row.version,
        state=TranslationState(row.state),
        draft=_draft(row),
        findings=codec.load_each(Finding, row.findings),
        correction=row.correction,
        reviewer=row.reviewer,
        reviewed_on=row.reviewed_on,
    )


def sizes(pks: Sequence[int]) -> dict[int, int]:
    """Characters of each translation's story as it is stored: its text and a little more."""
    rows = Translation.objects.filter(pk__in=pks).annotate(size=Length(Cast("revision__story", TextField())))
    return {pk: size or 0 for pk, size in rows.values_list("pk", "size")}


def _draft(row: Translation) -> Draft | None:
    if row.draft is None:
        return None
    matches = tuple(
        Match(
            place=segment.place,
            source=segment.source,
            target=segment.target,
            origin=Origin(segment.origin),
            spans=codec.load_each(Span, segment.spans),
            gap=segment.gap,
            model=segment.model,
            score=segment.score,
            provenance=codec.load(Provenance, segment.provenance) if segment.provenance else None,
        )
        for segment in row.segments.order_by("position")
    )
    return replace(codec.load(Draft, row.draft), matches=matches)


def move(pk: TranslationId, to: TranslationState) -> Translation:
    """Change a translation's state. IllegalTransition when the table does not allow it; staying is allowed."""
    row = Translation.objects.select_for_update().select_related("revision").get(pk=pk)
    now_at = TranslationState(row.state)
    if to is not now_at and to not in LEGAL_TRANSLATION[now_at]:
        raise IllegalTransition(
            f"translation {pk} is {now_at} and cannot become {to}",
            es=f"La traducción {pk} ya no admite ese cambio: cambió de estado entretanto. Vuelva a abrir la página.",
        )
    row.state = to
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def save_draft(pk: TranslationId, draft: Draft, *, now: datetime, actor: str) -> None:
    """Store a draft and its segments, replacing an earlier one of the same version."""
    row = move(pk, TranslationState.DRAFTED)
    row.draft = codec.dump(replace(draft, matches=()))
    row.findings = codec.dump_each(draft.findings)
    row.save(update_fields=["draft", "findings"])
    search.save_translation(row.revision.article_id, draft)
    row.segments.all().delete()
    Segment.objects.bulk_create(
        [
            Segment(
                translation=row,
                position=position,
                place=match.place,
                source=match.source,
                target=match.target,
                spans=codec.dump_each(match.spans),
                gap=match.gap,
                origin=match.origin,
                model=match.model,
                score=match.score,
                provenance=codec.dump(match.provenance) if match.provenance else None,
            )
            for position, match in enumerate(draft.matches)
        ],
        batch_size=200,
    )
    origins = [match.origin for match in draft.matches]
    audit.record(
        "translation.drafted",
        f"translation:{pk}",
        now=now,
        actor=actor,
        article=row.revision.article_id,
        details={
            "language": draft.language,
            "model": draft.engine.model,
            "model_sha256": draft.engine.model_sha256,
            "glossary": draft.glossary,
            "segments": len(origins),
            **{str(origin): origins.count(origin) for origin in sorted(set(origins))},
        },
    )


def save_findings(
    pk: TranslationId, to: TranslationState, findings: tuple[Finding, ...], *, now: datetime, actor: str, reason: str
) -> None:
    """Store what the checks said and the state that follows."""
    row = move(pk, to)
    row.findings = codec.dump_each(findings)
    row.save(update_fields=["findings"])
    audit.record(
        f"translation.{to}",
        f"translation:{pk}",
        now=now,
        actor=actor,
        article=row.revision.article_id,
        reason=reason,
        details={
            "findings": [f"{finding.level}:{finding.code}" for finding in findings if not finding.waiver],
            "waived": [f"{finding.place}:{finding.code}" for finding in findings if finding.waiver],
        },
    )


def supersede_before(translated: Translated) -> None:
    """Whatever came before this version of this language is history: nobody need decide about it any more."""
    earlier = Translation.objects.filter(
        Q(revision__number__lt=translated.revision_number)
        | Q(revision__number=translated.revision_number, version__lt=translated.version),
        revision__article=translated.article,
        language=translated.language,
    )
    earlier.update(state=TranslationState.SUPERSEDED)
    Revision.objects.filter(article=translated.article, number__lt=translated.revision_number).update(
        state=RevisionState.SUPERSEDED
    )


def newest(article: int, language: str) -> Translation | None:
    """The newest version of the newest revision's translation in a language."""
    return (
        Translation.objects.filter(revision__article=article, language=language)
        .order_by("-revision__number", "-version")
        .first()
    )
