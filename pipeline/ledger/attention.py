"""What needs a person, oldest first: the front page of the desk, and its counts.

Knows: which states wait for somebody. Must not know: pages, languages. Each pile is the first few rows and the count of
all; rows are plain dictionaries, with reasons in both languages where the ledger has both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from pipeline.ledger import editions
from pipeline.ledger.models import Article, Delivery, Event, Placement, Release, Revision, TermsPage, Translation, Unit
from pipeline.rights.terms_page import Verdict
from pipeline.stages import (
    PlacementState,
    ReleaseState,
    RevisionState,
    Step,
    TermsPageState,
    TranslationState,
    UnitState,
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Rows of one kind that wait, the first of them, and how many there are in all."""

    name: str
    rows: list[Row]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


def piles(*, limit: int) -> list[Pile]:
    """Every kind that waits for somebody, in the order of its weight; one with nothing in it is there too."""
    return [pile(name, limit=limit) for name in PILES]


def pile(name: str, *, limit: int, offset: int = 0) -> Pile:
    """One kind. KeyError when there is no such kind."""
    rows, row = PILES[name]()
    return Pile(name=name, rows=[row(each) for each in rows[offset : offset + limit]], total=rows.count())


Kind = tuple[QuerySet[Any], Callable[[Any], Row]]


def _translations() -> Kind:
    rows = Translation.objects.filter(state=TranslationState.HELD).select_related("revision__article__source")
    # A draft holds the whole text; of it a list needs the headline.
    rows = rows.annotate(headline=F("draft__headline")).defer("draft", "revision__story", "revision__envelope")
    return rows.order_by("created_at", "pk"), _translation


def _translation(row: Any) -> Row:
    stopping = [finding for finding in row.findings if finding["level"] == "hold"] or row.findings
    first = stopping[0] if stopping else {}
    return {
        **_article(row.revision.article, row.headline),
        "since": row.created_at,
        "language": row.language,
        "code": first.get("code", "review"),
        "reason": first.get("reason", ""),
        "reason_es": first.get("reason_es", ""),
        "findings": len(row.findings),
    }


def _rights() -> Kind:
    held = Revision.objects.filter(state=RevisionState.HELD, permission__isnull=False)
    return _revisions(held), _revision


def _terms() -> Kind:
    """Pages of terms that a look found changed, without what a record rests on, or not to be read."""
    kept = TermsPage.objects.filter(state=TermsPageState.KEPT, source__active=True).exclude(verdict="")
    rows = kept.exclude(verdict=Verdict.SAME).select_related("source").defer("text", "licences")
    return rows.order_by("checked_at", "pk"), _terms_page


def _terms_page(row: Any) -> Row:
    return {
        "article": None,
        "source_slug": row.source.slug,
        "title": row.source.publisher,
        "source": row.url,
        "since": row.checked_at,
        "code": f"terms-{row.verdict}",
        "reason": row.reason,
        "reason_es": row.reason_es,
    }


def _readings() -> Kind:
    held = Revision.objects.filter(state=RevisionState.HELD, permission__isnull=True)
    return _revisions(held.exclude(reason_code="official-edition")), _revision


def _official() -> Kind:
    newest = Revision.objects.filter(article=OuterRef("article")).order_by("-number")
    return editions.candidates().annotate(headline=Subquery(newest.values("story__headline")[:1])), _edition


def _edition(row: Any) -> Row:
    return {
        **_article(row.article, row.headline),
        "since": row.found_at,
        "code": "official-edition",
        "reason": f"The publisher has it in “{row.language}”: {row.url}",
        "reason_es": f"El medio lo tiene en «{row.language}»: {row.url}",
    }


def _revisions(rows: QuerySet[Revision]) -> QuerySet[Any]:
    rows = rows.select_related("article__source")
    rows = rows.annotate(headline=F("story__headline"))
    return rows.defer("story").order_by("received_at", "pk")


def _revision(row: Any) -> Row:
    return {
        **_article(row.article, row.headline or row.envelope.get("headline")),
        "since": row.received_at,
        "code": row.reason_code,
        "reason": row.reason,
        "reason_es": row.reason_es,
    }


def _deliveries() -> Kind:
    # In words and not as parameters, for only so SQLite knows that the index delivery_failed has all of them.
    rows = Delivery.objects.filter(RawSQL("ledger_delivery.state IN ('dead', 'refused')", (), BooleanField()))
    # An older sending that failed is no news once a newer one is under way.
    rows = rows.filter(version=F("release__version"), sending=F("release__sending"))
    rows = rows.select_related("partner", "release__article__source", "release__product")
    return rows.annotate(headline=F("release__translation__draft__headline")).order_by("created_at", "pk"), _delivery


def _delivery(row: Any) -> Row:
    return {
        **_article(row.release.article, row.headline),
        "since": row.created_at,
        "code": row.reason_code or row.state,
        "reason": row.reason,
        "reason_es": row.reason_es,
        "partner": row.partner.name,
        "kind": row.kind,
    }


def _credits() -> Kind:
    rows = Placement.objects.filter(state__in=[PlacementState.FAILED, PlacementState.OVERDUE])
    rows = rows.select_related("partner", "release__article__source")
    return rows.annotate(headline=F("release__translation__draft__headline")).order_by("since", "pk"), _credit


def _credit(row: Any) -> Row:
    return {
        **_article(row.release.article, row.headline),
        "since": row.since,
        "code": f"credit-{row.state}",
        "reason": row.url,
        "partner": row.partner.name if row.partner else "",
        "until": row.cure_by,
    }


def _parked() -> Kind:
    return Unit.objects.filter(state=UnitState.PARKED).order_by("due_at", "pk"), _unit


def _unit(row: Unit) -> Row:
    return {
        "article": None,
        "step": row.step,
        "subject": row.subject,
        "source": "",
        "since": row.due_at,
        "code": row.error_code,
        "reason": row.last_error,
        "reason_es": row.last_error_es,
        "unit": row.pk,
    }


def _scheduled() -> Kind:
    rows = Release.objects.filter(state=ReleaseState.SCHEDULED).select_related("article__source", "product")
    return rows.annotate(headline=F("translation__draft__headline")).order_by("embargo_until", "pk"), _release


def published_since(at: datetime, *, limit: int) -> Pile:
    """Releases first published since then that readers can see, newest first."""
    rows = Release.objects.filter(published_at__gte=at, state=ReleaseState.USABLE).order_by("-published_at", "-pk")
    newest = list(rows.values_list("pk", flat=True)[:limit])  # from the index alone
    shown = Release.objects.filter(pk__in=newest).select_related("article__source", "product")
    shown = shown.annotate(headline=F("translation__draft__headline")).order_by("-published_at", "-pk")
    found = [_release(row) for row in shown]
    return Pile(name="published", rows=found, total=rows.count())


def _release(row: Any) -> Row:
    return {
        **_article(row.article, row.headline),
        "since": row.published_at,
        "until": row.embargo_until,
        "product": row.product.path,
        "code": row.reason_code,
        "reason": "",
        "version": row.version,
    }


def _article(article: Article, title: str | None) -> Row:
    return {"article": article.pk, "title": title or article.url, "source": article.source.publisher}


def waiting(*, now: datetime) -> list[Row]:
    """For each step with due work: how long the oldest has waited, in seconds. Age, not length, is what matters."""
    ready = Unit.objects.filter(state=UnitState.READY, due_at__lte=now).order_by("step")
    found: dict[str, datetime] = dict(ready.values_list("step").annotate(oldest=Min("due_at")))
    lost = Unit.objects.filter(state=UnitState.LEASED, lease_until__lt=now)  # as few as there are workers
    for step, since in lost.values_list("step", "due_at"):
        found[step] = min(since, found.get(step, since))
    return [
        {"step": str(step), "seconds": max(0.0, (now - found[step]).total_seconds())} for step in Step if step in found
    ]


def recent_failures(since: datetime) -> int:
    """Sign-ins that failed since then: a number that should be small."""
    return Event.objects.filter(action="desk.sign-in-failed", at__gte=since).count()


PILES: dict[str, Callable[[], Kind]] = {
    "credit": _credits,
    "rights": _rights,
    "terms": _terms,
    "readings": _readings,
    "official": _official,
    "translations": _translations,
    "deliveries": _deliveries,
    "parked": _parked,
    "scheduled": _scheduled,
}
