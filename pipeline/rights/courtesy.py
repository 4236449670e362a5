"""The courtesy message: telling a publisher, once a day, which of its articles were republished and where.

Knows: the message and its wording. Must not know: how mail is sent, who approved it, the clock. The message is a
draft for an editor; nothing here sends it.

Publishers that ask "let us know if you use our work" get one message a day with everything in it. Two drafts of the
same day's articles are the same message, with the same Message-ID, so a mail server can see a repeat for what it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

from pipeline.errors import ConfigError
from pipeline.rights.lines import clean
from pipeline.text.dates import long_date_en, long_date_es


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtesyItem:
    """One republished article: the original, our page of it, and the feeds that carry it."""

    title: str
    original_url: str
    our_url: str
    feeds: tuple[str, ...] = ()


def draft(
    publisher: str,
    to: str,
    sender: str,
    items: Sequence[CourtesyItem],
    on: date,
    *,
    message_id: str | None = None,
    at: datetime | None = None,
) -> EmailMessage:
    """One publisher's message for one day, in English and Spanish.

    `to` and `sender` are single addresses, with or without a name; ConfigError when they are not. `message_id`
    defaults to a digest of day, receiver and articles at the sender's domain; `at` (aware) to noon UTC of the day.
    ValueError without items: there is nothing to tell.
    """
    if not items:
        raise ValueError("a courtesy message needs at least one article")
    origin, target = _address(sender), _address(to)
    message = EmailMessage(policy=SMTP)
    message["From"] = origin
    message["To"] = target
    message["Subject"] = f"Republished in translation: {_count(len(items))} from {clean(publisher)}, {on.isoformat()}"
    message["Date"] = at or datetime.combine(on, time(12), tzinfo=UTC)
    message["Message-ID"] = clean(message_id) if message_id else _message_id(origin, target, items, on)
    message.set_content(_text(clean(publisher), items, on))
    return message


def _address(value: str) -> Address:
    try:
        if not value.isprintable():
            raise ValueError("line breaks or control characters")
        ((name, spec),) = getaddresses([value])
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, MessageError) as error:
        raise ConfigError(f"Not a single e-mail address: {clean(value)[:200]!r} ({error})") from error
    if not address.username or not address.domain:
        raise ConfigError(f"Not a single e-mail address: {clean(value)[:200]!r}")
    return address


def _message_id(origin: Address, target: Address, items: Sequence[CourtesyItem], on: date) -> str:
    parts = [on.isoformat(), target.addr_spec, *(f"{item.original_url} {item.our_url}" for item in items)]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
    return f"<courtesy.{on.isoformat()}.{digest}@{origin.domain}>"


def _count(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"


def _text(publisher: str, items: Sequence[CourtesyItem], on: date) -> str:
    spanish = "este artículo suyo" if len(items) == 1 else f"estos {len(items)} artículos suyos"
    paragraphs = [
        f"To the editors of {publisher},",
        f"On {long_date_en(on)} we republished {_count(len(items))} of yours, with your byline, a link to the original "
        "above and below the text, your reuse terms and a notice that the text was translated. To have one corrected, "
        "taken down, or the credit changed, answer this message.",
        f"A la redacción de {publisher}:",
        f"El {long_date_es(on)} republicamos {spanish}, con su firma, un enlace al original antes y después del texto, "
        "sus condiciones de uso y el aviso de que el texto fue traducido. Si desea que se corrija o se retire alguno, "
        "o que se cambie el crédito, responda a este mensaje.",
        *(_item(number, item) for number, item in enumerate(items, start=1)),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _item(number: int, item: CourtesyItem) -> str:
    lines = [
        f"{number}. {clean(item.title)}",
        f"   Original: {clean(item.original_url)}",
        f"   Republished / Republicado: {clean(item.our_url)}",
    ]
    if item.feeds:
        lines.append(f"   Feeds / Canales: {', '.join(clean(feed) for feed in item.feeds)}")
    return "\n".join(lines)
