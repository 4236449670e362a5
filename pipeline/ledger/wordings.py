"""Unsaved wordings and presences as rows.

Knows: that each editor has one wording a sentence, and when a presence is over. Must not know: how a wording is judged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.ledger.models import Presence, Wording

GONE_AFTER = timedelta(seconds=45)  # three missed signs of life


def keep(article: int, language: str, place: str, html: str, *, base: int, editor: str, now: datetime) -> None:
    """Keep what is being typed, in place of what was kept of it."""
    Wording.objects.update_or_create(
        article_id=article,
        language=language,
        place=place,
        editor=editor,
        defaults={"html": html, "base_id": base, "at": now},
    )


def drop(article: int, language: str, editor: str, *, places: list[str] | None = None) -> None:
    """Forget an editor's wordings: all of them, or those of some places."""
    rows = Wording.objects.filter(article=article, language=language, editor=editor)
    (rows if places is None else rows.filter(place__in=places)).delete()


def of(article: int, language: str, editor: str) -> dict[str, Wording]:
    """What an editor has not saved yet, by place."""
    rows = Wording.objects.filter(article=article, language=language, editor=editor)
    return {row.place: row for row in rows}


def here(article: int, language: str, editor: str, *, now: datetime) -> None:
    """A sign of life of somebody who has the article open."""
    Presence.objects.update_or_create(article_id=article, language=language, editor=editor, defaults={"at": now})
    Presence.objects.filter(at__lt=now - timedelta(days=1)).delete()


def others(article: int, language: str, editor: str, *, now: datetime) -> dict[str, list[str]]:
    """Who else has it open -> the places where they have something unsaved."""
    seen = Presence.objects.filter(article=article, language=language, at__gte=now - GONE_AFTER).exclude(editor=editor)
    typed = Wording.objects.filter(article=article, language=language).exclude(editor=editor).order_by("pk")
    places: dict[str, list[str]] = {name: [] for name in seen.order_by("editor").values_list("editor", flat=True)}
    for name, place in typed.values_list("editor", "place"):
        if name in places:
            places[name].append(place)
    return places
