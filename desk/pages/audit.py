"""The audit trail, newest first: who did what to which subject, and why. It can be read here and changed nowhere.

Knows: filters. Must not know: how an event is written.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.paging import turned
from pipeline.ledger.models import Event

_Date = forms.DateInput(attrs={"type": "date"})
_LAST = "\U0010ffff"  # nothing sorts after it: a range of beginnings can use the index, LIKE cannot


class AuditForm(forms.Form):
    """Every field may be left out."""

    actor = forms.CharField(required=False, max_length=120, label=_("Who"))
    action = forms.CharField(required=False, max_length=64, label=_("What (begins with)"))
    subject = forms.CharField(required=False, max_length=80, label=_("To what"))
    article = forms.IntegerField(required=False, min_value=1, max_value=2**62, label=_("Article"))
    since = forms.DateField(required=False, label=_("Since"), widget=_Date)
    until = forms.DateField(required=False, label=_("Until"), widget=_Date)


@needs()
def audit(request: HttpRequest) -> HttpResponse:
    """Events that fit the filters, and how many there are."""
    form = AuditForm(request.GET)
    rows = Event.objects.order_by("-pk")
    if form.is_valid():
        wanted = form.cleaned_data
        for name in ("actor", "subject", "article"):
            if wanted[name]:
                rows = rows.filter(**{name: wanted[name]})
        if wanted["action"]:
            rows = rows.filter(action__gte=wanted["action"], action__lt=wanted["action"] + _LAST)
        if wanted["since"]:
            rows = rows.filter(at__gte=datetime.combine(wanted["since"], time(), tzinfo=UTC))
        if wanted["until"]:
            rows = rows.filter(at__lt=datetime.combine(wanted["until"], time(), tzinfo=UTC) + timedelta(days=1))
    context = {"form": form, "page": turned(request, rows, size=50)}
    return render(request, "desk/audit.html", context, status=200 if form.is_valid() else 422)
