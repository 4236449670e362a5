"""People: who may sign in, with which role; and one's own password.

Knows: forms. Must not know: how an account is kept; that is desk/people.py.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from desk import people as accounts
from desk.access import needs
from desk.roles import BY_GROUP, Role, actor, role_of
from desk.words.sentences import told
from pipeline.clock import now
from pipeline.errors import PipelineError


@needs(Role.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account."""
    rows = User.objects.prefetch_related("groups").order_by("-is_active", "username")
    listed = [{"user": row, "role": next((g.name for g in row.groups.all() if g.name in BY_GROUP), "")} for row in rows]
    return render(request, "desk/people.html", {"people": listed, "roles": list(BY_GROUP)})


@needs(None, change=Role.ADMIN)
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Give another role, or switch an account off or on."""
    row = get_object_or_404(User, username=name)
    by, at = actor(request.user), now()
    try:
        if request.POST.get("switch") in ("on", "off"):
            on = request.POST["switch"] == "on"
            accounts.switch(row, on=on, actor=by, reason=request.POST.get("reason", ""), now=at)
        else:
            accounts.set_role(row, accounts.role_called(request.POST.get("role", "")), actor=by, now=at)
    except PipelineError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, gettext("Done: %(name)s.") % {"name": row.username})
    return HttpResponseRedirect(reverse("desk:people"))


@needs(Role.VIEWER, change=Role.VIEWER)
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, by proving the old one. Every other session of this person ends."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  the door let nobody else in
    fault = ""
    if request.method == "POST":
        new = request.POST.get("new", "")
        if not user.check_password(request.POST.get("old", "")):
            fault = gettext("That is not your present password.")
        elif new != request.POST.get("again", ""):
            fault = gettext("The two new passwords differ.")
        else:
            try:
                accounts.set_password(user, new, actor=actor(user), now=now())
            except PipelineError as error:
                fault = told(error)
        if not fault:
            update_session_auth_hash(request, user)
            messages.success(request, gettext("Your password was changed."))
            return HttpResponseRedirect(reverse("desk:front"))
    context = {"fault": fault, "role": role_of(user)}
    return render(request, "desk/password.html", context, status=422 if fault else 200)
