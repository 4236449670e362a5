"""What editors have in hand: wordings that are not saved yet, and who looks at what."""

from __future__ import annotations

from django.db import models

from pipeline.ledger.models.articles import Article
from pipeline.ledger.models.translations import Translation


class Wording(models.Model):
    """A sentence as an editor is typing it, kept so that a closed window loses nothing. No version has it yet."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=12)
    place = models.CharField(max_length=32)
    editor = models.CharField(max_length=120)  # as in the audit trail
    base = models.ForeignKey(Translation, on_delete=models.CASCADE)  # the version that was being read
    html = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "place", "editor"], name="wording_once_per_editor")
        ]


class Presence(models.Model):
    """Somebody has this article open."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="presences")
    language = models.CharField(max_length=12)
    editor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "editor"], name="presence_once_per_editor")
        ]
