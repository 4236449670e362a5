"""Re-syndication: choose, see what would happen, start, watch, stop.

Knows: forms and progress bars. Must not know: who gets what, or how a campaign runs (pipeline/actions).

A dry run is a GET, so it has an address that can be passed on; starting is a POST that carries the key of its dry run:
pressing twice starts once.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import timedelta
from io import StringIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.newsroom import newsroom
from desk.roles import Role, actor
from desk.words.sentences import told
from pipeline.actions import campaign as running
from pipeline.actions import campaign_plan
from pipeline.clock import now
from pipeline.errors import IllegalTransition, PipelineError
from pipeline.ledger import campaigns as past
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Partner, Product, Source
from pipeline.stages import CampaignState, CampaignVerb

LISTED = 50
SAMPLE = 100
AFTERWARDS = timedelta(minutes=2)  # how long deliveries are watched once all is handed over


class ChoiceForm(forms.Form):
    """Which releases are meant; every field narrows."""

    verb = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (CampaignVerb.SEND.value, _("Send again: the same version")),
            (CampaignVerb.TRANSLATE.value, _("Translate again: a new version by today's model and glossary")),
        ],
    )
    articles = forms.CharField(label=_("Articles"), required=False, help_text=_("Numbers, with commas between them."))
    product = forms.ChoiceField(label=_("Product"), required=False)
    partner = forms.ChoiceField(label=_("Partner"), required=False, help_text=_("It is sent to this partner only."))
    source = forms.ChoiceField(label=_("Source"), required=False)
    section = forms.CharField(label=_("Section"), required=False)
    since = forms.DateField(
        label=_("Published from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Published until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    model = forms.CharField(label=_("Model"), required=False, help_text=_("It was translated by this model."))
    glossary = forms.CharField(label=_("Glossary version"), required=False)
    rights = forms.CharField(
        label=_("Rights"), required=False, help_text=_("Licence code, basis, or reference of a permission.")
    )
    reviewed = forms.BooleanField(label=_("Translate again also what a person has read or edited"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paths = [product.path for product in Product.objects.filter(active=True).order_by("language", "slug")]
        partners = Partner.objects.filter(active=True).order_by("name").values_list("slug", "name")
        sources = Source.objects.order_by("publisher").values_list("slug", "publisher")
        for name, offered in (
            ("product", [(path, path) for path in paths]),
            ("partner", partners),
            ("source", sources),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "–"), *offered]

    def clean_articles(self) -> tuple[int, ...]:
        words = self.cleaned_data["articles"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError(gettext("Write numbers, with commas between them."))
        return tuple(int(word) for word in words)

    def choice(self) -> Choice:
        given: dict[str, Any] = {
            name: self.cleaned_data.get(name) or None for name in self.fields if name not in ("verb", "reviewed")
        }
        given["articles"] = given["articles"] or ()
        again = self.cleaned_data["verb"] == CampaignVerb.TRANSLATE
        return Choice(**given, reviewed=again and self.cleaned_data["reviewed"])

    def wanted(self) -> CampaignVerb:
        return CampaignVerb(self.cleaned_data["verb"])


class StartForm(forms.Form):
    """Why, and how fast."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Kept in the audit trail."))
    note = forms.CharField(
        label=_("Note for readers"), required=False, max_length=500, help_text=_("Of new versions; in their language.")
    )
    per_hour = forms.IntegerField(
        label=_("Releases an hour"), required=False, min_value=1, help_text=_("Empty: as fast as feeds are rendered.")
    )


@needs()
def campaigns(request: HttpRequest) -> HttpResponse:
    """The newest campaigns."""
    rows, more = past.listing(limit=LISTED)
    return render(request, "desk/campaigns/list.html", {"rows": rows, "more": more})


@needs(Role.CHIEF)
def plan(request: HttpRequest) -> HttpResponse:
    """The form, and with a choice in the address its dry run."""
    asked = bool(set(request.GET) - {"verb", "reviewed"})
    form = ChoiceForm(request.GET if asked else None, initial={"verb": CampaignVerb.SEND.value, **request.GET.dict()})
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode()}
    status = 200
    if asked and form.is_valid():
        try:
            rows = list(campaign_plan.sendings(newsroom(), form.wanted(), form.choice(), now=now()))
        except PipelineError as error:
            form.add_error(None, told(error))
        else:
            planned = campaign_plan.counted(newsroom().config, form.wanted(), rows)
            if request.GET.get("as") == "csv":
                return _csv(f"plan-{now():%Y%m%d-%H%M}", list(asdict(rows[0])) if rows else [], map(_values, rows))
            context |= {
                "plan": planned,
                "receivers": _named(planned.receivers),
                "sample": rows[:SAMPLE],
                "hidden": max(0, len(rows) - SAMPLE),
                "start": StartForm(initial={"key": secrets.token_urlsafe(16)}),
                "translates": form.wanted() is CampaignVerb.TRANSLATE,
            }
    if form.is_bound and form.errors:
        status = 422
    return render(request, "desk/campaigns/plan.html", context, status=status)


def _named(receivers: Iterable[campaign_plan.Receiver]) -> list[dict[str, Any]]:
    """Receivers, partners with their names."""
    names = dict(Partner.objects.values_list("slug", "name"))
    return [{**asdict(each), "name": names.get(each.partner, each.partner)} for each in receivers]


def _values(row: campaign_plan.Sending) -> list[object]:
    return list(asdict(row).values())


@needs(see=None, change=Role.CHIEF)
def start(request: HttpRequest) -> HttpResponse:
    """Start what was planned."""
    choice, how = ChoiceForm(request.POST), StartForm(request.POST)
    if not (choice.is_valid() and how.is_valid()):
        for form in (choice, how):
            for name, errors in form.errors.items():
                named = form.fields[name].label or "" if name in form.fields else ""
                messages.error(request, f"{named} {errors[0]}".strip())
        return HttpResponseRedirect(reverse("desk:campaign-plan"))
    try:
        started = running.start(
            choice.wanted(),
            choice.choice(),
            reason=how.cleaned_data["reason"],
            actor=actor(request.user),
            now=now(),
            key=how.cleaned_data["key"],
            note=how.cleaned_data["note"],
            per_hour=how.cleaned_data["per_hour"],
        )
    except PipelineError as error:
        messages.error(request, told(error))
        return HttpResponseRedirect(reverse("desk:campaign-plan"))
    if not started.new:
        messages.warning(request, gettext("This was started before. Nothing is sent twice."))
    return HttpResponseRedirect(reverse("desk:campaign", kwargs={"campaign": started.campaign}))


@needs()
def campaign(request: HttpRequest, campaign: int) -> HttpResponse:
    """One campaign: how far, what became of it. htmx asks for the moving part alone."""
    try:
        progress = past.progress(campaign)
    except IllegalTransition as error:
        raise Http404(told(error)) from error
    fresh = progress.finished_at is not None and now() - progress.finished_at < AFTERWARDS
    moving = progress.state == CampaignState.RUNNING or (fresh and bool(progress.on_their_way))
    part = bool(request.headers.get("HX-Request"))
    template = "desk/campaigns/progress.html" if part else "desk/campaigns/campaign.html"
    return render(request, template, {"progress": progress, "moving": moving})


ORDERS: dict[str, Callable[..., object]] = {
    "pause": running.pause,
    "resume": running.resume,
    "cancel": running.cancel,
    "retry": running.retry,
}


@needs(see=None, change=Role.CHIEF)
def control(request: HttpRequest, campaign: int, order: str) -> HttpResponse:
    """Pause, resume, cancel, retry."""
    if order not in ORDERS:
        raise Http404
    try:
        ORDERS[order](campaign, actor=actor(request.user), now=now())
    except PipelineError as error:
        messages.error(request, told(error))
    return HttpResponseRedirect(reverse("desk:campaign", kwargs={"campaign": campaign}))


@needs()
def result(request: HttpRequest, campaign: int) -> HttpResponse:
    """Every release and receiver as CSV."""
    try:
        rows = list(past.results(campaign))
    except IllegalTransition as error:
        raise Http404(told(error)) from error
    return _csv(f"campaign-{campaign}", past.RESULT, rows)


def _csv(name: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _harmless(cell: object) -> object:
    """A spreadsheet must not take a text from outside for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
