"""Who may come in, how often, and when they last did: tokens, allowances, fetches, submissions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.ledger.models.articles import Revision
from pipeline.ledger.models.catalog import Partner, Product, Source


class Token(models.Model):
    """A key that somebody holds: a partner, a source's automation, or with neither the newsroom's own.

    Only its digest is here: the token itself was shown once, when it was made.
    """

    key = models.CharField(max_length=16, unique=True)  # the part of the token that is no secret
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=80, blank=True)  # what it is for, in its issuer's words
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="tokens")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="tokens")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | Q(source__isnull=True),
                name="token_has_at_most_one_holder",
            )
        ]


class Fetch(models.Model):
    """When a partner last asked for one of its own feeds."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="fetches")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=8)  # rss, atom, json
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "product", "form"], name="fetch_last_one")]


class Allowance(models.Model):
    """How many requests somebody made in the current minute, counted for every server process together."""

    caller = models.CharField(max_length=80, primary_key=True)
    minute = models.BigIntegerField()  # minutes since 1970
    used = models.PositiveIntegerField()


class Submission(models.Model):
    """An article handed in over the API, with the answer that was given: the same request gets the same answer."""

    public_id = models.UUIDField(unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="submissions")
    idempotency_key = models.CharField(max_length=255, null=True)
    request_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="submissions")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "idempotency_key"], name="submission_once_per_key")]
