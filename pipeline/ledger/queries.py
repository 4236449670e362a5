"""The read side: what status, trace and the checker show.

Knows: how rows hang together. Must not know: who reads. Plain dictionaries, ready for JSON.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from pipeline.ledger.deliveries import OPEN, SUBJECTS
from pipeline.ledger.models import Article, Delivery, Event, Release, Revision, Translation, Unit
from pipeline.rights.table import REASONS
from pipeline.stages import QUEUE_OF, DeliveryState, ReleaseState, Step, UnitState

Row = dict[str, Any]


def overview(*, now: datetime) -> Row:
    """Counts by state, and how long the oldest due unit of each queue has waited: age, not length, is what matters."""
    waiting: dict[str, float] = {}
    due = Q(state=UnitState.READY, due_at__lte=now) | Q(state=UnitState.LEASED, lease_until__lt=now)
    for row in Unit.objects.filter(due).values("step").annotate(oldest=Min("due_at")):
        queue = QUEUE_OF[Step(row["step"])]
        waiting[queue] = max(waiting.get(queue, 0.0), round((now - row["oldest"]).total_seconds(), 1))
    return {
        "articles": Article.objects.count(),
        "revisions": _counts(Revision),
        "translations": _counts(Translation),
        "releases": _counts(Release),
        "deliveries": _counts(Delivery),
        "units": _counts(Unit),
        "oldest_due_seconds": waiting,
    }


def _counts(model: Any) -> dict[str, int]:
    return {
        row["state"]: row["rows"] for row in model.objects.values("state").annotate(rows=Count("pk")).order_by("state")
    }


def articles(*, limit: int, needing_someone: bool = False) -> tuple[list[Row], int]:
    """The newest articles with their fate, and how many more there are."""
    rows = Article.objects.select_related("source").order_by("-pk")
    if needing_someone:
        rows = rows.filter(pk__in=_stopped())
    total = rows.count()
    return [fate(article) for article in rows[:limit]], max(0, total - limit)


def _stopped() -> list[int]:
    held = Revision.objects.filter(state="held").values_list("article", flat=True)
    drafts = Translation.objects.filter(state="held").values_list("revision__article", flat=True)
    return sorted({*held, *drafts})


def fate(article: Article) -> Row:
    """What became of one article, with every reason code on the way."""
    revision = article.revisions.order_by("-number").first()
    story = (revision.story or {}) if revision else {}
    return {
        "article": article.pk,
        "source": article.source.slug,
        "url": article.url,
        "headline": story.get("headline", ""),
        "withdrawn": article.withdrawn_at.isoformat() if article.withdrawn_at else None,
        "revision": revision.number if revision else None,
        "state": revision.state if revision else None,
        "code": revision.reason_code if revision else "",
        "reason": revision.reason if revision else "",
        "reason_es": revision.reason_es if revision else "",
        "findings": [_finding(each) for each in story.get("findings", [])],
        "translations": [_translation(row) for row in Translation.objects.filter(revision=revision).order_by("pk")],
        "releases": _releases(article),
        "parked": [
            {
                "unit": unit.pk,
                "step": unit.step,
                "code": unit.error_code,
                "reason": unit.last_error,
                "reason_es": unit.last_error_es,
            }
            for unit in parked(article.pk)
        ],
    }


def _translation(row: Translation) -> Row:
    return {
        "translation": row.pk,
        "language": row.language,
        "version": row.version,
        "state": row.state,
        "headline": (row.draft or {}).get("headline", ""),
        "findings": [_finding(each) for each in row.findings],
    }


def _finding(finding: Row) -> Row:
    told = {key: finding[key] for key in ("code", "level", "place", "reason")}
    return told | {"reason_es": finding.get("reason_es", ""), "waiver": finding.get("waiver")}


def _releases(article: Article) -> list[Row]:
    deliveries: dict[int, list[Delivery]] = defaultdict(list)
    for each in Delivery.objects.filter(release__article=article).select_related("partner").order_by("sending"):
        deliveries[each.release_id].append(each)
    rows = article.releases.select_related("product").order_by("product__language", "product__slug")
    return [_release(row, deliveries[row.pk]) for row in rows]


def _release(row: Release, deliveries: list[Delivery]) -> Row:
    # A sending may go to one partner alone, so what a partner's last delivery of this version says is what holds.
    newest = {delivery.partner.slug: delivery for delivery in deliveries if delivery.version == row.version}
    return {
        "release": row.pk,
        "product": row.product.path,
        "guid": row.guid,
        "version": row.version,
        "state": row.state,
        "code": row.reason_code,
        "reason": row.reason,
        "updated": row.updated_at.isoformat(),
        "withheld": [
            {
                "partner": slug,
                "code": delivery.reason_code,
                "reason": delivery.reason,
                "reason_es": known.spanish if (known := REASONS.get(delivery.reason_code)) else "",
            }
            for slug, delivery in sorted(newest.items())
            if delivery.state == DeliveryState.WITHHELD
        ],
        "deliveries": dict(sorted(Counter(delivery.state for delivery in deliveries).items())),
    }


def parked(article: int) -> QuerySet[Unit]:
    """Units of an article that wait for a person."""
    return units_of(article).filter(state=UnitState.PARKED)


def parked_units() -> list[Row]:
    """Everything that waits for a person, of whatever article."""
    return [
        {
            "unit": unit.pk,
            "step": unit.step,
            "subject": unit.subject,
            "code": unit.error_code,
            "reason": unit.last_error,
            "reason_es": unit.last_error_es,
        }
        for unit in Unit.objects.filter(state=UnitState.PARKED).order_by("pk")
    ]


def trace(article: int) -> list[Row]:
    """Everything that happened to an article, in order, failures of its units among it."""
    units = [f"unit:{unit.pk}" for unit in units_of(article)]
    rows = Event.objects.filter(Q(article=article) | Q(subject__in=units)).order_by("pk")
    return [
        {
            "at": event.at.isoformat(),
            "actor": event.actor,
            "action": event.action,
            "subject": event.subject,
            "reason": event.reason,
            "details": event.details,
        }
        for event in rows
    ]


def units_of(article: int) -> QuerySet[Unit]:
    """All units of work that belong to an article, those of partners who have not been told of it yet among them."""
    revisions = list(Revision.objects.filter(article=article).values_list("pk", flat=True))
    drafts = Translation.objects.filter(revision__in=revisions).values_list("pk", flat=True)
    pushes = Delivery.objects.filter(release__article=article, channel__in=SUBJECTS, state__in=OPEN)
    subjects = [
        *(f"revision:{pk}" for pk in revisions),
        *(f"translation:{pk}" for pk in drafts),
        *sorted({f"{SUBJECTS[each.channel]}:{each.partner_id}" for each in pushes}),
    ]
    shown = Release.objects.filter(article=article).values_list("product__language", flat=True).order_by()
    subjects += [f"page:{article}:{language}" for language in sorted(set(shown))]
    # An index finds units by step and subject; hence every step is named.
    return Unit.objects.filter(step__in=list(Step), subject__in=subjects).order_by("pk")


def usable_guids() -> dict[str, set[str]]:
    """Guids that each product's feed must hold, by product path."""
    found: dict[str, set[str]] = {}
    for release in Release.objects.filter(state=ReleaseState.USABLE).select_related("product"):
        found.setdefault(release.product.path, set()).add(release.guid)
    return found
