"""Partners and products: who gets what, whether it arrives, and the tokens that open their feeds.

Knows: rows that newsroom.toml owns are shown, not edited; a token is shown in the answer that made it and never again.
Must not know: how anything is delivered.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk import rights
from desk.access import needs
from desk.roles import Role, actor
from desk.words.sentences import told
from feeds import tokens
from pipeline.clock import now
from pipeline.errors import ConfigError
from pipeline.ledger.models import Delivery, Partner, Product, Token
from pipeline.release.products import Selection
from pipeline.stages import ReleaseState


class TokenForm(forms.Form):
    """What a new token is for and until when it is good."""

    name = forms.CharField(max_length=80, label=_("What it is for"))
    until = forms.DateField(required=False, label=_("Good until"), widget=forms.DateInput(attrs={"type": "date"}))


@needs()
def partners(request: HttpRequest) -> HttpResponse:
    """Every partner: use class, products, tokens, last fetch."""
    standing = Q(tokens__in=tokens.standing(now()))
    rows = Partner.objects.annotate(
        keys=Count("tokens", filter=standing, distinct=True), fetched=Max("fetches__at")
    ).prefetch_related("products")
    listed = [{"partner": row, "use": rights.USES.get(row.use, row.use)} for row in rows.order_by("-active", "name")]
    return render(request, "desk/partners.html", {"partners": listed})


@needs()
def partner(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner."""
    return _partner(request, get_object_or_404(Partner, slug=slug), TokenForm())


def _partner(request: HttpRequest, row: Partner, form: TokenForm, *, made: str = "", status: int = 200) -> HttpResponse:
    deliveries = Delivery.objects.filter(partner=row)
    counts = {each["state"]: each["rows"] for each in deliveries.values("state").annotate(rows=Count("pk"))}
    context = {
        "partner": row,
        "use": rights.USES.get(row.use, row.use),
        "products": row.products.order_by("language", "slug"),
        "fetches": row.fetches.select_related("product").order_by("-at"),
        "tokens": Token.objects.filter(partner=row).order_by("-created_at", "-pk"),
        "counts": sorted(counts.items()),
        "total": sum(counts.values()),
        "deliveries": deliveries.select_related("release__product").order_by("-pk")[:15],
        "form": form,
        "made": made,
        "now": now(),
    }
    return render(request, "desk/partner.html", context, status=status)


@needs(None, change=Role.ADMIN)
def issue(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a token. The answer shows it, this once."""
    row = get_object_or_404(Partner, slug=slug)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _partner(request, row, form, status=422)
    until = form.cleaned_data["until"]
    made = tokens.issue(
        row,
        actor=actor(request.user),
        now=now(),
        name=form.cleaned_data["name"],
        expires_at=datetime.combine(until, time(23, 59, 59), tzinfo=UTC) if until else None,
    )
    return _partner(request, row, TokenForm(), made=made)


@needs(None, change=Role.ADMIN)
def revoke(request: HttpRequest, slug: str) -> HttpResponse:
    """End a token, at once and for good."""
    row = get_object_or_404(Partner, slug=slug)
    reason = request.POST.get("reason", "").strip()
    key = request.POST.get("key", "")
    if not reason:
        messages.error(request, gettext("Say why; it is kept in the audit trail."))
    elif not Token.objects.filter(partner=row, key=key).exists():
        messages.error(request, gettext("There is no such token."))
    else:
        try:
            tokens.revoke(key, actor=actor(request.user), reason=reason, now=now())
            messages.success(request, gettext("Token %(key)s opens nothing any more.") % {"key": key})
        except ConfigError as error:
            messages.error(request, told(error))
    return HttpResponseRedirect(reverse("desk:partner", kwargs={"slug": row.slug}))


@needs()
def products(request: HttpRequest) -> HttpResponse:
    """Every product: what it selects, who gets it, how much is in it."""
    usable = Count("releases", filter=Q(releases__state=ReleaseState.USABLE), distinct=True)
    rows = Product.objects.annotate(usable=usable).prefetch_related("partners").order_by("-active", "language", "slug")
    listed = [{"product": row, "selects": Selection.of(row.rules)} for row in rows]
    return render(request, "desk/products.html", {"products": listed})
