"""Why a subscription ends, or never began, in both languages of the audit trail.

Knows: sentences. Must not know: subscriptions, callbacks. A callback itself is told in English, as WebSub has it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.errors import SourceError


class Ending(NamedTuple):
    """A reason in English and in Spanish."""

    english: str
    spanish: str


FEED_ENDED: Final = Ending("the feed ended", "El canal terminó.")
NO_LONGER_MAY: Final = Ending("its token or our key ended", "Caducó su clave o la nuestra.")
NOT_CONTACTED: Final = Ending("its address is not contacted", "Su dirección no se consulta.")


def answered(status: int) -> Ending:
    return Ending(f"it answered {status}", f"Respondió {status}.")


def without_challenge(status: int) -> Ending:
    return Ending(
        f"it answered {status} without the challenge", f"Respondió {status} sin repetir la palabra de control."
    )


def unanswered(times: int) -> Ending:
    return Ending(f"it gave no answer {times} times", f"No respondió {times} veces.")


def failed(hours: float) -> Ending:
    return Ending(f"it failed for {hours:g} hours", f"Falló durante {hours:g} horas.")


def refused(error: SourceError, secret: str) -> Ending:
    """An address that is not contacted. The topic's own may be in the sentence; that of a private feed is a secret."""
    return Ending(str(error).replace(secret, "the topic"), error.spanish.replace(secret, "el canal"))
