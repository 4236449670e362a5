"""Numbers over time: how much goes out, how long it takes, why things are held, how each partner is served.

Knows: which rows tell that. Must not know: charts. Days are UTC; a day on which nothing happened is there with a zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from pipeline.ledger.models import Event, Partner, Release, Revision
from pipeline.stages import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the newsroom. Times are in minutes, of the articles that were first published that day."""

    day: date
    received: int
    published: int
    corrected: int
    withdrawn: int
    median_minutes: float | None
    slowest_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one partner was served in the time: deliveries by outcome, and its pages that lack the credit."""

    partner: str
    name: str
    sent: int
    waiting: int
    failed: int
    withheld: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed + self.withheld


def days(*, until: datetime, count: int) -> list[Day]:
    """The last days, today included, oldest first."""
    first = until.date() - timedelta(days=count - 1)
    received = _by_day(Revision.objects.filter(received_at__date__gte=first), "received_at")
    told = Event.objects.filter(at__date__gte=first)
    corrected = _by_day(told.filter(action="release.revised"), "at")
    withdrawn = _by_day(told.filter(action="article.withdrawn"), "at")
    times = _minutes(first)
    found = []
    for at in range(count):
        day = first + timedelta(days=at)
        took = times.get(day, [])
        found.append(
            Day(
                day=day,
                received=received[day],
                published=len(took),
                corrected=corrected[day],
                withdrawn=withdrawn[day],
                median_minutes=round(median(took), 1) if took else None,
                slowest_minutes=round(max(took), 1) if took else None,
            )
        )
    return found


def _by_day(rows: object, column: str) -> Counter[date]:
    counted = rows.annotate(day=TruncDate(column)).order_by("day").values_list("day")  # type: ignore[attr-defined]
    return Counter(dict(counted.annotate(rows=Count("pk"))))


def _minutes(first: date) -> dict[date, list[float]]:
    """Day -> minutes from receiving an article to its first release, one for each article."""
    rows = Release.objects.filter(published_at__date__gte=first).exclude(version=0)
    seen: set[int] = set()
    took: dict[date, list[float]] = defaultdict(list)
    for article, published, created in rows.order_by("published_at", "pk").values_list(
        "article", "published_at", "article__created_at"
    ):
        if article not in seen:
            seen.add(article)
            took[published.date()].append(max(0.0, (published - created).total_seconds() / 60))
    return took


def held_for(*, since: datetime, limit: int = 12) -> tuple[list[tuple[str, int]], int]:
    """Codes of what held translations and revisions since then, the most frequent first; and how many are cut."""
    codes: Counter[str] = Counter()
    events = Event.objects.filter(at__gte=since, action__in=["translation.held", "revision.held", "revision.refused"])
    for action, details in events.values_list("action", "details"):
        if action == "translation.held":
            found = (each.split(":", 1) for each in details.get("findings", []))
            codes.update({code for level, code in found if level == "hold"})
        elif details.get("code"):
            codes[details["code"]] += 1
    ranked = codes.most_common()
    return ranked[:limit], sum(count for _, count in ranked[limit:])


def deliveries(*, since: datetime) -> list[Health]:
    """Every active partner with its deliveries since then, the worst served first."""
    recent = Q(deliveries__created_at__gte=since)

    def counted(*states: str) -> Count:
        return Count("deliveries", filter=recent & Q(deliveries__state__in=states))

    rows = Partner.objects.filter(active=True).annotate(
        sent=counted(DeliveryState.SENT),
        waiting=counted(DeliveryState.PENDING, DeliveryState.WAITING),
        failed=counted(DeliveryState.REFUSED, DeliveryState.DEAD),
        withheld=counted(DeliveryState.WITHHELD),
    )
    found = [
        Health(
            partner=row.slug,
            name=row.name,
            sent=row.sent,
            waiting=row.waiting,
            failed=row.failed,
            withheld=row.withheld,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.failed, -each.waiting, each.partner))
