"""Subscribers of our hub: programs that are sent a feed as soon as it changes; how it goes, and ending one.

Knows: subscriptions as rows. Must not know: how a document is sent. A callback's address is never shown whole: it is
often all that protects it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.newsroom import config
from desk.paging import turned
from desk.roles import Role, actor
from feeds import websub
from feeds.topics import named
from pipeline.clock import now
from pipeline.ledger import subscriptions
from pipeline.ledger.models import Subscription, SubscriptionRequest

LIMITS = replace(websub.LIMITS, connect=2, read=3, whole=4)  # somebody waits while the callback is told of the end


class EndForm(forms.Form):
    """Why a subscription ends."""

    reason = forms.CharField(max_length=1_000, label=_("Reason"), help_text=_("Kept in the audit trail."))


@needs()
def subscribers(request: HttpRequest) -> HttpResponse:
    """Everybody who is subscribed, or the callbacks of one host; those that fail first."""
    host = request.GET.get("host", "").strip()
    page = turned(request, subscriptions.listed(host=host or None))
    shown = list(page.rows)
    topics = named(row.topic for row in shown)
    context: dict[str, Any] = {
        "page": page,
        "rows": [{"row": row, "topic": topics[row.topic]} for row in shown],
        "host": host,
        "own": config().site.hub == "own",
        "unconfirmed": SubscriptionRequest.objects.count(),
    }
    return render(request, "desk/subscribers.html", context)


@needs(Role.ADMIN, change=Role.ADMIN)
def end(request: HttpRequest, subscription: int) -> HttpResponse:
    """What would end, and the reason; with a POST the end. Its callback is told so once."""
    row = get_object_or_404(Subscription, pk=subscription)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        why, who = form.cleaned_data["reason"].strip(), actor(request.user)
        websub.end([row], config(), reason=why, actor=who, now=now(), limits=LIMITS)
        messages.success(request, gettext("The subscription of %(host)s has ended.") % {"host": row.host})
        return HttpResponseRedirect(reverse("desk:subscribers"))
    context = {"row": row, "topic": named([row.topic])[row.topic], "form": form}
    return render(request, "desk/subscriber_end.html", context, status=422 if form.is_bound else 200)
