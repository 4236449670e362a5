"""Signing in and out, and the language of the pages.

Knows: Django's authentication and our throttle. Must not know: roles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from desk import throttle
from desk.access import public
from pipeline.clock import now
from pipeline.errors import ConfigError
from pipeline.ledger import audit


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Sign in, then go where one was going."""
    onward = _onward(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return _sign_in(request, {"form": AuthenticationForm(request), "next": onward})
    name = request.POST.get("username", "")
    address = _address(request)
    left = throttle.wait(name, address, now=now())
    if left:
        return _slowed(request, left)
    form = AuthenticationForm(request, request.POST)
    if not form.is_valid():
        throttle.failed(name, address, now=now())
        return _sign_in(request, {"form": form, "next": onward}, status=422)
    start_session(request, form.get_user())
    throttle.entered(form.get_user().get_username(), address, now=now())
    return HttpResponseRedirect(onward)


def _sign_in(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "desk/login.html", {**context, "oidc": settings.OIDC}, status=status)


def _slowed(request: HttpRequest, left: timedelta) -> HttpResponse:
    """Too many attempts: nothing is tried, and nothing more is written, until so much time has passed."""
    context = {"minutes": math.ceil(left.total_seconds() / 60), "next": _onward(request)}
    response = _sign_in(request, {**context, "form": AuthenticationForm(request)}, status=429)
    response["Retry-After"] = str(math.ceil(left.total_seconds()))
    return response


@public
@never_cache
@require_safe
def provider(request: HttpRequest) -> HttpResponse:
    """Off to the house's identity provider, if there is one, to sign in there."""
    return _at_provider(request, lambda oidc: oidc.begin(request))


@public
@never_cache
@require_safe
def provided(request: HttpRequest) -> HttpResponse:
    """Back from the identity provider."""

    def let_in(oidc: Any) -> HttpResponse:
        response: HttpResponse = oidc.finish(request)
        throttle.entered(request.user.get_username(), _address(request), now=now(), reason="oidc")
        return response

    return _at_provider(request, let_in)


def _at_provider(request: HttpRequest, work: Callable[[Any], HttpResponse]) -> HttpResponse:
    """What `work` answers, with desk/oidc.py; it is an optional part, with libraries of its own."""
    if not settings.OIDC:
        raise Http404
    from desk import oidc

    if left := throttle.wait("", _address(request), now=now()):
        return _slowed(request, left)
    try:
        return work(oidc)
    except (oidc.Refused, ConfigError) as error:
        return _not_let_in(request, str(error), error.spanish)


def _address(request: HttpRequest) -> str:
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def _not_let_in(request: HttpRequest, reason: str, reason_es: str) -> HttpResponse:
    """Back to the sign-in page. Why stands in the audit trail; a stranger is not told who has an account here."""
    throttle.failed("", _address(request), now=now(), reason=reason, reason_es=reason_es)
    said = gettext("The identity provider's answer lets nobody in here. The reason stands in the audit trail.")
    messages.error(request, said)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


def _onward(request: HttpRequest) -> str:
    """An address of our own that was asked for, or the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if own else resolve_url(settings.LOGIN_REDIRECT_URL)


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out. By POST, so that no link or picture elsewhere can do it."""
    if request.user.is_authenticated:
        name = request.user.get_username()
        audit.record("desk.signed-out", throttle.subject(name), now=now(), actor=f"desk:{name}")
    end_session(request)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where it was chosen."""
    return set_language(request)
