"""The versions of a translation, and what changed from each to the next.

Knows: versions, segments, the events that tell who made them. Must not know: how a difference is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.ledger.models import Event, Segment, Translation

_MADE = ("translation.edited", "translation.undone", "translation.corrected", "translation.ordered-again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sentence that reads otherwise than in the version before; "" where it is new."""

    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: who made it, when, as what, and the sentences it changed."""

    translation: int
    revision: int
    number: int
    state: str
    made_at: datetime
    by: str  # actor, "" for the engine
    kind: str  # "drafted", "edited", "undone", "corrected", "ordered-again"
    reason: str
    changes: tuple[Change, ...]


def versions(article: int, language: str) -> list[Version]:
    """Every version that has a text, the newest first."""
    rows = list(
        Translation.objects.filter(revision__article=article, language=language)
        .exclude(draft=None)
        .select_related("revision")
        .order_by("revision__number", "version")
    )
    makers = _makers([row.pk for row in rows])
    texts = _texts([row.pk for row in rows])
    found: list[Version] = []
    before: dict[str, str] = {}
    for row in rows:
        text = texts.get(row.pk, {})
        made = makers.get(row.pk)
        found.append(
            Version(
                translation=row.pk,
                revision=row.revision.number,
                number=row.version,
                state=row.state,
                made_at=row.created_at,
                by=made.actor if made else "",
                kind=made.action.removeprefix("translation.") if made else "drafted",
                reason=made.reason if made else "",
                changes=_changes(before, text) if before else (),
            )
        )
        before = text
    return found[::-1]


def _changes(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(place=place, before=before.get(place, ""), after=text)
        for place, text in after.items()
        if before.get(place) != text
    )


def _makers(keys: list[int]) -> dict[int, Event]:
    events = Event.objects.filter(subject__in=[f"translation:{key}" for key in keys], action__in=_MADE).order_by("-pk")
    return {int(event.subject.rpartition(":")[2]): event for event in events}


def _texts(keys: list[int]) -> dict[int, dict[str, str]]:
    texts: dict[int, dict[str, str]] = {}
    rows = Segment.objects.filter(translation__in=keys).order_by("translation", "position")
    for key, place, target in rows.values_list("translation", "place", "target"):
        texts.setdefault(key, {})[place] = target
    return texts
