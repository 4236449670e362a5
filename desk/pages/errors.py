"""Pages that say no: what went wrong, and what to do next.

Knows: templates. Must not know: why. Below /desk/ they are pages; elsewhere a line of plain text, as feeds answer.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from desk.access import Forbidden, public
from desk.roles import Role


def _answer(request: HttpRequest, status: int, name: str, plain: str, **context: object) -> HttpResponse:
    if not request.path_info.startswith(reverse("desk:front")):
        return HttpResponse(f"{plain}\n", status=status, content_type="text/plain; charset=utf-8")
    return render(request, f"desk/errors/{name}.html", context, status=status)


def forbidden(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:
    """403: the role is too low."""
    needed = exception.needed if isinstance(exception, Forbidden) else None
    return _answer(request, 403, "forbidden", "You may not do this.", needed=needed, highest=needed is max(Role))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its secret, from another site or from a page that stood open too long."""
    return _answer(request, 403, "forged", "The form was not sent from one of our pages.", reason=reason)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, 404, "missing", "There is nothing at this address.")


def broken(request: HttpRequest) -> HttpResponse:
    """500. The template is plain and asks the ledger nothing, because that may be what is broken."""
    return _answer(request, 500, "broken", "Something broke here. It was written down; try again in a minute.")


@public
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Any address below /desk/ that is no page."""
    return missing(request)
