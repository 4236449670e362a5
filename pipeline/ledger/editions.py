"""Official versions as rows: found, waiting for an editor, decided.

Knows: which language of an article has one. Must not know: what is published instead of a translation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from pipeline.ledger import audit
from pipeline.ledger.models import Edition
from pipeline.stages import EditionState
from pipeline.text.languages import primary
from pipeline.types import Story


def untranslated(article: int, story: Story, languages: Sequence[str], *, now: datetime, actor: str) -> set[str]:
    """Languages of these in which no translation is to be made: the publisher has one, and nobody passed it over.

    What the story says of its editions is written down once; an editor's decision is never overwritten by it.
    """
    offered = {primary(language): url for language, url in reversed(story.editions)}
    for language in languages:
        if url := offered.get(primary(language)):
            row, made = Edition.objects.get_or_create(
                article_id=article, language=language, defaults={"url": url, "found_at": now}
            )
            if made:
                audit.record(
                    "edition.found", _subject(row), now=now, actor=actor, article=article, details={"url": url}
                )
    kept = Edition.objects.filter(article=article, language__in=languages).exclude(state=EditionState.PASSED_OVER)
    return set(kept.values_list("language", flat=True))


def decide(
    article: int, language: str, state: EditionState, *, url: str, reason: str, actor: str, now: datetime
) -> Edition:
    """Write down what an editor decided; a version that nobody found before may be named here."""
    row, _ = Edition.objects.update_or_create(
        article_id=article,
        language=language,
        defaults={"state": state, "url": url},
        create_defaults={"state": state, "url": url, "found_at": now},
    )
    audit.record(
        f"edition.{state}", _subject(row), now=now, actor=actor, article=article, reason=reason, details={"url": url}
    )
    return row


def candidates() -> QuerySet[Edition]:
    """Those that wait for an editor, the oldest first."""
    rows = Edition.objects.filter(state=EditionState.CANDIDATE).select_related("article__source")
    return rows.order_by("found_at", "pk")


def of(article: int, language: str) -> Edition | None:
    """The official version of an article in a language, if one is known."""
    return Edition.objects.filter(article=article, language=language).first()


def states(article: int) -> set[EditionState]:
    """What was decided about an article's official versions so far, whatever the language."""
    return {EditionState(state) for state in Edition.objects.filter(article=article).values_list("state", flat=True)}


def _subject(row: Edition) -> str:
    return f"edition:{row.pk}"
