"""A plain letter by e-mail: addresses that are checked, headers that nothing quoted in them can bend.

Knows: the form of a message. Must not know: wording, who approved it, how mail is sent, the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

from pipeline.errors import ConfigError
from pipeline.rights.lines import clean


def letter(
    *, sender: Address, to: Address, subject: str, at: datetime, message_id: str, paragraphs: Sequence[str]
) -> EmailMessage:
    """A message in plain text; `at` is aware, `message_id` has its angle brackets."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = at
    message["Message-ID"] = clean(message_id)
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


def address(value: str) -> Address:
    """A single address, with or without a name. ConfigError when it is none."""
    try:
        if not value.isprintable():
            raise ValueError("line breaks or control characters")
        ((name, spec),) = getaddresses([value])
        parsed = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, MessageError) as error:
        raise ConfigError(
            f"Not a single e-mail address: {clean(value)[:200]!r} ({error})",
            es=f"No es una sola dirección de correo: «{clean(value)[:200]}» ({error})",
        ) from error
    if not parsed.username or not parsed.domain:
        raise ConfigError(
            f"Not a single e-mail address: {clean(value)[:200]!r}",
            es=f"No es una sola dirección de correo: «{clean(value)[:200]}»",
        )
    return parsed


def message_id(kind: str, domain: str, *facts: str) -> str:
    """The same facts have the same id, so that a mail server can see a repeat for what it is."""
    digest = hashlib.sha256("\x1f".join(facts).encode()).hexdigest()[:24]
    return f"<{kind}.{digest}@{domain}>"
