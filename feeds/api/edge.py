"""What holds for everything below /api/: how long a body may be, the shape of every refusal, and 304 for reads.

Knows: headers. Must not know: operations. It stands before everything else, so that a body that is too long is refused
before anybody reads it, and so that what Django itself refuses has the API's shape too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from feeds.api.problems import MEDIA_TYPE, Problem, of_status
from feeds.files import etag
from feeds.newsroom import newsroom

PREFIX = "/api/"
ENVELOPE_BYTES = 262_144  # what may come around an article: field names, escapes, boundaries


class Edge:
    """Middleware; stands first."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self._answer(request)
        response = _refused(request) or self._answer(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
            kept = {name: response[name] for name in ("Allow", "Retry-After") if response.has_header(name)}
            general = of_status(response.status_code)
            response = Problem(general.code, headers=kept).answer()
        if response.status_code == 200 and request.method in ("GET", "HEAD"):
            response = _unless_known(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer under its strong tag, or 304 for whoever has these very bytes (RFC 9110 sections 8.8.3 and 13.1.2)."""
    response["ETag"] = etag(response.content)
    response.headers.setdefault("Cache-Control", "private, no-cache")  # keep it, and ask before you use it
    patch_vary_headers(response, ["Authorization"])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def body_limit() -> int:
    """The most bytes that a body may have."""
    return newsroom().intake.max_bytes + ENVELOPE_BYTES


def _refused(request: HttpRequest) -> HttpResponse | None:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not length and request.headers.get("Transfer-Encoding"):
        return Problem("length-required").answer()
    if (length and not length.isascii()) or (length and not length.isdigit()):
        return Problem("bad-request", "Content-Length is no number.").answer()
    if length and int(length) > (limit := body_limit()):
        return Problem("too-large", f"The body has {int(length):,} bytes; at most {limit:,} are taken.").answer()
    return None
