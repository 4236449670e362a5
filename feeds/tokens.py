"""Partners' tokens: made here, shown once, kept only as a digest.

Knows: their form, tvz_<32 random bytes>. Must not know: what a token opens.
A digest without salt is enough, because the token is random and long (nobody can guess what to hash).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from pipeline.ledger import audit
from pipeline.ledger.models import Partner

PREFIX = "tvz_"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(partner: Partner, *, actor: str, now: datetime) -> str:
    """A new token for a partner; the old one stops working at once. This is the only time it can be read."""
    token = PREFIX + secrets.token_urlsafe(32)
    Partner.objects.filter(pk=partner.pk).update(token_sha256=digest(token), token_made_at=now)
    audit.record("partner.token-issued", f"partner:{partner.slug}", now=now, actor=actor)
    return token


@transaction.atomic
def revoke(partner: Partner, *, actor: str, reason: str, now: datetime) -> None:
    """The partner's private addresses stop answering at once."""
    Partner.objects.filter(pk=partner.pk).update(token_sha256="", token_made_at=None)
    audit.record("partner.token-revoked", f"partner:{partner.slug}", now=now, actor=actor, reason=reason)


def holder(token: str) -> Partner | None:
    """The active partner that this token belongs to."""
    if not token.startswith(PREFIX):
        return None
    return Partner.objects.filter(token_sha256=digest(token), active=True).first()
