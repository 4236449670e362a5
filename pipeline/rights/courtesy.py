"""The courtesy message: telling a publisher, once a day, which of its articles were republished and where.

Knows: the message and its wording. Must not know: how mail is sent, who approved it, the clock. The message is a
draft for an editor; nothing here sends it.

Publishers that ask "let us know if you use our work" get one message a day with everything in it. Two drafts of the
same day's articles are the same message, with the same Message-ID, so a mail server can see a repeat for what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.message import EmailMessage

from pipeline.rights.letter import address, letter
from pipeline.rights.letter import message_id as default_id
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
    origin, target = address(sender), address(to)
    facts = [on.isoformat(), target.addr_spec, *(f"{item.original_url} {item.our_url}" for item in items)]
    return letter(
        sender=origin,
        to=target,
        subject=f"Republished in translation: {_count(len(items))} from {clean(publisher)}, {on.isoformat()}",
        at=at or datetime.combine(on, time(12), tzinfo=UTC),
        message_id=message_id or default_id(f"courtesy.{on.isoformat()}", origin.domain, *facts),
        paragraphs=_paragraphs(clean(publisher), items, on),
    )


def _count(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"


def _paragraphs(publisher: str, items: Sequence[CourtesyItem], on: date) -> list[str]:
    spanish = "este artículo suyo" if len(items) == 1 else f"estos {len(items)} artículos suyos"
    return [
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


def _item(number: int, item: CourtesyItem) -> str:
    lines = [
        f"{number}. {clean(item.title)}",
        f"   Original: {clean(item.original_url)}",
        f"   Republished / Republicado: {clean(item.our_url)}",
    ]
    if item.feeds:
        lines.append(f"   Feeds / Canales: {', '.join(clean(feed) for feed in item.feeds)}")
    return "\n".join(lines)
