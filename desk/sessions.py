"""Sessions of people who signed in: the ones that have ended are forgotten.

Knows: Django's table of sessions. Must not know: who they belong to.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session


def forget_ended(*, now: datetime) -> int:
    """Drop the sessions whose time is over; nobody can use them any more. Returns how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
