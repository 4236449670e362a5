"""What goes out: releases, and the way of each to its partners."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.articles import Article
from pipeline.ledger.models.catalog import Partner, Product
from pipeline.ledger.models.translations import Translation
from pipeline.stages import DeliveryState, ReceiptState, ReleaseState


class Release(models.Model):
    """An article in one product. Its guid is fixed when the row is made and never used for anything else."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="releases")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    translation = models.ForeignKey(Translation, on_delete=models.PROTECT, related_name="releases")
    guid = models.CharField(max_length=300)
    version = models.PositiveIntegerField(default=1)
    sending = models.PositiveIntegerField(default=1)  # counts re-syndications of this version
    state = models.CharField(max_length=12, default=ReleaseState.USABLE)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    embargo_until = models.DateTimeField(null=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True)
    attribution = models.JSONField()
    text_sha256 = models.CharField(max_length=64)
    change = models.PositiveBigIntegerField(default=0, db_index=True)  # when it last changed: see changes.py

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "product"], name="release_once_per_product")]
        indexes = [
            models.Index(fields=["guid", "product"], name="release_guid"),
            models.Index(fields=["product", "-updated_at", "-id"], name="release_changed"),  # in the order of feeds
            models.Index(fields=["-published_at", "-id"], name="release_newest", condition=models.Q(state="usable")),
            models.Index(fields=["embargo_until"], name="release_scheduled", condition=models.Q(state="scheduled")),
        ]


class CorrectionNote(models.Model):
    """A dated note that stays in the text of every later version."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections")
    language = models.CharField(max_length=12)
    on = models.DateField()
    note = models.TextField()
    translation = models.ForeignKey(Translation, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation"], name="correction_once_per_version")]


class Delivery(models.Model):
    """One push of one release version to one partner, or the reason why it may not have it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deliveries")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="deliveries")
    version = models.PositiveIntegerField()
    sending = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)  # published, corrected, withdrawn, resent
    channel = models.CharField(max_length=8)  # "feed", "webhook" or "email"
    state = models.CharField(max_length=12, default=DeliveryState.PENDING)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    reason_es = models.TextField(blank=True)  # empty for what a partner's server has said, and for what a code says
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)  # when a person sent it again; else it counts from created_at
    tries = models.PositiveIntegerField(default=0)  # since it was queued
    due_at = models.DateTimeField(null=True)  # not to be tried before
    settled_at = models.DateTimeField(null=True)
    campaign = models.ForeignKey("ledger.Campaign", on_delete=models.PROTECT, null=True, related_name="deliveries")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "partner", "version", "sending", "channel"], name="delivery_once_per_channel"
            )
        ]
        indexes = [
            models.Index(fields=["partner", "state", "reason_code"], name="delivery_of_partner"),
            models.Index(fields=["created_at", "partner", "state", "kind"], name="delivery_told"),
            models.Index(
                fields=["created_at"], name="delivery_failed", condition=models.Q(state__in=["dead", "refused"])
            ),
            # Asked at every rendering, of a table that grows for ever: only what is open, or rare, is in these.
            models.Index(fields=["channel", "partner"], name="delivery_pending", condition=models.Q(state="pending")),
            models.Index(fields=["channel", "partner"], name="delivery_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["reason_code"], name="delivery_withheld", condition=models.Q(state="withheld")),
            models.Index(fields=["partner", "-created_at"], name="delivery_resent", condition=models.Q(kind="resent")),
        ]


class Attempt(models.Model):
    """One try of one delivery, written before it is made. No status and no answer: nobody lived to hear one."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)


class Receipt(models.Model):
    """What one partner is known to have of one version of a release: one row a version, so the past stays readable."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="receipts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="receipts")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default=ReceiptState.SENT)
    shown = models.BooleanField(default=False)  # the partner's own feed shows this version now
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "partner", "version"], name="receipt_once")]
        indexes = [models.Index(fields=["partner"], name="receipt_shown", condition=models.Q(shown=True))]
