"""What to do about a publisher's own version of an article: link to it, or translate all the same.

Knows: the two decisions and what an editor types for each. Must not know: what follows from them.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.access import needs
from desk.roles import Role, actor
from desk.words.sentences import told
from pipeline.actions import official
from pipeline.clock import now
from pipeline.errors import PipelineError


class EditionForm(forms.Form):
    """The publisher's headline, needed for a link only, and the reason."""

    headline = forms.CharField(required=False, max_length=300, label=_("The publisher's headline"))
    reason = forms.CharField(max_length=300, label=_("Why"))


@needs(None, change=Role.EDITOR)
def decide(request: HttpRequest, article: int, language: str) -> HttpResponseRedirect:
    """Decide, and go back to the article."""
    form = EditionForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, gettext("Say why."))
        elif request.POST.get("verb") == "link":
            official.link(article, language, actor=actor(request.user), now=now(), **form.cleaned_data)
            messages.success(request, gettext("Partners are pointed to the publisher's own version."))
        else:
            reason = form.cleaned_data["reason"]
            official.pass_over(article, language, reason=reason, actor=actor(request.user), now=now())
            messages.success(request, gettext("The article will be translated."))
    except PipelineError as error:
        messages.error(request, told(error))
    return HttpResponseRedirect(reverse("desk:trace", args=[article]))
