"""The review page: read, reword, waive, approve, hold, reject, correct.

Knows: requests and forms. Must not know: what any verb does (pipeline/actions), or what the page shows (desk/sheet.py).

Each verb is a POST to one address below the page's own. htmx is answered with the sheet alone; a browser without script
is sent back to the page, which shows the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from desk import newsroom
from desk.access import needs
from desk.roles import Role, actor, may
from desk.sheet import Sheet, Wanted, remark, sheet, terms_of
from desk.words.sentences import told
from desk.words.texts import place
from pipeline.actions import correct as correcting
from pipeline.actions import edit as editing
from pipeline.actions import review as reviewing
from pipeline.actions import waive as waiving
from pipeline.actions.edit import Conflict
from pipeline.clock import now
from pipeline.errors import IllegalTransition, PipelineError
from pipeline.ledger import suggestions, translations, wordings
from pipeline.ledger.models import Translation
from pipeline.stages import TranslationState
from pipeline.types import TranslationId

PAGE = 50


@needs()
def held(request: HttpRequest) -> HttpResponse:
    """Translations that wait for an editor, the longest waiting first."""
    rows = Translation.objects.filter(state=TranslationState.HELD, revision__article__withdrawn_at=None)
    total = rows.count()
    page = max(1, _number(request.GET.get("page"), 1))
    shown = rows.select_related("revision__article__source").order_by("created_at", "pk")
    listed = [
        {
            "article": row.revision.article_id,
            "language": row.language,
            "headline": (row.draft or {}).get("headline", ""),
            "source": row.revision.article.source.publisher,
            "since": row.created_at,
            "codes": sorted({each["code"] for each in row.findings if each["level"] == "hold" and not each["waiver"]}),
        }
        for row in shown[(page - 1) * PAGE : page * PAGE]
    ]
    context = {"listed": listed, "total": total, "page": page, "more": max(0, total - page * PAGE)}
    return render(request, "desk/review/held.html", context)


@needs()
def review(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """A translation beside its original."""
    return _answer(request, article, language, opened=request.GET.getlist("edit"))


@needs(see=None, change=Role.EDITOR)
def act(request: HttpRequest, article: int, language: str, verb: str) -> HttpResponse:
    """One verb of an editor. What cannot be done says why, and nothing typed is lost."""
    doing = VERBS.get(verb)
    if doing is None:
        raise Http404
    try:
        return doing(request, article, language)
    except PipelineError as error:
        messages.error(request, told(error))
        return _after(request, article, language, opened=request.POST.get("place", "") if verb in WRITING else "")


def _answer(
    request: HttpRequest,
    article: int,
    language: str,
    *,
    opened: list[str] | None = None,
    conflicts: tuple[Conflict, ...] = (),
) -> HttpResponse:
    try:
        shown = sheet(article, language, actor(request.user), now=now(), editing=opened or [], conflicts=conflicts)
    except IllegalTransition as error:
        raise Http404(told(error)) from error
    part = bool(request.headers.get("HX-Request"))
    template = "desk/review/sheet.html" if part else "desk/review/page.html"
    status = 409 if conflicts and not part else 200
    context = {"sheet": shown, "editor": may(request.user, Role.EDITOR), "part": part, **_at_hand(shown)}
    return render(request, template, context, status=status)


def _at_hand(shown: Sheet) -> dict[str, dict[str, Any]]:
    """For each sentence that is open for editing: sentences like it and what was made of them, its terms, and what is
    to be said of words that were typed and not saved."""
    alike: dict[str, suggestions.Suggestions] = {}
    terms: dict[str, list[Wanted]] = {}
    draft = translations.get(shown.translation).draft
    pair = (shown.source_language, shown.language)
    for match in draft.matches if draft else ():
        if any(row.place == match.place and row.editing for row in shown.rows):
            alike[match.place] = suggestions.suggest(
                match.source, *pair, limit=3, leave_out=shown.translation, own=match.spans
            )
            terms[match.place] = terms_of(match, newsroom.glossaries()(shown.source, *pair))
    open_rows = {row.place: row.unsaved for row in shown.rows if row.editing and row.unsaved is not None}
    looks = {place: _looked(shown.translation, place, html) for place, html in open_rows.items()}
    return {"alike": alike, "terms": terms, "looks": looks}


def _looked(base: int, place: str, html: str) -> dict[str, Any]:
    """What typography and checks make of a wording, for look.html."""
    looked = editing.look(base, place, html)
    return {
        "look": looked,
        "problem": told(looked.problem) if looked.problem else "",
        "remarks": [remark(each) for each in looked.findings],
        "changed": looked.html != html,
    }


def _after(request: HttpRequest, article: int, language: str, *, opened: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _answer(request, article, language, opened=[opened] if opened else None)
    address = reverse("desk:review", kwargs={"article": article, "language": language})
    return HttpResponseRedirect(address + (f"?{urlencode({'edit': opened})}" if opened else ""))


# --- verbs -------------------------------------------------------------------------------------------------------


def _type(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """A pause in typing: keep the wording, and say what typography and checks make of it."""
    place, html, base = request.POST.get("place", ""), request.POST.get("html", ""), _base(request)
    context = _looked(base, place, html)
    wordings.keep(article, language, place, html, base=base, editor=actor(request.user), now=now())
    return render(request, "desk/review/look.html", context)


def _save(request: HttpRequest, article: int, language: str) -> HttpResponse:
    place, html = request.POST.get("place", ""), request.POST.get("html", "")
    who, base = actor(request.user), _base(request)
    wordings.keep(article, language, place, html, base=base, editor=who, now=now())
    edited = editing.edit(article, language, {place: html}, base=base, actor=who, now=now())
    if edited.conflicts:
        messages.warning(request, _("Somebody changed this sentence since you read it. Nothing was overwritten."))
        return _answer(request, article, language, conflicts=edited.conflicts)
    messages.success(request, _("Saved."))
    return _after(request, article, language)


def _done(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """Close the field of a published sentence; what was typed waits for the correction to be sent."""
    place, html = request.POST.get("place", ""), request.POST.get("html", "")
    base = _base(request)
    looked = editing.look(base, place, html)
    if looked.problem:
        raise looked.problem
    wordings.keep(article, language, place, looked.html, base=base, editor=actor(request.user), now=now())
    return _after(request, article, language)


def _drop(request: HttpRequest, article: int, language: str) -> HttpResponse:
    wordings.drop(article, language, actor(request.user), places=[request.POST.get("place", "")])
    return _after(request, article, language)


def _undo(request: HttpRequest, article: int, language: str) -> HttpResponse:
    place, version = request.POST.get("place", ""), _number(request.POST.get("version"), 0)
    editing.undo(article, language, place, version=version, actor=actor(request.user), now=now())
    messages.success(request, _("The old words are back, as a new version."))
    return _after(request, article, language)


def _waive(request: HttpRequest, article: int, language: str) -> HttpResponse:
    waiving.waive(
        TranslationId(_base(request)),
        request.POST.get("code", ""),
        request.POST.get("place", ""),
        reason=request.POST.get("reason", ""),
        actor=actor(request.user),
        now=now(),
    )
    messages.success(request, _("Waived."))
    return _after(request, article, language)


def _decide(request: HttpRequest, article: int, language: str) -> HttpResponse:
    verb, reason = request.POST.get("decision", ""), request.POST.get("reason", "").strip()
    who = actor(request.user)
    if verb == "approve":
        _no_unsaved(request, article, language)
        reason = reason or _("read and approved")
        reviewing.approve(article, language, reason=reason, actor=who, now=now(), base=_base(request))
        messages.success(request, _("Approved. It is on its way to the feeds."))
    elif verb == "hold":
        reviewing.hold(article, language, reason=reason, actor=who, now=now())
        messages.success(request, _("It waits, with your note."))
    elif verb == "reject":
        if not reason:
            raise IllegalTransition(_("Say why it is rejected."))
        reviewing.reject(article, language, reason=reason, actor=who, now=now())
        messages.success(request, _("Rejected. It will not be published."))
    else:
        raise IllegalTransition(_("Choose: approve, hold or reject."))
    return _after(request, article, language)


def _no_unsaved(request: HttpRequest, article: int, language: str) -> None:
    """An approval must not pass over what its own editor was still writing."""
    shown = sheet(article, language, actor(request.user), now=now())
    if shown.unsaved:
        places = "; ".join(place(row.place) for row in shown.unsaved)
        raise IllegalTransition(
            _("You have unsaved wordings (%(places)s). Save or drop them first.") % {"places": places}
        )


def _correct(request: HttpRequest, article: int, language: str) -> HttpResponse:
    note, who = request.POST.get("note", "").strip(), actor(request.user)
    if not note:
        raise IllegalTransition(_("Write the note that readers will see."))
    typed = wordings.of(article, language, who)
    shown = sheet(article, language, who, now=now())
    changes = {row.place: typed[row.place].html for row in shown.unsaved}
    base = min((typed[place].base_id for place in changes), default=shown.translation)
    made = correcting.correct_all(article, language, changes, note=note, actor=who, now=now(), base=base)
    if made.conflicts:
        messages.warning(request, _("Somebody changed this sentence since you read it. Nothing was overwritten."))
        return _answer(request, article, language, conflicts=made.conflicts)
    messages.success(request, _("Corrected. Readers see your note; partners hear of it."))
    return _after(request, article, language)


def _presence(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """A sign of life; who else is here, and whether a newer version was saved meanwhile."""
    who = actor(request.user)
    wordings.here(article, language, who, now=now())
    newest = reviewing.newest(article, language)
    context = {
        "others": sorted(name.rpartition(":")[2] for name in wordings.others(article, language, who, now=now())),
        "newer": newest.pk != _base(request),
        "article": article,
        "language": language,
    }
    return render(request, "desk/review/presence.html", context)


WRITING = frozenset({"save", "done"})  # what cannot be saved stays in the open field, with the reason below it
VERBS: dict[str, Callable[[HttpRequest, int, str], HttpResponse]] = {
    "type": _type,
    "save": _save,
    "done": _done,
    "drop": _drop,
    "undo": _undo,
    "waive": _waive,
    "decide": _decide,
    "correct": _correct,
    "presence": _presence,
}


def _base(request: HttpRequest) -> int:
    return _number(request.POST.get("base"), 0)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else otherwise
