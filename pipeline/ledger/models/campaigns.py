"""Tables of campaigns: re-syndications of one release or of ten thousand.

Knows: shapes. Must not know: behaviour.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.stages import CampaignState, ItemState


class Campaign(models.Model):
    """What was asked for, by whom and why, and how far it has come."""

    verb = models.CharField(max_length=12)
    choice = models.JSONField()  # pipeline.ledger.choices.Choice
    fingerprint = models.CharField(max_length=64)  # of verb and choice
    key = models.CharField(max_length=64, unique=True, null=True)  # of one press of the button
    state = models.CharField(max_length=12, default=CampaignState.RUNNING)
    reason = models.TextField()
    note = models.TextField(blank=True)  # what readers are told of a new version
    per_hour = models.PositiveIntegerField(null=True)  # releases; null = as fast as the feeds are rendered
    actor = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    listed = models.BooleanField(default=False)  # whether every chosen release has its item
    cursor = models.BigIntegerField(default=0)  # the last release that was looked at for it
    until = models.BigIntegerField()  # the newest release there was at the start

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(state__in=[CampaignState.RUNNING, CampaignState.PAUSED]),
                name="campaign_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state"])]


class CampaignItem(models.Model):
    """One release in a campaign. It is sent in the transaction that says so, hence once."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="items")
    release = models.ForeignKey("ledger.Release", on_delete=models.PROTECT, related_name="campaign_items")
    version = models.PositiveIntegerField()  # of the release, when it was chosen
    state = models.CharField(max_length=12, default=ItemState.PENDING)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    translation = models.ForeignKey(  # the new version that was ordered
        "ledger.Translation", on_delete=models.PROTECT, null=True, related_name="campaign_items"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "release"], name="campaign_item_once")]
        indexes = [models.Index(fields=["campaign", "state", "release"])]
