"""Withdraw an article: what it would touch, who received it, and the deed.

Knows: a form. Must not know: what a withdrawal does. The files are rewritten before the page answers: a withdrawal
does not wait for a queue.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.newsroom import newsroom
from desk.roles import Role, actor
from desk.words.sentences import told
from feeds import steps as outward
from pipeline import steps
from pipeline.actions import withdraw as withdrawing
from pipeline.clock import now
from pipeline.errors import IllegalTransition
from pipeline.ledger import queries, receipts
from pipeline.ledger.models import Article, Partner
from pipeline.runner import Runner


class WithdrawForm(forms.Form):
    """Kind and reason."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=[
            ("kill", _("Kill: an error or the law demands it")),
            ("takedown", _("Takedown: the source asked")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, help_text=_("Kept in the audit trail; partners are not told.")
    )


@needs(Role.CHIEF, change=Role.CHIEF)
def withdraw(request: HttpRequest, article: int) -> HttpResponse:
    """The dry run, and with a POST the withdrawal."""
    row = Article.objects.select_related("source").filter(pk=article).first()
    if row is None:
        raise Http404
    trace = reverse("desk:trace", kwargs={"article": article})
    try:
        planned = withdrawing.plan(article)
    except IllegalTransition as error:
        messages.error(request, told(error))
        return HttpResponseRedirect(trace)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(request, article, form.cleaned_data, trace)
    context: dict[str, Any] = {
        "article": row,
        "headline": queries.fate(row)["headline"],
        "plan": planned,
        "partners": Partner.objects.filter(slug__in=planned.partners).order_by("name"),
        "receipts": receipts.of_article(article),
        "form": form,
    }
    return render(request, "desk/withdraw.html", context, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, article: int, given: dict[str, Any], onward: str) -> HttpResponse:
    done = withdrawing.withdraw(
        article, kind=given["kind"], reason=given["reason"], actor=actor(request.user), now=now()
    )
    room = newsroom()
    runner = Runner({**steps.table(room), **outward.table(room)}, now)
    late = len(runner.run_now(done.units))
    if late:
        words = ngettext(
            "%(n)d file could not be rewritten yet and may still have the text; it is tried again.",
            "%(n)d files could not be rewritten yet and may still have the text; they are tried again.",
            late,
        )
        messages.error(request, words % {"n": late})
    else:
        messages.success(request, gettext("Withdrawn. The text has left every feed and its page."))
    return HttpResponseRedirect(onward)
