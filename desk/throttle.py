"""Guessing passwords gets slow: after a few failures a name, or an address, has to wait.

Knows: the audit trail, in which every failure stands. Must not know: passwords.

Limits, each over the last quarter of an hour: 5 failures of one name from one address since its last success, 20 of one
name from anywhere, 50 from one address. While a limit holds nothing is even tried, and nothing more is written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from pipeline.ledger import audit
from pipeline.ledger.models import Event

WINDOW = timedelta(minutes=15)
PAIR, NAME, ADDRESS = 5, 20, 50
FAILED, ENTERED = "desk.sign-in-failed", "desk.signed-in"
ASKED = "desk.password-asked"  # for a letter with a link
LETTERS, ASKING = 3, 10  # letters to one name, and questions from one address, within the window


def subject(username: str) -> str:
    return f"user:{username[:60]}"


def wait(username: str, address: str, *, now: datetime) -> timedelta:
    """How long this name at this address has to wait; nothing when it may try."""
    recent = Event.objects.filter(action=FAILED, at__gt=now - WINDOW)
    of_name = recent.filter(subject=subject(username))
    pair = of_name.filter(details__address=address)
    entered = Event.objects.filter(action=ENTERED, at__gt=now - WINDOW, subject=subject(username))
    entered = entered.filter(details__address=address)
    if (last := entered.order_by("-at").first()) is not None:
        pair = pair.filter(at__gt=last.at)
    at_address = recent.filter(details__address=address)
    named = _left(of_name, NAME, now) if username else timedelta()  # one that names nobody locks nobody else out
    return max(_left(pair, PAIR, now), named, _left(at_address, ADDRESS, now))


def _left(failures: QuerySet[Event], limit: int, now: datetime) -> timedelta:
    """Until the oldest of the last `limit` failures leaves the window."""
    newest = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
    return newest[-1] + WINDOW - now if len(newest) == limit else timedelta()


def failed(username: str, address: str, *, now: datetime, reason: str = "", reason_es: str = "") -> None:
    """Write a failure down."""
    details = {"address": address} | ({"reason_es": reason_es} if reason_es else {})
    audit.record(FAILED, subject(username), now=now, actor="desk:nobody", reason=reason, details=details)


def entered(username: str, address: str, *, now: datetime, reason: str = "") -> None:
    """Write a success down; it forgives this name's failures at this address."""
    details = {"address": address}
    actor = f"desk:{username[:60]}"
    audit.record(ENTERED, subject(username), now=now, actor=actor, reason=reason, details=details)


def wait_to_ask(address: str, *, now: datetime) -> timedelta:
    """How long this address has to wait before it may ask for another letter."""
    return _left(Event.objects.filter(action=ASKED, at__gt=now - WINDOW, details__address=address), ASKING, now)


def asked(username: str, address: str, *, now: datetime) -> bool:
    """Write down that somebody asked for a letter. False when this name has been sent enough of them."""
    recent = Event.objects.filter(action=ASKED, at__gt=now - WINDOW, subject=subject(username))
    enough = bool(_left(recent, LETTERS, now))
    audit.record(ASKED, subject(username), now=now, actor="desk:nobody", details={"address": address})
    return not enough
