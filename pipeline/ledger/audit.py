"""The audit trail: who did what, and why.

Knows: how to append. Must not know: how to change or delete an event, because nobody may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline.ledger import models


def record(
    action: str,
    subject: str,
    *,
    now: datetime,
    actor: str,
    article: int | None = None,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Append one event. Called inside the transaction of the change it tells of, so neither exists alone.

    `action` is a past-tense fact ("revision.held"), `subject` a kind and an id ("revision:12").
    """
    event(action, subject, now=now, actor=actor, article=article, reason=reason, details=details).save(
        force_insert=True
    )


def event(
    action: str,
    subject: str,
    *,
    now: datetime,
    actor: str,
    article: int | None = None,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> models.Event:
    """An event that is not on record yet; the shapes are those of `record`."""
    return models.Event(
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        article_id=article,
        reason=reason,
        details=dict(details or {}),
    )


def append(events: Iterable[models.Event]) -> None:
    """Put many on record at once, in their order."""
    models.Event.objects.bulk_create(events, batch_size=500)
