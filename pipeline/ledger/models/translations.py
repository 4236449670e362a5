"""Translations, their sentences, and what is remembered of both."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.articles import Article, Revision
from pipeline.stages import TranslationState


class Translation(models.Model):
    """A revision in another language; a later version of the same revision is a post-edit or a re-translation."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="translations")
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, default=TranslationState.QUEUED)
    draft = models.JSONField(null=True)  # pipeline.types.Draft without its matches, which are rows of their own
    findings = models.JSONField(default=list)
    correction = models.TextField(blank=True)  # note that readers see when this version replaces an earlier one
    reviewer = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "language", "version"], name="translation_version_once")
        ]
        indexes = [models.Index(fields=["state"])]


class Segment(models.Model):
    """One translated sentence with its place, its maker and its score."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=32)
    source = models.TextField()
    target = models.TextField()
    spans = models.JSONField(default=list)
    gap = models.CharField(max_length=8, blank=True)
    origin = models.CharField(max_length=8)
    model = models.CharField(max_length=120, blank=True)
    score = models.FloatField(null=True)
    provenance = models.JSONField(null=True)  # of a person's words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation", "position"], name="segment_position_once")]


class MemoryEntry(models.Model):
    """What an engine made of a sentence under one identity (model, settings, rules)."""

    key = models.CharField(max_length=64, primary_key=True)
    record = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


class PostEdit(models.Model):
    """A sentence in a person's words, used wherever it stands again. The newest wording is the one kept."""

    fingerprint = models.CharField(max_length=64, primary_key=True)  # pipeline.ledger.postedits.fingerprint
    source_language = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    source = models.TextField()
    source_spans = models.JSONField(default=list)
    target = models.TextField()
    spans = models.JSONField(default=list)
    origin = models.CharField(max_length=8)  # "editor" or "import"
    file = models.CharField(max_length=120, blank=True)  # that it was imported from
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, related_name="post_edits")

    class Meta:
        indexes = [models.Index(fields=["language", "source_language", "at"], name="post_edit_newest")]


class Waiver(models.Model):
    """An editor's answer to one finding about one sentence of an article, good for as long as both texts stand."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="waivers")
    language = models.CharField(max_length=12)
    code = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # pipeline.translation.waivers.fingerprint
    reason = models.TextField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "code", "fingerprint"], name="waiver_once")
        ]
