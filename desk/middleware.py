"""What every answer below /desk/ shares: language, security headers, the moving end of a session.

Knows: HTTP headers and the session. Must not know: pages. Feeds and published files pass through untouched: they have
headers of their own, and a language that does not depend on who asks.

Reasons: docs/adr/0011. No inline script or style, nothing from other hosts; a page that shows an article as
partners get it sets a policy of its own, which is left alone here.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from pipeline.clock import now

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
_SEEN = "seen"
_SEEN_EVERY = 300  # seconds: how exactly idleness is measured, so that not every page writes to the ledger


class Desk:
    """Middleware; must stand after the session's."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(reverse("desk:front")):
            return self._answer(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self._answer(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Language", language)
        if settings.SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        _keep_session(request)
        return response


def _keep_session(request: HttpRequest) -> None:
    """Somebody who is signed in and at work stays signed in: the session ends so long after the last request."""
    if not request.user.is_authenticated:
        return
    at = int(now().timestamp())
    if at - int(request.session.get(_SEEN, 0)) >= _SEEN_EVERY:
        request.session[_SEEN] = at
