"""Numbers over time: how much goes out, how long it takes, why things are held, how each partner is served.

Knows: which rows tell that. Must not know: charts. Days are UTC; a day on which nothing happened is there with a zero.
What a day that is over adds up to is kept, because nothing in it changes: events are only ever added, and an article is
published for the first time once. Deliveries do change, so they are counted when somebody looks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, QuerySet, Value

from pipeline.ledger.models import DayFigures, Delivery, Event, Partner, Release, Revision
from pipeline.stages import DeliveryState, ReleaseState

LONGEST = 90  # days that a chart goes back
LATE = timedelta(hours=1)  # after its end, nothing is written under a day's date any more


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
    held: Mapping[str, int]  # reason code -> how often it held something


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
    """The last days, today included, oldest first. Of what is over `close_days` has counted most."""
    first = until.date() - timedelta(days=count - 1)
    closed = {row.day: _kept(row) for row in DayFigures.objects.filter(day__gte=first, day__lte=until.date())}
    wanted = [first + timedelta(days=number) for number in range(count)]
    return [closed.get(day) or counted for day, counted in zip(wanted, _open(wanted, closed), strict=True)]


def close_days(*, now: datetime) -> int:
    """Count the days that are over, once and for all, as far back as the charts go. Returns how many."""
    last = (now - LATE).date()
    wanted = [last - timedelta(days=number) for number in range(LONGEST, 0, -1)]
    known = set(DayFigures.objects.filter(day__gte=wanted[0]).values_list("day", flat=True))
    rows = [DayFigures(**asdict(each)) for each in _open(wanted, known) if each.day not in known]
    DayFigures.objects.bulk_create(rows, ignore_conflicts=True)  # another sweeper may have done the same
    return len(rows)


def _kept(row: DayFigures) -> Daily:
    return Daily(**{field.name: getattr(row, field.name) for field in fields(Daily)})


def _open(wanted: list[date], known: Container[date]) -> list[Daily]:
    """The wanted days, counted from the first that is not known on; those before it are empty."""
    missing = [day for day in wanted if day not in known]
    since = _midnight(missing[0] if missing else wanted[-1] + timedelta(days=1))
    until = _midnight(wanted[-1] + timedelta(days=1))
    received = _by_day(Revision.objects.filter(received_at__gte=since, received_at__lt=until), "received_at")
    events = Event.objects.filter(at__gte=since, at__lt=until)
    corrected = _by_day(events.filter(action="release.revised"), "at")
    withdrawn = _by_day(events.filter(action="article.withdrawn"), "at")
    times, held = _minutes(since, until), _held(events)
    return [
        Daily(
            day=day,
            received=received[day],
            published=len(times[day]),
            corrected=corrected[day],
            withdrawn=withdrawn[day],
            median_minutes=round(median(times[day]), 1) if times[day] else None,
            slowest_minutes=round(max(times[day]), 1) if times[day] else None,
            held=dict(held[day]),
        )
        for day in wanted
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


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


def _minutes(since: datetime, until: datetime) -> dict[date, list[float]]:
    """Day -> minutes from receiving an article to its first release, one for each article; in no order."""
    out = Release.objects.exclude(version=0).exclude(state=ReleaseState.SCHEDULED)
    earlier = out.filter(article=OuterRef("article"), published_at__lt=OuterRef("published_at"))
    rows = out.filter(published_at__gte=since, published_at__lt=until).exclude(Exists(earlier))
    took: dict[date, dict[int, float]] = defaultdict(dict)
    for article, published, created in rows.values_list("article", "published_at", "article__created_at"):
        took[published.date()][article] = max(0.0, (published - created).total_seconds() / 60)
    return defaultdict(list, {day: list(times.values()) for day, times in took.items()})


def _held(events: QuerySet[Event]) -> dict[date, Counter[str]]:
    """Day -> codes of what held translations and revisions."""
    codes: dict[date, Counter[str]] = defaultdict(Counter)
    rows = events.filter(action__in=["translation.held", "revision.held", "revision.refused"])
    for at, action, details in rows.values_list("at", "action", "details"):
        if action == "translation.held":
            found = (each.split(":", 1) for each in details.get("findings", []))
            codes[at.date()].update({code for level, code in found if level == "hold"})
        elif details.get("code"):
            codes[at.date()][details["code"]] += 1
    return codes


def held_for(counted: Iterable[Daily], *, limit: int = 12) -> tuple[list[tuple[str, int]], int]:
    """Codes of what held something on these days, the most frequent first; and how many times are cut."""
    codes: Counter[str] = Counter()
    for day in counted:
        codes.update(day.held)
    ranked = codes.most_common()
    return ranked[:limit], sum(count for _, count in ranked[limit:])


Told = Mapping[tuple[int, str, str], int]  # (partner, state, kind) -> deliveries


def told(*, since: datetime) -> Told:
    """What partners were told since then; the page of numbers asks once for all its charts."""
    # Grouped by an expression, lest SQLite reads the deliveries of all time in the order of an index on partners.
    rows = Delivery.objects.filter(created_at__gte=since).annotate(to=F("partner") + Value(0))
    counted = rows.order_by().values_list("to", "state", "kind").annotate(rows=Count("pk"))
    return {(partner, state, kind): number for partner, state, kind, number in counted}


def deliveries(counts: Told) -> list[Health]:
    """Every active partner with its deliveries, the worst served first."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for (partner, state, _), number in counts.items():
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
