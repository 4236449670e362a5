"""Fuzzy matches: what was made of sentences like this one. Offered to editors, never used by themselves.

Knows: where translated sentences are. Must not know: pages, what an editor does with a suggestion.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Length

from pipeline.ledger import codec
from pipeline.ledger.models import PostEdit, Segment
from pipeline.stages import TranslationState
from pipeline.text.inline import inline_html
from pipeline.translation import fuzzy
from pipeline.types import Origin, Span

_SEARCHED = 20_000  # sentences of each kind that are compared, newest first: a tenth of a second
_LOOKED_THROUGH = 200_000  # sentences of translations that are looked through for those of a fitting length


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A sentence like the one in hand, and its translation as inline HTML, ready to be edited."""

    score: float  # 0.7 … 1.0; 1.0 is the very same sentence
    source: str
    target: str
    html: str
    origin: str  # "editor", "import", or "machine"
    by: str  # person, or model
    at: datetime
    article: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """The best matches, and whether older sentences were left out for want of time."""

    best: tuple[Suggestion, ...]
    newest_only: bool


def suggest(
    sentence: str,
    source_language: str,
    language: str,
    *,
    limit: int = 5,
    floor: float = fuzzy.FLOOR,
    leave_out: int | None = None,
) -> Suggestions:
    """Sentences like `sentence`, best first, people's words before a machine's; `leave_out` is a translation's key."""
    sizes = fuzzy.lengths(sentence, floor)
    edits = _fitting(PostEdit.objects.filter(language=language, source_language=source_language), sizes).order_by("-at")
    pair = Q(
        translation__language=language,
        translation__revision__article__source__language=source_language,
        origin__in=[Origin.ENGINE, Origin.MEMORY],
    )
    newest = Segment.objects.aggregate(newest=Max("pk"))["newest"] or 0
    drafts = (
        _fitting(Segment.objects.filter(pair, pk__gt=newest - _LOOKED_THROUGH), sizes)
        .exclude(translation__state=TranslationState.REJECTED)
        .exclude(translation=leave_out)
        .order_by("-pk")
    )
    newest_only = Segment.objects.filter(pk__lte=newest - _LOOKED_THROUGH).exists()
    candidates: dict[str, tuple[type[PostEdit] | type[Segment], Any]] = {}
    for model, rows in ((PostEdit, edits), (Segment, drafts)):
        fitting = list(rows.values_list("pk", "source")[: _SEARCHED + 1])
        newest_only |= len(fitting) > _SEARCHED
        for key, source in fitting[:_SEARCHED]:
            candidates.setdefault(source, (model, key))
    sources = list(candidates)
    found = fuzzy.alike(sentence, sources, limit=limit, floor=floor)
    return Suggestions(
        best=tuple(_suggestion(*candidates[sources[place]], score) for place, score in found),
        newest_only=newest_only,
    )


def _fitting(rows: QuerySet[Any], sizes: tuple[int, int]) -> QuerySet[Any]:
    fitting: QuerySet[Any] = rows.annotate(size=Length("source")).filter(size__range=sizes)
    return fitting


def _suggestion(model: type[PostEdit] | type[Segment], key: Any, score: float) -> Suggestion:
    if model is PostEdit:
        edit = PostEdit.objects.get(pk=key)
        return Suggestion(
            score=score,
            source=edit.source,
            target=edit.target,
            html=inline_html(edit.target, codec.load_each(Span, edit.spans)),
            origin=edit.origin,
            by=edit.actor,
            at=edit.at,
            article=edit.article_id,
        )
    row = Segment.objects.select_related("translation__revision").get(pk=key)
    return Suggestion(
        score=score,
        source=row.source,
        target=row.target,
        html=inline_html(row.target, codec.load_each(Span, row.spans)),
        origin="machine",
        by=row.model,
        at=row.translation.created_at,
        article=row.translation.revision.article_id,
    )
