"""Numbers: charts where people would rather look than read, with the same numbers in tables."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from desk import charts
from desk.access import needs
from desk.charts import Series
from desk.clock import now
from pipeline.ledger import statistics

SPANS = (14, 30, 90)


@needs()
def numbers(request: HttpRequest) -> HttpResponse:
    """Throughput, time to publication, held reasons, deliveries by partner."""
    asked = request.GET.get("days", "")
    count = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    at = now()
    days = statistics.days(until=at, count=count)
    since = at - timedelta(days=count)
    held, held_more = statistics.held_for(since=since)
    served = statistics.deliveries(since=since)
    labels = [f"{day.day:%d-%m}" for day in days]
    context = {
        "days": days[::-1],
        "held": held,
        "held_more": held_more,
        "served": served,
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
            _("What held articles back, by code"),
            [code for code, _count in held],
            [Series(name=_("held"), values=tuple(number for _code, number in held), kind="b")],
        ),
        "health": charts.bars(
            _("Deliveries by partner: sent, on their way, failed, withheld"),
            [each.partner for each in served],
            [
                Series(name=_("sent"), values=tuple(each.sent for each in served), kind="a"),
                Series(name=_("on its way"), values=tuple(each.waiting for each in served), kind="b"),
                Series(name=_("failed"), values=tuple(each.failed for each in served), kind="c"),
                Series(name=_("withheld"), values=tuple(each.withheld for each in served), kind="d"),
            ],
        ),
    }
    return render(request, "desk/numbers.html", context)
