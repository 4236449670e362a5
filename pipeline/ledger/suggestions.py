"""Fuzzy matches: what was made of sentences like this one. Offered to editors, never used by themselves.

Knows: where translated sentences are. Must not know: pages, what an editor does with a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from pipeline.translation.rewording import fitted
from pipeline.types import Origin, Span

_SEARCHED = 20_000  # sentences of each kind that are compared, newest first: a tenth of a second
_LOOKED_THROUGH = 200_000  # sentences of translations that are looked through for those of a fitting length
_MADE = (Origin.ENGINE, Origin.MEMORY)
_SPARE = 4  # so many times as many are compared as are shown, for some stand in rejected translations only
_ASKED = 40  # places of one sentence that are looked at, the newest; what stands in more is a formula


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
    own: Sequence[Span] = (),
) -> Suggestions:
    """Sentences like `sentence`, best first, people's words before a machine's; `leave_out` is a translation's key.

    `own` is what stands in the sentence in hand: what is suggested has its links, not those of another article.
    """
    sizes = fuzzy.lengths(sentence, floor)
    edits = _fitting(PostEdit.objects.filter(language=language, source_language=source_language), sizes)
    newest = Segment.objects.aggregate(newest=Max("pk"))["newest"] or 0
    drafts = _fitting(Segment.objects.filter(pk__gt=newest - _LOOKED_THROUGH, origin__in=_MADE), sizes)
    newest_only = Segment.objects.filter(pk__lte=newest - _LOOKED_THROUGH).exists()
    by_people, more_edits = _by_source(edits.order_by("-at"))
    by_machines, more_drafts = _by_source(drafts.exclude(translation=leave_out).order_by("-pk"))
    sources = [*by_people, *(source for source in by_machines if source not in by_people)]
    found = [(sources[at], score) for at, score in fuzzy.alike(sentence, sources, limit=limit * _SPARE, floor=floor)]
    places = [key for source, _ in found for key in by_machines.get(source, [])[:_ASKED]]
    machines = _usable(places, source_language, language)
    best: list[Suggestion] = []
    for source, score in found:
        made = next((machines[key] for key in by_machines.get(source, ()) if key in machines), None)
        if source in by_people:
            best.append(_from_person(PostEdit.objects.get(pk=by_people[source][0]), score, own))
        elif made is not None:
            best.append(_from_machine(made, score, own))
        if len(best) == limit:
            break
    return Suggestions(best=tuple(best), newest_only=newest_only or more_edits or more_drafts)


def _fitting(rows: QuerySet[Any], sizes: tuple[int, int]) -> QuerySet[Any]:
    fitting: QuerySet[Any] = rows.annotate(size=Length("source")).filter(size__range=sizes)
    return fitting


def _by_source(rows: QuerySet[Any]) -> tuple[dict[str, list[Any]], bool]:
    """Sentence -> keys of its rows in their order; and whether there were more than can be compared."""
    found: dict[str, list[Any]] = {}
    read = list(rows.values_list("pk", "source")[: _SEARCHED + 1])
    for key, source in read[:_SEARCHED]:
        found.setdefault(source, []).append(key)
    return found, len(read) > _SEARCHED


def _usable(keys: list[int], source_language: str, language: str) -> dict[int, Segment]:
    """Those of these sentences that stand in a translation between these languages which nobody rejected.

    Asked of the few that resemble: of every sentence it would be most of the work.
    """
    pair = Q(translation__language=language, translation__revision__article__source__language=source_language)
    rows = Segment.objects.filter(pair, pk__in=keys).exclude(translation__state=TranslationState.REJECTED)
    return {row.pk: row for row in rows.select_related("translation__revision")}


def _from_person(edit: PostEdit, score: float, own: Sequence[Span]) -> Suggestion:
    return Suggestion(
        score=score,
        source=edit.source,
        target=edit.target,
        html=inline_html(edit.target, fitted(codec.load_each(Span, edit.spans), own)),
        origin=edit.origin,
        by=edit.actor,
        at=edit.at,
        article=edit.article_id,
    )


def _from_machine(row: Segment, score: float, own: Sequence[Span]) -> Suggestion:
    return Suggestion(
        score=score,
        source=row.source,
        target=row.target,
        html=inline_html(row.target, fitted(codec.load_each(Span, row.spans), own)),
        origin="machine",
        by=row.model,
        at=row.translation.created_at,
        article=row.translation.revision.article_id,
    )
