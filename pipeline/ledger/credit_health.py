"""How well partners give the credit: where each stands now, and what the looks at their pages found day by day.

Knows: placements, proofs, and which releases a partner was sent. Must not know: charts, how a page is judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, F, Min

from pipeline.ledger.models import Partner, Placement, Proof
from pipeline.ledger.statistics import Day, Told
from pipeline.rights.proof import Verdict
from pipeline.stages import DeliveryState, PlacementState


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Where one partner stands: its pages by what was found on them last, and articles of which it reported no page."""

    partner: str  # "" for pages that no partner reported
    name: str
    proved: int
    failing: int  # the credit is missing, and the cure clock runs
    overdue: int
    unknown: int  # not looked at yet, or nothing could be seen
    unreported: int  # articles that it was sent in the time
    cure_by: datetime | None  # when the next failing page has to be mended

    @property
    def total(self) -> int:
        return self.proved + self.failing + self.overdue + self.unknown + self.unreported

    def share(self, number: int) -> float:
        """Percent of all, with one decimal."""
        return round(100 * number / self.total, 1) if self.total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the looks at pages found on one day (UTC). A page that lacks the credit is looked at every day."""

    day: date
    proved: int
    failed: int
    unclear: int


def standing(*, since: datetime, counts: Told) -> list[Credit]:
    """Every active partner, the worst first. Pages are those of all time; articles are those sent since then, of which
    `counts` tells how many there are."""
    states: dict[int | None, Counter[str]] = defaultdict(Counter)
    clocks: dict[int | None, datetime | None] = {}
    placed = Placement.objects.order_by("partner").values_list("partner", "state")
    for partner, state, number, cure_by in placed.annotate(rows=Count("pk"), until=Min("cure_by")):
        states[partner][state] = number
        if state == PlacementState.FAILED:
            clocks[partner] = cure_by
    silent = _unreported(since, counts)
    rows: list[tuple[int | None, str, str]] = [
        (row.pk, row.slug, row.name) for row in Partner.objects.filter(active=True)
    ]
    if states[None]:
        rows.append((None, "", ""))
    found = [
        Credit(
            partner=slug,
            name=name,
            proved=states[pk][PlacementState.PROVED],
            failing=states[pk][PlacementState.FAILED],
            overdue=states[pk][PlacementState.OVERDUE],
            unknown=states[pk][PlacementState.REPORTED] + states[pk][PlacementState.UNCLEAR],
            unreported=silent.get(pk, 0),
            cure_by=clocks.get(pk),
        )
        for pk, slug, name in rows
    ]
    return sorted(found, key=lambda each: (-each.overdue, -each.failing, -each.unknown, each.partner))


def _unreported(since: datetime, counts: Told) -> dict[int | None, int]:
    """Partner -> articles that it was sent since then and of which it has reported no page."""
    counted: dict[int | None, int] = {
        partner: number
        for (partner, state, kind), number in counts.items()
        if (state, kind) == (DeliveryState.SENT, "published")
    }
    reported = Placement.objects.filter(
        reported_at__gte=since,  # a page is reported after its article was sent
        release__deliveries__partner=F("partner"),
        release__deliveries__state=DeliveryState.SENT,
        release__deliveries__kind="published",
        release__deliveries__created_at__gte=since,
    )
    pages = reported.order_by("partner").values_list("partner").annotate(rows=Count("release", distinct=True))
    for partner, number in pages:
        counted[partner] = max(0, counted.get(partner, 0) - number)
    return counted


def looks(*, until: datetime, count: int, partner: str = "") -> list[Looks]:
    """The last days, today included, oldest first; of one partner's pages, or of all."""
    first = until.date() - timedelta(days=count - 1)
    rows = Proof.objects.filter(at__gte=datetime.combine(first, time(), tzinfo=UTC), placement__isnull=False)
    if partner:
        rows = rows.filter(placement__partner__slug=partner)
    found: Counter[tuple[str, str]] = Counter()
    for day, verdict, number in (
        rows.annotate(day=Day("at")).order_by("day").values_list("day", "verdict").annotate(rows=Count("pk"))
    ):
        found[day, verdict] = number
    days = [first + timedelta(days=number) for number in range(count)]
    return [
        Looks(
            day=day,
            proved=found[day.isoformat(), Verdict.PROVED],
            failed=found[day.isoformat(), Verdict.FAILED],
            unclear=found[day.isoformat(), Verdict.UNCLEAR],
        )
        for day in days
    ]
