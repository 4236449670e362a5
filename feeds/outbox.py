"""The outbox: messages as files, and the mail server that sends them.

Knows: files in the outbox, an SMTP server. Must not know: wording, who is written to and why.
Where SMTP_URL is not set, messages are only drafted: any mail program can send an .eml file.
"""

from __future__ import annotations

import smtplib
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from feeds import files
from pipeline.errors import ConfigError

SMTP_PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT = 30  # seconds, for each answer of the mail server


def waiting() -> list[Path]:
    """Messages that wait to be sent, oldest day first."""
    return sorted(settings.OUTBOX_DIR.glob("*.eml"))


def path_of(on: date, name: str) -> Path:
    """Where the day's message with this name lies until it is sent."""
    return settings.OUTBOX_DIR / f"{on.isoformat()}-{name}.eml"


def was_sent(path: Path) -> bool:
    return (path.parent / "sent" / path.name).exists()


def put(path: Path, message: EmailMessage, *, now: datetime) -> bool:
    """Lay a message into the outbox. False when exactly this one lies there already. PublishError."""
    return files.write(path, message.as_bytes(), modified=now, twins=False)


def file_sent(path: Path) -> None:
    """Put a message with the sent ones."""
    sent = path.parent / "sent"
    sent.mkdir(exist_ok=True)
    path.rename(sent / path.name)


def transmit(message: EmailMessage) -> None:
    """Hand a message to the mail server.

    ConfigError without a usable SMTP_URL; smtplib.SMTPException and OSError when the server does not take it.
    """
    if not settings.SMTP_URL:
        raise ConfigError(
            "no mail server is configured; set SMTP_URL, or send the .eml file with your mail program",
            es="No hay servidor de correo; indíquelo en SMTP_URL, o envíe el archivo .eml con su programa de correo.",
        )
    address = urlsplit(settings.SMTP_URL)
    if address.scheme not in SMTP_PORTS or not address.hostname:
        raise ConfigError(
            "SMTP_URL must look like smtp://user:password@host:587 or smtps://host",
            es="SMTP_URL debe ser como smtp://usuario:contraseña@servidor:587 o smtps://servidor.",
        )
    port = address.port or SMTP_PORTS[address.scheme]
    connect = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with connect(address.hostname, port, timeout=TIMEOUT) as server:
        if address.username:
            if address.scheme == "smtp":
                server.starttls()
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)


def read(path: Path) -> EmailMessage:
    """A message as it was laid down."""
    return message_from_bytes(path.read_bytes(), policy=SMTP)
