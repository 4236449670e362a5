"""Around the review page: the versions of a translation, and how it will look to partners.

Knows: requests. Must not know: how a version is made, or what the writers write.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from desk import preview as previews
from desk.access import needs
from desk.newsroom import newsroom
from desk.roles import Role, actor, may
from desk.sheet import draft_with
from desk.words.sentences import told
from pipeline.actions import review as reviewing
from pipeline.clock import now
from pipeline.errors import IllegalTransition
from pipeline.ledger import history
from pipeline.stages import TranslationState
from pipeline.text.difference import words

PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@needs()
def past(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """Every version, who made it, and what it changed."""
    versions = []
    since: dict[str, None] = {}  # places that later versions changed: what can be put back
    for version in history.versions(article, language):
        changes = [(change.place, words(change.before, change.after)) for change in version.changes]
        versions.append((version, changes, list(since)))
        since |= dict.fromkeys(change.place for change in version.changes)
    if not versions:
        raise Http404
    newest = reviewing.newest(article, language)
    context = {
        "article": article,
        "language": language,
        "versions": versions,
        "editable": newest.state == TranslationState.HELD and may(request.user, Role.EDITOR),
        "headline": (newest.draft or {}).get("headline", ""),
    }
    return render(request, "desk/review/history.html", context)


@needs()
def preview(request: HttpRequest, article: int, language: str) -> HttpResponse:
    """The page with the frames."""
    context = {"article": article, "language": language, "forms": previews.FORMS}
    try:
        _, draft = draft_with(article, language, actor(request.user))
    except IllegalTransition as error:
        raise Http404(told(error)) from error
    return render(request, "desk/review/preview.html", {**context, "headline": draft.headline})


@needs()
def frame(request: HttpRequest, article: int, language: str, form: str) -> HttpResponse:
    """What stands in a frame: a document of its own, in which nothing runs."""
    found = next((each for each in previews.FORMS if each == form), None)
    if found is None:
        raise Http404
    who = actor(request.user)
    try:
        translation, draft = draft_with(article, language, who)
    except IllegalTransition as error:
        raise Http404(told(error)) from error
    html = previews.document(
        translation,
        found,
        newsroom().config,
        draft=draft,
        reviewer=reviewing.reviewer_name(who),
        note=request.GET.get("note", "").strip(),
        now=now(),
    )
    response = HttpResponse(html)
    response["Content-Security-Policy"] = PREVIEW_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
