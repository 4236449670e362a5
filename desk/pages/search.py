"""Search: every article by what it says, with the filters that an editor thinks in. Every view has an address.

Knows: the form and pipeline/ledger/search.py. Must not know: how text is indexed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.paging import turned
from desk.words.texts import tongue
from pipeline.ledger import search as index
from pipeline.ledger.models import Product, Release, Revision, Source, Translation

STATES = {
    "held": _("held"),
    "working": _("being worked on"),
    "refused": _("refused"),
    "scheduled": _("scheduled"),
    "published": _("published"),
    "withheld": _("withheld"),
    "withdrawn": _("withdrawn"),
}
FAR = 10_000  # results: a full-text index has no order by age, so each that is passed over costs
_Date = forms.DateInput(attrs={"type": "date"})


class SearchForm(forms.Form):
    """What may be asked for; every field may be left out."""

    words = forms.CharField(required=False, max_length=300, label=_("Words"))
    state = forms.ChoiceField(required=False, label=_("State"))
    source = forms.ChoiceField(required=False, label=_("Source"))
    section = forms.ChoiceField(required=False, label=_("Section"))
    product = forms.ChoiceField(required=False, label=_("Product"))
    language = forms.ChoiceField(required=False, label=_("Language"))
    since = forms.DateField(required=False, label=_("Received since"), widget=_Date)
    until = forms.DateField(required=False, label=_("Received until"), widget=_Date)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = list(Product.objects.order_by("language", "slug"))
        self._offer("state", STATES.items())
        self._offer("source", Source.objects.order_by("publisher").values_list("slug", "publisher"))
        self._offer("section", ((name, name) for name in index.sections()))
        self._offer("product", ((product.path, product.path) for product in products))
        self._offer("language", ((tag, tongue(tag)) for tag in sorted({product.language for product in products})))

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("any")), *choices]


@needs()
def search(request: HttpRequest) -> HttpResponse:
    """Results, newest first, and how many there are."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    asked = index.Wanted(**{name: value for name, value in wanted.items() if value})
    page = turned(request, index.find(asked), reach=FAR if asked.words else None)
    context = {"form": form, "page": page, "hits": [_hit(article) for article in _with_state(page)]}
    return render(request, "desk/search.html", context, status=200 if form.is_valid() else 422)


def _with_state(page: Any) -> Any:
    """The articles of this page with all that a line says about them, in a fixed number of queries."""
    revisions = (
        Revision.objects.order_by("-number").annotate(headline=F("story__headline")).defer("story", "permission")
    )
    drafts = Translation.objects.order_by("-revision__number", "-version").annotate(headline=F("draft__headline"))
    shown = page.rows.select_related("source").prefetch_related(
        Prefetch("revisions", revisions),
        Prefetch("revisions__translations", drafts.defer("draft", "findings")),
        Prefetch("releases", Release.objects.select_related("product").defer("attribution")),
    )
    return list(shown)


def _hit(article: Any) -> dict[str, Any]:
    revisions = list(article.revisions.all())
    drafts = [draft for revision in revisions for draft in revision.translations.all()]
    newest = drafts[0] if drafts else None
    return {
        "article": article.pk,
        "source": article.source.publisher,
        "since": article.created_at,
        "withdrawn": article.withdrawn_at,
        "original": (revisions[0].headline if revisions else "") or article.url,
        "title": newest.headline if newest else "",
        "revision": revisions[0].state if revisions else "",
        "code": revisions[0].reason_code if revisions else "",
        "translation": newest.state if newest else "",
        "language": newest.language if newest else "",
        "releases": sorted(
            (release.product.path, release.state, release.version) for release in article.releases.all()
        ),
    }
