"""The front page: what needs a person, oldest first; what went out today; whether anybody is at work.

Knows: the piles of pipeline/ledger/attention.py. Must not know: why something waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.paging import SIZE
from pipeline.clock import now
from pipeline.ledger import attention, pulse
from pipeline.ledger.units import LEASE

SHOWN = 6
LATE = (LEASE / 2).total_seconds()  # due work that waits longer than this has nobody: workers/beat.py takes it then

NAMES = {
    "credit": _("Credit missing on a partner's page"),
    "rights": _("Rights to be settled"),
    "terms": _("Pages of terms that read otherwise"),
    "readings": _("Could not be read whole"),
    "official": _("The publisher has its own version"),
    "translations": _("Translations to be read"),
    "deliveries": _("Deliveries that failed"),
    "parked": _("Work that stopped"),
    "scheduled": _("Scheduled"),
}


@needs()
def front(request: HttpRequest) -> HttpResponse:
    """What needs somebody."""
    at = now()
    piles = attention.piles(limit=SHOWN)
    context = {
        "piles": [{"pile": pile, "words": NAMES[pile.name]} for pile in piles if pile.total],
        "nothing": not any(pile.total for pile in piles if pile.name != "scheduled"),
        "published": attention.published_since(at.replace(hour=0, minute=0, second=0, microsecond=0), limit=SHOWN),
        **health(at),
    }
    return render(request, "desk/front.html", context)


def health(at: datetime) -> dict[str, Any]:
    """How long each step's oldest due work has waited, which of them nobody takes, and when the sweeper was heard."""
    waiting = attention.waiting(now=at)
    heard = pulse.last(pulse.SWEEPER)
    return {
        "waiting": waiting,
        "late": [row for row in waiting if row["seconds"] > LATE],
        "heard": heard,
        "silent": heard is None or at - heard > pulse.SILENT,
        "failures": attention.recent_failures(at - timedelta(days=1)),
    }


@needs()
def pile(request: HttpRequest, name: str) -> HttpResponse:
    """Everything of one kind that waits, a page at a time."""
    if name not in NAMES:
        raise Http404
    number = max(1, int(asked)) if (asked := request.GET.get("page", "1")).isdecimal() and len(asked) < 7 else 1
    found = attention.pile(name, limit=SIZE, offset=(number - 1) * SIZE)
    pages = max(1, -(-found.total // SIZE))
    context = {"pile": found, "words": NAMES[name], "number": number, "pages": pages}
    return render(request, "desk/pile.html", context)
