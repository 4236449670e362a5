"""Hurry: an editor says that an article cannot wait: what is left to do goes first, and in no pool with others."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, queries, units
from pipeline.ledger.models import Article
from pipeline.stages import Step


@transaction.atomic
def hurry(article: int, *, reason: str, actor: str, now: datetime) -> int:
    """Put an article's waiting work, and what follows from it, before everybody else's. Returns how much waited.

    IllegalTransition when nothing is left to hurry. What is parked or held still waits for a person: see
    pipeline.actions.review.retry.
    """
    if not Article.objects.filter(pk=article).exists():
        raise IllegalTransition(f"there is no article {article}", es=f"No existe el artículo {article}.")
    own = queries.units_of(article).exclude(step=Step.DELIVER)  # partners' pushes carry other articles too
    hurried = units.hurry(own, now=now)
    if not hurried:
        raise IllegalTransition(
            f"nothing of article {article} is waiting or being done; what is held or parked waits for a person "
            f"(tornavoz status {article})",
            es=f"Nada del artículo {article} espera turno ni está en proceso; lo retenido o detenido espera a una "
            "persona.",
        )
    audit.record("article.hurried", f"article:{article}", now=now, actor=actor, article=article, reason=reason)
    return hurried
