"""A forgotten password: asking for a link, and the page that the link leads to.

Knows: Django's own view and tokens for it, our throttle. Must not know: how the letter is written and sent.

Whoever asks gets the same answer whether the name is known or not, after the same work; the letter is sent by a worker.
"""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from desk import people, throttle
from desk.access import public
from pipeline.clock import now


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail."""
    context: dict[str, Any] = {"server": bool(settings.SMTP_URL)}
    if request.method == "POST" and settings.SMTP_URL:
        address = request.META.get("REMOTE_ADDR", "")
        left = throttle.wait_to_ask(address, now=now())
        if left:
            context["minutes"] = math.ceil(left.total_seconds() / 60)
            response = render(request, "desk/reset.html", context, status=429)
            response["Retry-After"] = str(math.ceil(left.total_seconds()))
            return response
        people.ask_for_password(request.POST.get("username", "").strip(), address, now=now())
        context["asked"] = True
    return render(request, "desk/reset.html", context)


class _Form(SetPasswordForm):  # type: ignore[type-arg]
    """Saves as every change of a password is saved: with a trace, and the end of every session."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        people.set_password(user, self.cleaned_data["new_password1"], actor=f"desk:{user.username}", now=now())
        return user


class _Confirm(PasswordResetConfirmView):
    """Django's: the secret moves from the address into the session before anything is shown."""

    form_class = _Form
    template_name = "desk/reset_confirm.html"
    success_url = reverse_lazy("desk:login")
    reset_url_token = "typed"  # noqa: S105  what stands in the address instead of the secret

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, gettext("Your password was changed."))
        return answer


_confirmed: Any = _Confirm.as_view()


@public
@never_cache
@sensitive_post_parameters()
def confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Where the link leads: a new password, twice."""
    answer: HttpResponse = _confirmed(request, uidb64=uidb64, token=token)
    return answer
