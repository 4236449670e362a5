"""Terms that were added at the desk."""

from __future__ import annotations

from django.db import models


class GlossaryEntry(models.Model):
    """A term of one pair of languages, or that it is retired (`off`). It wins over the newsroom's files."""

    source_language = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    source = models.CharField(max_length=200)
    term = models.JSONField()  # pipeline.translation.glossary.Term
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_language", "language", "source"], name="glossary_entry_once")
        ]
