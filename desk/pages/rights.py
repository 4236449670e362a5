"""File a rights record: the form, the publisher's page of terms, then what it would change, then the deed.

Knows: a form. Must not know: the rules of rights, what a record changes (pipeline/actions/rights.py), or how a page of
terms is read and compared (pipeline/actions/terms_page.py).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from desk import rights as words
from desk.access import needs
from desk.newsroom import config
from desk.roles import Role, actor
from desk.words.sentences import because, told
from pipeline.actions import rights as filing
from pipeline.actions import terms_page as evidence
from pipeline.clock import now
from pipeline.errors import IllegalTransition, PipelineError
from pipeline.ledger import catalog
from pipeline.ledger.models import Source, TermsPage
from pipeline.rights.terms_page import Verdict, stands, telling
from pipeline.types import Rights, UseClass


class RightsForm(forms.Form):
    """A record with its evidence. The keys are those of [source.rights] in newsroom.toml."""

    basis = forms.ChoiceField(label=_("It rests on"), choices=list(words.BASES.items()))
    licence = forms.CharField(
        required=False,
        max_length=300,
        label=_("Licence"),
        help_text=_("Its full address, such as https://creativecommons.org/licenses/by/4.0/"),
    )
    terms_url = forms.URLField(required=False, max_length=500, label=_("Page of terms"), assume_scheme="https")
    terms_text = forms.CharField(
        required=False,
        max_length=5_000,
        label=_("What the page says, word for word"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Copied from the page. Its SHA-256 is kept with it, so that a change is noticed."),
    )
    page = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the page of terms that was read
    reference = forms.CharField(
        required=False, max_length=300, label=_("Permission"), help_text=_("Which letter, of which day")
    )
    translation = forms.ChoiceField(
        required=False,
        label=_("May a translation be made and shared?"),
        choices=[("", _("it does not say")), ("yes", _("yes")), ("no", _("no"))],
        help_text=_("With the publisher's own terms, «yes» is a declaration in your name."),
    )
    uses = forms.MultipleChoiceField(
        required=False, label=_("For which uses"), choices=list(words.USES.items()), widget=forms.CheckboxSelectMultiple
    )
    languages = forms.CharField(
        required=False, max_length=100, label=_("Languages"), help_text=_("Such as: es, pt. Empty means any.")
    )
    expires = forms.DateField(
        required=False, label=_("Good until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ads_allowed = forms.BooleanField(required=False, label=_("The publisher accepts advertisements beside it"))
    confirmed = forms.BooleanField(required=False, label=_("The publisher confirmed the declaration"))
    unsystematic = forms.BooleanField(required=False, label=_("The publisher bars systematic republication"))
    reason = forms.CharField(max_length=1_000, label=_("Reason"), help_text=_("Kept in the audit trail."))

    def record(self, who: str) -> Rights:
        """The record that was typed, signed. IllegalTransition says what it lacks."""
        given = self.cleaned_data
        return filing.sound(
            Rights(
                basis=given["basis"],
                licence=given["licence"] or None,
                terms_url=given["terms_url"] or None,
                terms_text=given["terms_text"] or None,
                translation={"yes": True, "no": False}.get(given["translation"]),
                uses=tuple(UseClass(use) for use in given["uses"]),
                ads_allowed=given["ads_allowed"],
                systematic=not given["unsystematic"],
                confirmed=given["confirmed"],
                reference=given["reference"] or None,
                languages=tuple(given["languages"].replace(",", " ").split()),
                expires=given["expires"],
            ),
            declared_by=f"{who}, {now():%Y-%m-%d}",
        )


@needs(Role.CHIEF, change=Role.CHIEF)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; with a POST the page of terms, or what the record would change; with that one's token the deed."""
    source = get_object_or_404(Source, slug=slug)
    if catalog.file_owns_rights(source):
        messages.error(request, gettext("This record is in newsroom.toml. Change it there, then run: tornavoz config"))
        return HttpResponseRedirect(reverse("desk:source", kwargs={"slug": slug}))
    if request.method != "POST":
        return _answer(request, source, RightsForm(initial=_initial(source)))
    if "read" in request.POST or "sentence" in request.POST:
        return _evidence(request, source)
    return _judged(request, source)


@needs(None, change=Role.CHIEF)
def terms(request: HttpRequest, slug: str) -> HttpResponseRedirect:
    """Compare the page of terms with what was kept of it; or keep what the last look found instead."""
    try:
        if "keep" in request.POST:
            evidence.keep(slug, _number(request.POST["keep"]) or 0, actor=actor(request.user), now=now())
            messages.success(request, gettext("From now on the page is compared with this one."))
        else:
            found = evidence.check(slug, evidence.client(config()), actor=actor(request.user), now=now())
            good = found.verdict is Verdict.SAME
            said = f"{words.VERDICTS[found.verdict]} {because(found)}".strip()
            (messages.success if good else messages.warning)(request, said)
    except IllegalTransition as error:
        messages.error(request, told(error))
    return HttpResponseRedirect(reverse("desk:source", kwargs={"slug": slug}) + "#terms")


def _judged(request: HttpRequest, source: Source) -> HttpResponse:
    """What was typed would change this; or, with the token of that answer, it has."""
    form = RightsForm(request.POST)
    if not form.is_valid():
        return _answer(request, source, form, status=422)
    try:
        rights = form.record(request.user.get_username())
        if "token" not in request.POST:
            return _answer(request, source, form, rights=rights)
        page = _page(source, form)
        asked = filing.file(
            source.slug,
            rights,
            token=request.POST["token"],
            reason=form.cleaned_data["reason"],
            actor=actor(request.user),
            now=now(),
            page=page.pk if page else None,
        )
    except IllegalTransition as error:
        form.add_error(None, told(error))
        return _answer(request, source, form, status=422)
    said = ngettext("Filed. %(n)d article is asked about again.", "Filed. %(n)d articles are asked about again.", asked)
    messages.success(request, said % {"n": asked})
    return HttpResponseRedirect(reverse("desk:source", kwargs={"slug": source.slug}))


def _evidence(request: HttpRequest, source: Source) -> HttpResponse:
    """The form as it was typed, with the page of terms that was asked for, or with a sentence of it."""
    typed = RightsForm(request.POST)
    given = {name: typed[name].value() for name in typed.fields}
    failure, status = "", 200
    if "sentence" in request.POST:
        page = _page(source, typed)
        lines = telling(page.text) if page else ()
        chosen = _number(request.POST["sentence"])
        if chosen is not None and chosen < len(lines):
            given["terms_text"] = lines[chosen]
    else:
        try:
            url = RightsForm.base_fields["terms_url"].clean(given["terms_url"])
            if not url:
                raise forms.ValidationError(gettext("Type the address of the page first."))
            given["terms_url"] = url
            given["page"] = evidence.read(
                source.slug, url, evidence.client(config()), actor=actor(request.user), now=now()
            ).pk
        except forms.ValidationError as error:
            failure, status = " ".join(error.messages), 422
        except PipelineError as error:
            failure, status = told(error), 422
    return _answer(request, source, RightsForm(initial=given), status=status, failure=failure)


def _page(source: Source, form: RightsForm) -> TermsPage | None:
    """The page that was read, if the form still names its address."""
    page = evidence.pick(source, _number(form["page"].value()))
    return page if page is not None and page.url == form["terms_url"].value() else None


def _number(text: Any) -> int | None:
    return int(text) if str(text).isdecimal() and len(str(text)) < 19 else None


def _answer(
    request: HttpRequest,
    source: Source,
    form: RightsForm,
    *,
    rights: Rights | None = None,
    status: int = 200,
    failure: str = "",
) -> HttpResponse:
    today = now().date()
    page = _page(source, form)
    context: dict[str, Any] = {
        "source": source,
        "form": form,
        "filed": catalog.rights_of(source) is not None,
        "page": page,
        "lines": telling(page.text) if page else (),
        "failure": failure,
    }
    if rights is not None:
        evidence_key = page.pk if page else None
        effect = filing.effect(source, rights, today=today, page=evidence_key, at_most=filing.LOOKED_AT)
        context |= {
            "rights": rights,
            "effect": effect,
            "answers": words.answers_of(rights, language="es", today=today),
            "reasons": [(why.code, because(why), n) for why, n in effect.reasons],
            "astray": bool(page and rights.terms_text and not stands(rights.terms_text, page.text)),
        }
    return render(request, "desk/rights.html", context, status=status)


def _initial(source: Source) -> dict[str, Any]:
    """The record on file, to be changed."""
    rights, page = catalog.rights_of(source), evidence.kept(source)
    if rights is None:
        return {}
    names = ("basis", "licence", "terms_url", "terms_text", "reference", "expires", "ads_allowed", "confirmed")
    return {name: getattr(rights, name) for name in names} | {
        "translation": "" if rights.translation is None else "yes" if rights.translation else "no",
        "uses": [str(use) for use in rights.uses],
        "languages": ", ".join(rights.languages),
        "unsystematic": not rights.systematic,
        "page": page.pk if page else None,
    }
