"""What a receiver's answer to a push means, whatever kind of push it was.

Knows: HTTP status codes. Must not know: deliveries, subscriptions, settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.errors import FetchFailed, SourceError
from pipeline.ingest.http import GuardedClient, retry_after

_WAIT_A_MOMENT = frozenset({408, 429})


class Verdict(StrEnum):
    """What to do after a push."""

    TAKEN = "taken"  # 2xx
    REFUSED = "refused"  # other 4xx, or an address that is not contacted: the same push would fail the same way
    LATER = "later"  # 408, 429, 3xx, 5xx, the network


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, or what came instead of one. `said` is for people; no partner's text is run or shown as markup."""

    verdict: Verdict
    status: int | None = None
    said: str = ""
    said_es: str = ""  # the same in Spanish, where it is we who say it
    content: bytes = b""
    asked: timedelta | None = None  # how long the receiver wants to be left alone

    def __str__(self) -> str:
        return f"{self.status or ''} {self.said}".strip()


def push(client: GuardedClient, url: str, content: bytes, headers: Mapping[str, str], *, now: datetime) -> Reply:
    """POST once and say what came of it. Nothing that a receiver or the network does is an error here."""
    try:
        answer = client.post(url, content, headers)
    except FetchFailed as error:
        return Reply(verdict=Verdict.LATER, said=str(error)[:300], said_es=error.spanish[:300])
    except SourceError as error:  # an address that is not contacted at all
        return Reply(verdict=Verdict.REFUSED, said=str(error)[:300], said_es=error.spanish[:300])
    return Reply(
        verdict=judged(answer.status),
        status=answer.status,
        said="" if 200 <= answer.status < 300 else answer.content[:300].decode("utf-8", "replace"),
        content=answer.content,
        asked=retry_after(answer.headers.get("retry-after"), now=now),
    )


def judged(status: int) -> Verdict:
    """The verdict on a status code."""
    if 200 <= status < 300:
        return Verdict.TAKEN
    if 400 <= status < 500 and status not in _WAIT_A_MOMENT:
        return Verdict.REFUSED
    return Verdict.LATER
