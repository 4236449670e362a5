"""Addresses that are answered by this server: published files, partners' private feeds, health, metrics.

Knows: which folder an address stands for. Must not know: how a file came to be.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from feeds import static, tokens
from feeds.addresses import FORMATS, private_folder


def published(request: HttpRequest, path: str) -> HttpResponse:
    """A file below the public folder."""
    return static.serve(request, settings.PUBLIC_DIR, path)


def private(request: HttpRequest, token: str, product: str, name: str) -> HttpResponse:
    """A partner's own feed. A wrong token and a wrong product look the same: 404."""
    partner = tokens.holder(token)
    language, _, slug = product.partition("/")
    may = partner is not None and partner.products.filter(language=language, slug=slug, active=True).exists()
    path = f"{private_folder(partner.slug, product)}/{name}" if partner and may and name in FORMATS.values() else "-"
    return static.serve(request, settings.PRIVATE_DIR, path, private=True)


def health(request: HttpRequest) -> JsonResponse:
    """200 while the ledger answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Counters of this process, for Prometheus."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
