"""Withdraw: the text leaves every file, a tombstone stays, everybody who had it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import F

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, changes, releases
from pipeline.ledger.models import Article, Release
from pipeline.stages import ReleaseState
from pipeline.types import Permission, Ruling

Kind = Literal["kill", "takedown"]  # kill: an error or the law demands it; takedown: the source asked

_TOLD = Permission(ruling=Ruling.ALLOW, code="withdrawal", reason="everybody is told", reason_es="se avisa a todos")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What a withdrawal touches: products it leaves, partners who are told, publications to render at once."""

    article: int
    products: tuple[str, ...]
    partners: tuple[str, ...]
    units: tuple[int, ...] = ()


def plan(article: int) -> Withdrawal:
    """What `withdraw` would do. IllegalTransition when there is nothing to withdraw."""
    row = Article.objects.filter(pk=article).first()
    if row is None:
        raise IllegalTransition(f"there is no article {article}", es=f"No existe el artículo {article}.")
    if row.withdrawn_at is not None:
        raise IllegalTransition(
            f"article {article} was withdrawn on {row.withdrawn_at:%Y-%m-%d} already",
            es=f"El artículo {article} ya se retiró el {row.withdrawn_at:%Y-%m-%d}.",
        )
    rows = _releases(article)
    return Withdrawal(
        article=article,
        products=tuple(release.product.path for release in rows),
        partners=tuple(releases.received_by(*rows).order_by("slug").values_list("slug", flat=True)),
    )


@transaction.atomic
def withdraw(article: int, *, kind: Kind, reason: str, actor: str, now: datetime) -> Withdrawal:
    """Withdraw an article from every product. Run the returned units at once: until then files still have the text."""
    planned = plan(article)
    Article.objects.filter(pk=article).update(withdrawn_at=now, withdrawal_kind=kind, withdrawal_reason=reason)
    rows = _releases(article)
    moment = now.replace(microsecond=0)
    written_to: set[tuple[str, int]] = set()
    for release in rows:
        told = list(releases.received_by(release))
        Release.objects.filter(pk=release.pk).update(
            state=ReleaseState.CANCELED,
            version=F("version") + 1,
            sending=1,
            updated_at=moment,
            canceled_at=moment,
            reason_code=kind,
            reason=reason,
        )
        release.refresh_from_db()
        for partner in told:
            releases.queue_delivery(release, partner, _TOLD, "withdrawn", now=now)
            if partner.email and (release.guid, partner.pk) not in written_to:  # one letter, in however many products
                written_to.add((release.guid, partner.pk))
                releases.queue_letter(release, partner, now=now)
    audit.record(
        "article.withdrawn",
        f"article:{article}",
        now=now,
        actor=actor,
        article=article,
        reason=reason,
        details={"kind": kind, "products": list(planned.products), "partners": list(planned.partners)},
    )
    changes.note(Release.objects.filter(pk__in=[release.pk for release in rows]))
    armed = releases.arm_publications(rows, now=now)
    return Withdrawal(article=article, products=planned.products, partners=planned.partners, units=tuple(armed))


def _releases(article: int) -> list[Release]:
    return list(
        Release.objects.filter(article=article)
        .exclude(state=ReleaseState.CANCELED)
        .select_related("product")
        .order_by("pk")
    )
