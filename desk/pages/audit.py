"""The audit trail, newest first: who did what to which subject, and why. It can be read here and changed nowhere.

Knows: filters. Must not know: how an event is written.

An address holds codes ("rights.filed", "desk:ana", "source:river-post"). People read and type words, and either is
understood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.paging import turned
from desk.words import events
from pipeline.ledger.models import Event

_Date = forms.DateInput(attrs={"type": "date"})
_LAST = "\U0010ffff"  # nothing sorts after it: a range of beginnings can use the index, LIKE cannot


class _InWords(forms.TextInput):
    """A field that shows a code in words."""

    def __init__(self, words: Callable[[str], str]) -> None:
        super().__init__()
        self._words = words

    def format_value(self, value: Any) -> str | None:
        return self._words(value) if value else None


class AuditForm(forms.Form):
    """Every field may be left out."""

    actor = forms.CharField(required=False, max_length=120, label=_("Who"), widget=_InWords(events.actor))
    action = forms.CharField(required=False, max_length=64, label=_("What"))
    subject = forms.CharField(required=False, max_length=120, label=_("To what"), widget=_InWords(events.subject))
    article = forms.IntegerField(required=False, min_value=1, max_value=2**62, label=_("Article"))
    since = forms.DateField(required=False, label=_("Since"), widget=_Date)
    until = forms.DateField(required=False, label=_("Until"), widget=_Date)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        asked = given.get("action", "")
        other = [(asked, asked)] if asked and asked not in events.ACTIONS else []  # the beginning of several
        self.fields["action"].widget = forms.Select(choices=[("", _("any")), *other, *events.actions()])


@needs()
def audit(request: HttpRequest) -> HttpResponse:
    """Events that fit the filters, and how many there are."""
    form = AuditForm(request.GET)
    rows = Event.objects.order_by("-pk")
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["actor"]:
            rows = rows.filter(actor__in=events.actors_called(wanted["actor"]))
        if wanted["subject"]:
            rows = rows.filter(subject__in=events.subjects_called(wanted["subject"]))
        if wanted["article"]:
            rows = rows.filter(article=wanted["article"])
        if wanted["action"]:
            rows = rows.filter(action__gte=wanted["action"], action__lt=wanted["action"] + _LAST)
        if wanted["since"]:
            rows = rows.filter(at__gte=datetime.combine(wanted["since"], time(), tzinfo=UTC))
        if wanted["until"]:
            rows = rows.filter(at__lt=datetime.combine(wanted["until"], time(), tzinfo=UTC) + timedelta(days=1))
    context = {"form": form, "page": turned(request, rows, size=50)}
    return render(request, "desk/audit.html", context, status=200 if form.is_valid() else 422)
