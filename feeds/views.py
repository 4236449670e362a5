"""Addresses that are answered by this server: published files, partners' private feeds, health, metrics.

Knows: which folder an address stands for, and how a partner shows its token. Must not know: how a file came to be.

Nothing is changed here, so no form's secret is asked for: what is not GET or HEAD is told that, with 405.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from feeds import documents, outputs, static, tokens
from feeds.addresses import FORMATS, OPML, private_folder
from feeds.api.problems import Problem
from feeds.fetches import fetched
from feeds.front import asked_of
from feeds.newsroom import newsroom
from feeds.opml import opml
from pipeline.ledger.models import Partner, Product, Token

_FORM_OF = {name: form for form, name in FORMATS.items()}


@cache
def poll_seconds() -> int:
    """How long a reader may wait before it asks again; until there is a newsroom.toml, the default."""
    return newsroom().site.ttl_minutes * 60


@csrf_exempt
def published(request: HttpRequest, path: str) -> HttpResponse:
    """A file below the public folder."""
    return _file(request, settings.PUBLIC_DIR, path)


@csrf_exempt
def private(request: HttpRequest, token: str, product: str, name: str) -> HttpResponse:
    """A partner's own feed at an address that nobody can guess. Whatever is wrong looks the same: 404."""
    now = timezone.now()
    links: tuple[tuple[str, str], ...] = ()
    site = newsroom().site
    if site.hub == "own":  # WebSub section 4; an outside hub must not hear of this address
        links = (("self", f"{site.url}/p/{token}/{product}/{name}"), ("hub", f"{site.url}/hub"))
    return _own_feed(request, _partner(tokens.find(token, now=now)), product, name, now, links=links)


@csrf_exempt
def private_basic(request: HttpRequest, partner: str, product: str, name: str) -> HttpResponse:
    """The same feed at an address without a secret, for those who may not have one there (RFC 7617).

    User: the partner's slug; password: its token. 401 for everybody else, whether or not there is such a partner.
    """
    now = timezone.now()
    holder = _known(request, partner, now)
    return _varied(_own_feed(request, holder, product, name, now)) if holder else _who_are_you()


@csrf_exempt
def private_list(request: HttpRequest, token: str) -> HttpResponse:
    """All feeds of a partner as one OPML list, at addresses that nobody can guess."""
    holder, site = _partner(tokens.find(token, now=timezone.now())), newsroom().site
    return _own_list(request, holder, f"{site.url}/p/{token}")


@csrf_exempt
def private_list_basic(request: HttpRequest, partner: str) -> HttpResponse:
    """The same with addresses that hold no secret."""
    holder, site = _known(request, partner, timezone.now()), newsroom().site
    return _varied(_own_list(request, holder, f"{site.url}/private/{partner}")) if holder else _who_are_you()


def _own_list(request: HttpRequest, partner: Partner | None, base: str) -> HttpResponse:
    if partner is None:
        return _file(request, settings.PRIVATE_DIR, "-", private=True)
    loaded = newsroom()
    feeds = documents.partner_products(partner, base, loaded)
    content = opml(feeds, title=f"{loaded.site.name} · {partner.name}", home_url=f"{loaded.site.url}/")
    modified = max((feed.updated for feed in feeds), default=timezone.now())
    return _answered(
        static.private_answer(asked_of(request.META), content, OPML, modified=modified, max_age=poll_seconds())
    )


def _known(request: HttpRequest, partner: str, now: datetime) -> Partner | None:
    """The partner of this name, if the request says that it is, with a token of its own as the password."""
    user, password = _credentials(request.headers.get("Authorization", ""))
    holder = _partner(tokens.find(password, now=now))
    slug = (holder.slug if holder else "").encode()
    right = hmac.compare_digest(slug, user.encode()) & hmac.compare_digest(slug, partner.encode())
    return holder if right else None


def _who_are_you() -> HttpResponse:
    answer = HttpResponse("Say who you are: user is the partner's name, password its token.\n", status=401)
    answer["WWW-Authenticate"] = 'Basic realm="Tornavoz", charset="UTF-8"'
    answer["Content-Type"] = "text/plain; charset=utf-8"
    answer["Cache-Control"] = "no-store"
    return answer


def _varied(answer: HttpResponse) -> HttpResponse:
    answer["Vary"] = f"{answer['Vary']}, Authorization" if answer.has_header("Vary") else "Authorization"
    return answer


def _own_feed(
    request: HttpRequest,
    partner: Partner | None,
    product: str,
    name: str,
    now: datetime,
    *,
    links: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """The file, and a note that the partner has it now. Nobody costs the same work as a partner's mistake."""
    language, _, slug = product.partition("/")
    holder = partner or Partner(pk=0)
    row = holder.products.filter(language=language, slug=slug, active=True).first()
    folder, _, file = name.rpartition("/")
    form = _FORM_OF.get(file)
    if partner is None or row is None or form is None or form not in (partner.formats or FORMATS):
        return _file(request, settings.PRIVATE_DIR, "-", private=True)
    if folder:
        return _own_past(request, partner, row, int(folder.removeprefix("archive/")), form, now)
    path = f"{private_folder(partner.slug, row.path)}/{name}"
    answer = _file(request, settings.PRIVATE_DIR, path, private=True, links=links)
    if request.method == "GET" and answer.status_code in (200, 304):
        fetched(partner, row, form, at=now)
    return answer


def _own_past(
    request: HttpRequest, partner: Partner, product: Product, number: int, form: str, now: datetime
) -> HttpResponse:
    """A page of the past of a partner's feed. It is seldom asked for and never kept as a file, so nothing of what is
    withdrawn, or not for this partner any more, can be left behind on one."""
    page = product.archive.select_related("product").filter(number=number).first()
    if page is None:
        return _file(request, settings.PRIVATE_DIR, "-", private=True)
    document = documents.partner_archive_document(page, partner, newsroom(), now=now)
    content, asked = outputs.rendered(document, [form])[form], asked_of(request.META)
    name, modified = FORMATS[form], document.updated
    return _answered(static.private_answer(asked, content, name, modified=modified, max_age=poll_seconds()))


def _file(
    request: HttpRequest,
    root: Path,
    path: str,
    *,
    private: bool = False,
    links: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    asked = asked_of(request.META)
    return _answered(static.answer(asked, root, path, private=private, max_age=poll_seconds(), links=links))


def _answered(found: static.Answer) -> HttpResponse:
    response = HttpResponse(found.body, status=found.status, headers=dict(found.headers))
    if found.status == 304:
        del response["Content-Type"]
    return response


def _partner(token: Token | None) -> Partner | None:
    return token.partner if token and tokens.Scope.FEEDS in token.scopes else None


def _credentials(header: str) -> tuple[str, str]:
    """User and password of a Basic header; two empty strings for anything else."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


@csrf_exempt
def no_operation(request: HttpRequest) -> HttpResponse:
    """Below /api/ nothing else is served, so that a program never gets a page for an answer."""
    return Problem("not-found").answer()


def health(request: HttpRequest) -> JsonResponse:
    """200 while the ledger answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Counters of this process, for Prometheus."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
