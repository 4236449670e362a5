"""An article's whole story: where it stands, and everything that ever happened to it, with who did it and why.

Knows: pipeline/ledger/queries.py. Must not know: any step.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from desk.access import needs
from desk.pages.official import EditionForm
from pipeline.ledger import queries, receipts, units
from pipeline.ledger.models import Article
from pipeline.stages import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event as the ledger tells it."""

    at: str
    actor: str
    action: str
    subject: str
    reason: str
    details: dict[str, Any]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def data(self) -> str:
        """The details as they lie in the ledger, but for the sentence that the page has; "" when there are none."""
        shown = {name: value for name, value in self.details.items() if name != "reason_es"}
        return json.dumps(shown, ensure_ascii=False) if shown else ""


@needs()
def trace(request: HttpRequest, article: int) -> HttpResponse:
    """The same facts as `tornavoz trace` and `tornavoz status`."""
    row = get_object_or_404(Article.objects.select_related("source"), pk=article)
    events = [Happened(**event) for event in queries.trace(article)]
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
