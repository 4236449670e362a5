"""Publishers' feeds that are asked for new articles, and what they announced."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.articles import Article
from pipeline.ledger.models.catalog import Source
from pipeline.stages import AnnouncementState


class Watch(models.Model):
    """How the last look at a source's feed went, and what to say at the next one (RFC 9110 §13.1: etag, date)."""

    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="watch")
    url = models.CharField(max_length=500)  # what was asked; a new address begins anew
    etag = models.CharField(max_length=500, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    looked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when it last was there and could be read; null: never so far
    failures = models.PositiveIntegerField(default=0)  # in a row
    reason = models.TextField(blank=True)  # why the last look failed
    reason_es = models.TextField(blank=True)


class Announcement(models.Model):
    """One entry of a watched feed, and what became of it."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="announcements")
    key = models.CharField(max_length=64)
    url = models.CharField(max_length=2048, blank=True)
    title = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=500, blank=True)  # that the entry itself is marked with
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default=AnnouncementState.DUE)
    reason_code = models.CharField(max_length=16, blank=True)  # why it was passed over: pipeline.ingest.feed.Passed
    seen_at = models.DateTimeField()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, related_name="announcements")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "key"], name="announcement_once")]
        indexes = [models.Index(fields=["watch", "state", "seen_at"], name="announcement_state")]
