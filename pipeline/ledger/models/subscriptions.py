"""WebSub: who is pushed which feed, and who asked for it without having confirmed it yet.

Secrets, and addresses that hold one, are sealed (feeds/sealing.py): the ledger alone does not give them away.
"""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.access import Token


class Subscription(models.Model):
    """One callback that confirmed that it wants one feed. It ends with its lease, with 410, or with its token."""

    topic = models.CharField(max_length=64)  # "feed:3:rss" or "private:7:3:rss", never an address
    callback = models.CharField(max_length=1000)
    host = models.CharField(max_length=255, db_index=True)  # of the callback
    token = models.ForeignKey(Token, on_delete=models.CASCADE, null=True)  # that opens a private feed
    address = models.TextField(blank=True)  # sealed: the private feed's address, which holds the token
    secret = models.TextField(blank=True)  # sealed: what signs
    lease_until = models.DateTimeField(db_index=True)
    verified_at = models.DateTimeField()
    sent_etag = models.CharField(max_length=80, blank=True)  # of the document that it took last
    took_at = models.DateTimeField(null=True)  # when it last took one
    tries = models.PositiveIntegerField(default=0)  # since then
    due_at = models.DateTimeField(null=True)  # not to be tried before
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "callback"], name="subscription_once")]


class SubscriptionRequest(models.Model):
    """What somebody asked the hub for; it changes nothing until the callback has confirmed it."""

    topic = models.CharField(max_length=64)
    callback = models.CharField(max_length=1000)
    host = models.CharField(max_length=255, db_index=True)
    mode = models.CharField(max_length=11)  # "subscribe" or "unsubscribe"
    lease_seconds = models.PositiveIntegerField()
    token = models.ForeignKey(Token, on_delete=models.CASCADE, null=True)
    address = models.TextField(blank=True)
    secret = models.TextField(blank=True)
    etag = models.CharField(max_length=80, blank=True)  # of the feed when it was asked for: what the asker has
    asked_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "callback"], name="subscription_request_once")]
