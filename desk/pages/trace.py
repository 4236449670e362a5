"""An article's whole story: where it stands, and everything that ever happened to it, with who did it and why.

Knows: pipeline/ledger/queries.py. Must not know: any step.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from desk.access import needs
from desk.pages.official import EditionForm
from pipeline.ledger import queries, receipts, units
from pipeline.ledger.models import Article
from pipeline.stages import Step


@needs()
def trace(request: HttpRequest, article: int) -> HttpResponse:
    """The same facts as `tornavoz trace` and `tornavoz status`."""
    row = get_object_or_404(Article.objects.select_related("source"), pk=article)
    events = [
        {**event, "at": datetime.fromisoformat(event["at"]), "details": _details(event["details"])}
        for event in queries.trace(article)
    ]
    context = {
        "article": row,
        "fate": queries.fate(row),
        "events": events,
        "receipts": receipts.of_article(article),
        "waits": units.waiting(queries.units_of(article).exclude(step=Step.DELIVER)),
        "editions": row.editions.order_by("language"),
        "form": EditionForm(),
    }
    return render(request, "desk/trace.html", context)


def _details(details: object) -> str:
    return json.dumps(details, ensure_ascii=False) if details else ""
