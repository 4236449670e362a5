"""The message that asks a partner to take its copy of a withdrawn article down.

Knows: the wording. Must not know: how mail is sent, the ledger, the clock. It holds no word of the article, and nothing
that editors wrote to each other: a withdrawn text must not travel on in the message that recalls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from pipeline.rights.letter import address, letter, message_id
from pipeline.rights.lines import clean
from pipeline.text.dates import long_date_en, long_date_es

_WHY = {
    "kill": ("contiene un error grave o la ley lo exige", "it holds a grave error, or the law demands it"),
    "takedown": ("lo pidió la fuente", "its source asked for it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What the partner needs in order to find its copy."""

    guid: str
    kind: str  # "kill" or "takedown"
    url: str  # our page, which answers 410 by now
    original_url: str
    published: datetime
    withdrawn: datetime


def draft(recall: Recall, *, outlet: str, partner: str, to: str, sender: str) -> EmailMessage:
    """The message, in Spanish and English. ConfigError when `to` or `sender` is not a single address."""
    origin, target = address(sender), address(to)
    why_es, why_en = _WHY[recall.kind]
    urgent = recall.kind == "kill"
    es, en = long_date_es(recall.withdrawn.date()), long_date_en(recall.withdrawn.date())
    return letter(
        sender=origin,
        to=target,
        subject=f"{'URGENTE: ' if urgent else ''}Retire un artículo de {clean(outlet)} · Take an article down",
        at=recall.withdrawn,
        message_id=message_id("recall", origin.domain, target.addr_spec, recall.guid, recall.withdrawn.isoformat()),
        paragraphs=[
            f"A la redacción de {clean(partner)}:",
            f"{clean(outlet)} retiró un artículo el {es}, porque {why_es}. Si lo publicó, quite su copia "
            f"{'ahora mismo' if urgent else 'lo antes posible'}, también de cachés, boletines programados y redes, y "
            "responda a este mensaje cuando esté hecho (o dígalo por la API o en la respuesta del webhook).",
            f"To the editors of {clean(partner)},",
            f"{clean(outlet)} withdrew an article on {en}, because {why_en}. If you published it, take your copy down "
            f"{'now' if urgent else 'as soon as you can'}, from caches, scheduled newsletters and social media too, "
            "and answer this message when that is done (or say so through the API or in the webhook's answer).",
            "\n".join(
                (
                    f"guid: {clean(recall.guid)}",
                    f"Página / Page: {clean(recall.url)}",
                    f"Original: {clean(recall.original_url) or '-'}",
                    f"Publicado / Published: {recall.published:%Y-%m-%d %H:%M} UTC",
                )
            ),
        ],
    )
