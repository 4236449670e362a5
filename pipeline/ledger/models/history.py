"""The past of feeds: closed pages, and what stands on each."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.catalog import Product
from pipeline.ledger.models.releases import Release


class ArchivePage(models.Model):
    """A closed page of a product's past. Its number never changes; its generation rises when a text had to leave it."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="archive")
    number = models.PositiveIntegerField()
    generation = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField()
    until = models.DateTimeField()  # the newest change on it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="archive_page_once")]


class Archived(models.Model):
    """One state of a release on one page. Once the release has changed, the page no longer speaks for it."""

    page = models.ForeignKey(ArchivePage, on_delete=models.CASCADE, related_name="held")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="archived")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "release"], name="archived_once_per_page")]
