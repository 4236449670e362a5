"""Articles, what came in of them, and its versions."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.catalog import Source
from pipeline.stages import RevisionState


class Article(models.Model):
    """A story's permanent identity at a source."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")
    key = models.CharField(max_length=128)
    url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_kind = models.CharField(max_length=12, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="article_once_per_source")]
        indexes = [
            models.Index(fields=["created_at"], name="article_created"),
            models.Index(fields=["source"], name="article_withdrawn", condition=models.Q(withdrawn_at__isnull=False)),
        ]


class Payload(models.Model):
    """Bytes as they came in, kept so that every later step can be run again."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField(null=True)  # null when it was over the limit: the row says so, the sender still has it
    size = models.BigIntegerField()


class Revision(models.Model):
    """One received version of an article. Immutable but for its state and what was read from it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    payload = models.ForeignKey(Payload, on_delete=models.PROTECT)
    content_hash = models.CharField(max_length=64)
    envelope = models.JSONField()
    story = models.JSONField(null=True)
    permission = models.JSONField(null=True)
    state = models.CharField(max_length=12, default=RevisionState.RECEIVED)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    reason_es = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
        ]
        indexes = [models.Index(fields=["state"]), models.Index(fields=["received_at"], name="revision_received")]


class SearchText(models.Model):
    """What one article says, in every language it is here in, folded for searching: see pipeline/ledger/search.py.

    The full-text index over `title` and `body` belongs to the database: an FTS5 table whose rows are numbered as
    articles are, or a tsvector column; the database itself keeps it in step (migration 0010).
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="text")
    section = models.CharField(max_length=120, blank=True)
    said = models.JSONField(default=dict)  # language -> [title, body]; the original's stands under ""
    title = models.TextField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["section"], name="search_section")]
