"""Figures of days that are over: what the charts would otherwise count anew each time."""

from __future__ import annotations

from django.db import models


class DayFigures(models.Model):
    """One UTC day, counted once when nothing of it can change any more. Can be deleted: it is counted again."""

    day = models.DateField(primary_key=True)
    received = models.PositiveIntegerField()
    published = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    median_minutes = models.FloatField(null=True)
    slowest_minutes = models.FloatField(null=True)
    held = models.JSONField(default=dict)  # reason code -> how often it held something
