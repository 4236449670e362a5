"""Where partners published: pages that were reported, and what was found on them."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.catalog import Partner
from pipeline.ledger.models.releases import Release
from pipeline.stages import PlacementState


class Placement(models.Model):
    """A page where a partner says that it published an article, and how far its credit is proved."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="placements")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="placements")
    url = models.CharField(max_length=1000)
    reported_by = models.CharField(max_length=120)
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=PlacementState.REPORTED)
    since = models.DateTimeField()  # when it came into this state
    version = models.PositiveIntegerField(default=0)  # of the release that it was last compared with
    checked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)  # when the failure at hand was first found
    cure_by = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "url"], name="placement_once")]
        indexes = [models.Index(fields=["state"])]


class Proof(models.Model):
    """One look at a placement, with its evidence: never changed afterwards."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="proofs")
    at = models.DateTimeField()
    version = models.PositiveIntegerField()
    verdict = models.CharField(max_length=12)
    findings = models.JSONField(default=list)
    status = models.PositiveIntegerField(null=True)  # HTTP; null when no answer came
    address = models.CharField(max_length=2000, blank=True)  # after redirects
    sha256 = models.CharField(max_length=64, blank=True)  # of the bytes that came
    coverage = models.FloatField(default=0.0)  # 0..1, share of the text that is on the page
    excerpt = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "-at"]), models.Index(fields=["at"], name="proof_at")]
