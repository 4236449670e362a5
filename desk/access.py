"""The door of every page: which role may see it, and which may change something through it.

Knows: roles, sign-in, htmx's way of asking. Must not know: what a page does.
A view without one of these decorators is refused by a test, so none can be open by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from desk.roles import Role, may, role_of

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who gets in. `see` is for GET and HEAD, `change` for POST; None means that the method is not answered at all."""

    public: bool = False
    see: Role | None = None
    change: Role | None = None


class Forbidden(PermissionDenied):
    """Signed in, but the role is too low. Carries the role that would do."""

    def __init__(self, needed: Role) -> None:
        super().__init__(needed.group)
        self.needed = needed


def needs(see: Role | None = Role.VIEWER, *, change: Role | None = None) -> Callable[[Page[P]], Page[P]]:
    """Open a page to a role. Without `change` it can only be looked at; with `see=None` it only takes POST."""
    access = Access(see=see, change=change)

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            refusal = _refusal(request, access)
            return page(request, *args, **kwargs) if refusal is None else refusal

        answered: Any = never_cache(guarded)
        answered.access = access
        return answered  # type: ignore[no-any-return]

    return decorate


def public(page: Page[P]) -> Page[P]:
    """Open a page to everybody: signing in, and what the sign-in page is made of."""
    opened: Any = page
    opened.access = Access(public=True)
    return opened  # type: ignore[no-any-return]


def _refusal(request: HttpRequest, access: Access) -> HttpResponse | None:
    role = access.see if request.method in _SAFE else access.change if request.method == "POST" else None
    if role is None:
        return HttpResponseNotAllowed([*(_SAFE if access.see else ()), *(("POST",) if access.change else ())])
    if may(request.user, role):
        return None
    if role_of(request.user) is None:
        return _to_sign_in(request)
    raise Forbidden(role)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, and from there back. A part of a page asked for by htmx sends the whole page there."""
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = here.path + (f"?{here.query}" if here.query else "")
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(back)})
    return HttpResponseRedirect(_sign_in(request.get_full_path() if request.method in _SAFE else ""))


def _sign_in(back: str) -> str:
    return reverse("desk:login") + (f"?{urlencode({'next': back})}" if back else "")
