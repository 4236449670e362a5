"""Who calls: the token in the Authorization header, the address it comes from, and how often.

Knows: RFC 6750 and which scope an operation asks for. Must not know: any operation.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from feeds import tokens
from feeds.api.allowances import Allowances
from feeds.api.problems import Problem
from feeds.newsroom import newsroom
from feeds.tokens import Scope
from pipeline.ledger.models import Partner, Source, Token

allowances = Allowances()


class Bearer(HttpBearer):
    """Opens an operation to tokens that have one scope. `request.auth` is then the token's row."""

    openapi_description = "A token that the newsroom issued for you."

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Token:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, shown.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """The token's row. Problem 401 for a token that is not good, 403 for another scope, 429 for too many."""
        now = timezone.now()
        found = tokens.find(token, now=now) if token else None
        if found is None:
            _spend(f"address:{address_of(request)}", newsroom().api.failures_per_minute, now)
            raise Problem("unauthorized", headers={"WWW-Authenticate": 'Bearer realm="Tornavoz"'})
        _spend(f"token:{found.key}", newsroom().api.requests_per_minute, now)
        if self.scope not in found.scopes:
            raise Problem(
                "forbidden",
                f"This needs a token with the scope {self.scope}; yours has {', '.join(found.scopes) or 'none'}.",
                headers={
                    "WWW-Authenticate": f'Bearer realm="Tornavoz", error="insufficient_scope", scope="{self.scope}"'
                },
            )
        return found


def partner_of(request: HttpRequest) -> Partner:
    """The partner whose token opened this operation."""
    partner = _token(request).partner
    if partner is None:
        raise Problem("forbidden", "This is for partners; the token belongs to somebody else.")
    return partner


def source_of(request: HttpRequest) -> Source:
    """The source for which automation hands in articles."""
    source = _token(request).source
    if source is None:
        raise Problem("forbidden", "This is for a source's automation; the token belongs to somebody else.")
    return source


def actor_of(request: HttpRequest) -> str:
    """As the audit trail names whoever calls: "api:el-faro:3f9a5c21d077"."""
    token = _token(request)
    return f"api:{tokens.holder_of(token).slug}:{token.key}"


def _token(request: HttpRequest) -> Token:
    token = getattr(request, "auth", None)
    if not isinstance(token, Token):
        raise AssertionError("an operation without a token asked whose it is")
    return token


def _spend(caller: str, limit: int, now: datetime) -> None:
    if wait := allowances.take(caller, limit, now=now):
        raise Problem("too-many-requests", headers={"Retry-After": str(wait)})


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. What a proxy says of it counts only if the proxy is one of ours (TRUSTED_PROXIES)."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not _trusted(address) or not hop.strip():
            break
        address = hop.strip()
    return address[:60]


@lru_cache(maxsize=1024)
def _trusted(address: str) -> bool:
    try:
        return any(ip_address(address) in ip_network(each, strict=False) for each in settings.TRUSTED_PROXIES)
    except ValueError:
        return False
