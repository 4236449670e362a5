"""Publishers' own versions of articles in other languages, and what was decided about them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.ledger.models.articles import Article
from pipeline.stages import EditionState


class Edition(models.Model):
    """One article's official version in one language."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="editions")
    language = models.CharField(max_length=12)
    url = models.CharField(max_length=2048, blank=True)
    state = models.CharField(max_length=12, default=EditionState.CANDIDATE)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="edition_once_per_language")]
        indexes = [models.Index(fields=["found_at"], name="edition_candidate", condition=Q(state="candidate"))]
