"""Sending what lies in the outbox, and saying so.

Knows: that a letter may be about a withdrawal. Must not know: its wording, who decided that it goes.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from feeds import outbox, withdrawals
from pipeline.ledger import audit


def send(path: Path, *, actor: str, now: datetime) -> None:
    """Send one message and put it with the sent ones.

    ConfigError without SMTP_URL; smtplib.SMTPException and OSError when the server does not take it.
    """
    message = outbox.read(path)
    outbox.transmit(message)
    outbox.file_sent(path)
    with transaction.atomic():
        withdrawals.note_sent(path, now=now)
        audit.record("mail.sent", f"mail:{path.name}", now=now, actor=actor, reason=str(message["To"]))
