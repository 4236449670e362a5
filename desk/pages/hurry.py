"""Hurry an article that waits: one button on its page.

Knows: the deed. Must not know: what it changes for the work.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from desk.access import needs
from desk.roles import Role, actor
from desk.words.sentences import told
from pipeline.actions import hurry as acting
from pipeline.clock import now
from pipeline.errors import PipelineError


@needs(None, change=Role.EDITOR)
def hurry(request: HttpRequest, article: int) -> HttpResponseRedirect:
    """Put its work before everybody else's, and go back to the article."""
    try:
        acting.hurry(article, reason=request.POST.get("reason", "").strip(), actor=actor(request.user), now=now())
        messages.success(request, gettext("The article goes first and waits for no other."))
    except PipelineError as error:
        messages.error(request, told(error))
    return HttpResponseRedirect(reverse("desk:trace", args=[article]))
