"""The glossary: which Spanish a term must have, where that is written, and how often the term comes up.

Knows: forms; that files are changed where they lie, and only the desk's own terms here. Must not know: how terms are
found in sentences, or what the verbs do (pipeline/actions/glossary.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk import newsroom
from desk.access import needs
from desk.paging import cut
from desk.roles import Role, actor
from desk.words.sentences import noted, told
from desk.words.texts import tongue
from pipeline.actions import glossary as acting
from pipeline.clock import now
from pipeline.errors import PipelineError
from pipeline.ledger import glossary as kept
from pipeline.ledger.models import Product, Source
from pipeline.translation.glossary import Term
from pipeline.translation.glossary_files import DESK_TERMS, SHIPPED_TERMS, Layer
from pipeline.translation.names import folded

SIZE = 50
LOOKED_AT = 500  # newest sentences in which terms are counted: what a page can wait for
_GENDERS = (
    ("", "—"),
    ("m", _("masculine")),
    ("f", _("feminine")),
    ("mp", _("masculine plural")),
    ("fp", _("feminine plural")),
)


class Filters(forms.Form):
    """What is looked for, and whose glossary it is."""

    words = forms.CharField(required=False, max_length=200, label=_("Words"))
    source = forms.ChoiceField(required=False, label=_("Source"))
    language = forms.ChoiceField(required=False, label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources, languages = self.fields["source"], self.fields["language"]
        assert isinstance(sources, forms.ChoiceField)  # noqa: S101  declared above
        assert isinstance(languages, forms.ChoiceField)  # noqa: S101  declared above
        named = Source.objects.filter(active=True).order_by("publisher").values_list("slug", "publisher")
        sources.choices = [("", _("the whole newsroom")), *named]
        tags = Product.objects.filter(active=True).order_by("language").values_list("language", flat=True).distinct()
        languages.choices = [(tag, tongue(tag)) for tag in tags] or [("es", tongue("es"))]


class TermForm(forms.Form):
    """A term of the desk. The keys are those of a glossary file."""

    source = forms.CharField(max_length=200, label=_("In the original"))
    target = forms.CharField(required=False, max_length=200, label=_("In the translation"))
    keep = forms.BooleanField(required=False, label=_("Never translated"))
    also = forms.CharField(
        required=False, label=_("Other wordings of the original, one a line"), widget=forms.Textarea(attrs={"rows": 2})
    )
    variants = forms.CharField(
        required=False, label=_("Other right translations, one a line"), widget=forms.Textarea(attrs={"rows": 2})
    )
    gender = forms.ChoiceField(required=False, choices=_GENDERS, label=_("Gender of the translation"))
    choose = forms.BooleanField(required=False, label=_("Depends on the country: report it, put nothing in"))
    note = forms.CharField(required=False, max_length=300, label=_("Note for editors"))
    reason = forms.CharField(required=False, max_length=300, label=_("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "term_%s"  # the filters on the same page have a source, too

    def entry(self) -> dict[str, Any]:
        """The term as a glossary file would have it."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value and name != "reason"}
        lists = {name: given[name].splitlines() for name in ("also", "variants") if name in given}
        return given | lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One term as it counts today."""

    term: Term
    place: str
    over: tuple[str, ...]  # places whose term of the same source it wins over
    hits: int

    @property
    def desks(self) -> bool:
        return self.place == DESK_TERMS

    @property
    def shipped(self) -> bool:
        return self.place == SHIPPED_TERMS


@needs()
def glossary(request: HttpRequest) -> HttpResponse:
    """Terms in the order of the alphabet, those of the desk on request first."""
    return _page(request, request.GET)


@needs(None, change=Role.CHIEF)
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Add a term, retire one, or let the files count again. What cannot be done says why, and nothing typed is lost."""
    if verb not in ("add", "retire", "restore"):
        raise Http404
    filters = Filters(QueryDict(request.POST.get("back", "")))
    source_language, language = _pair(filters)
    form = TermForm(request.POST)
    where: dict[str, Any] = {"source_language": source_language, "language": language}
    where |= {"actor": actor(request.user), "now": now()}
    try:
        if verb == "add":
            if not form.is_valid():
                return _page(request, filters.data, form, status=422)
            acting.add(form.entry(), **where, reason=form.cleaned_data["reason"])
            words = gettext("«%(term)s» counts from the next translation on. What is out keeps its words.")
        else:
            doing = acting.retire if verb == "retire" else acting.restore
            doing(request.POST.get("source", ""), **where, reason=request.POST.get("reason", ""))
            words = gettext("Done: «%(term)s».")
    except PipelineError as error:
        if verb == "add":
            form.add_error(None, told(error))
            return _page(request, filters.data, form, status=422)
        messages.error(request, told(error))
    else:
        messages.success(request, words % {"term": request.POST.get("source", "")})
    back = filters.data.urlencode() if isinstance(filters.data, QueryDict) else ""
    return HttpResponseRedirect(reverse("desk:glossary") + (f"?{back}" if back else ""))


def _page(
    request: HttpRequest, asked: Mapping[str, Any], form: TermForm | None = None, *, status: int = 200
) -> HttpResponse:
    filters = Filters(asked)
    source_language, language = _pair(filters)
    wanted = filters.cleaned_data
    glossaries = newsroom.glossaries()
    layers = glossaries.layers(wanted.get("source", ""), source_language, language)
    whole = glossaries(wanted.get("source", ""), source_language, language)
    counted, looked_at = kept.hits(whole, source_language, language, newest=LOOKED_AT)
    lines = _lines(layers, counted)
    found = [line for line in lines if _fits(line.term, wanted.get("words", ""))]
    chosen = next((line for line in lines if line.term.source == request.GET.get("term")), None)
    context = {
        "filters": filters,
        "form": form or TermForm(initial=_initial(chosen.term) if chosen else None),
        "opened": form is not None or chosen is not None,
        "page": cut(request, found, size=SIZE),
        "layers": [(layer.name, len(layer.terms)) for layer in layers],
        "version": whole.version,
        "looked_at": looked_at,
        "source_language": source_language,
        "language": language,
        "back": filters.data.urlencode() if isinstance(filters.data, QueryDict) else "",
    }
    return render(request, "desk/glossary.html", context, status=status)


def _pair(filters: Filters) -> tuple[str, str]:
    """The languages that are meant; a wrong filter is as good as none."""
    filters.is_valid()
    wanted = filters.cleaned_data
    own = Source.objects.filter(slug=wanted.get("source", "")).values_list("language", flat=True).first()
    field = filters.fields["language"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
    tags = [str(tag) for tag, _words in field.choices]  # type: ignore[union-attr,misc]
    first = "es" if "es" in tags else tags[0]
    return own or "en", wanted.get("language") or first


def _lines(layers: list[Layer], counted: Mapping[str, int]) -> list[Line]:
    places: dict[str, list[tuple[str, Term]]] = {}
    for layer in layers:
        for term in layer.terms:
            places.setdefault(term.source, []).append((layer.name, term))
    lines = [
        Line(
            term=there[-1][1], place=there[-1][0], over=tuple(name for name, _ in there[:-1]), hits=counted.get(name, 0)
        )
        for name, there in places.items()
    ]
    return sorted(lines, key=lambda line: (not line.desks, folded(line.term.source)))


def _fits(term: Term, words: str) -> bool:
    wanted = folded(words.strip())
    return not wanted or any(wanted in folded(each) for each in (*term.wordings, term.target, *term.variants))


def _initial(term: Term) -> dict[str, Any]:
    names = ("source", "target", "keep", "gender", "choose")
    lists: dict[str, Any] = {"also": "\n".join(term.also), "variants": "\n".join(term.variants)}
    return {name: getattr(term, name) for name in names} | lists | {"note": noted(term)}
