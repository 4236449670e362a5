"""The audit trail and the queue of record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.ledger.models.articles import Article
from pipeline.stages import UnitState


class Event(models.Model):
    """The audit trail: append only."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, related_name="events")
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["action", "at"])]


class Counter(models.Model):
    """A number that only rises, with a name."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)


class Unit(models.Model):
    """One unit of work: a step to be run on a subject. This table is the queue; Celery only rings the bell."""

    step = models.CharField(max_length=12)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=UnitState.READY)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)  # rises with each claim; only the newest may save
    attempts = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False)  # armed while it ran: run once more afterwards
    urgent = models.BooleanField(default=False)  # before everything else that is due, and never kept waiting for it
    ran_at = models.DateTimeField(null=True)  # when it was done last; what was rendered just now waits for company
    rung_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    last_error = models.TextField(blank=True)
    last_error_es = models.TextField(blank=True)  # empty for what no program of ours has said

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "subject"], name="unit_once")]
        indexes = [
            models.Index(fields=["due_at"], name="unit_ready", condition=Q(state="ready")),
            models.Index(fields=["step", "due_at"], name="unit_waiting", condition=Q(state="ready")),
            models.Index(fields=["lease_until"], name="unit_leased", condition=Q(state="leased")),
            models.Index(fields=["due_at"], name="unit_parked", condition=Q(state="parked")),
        ]


class Pulse(models.Model):
    """When a process that should always run was last heard. A row is a name, and is written over."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
