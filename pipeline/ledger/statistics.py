"""Numbers over time: how much goes out, how long it takes, why things are held, how each partner is served.

Knows: which rows tell that. Must not know: charts. Days are UTC; a day on which nothing happened is there with a zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import CharField, Count, F, Func, QuerySet, Value

from pipeline.ledger.models import Delivery, Event, Partner, Release, Revision
from pipeline.stages import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
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


def days(*, until: datetime, count: int) -> list[Daily]:
    """The last days, today included, oldest first."""
    first = until.date() - timedelta(days=count - 1)
    since = datetime.combine(first, time(), tzinfo=UTC)
    received = _by_day(Revision.objects.filter(received_at__gte=since), "received_at")
    events = Event.objects.filter(at__gte=since)
    corrected = _by_day(events.filter(action="release.revised"), "at")
    withdrawn = _by_day(events.filter(action="article.withdrawn"), "at")
    times = _minutes(since)
    found = []
    for at in range(count):
        day = first + timedelta(days=at)
        took = times.get(day, [])
        found.append(
            Daily(
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


class Day(Func):
    """The UTC day of a time, as text. SQLite keeps times as text in UTC, of which it is the beginning."""

    arity = 1
    output_field = CharField()
    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD')"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 10)", **extra)


def _by_day(rows: QuerySet[Any], column: str) -> Counter[date]:
    counted = rows.annotate(day=Day(column)).order_by("day").values_list("day").annotate(rows=Count("pk"))
    return Counter({date.fromisoformat(day): number for day, number in counted})


def _minutes(since: datetime) -> dict[date, list[float]]:
    """Day -> minutes from receiving an article to its first release, one for each article."""
    rows = Release.objects.filter(published_at__gte=since).exclude(version=0)
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


def told(*, since: datetime) -> dict[tuple[int, str, str], int]:
    """(partner, state, kind) -> deliveries since then."""
    # Grouped by an expression, lest SQLite reads the deliveries of all time in the order of an index on partners.
    rows = Delivery.objects.filter(created_at__gte=since).annotate(to=F("partner") + Value(0))
    counted = rows.order_by().values_list("to", "state", "kind").annotate(rows=Count("pk"))
    return {(partner, state, kind): number for partner, state, kind, number in counted}


def deliveries(*, since: datetime) -> list[Health]:
    """Every active partner with its deliveries since then, the worst served first."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for (partner, state, _), number in told(since=since).items():
        counted[partner][state] += number
    found = []
    for row in Partner.objects.filter(active=True):
        states = counted[row.pk]
        found.append(
            Health(
                partner=row.slug,
                name=row.name,
                sent=states[DeliveryState.SENT],
                waiting=states[DeliveryState.PENDING] + states[DeliveryState.WAITING],
                failed=states[DeliveryState.REFUSED] + states[DeliveryState.DEAD],
                withheld=states[DeliveryState.WITHHELD],
            )
        )
    return sorted(found, key=lambda each: (-each.failed, -each.waiting, each.partner))
