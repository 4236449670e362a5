"""Numbers: charts where people would rather look than read, with the same numbers in tables."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk import charts
from desk.access import needs
from desk.charts import Series
from desk.words.reasons import reason
from pipeline.clock import now
from pipeline.ledger import credit_health, statistics
from pipeline.ledger.credit_health import Credit, Looks

SPANS = (14, 30, 90)


@needs()
def numbers(request: HttpRequest) -> HttpResponse:
    """Throughput, time to publication, held reasons, deliveries and credit by partner."""
    asked = request.GET.get("days", "")
    count = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    at = now()
    days = statistics.days(until=at, count=count)
    since = at - timedelta(days=count)
    held, held_more = statistics.held_for(days)
    told = statistics.told(since=since)
    served = statistics.deliveries(told)
    labels = [f"{day.day:%d-%m}" for day in days]
    standing = credit_health.standing(since=since, counts=told)
    asked = request.GET.get("partner", "")
    partner = asked if asked in {each.partner for each in standing} else ""
    looks = credit_health.looks(until=at, count=count, partner=partner)
    context = {
        "days": days[::-1],
        "held": held,
        "held_more": held_more,
        "served": served,
        "standing": standing,
        "looks": looks[::-1],
        "partner": partner,
        "count": count,
        "spans": SPANS,
        "throughput": charts.bars(
            _("Articles published, corrections and withdrawals a day"),
            labels,
            [
                Series(name=_("published"), values=tuple(day.published for day in days), kind="a"),
                Series(name=_("corrected"), values=tuple(day.corrected for day in days), kind="b"),
                Series(name=_("withdrawn"), values=tuple(day.withdrawn for day in days), kind="c"),
            ],
        ),
        "times": charts.lines(
            _("Minutes from received to published: median and slowest of each day"),
            labels,
            [
                Series(name=_("median"), values=tuple(day.median_minutes for day in days), kind="a"),
                Series(name=_("slowest"), values=tuple(day.slowest_minutes for day in days), kind="b"),
            ],
        ),
        "reasons": charts.bars(
            _("What held articles back, by reason"),
            [str(reason(code)) for code, _count in held],
            [Series(name=_("held"), values=tuple(number for _code, number in held), kind="b")],
        ),
        "health": charts.bars(
            _("Deliveries by partner: sent, on their way, failed, withheld"),
            [each.name for each in served],
            [
                Series(name=_("sent"), values=tuple(each.sent for each in served), kind="a"),
                Series(name=_("on its way"), values=tuple(each.waiting for each in served), kind="b"),
                Series(name=_("failed"), values=tuple(each.failed for each in served), kind="c"),
                Series(name=_("withheld"), values=tuple(each.withheld for each in served), kind="d"),
            ],
        ),
        **_credit(standing, looks, labels),
    }
    return render(request, "desk/numbers.html", context)


def _credit(standing: list[Credit], looks: list[Looks], labels: list[str]) -> dict[str, SafeString]:
    """Where partners stand with the credit, and what was seen day by day."""
    partners = [
        (_("given"), "a", [each.share(each.proved) for each in standing]),
        (_("missing"), "b", [each.share(each.failing) for each in standing]),
        (_("overdue"), "c", [each.share(each.overdue) for each in standing]),
        (_("not seen yet"), "d", [each.share(each.unknown) for each in standing]),
        (_("never reported"), "e", [each.share(each.unreported) for each in standing]),
    ]
    seen = [
        (_("given"), "a", [day.proved for day in looks]),
        (_("missing"), "c", [day.failed for day in looks]),
        (_("nothing to be seen"), "d", [day.unclear for day in looks]),
    ]
    return {
        "credit": charts.bars(
            _("Credit by partner in percent: given, missing, overdue, not seen yet, never reported"),
            [each.name or "–" for each in standing],
            [Series(name=name, values=tuple(values), kind=kind) for name, kind, values in partners],
            unit="\N{NO-BREAK SPACE}%",
        ),
        "looked": charts.bars(
            _("Looks at partners' pages a day: credit given, missing, nothing to be seen"),
            labels,
            [Series(name=name, values=tuple(values), kind=kind) for name, kind, values in seen],
        ),
    }
