"""Tokens of partners and of automation: made here, shown once, kept only as a digest, ended at once.

Knows: their form, whom they belong to, what each opens. Must not know: who asks, or over which protocol.

    tvz_<key>_<secret>     key: 12 hex digits that find the row and may be shown; secret: 32 random bytes, base64url

A digest without salt is enough, because the secret is random and long: nobody can guess what to hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet

from pipeline.config.near import near
from pipeline.errors import ConfigError
from pipeline.ledger import audit
from pipeline.ledger.models import Partner, Source, Token

PREFIX = "tvz_"
SPARINGLY = timedelta(minutes=1)  # a use is written down at most this often
_FORM = re.compile(r"tvz_(?P<key>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_NOBODY = "0" * 64  # what a token is compared with when its key is unknown, so that both refusals cost the same


class Scope(StrEnum):
    """What a token opens."""

    FEEDS = "feeds"
    RELEASES_READ = "releases:read"
    RELEASES_ACKNOWLEDGE = "releases:acknowledge"
    ARTICLES_WRITE = "articles:write"
    STATUS_READ = "status:read"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"


@dataclass(frozen=True, slots=True)
class House:
    """The newsroom itself, whose own automation runs campaigns."""

    slug: str = "newsroom"
    active: bool = True


HOUSE = House()
Holder = Partner | Source | House
OF_PARTNERS = (Scope.FEEDS, Scope.RELEASES_READ, Scope.RELEASES_ACKNOWLEDGE, Scope.STATUS_READ)
OF_SOURCES = (Scope.ARTICLES_WRITE, Scope.STATUS_READ)
OF_HOUSE = (Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_WRITE, Scope.STATUS_READ)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(
    holder: Holder,
    *,
    actor: str,
    now: datetime,
    scopes: Iterable[str] = (),
    name: str = "",
    expires_at: datetime | None = None,
) -> str:
    """A new token, beside those that there are. This is the only time it can be read.

    Without `scopes` it opens all that its kind of holder may have. ConfigError for a scope that this kind may not.
    """
    allowed = {Partner: OF_PARTNERS, Source: OF_SOURCES, House: OF_HOUSE}[type(holder)]
    wanted = _scopes(scopes, allowed, holder) or list(allowed)
    key = secrets.token_hex(6)
    token = f"{PREFIX}{key}_{secrets.token_urlsafe(32)}"
    Token.objects.create(
        key=key,
        sha256=digest(token),
        name=name,
        partner=holder if isinstance(holder, Partner) else None,
        source=holder if isinstance(holder, Source) else None,
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    details = {"key": key, "name": name, "scopes": wanted, "expires_at": expires_at.isoformat() if expires_at else None}
    audit.record("token.issued", subject_of(holder), now=now, actor=actor, details=details)
    return token


def _scopes(scopes: Iterable[str], allowed: tuple[Scope, ...], holder: Holder) -> list[str]:
    wanted = list(dict.fromkeys(scopes))
    for scope in wanted:
        if scope not in allowed:
            kind = subject_of(holder).partition(":")[0]
            raise ConfigError(
                f"a {kind}'s token cannot have the scope {scope!r}"
                f"{near(scope, [str(each) for each in allowed]) or '.'} It may have: {', '.join(allowed)}",
                es=f"Una clave de este tipo no puede tener el alcance «{scope}». Puede tener: {', '.join(allowed)}.",
            )
    return [str(scope) for scope in allowed if scope in wanted]


@transaction.atomic
def revoke(key: str, *, actor: str, reason: str, now: datetime) -> Token:
    """End a token, at once and for good. `key` is its middle part; a whole token does as well.

    ConfigError when there is no such token, or when it was revoked before.
    """
    row = Token.objects.select_for_update(of=("self",)).filter(key=_key(key) if key.startswith(PREFIX) else key).first()
    if row is None:
        raise ConfigError(
            f"there is no token {key.removeprefix(PREFIX)[:12]!r}; see: tornavoz tokens list",
            es=f"No existe la clave «{key.removeprefix(PREFIX)[:12]}»; véalas con: tornavoz tokens list",
        )
    if row.revoked_at is not None:
        raise ConfigError(
            f"token {row.key} was revoked on {row.revoked_at:%Y-%m-%d} already",
            es=f"La clave {row.key} ya se revocó el {row.revoked_at:%Y-%m-%d}.",
        )
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    audit.record(
        "token.revoked", subject_of(holder_of(row)), now=now, actor=actor, reason=reason, details={"key": row.key}
    )
    return row


def find(token: str, *, now: datetime) -> Token | None:
    """The token's row, if it is good at this moment: known, not revoked, not expired, its holder active.

    Asked of the ledger each time, so a revoked token stops with the next request. What is wrong with a token shows
    neither in the answer nor in the work: one look-up and one comparison in constant time.
    """
    row = Token.objects.select_related("partner", "source").filter(key=_key(token)).first()
    same = hmac.compare_digest(row.sha256 if row else _NOBODY, digest(token))
    if row is None or not same or not _good(row, now):
        return None
    if row.last_used_at is None or row.last_used_at <= now - SPARINGLY:
        quiet = Q(last_used_at=None) | Q(last_used_at__lte=now - SPARINGLY)
        Token.objects.filter(quiet, pk=row.pk).update(last_used_at=now)
    return row


def standing(now: datetime) -> QuerySet[Token]:
    """Tokens that still open something, as far as they themselves say."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return Token.objects.filter(unexpired, revoked_at=None)


def holder_of(row: Token) -> Holder:
    """The partner or source that a token belongs to, of which there is one at most; else it is the newsroom's own."""
    return row.partner or row.source or HOUSE


def subject_of(holder: Holder) -> str:
    """The holder as the audit trail names it: "partner:el-faro", "newsroom:newsroom"."""
    kind = {Partner: "partner", Source: "source", House: "newsroom"}[type(holder)]
    return f"{kind}:{holder.slug}"


def _good(row: Token, now: datetime) -> bool:
    expired = row.expires_at is not None and row.expires_at <= now
    return row.revoked_at is None and not expired and holder_of(row).active


def _key(token: str) -> str:
    """The key that finds a token. Tokens made before keys were part of them are found by their digest."""
    match = _FORM.fullmatch(token)
    return match["key"] if match else digest(token)[:12]
