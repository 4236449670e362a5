"""A sender of news: hands in as many small articles as it is told, each different from all others.

Run as a program of its own, `python -m tests.process.newswire FIRST COUNT SENTENCES`, in the installation that
TORNAVOZ_HOME names: what hands articles in is never one of the processes that work on them. Prints their ids.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

TOWNS = ("Santa Rosa", "San Pedro", "Río Blanco", "Villa Nueva", "Puerto Viejo", "Las Palmas", "El Carmen")
THINGS = ("bridge", "school", "market", "hospital", "library")
SENTENCES = (
    "The {thing} in {town} opened on Monday after {number} days of work.",
    "The mayor of {town} said that {number} families will use the {thing}.",
    "The city paid ${number} for the first part of the {thing}.",
    "About {number} people came to {town} to see the {thing}.",
    "The new {thing} has {number} windows and a red door.",
)


def article(number: int, sentences: int) -> tuple[str, str]:
    """Headline and page of one article; all of its sentences are its own."""
    town, thing = TOWNS[number % len(TOWNS)], THINGS[number % len(THINGS)]
    headline = f"{town} Opens a New {thing.title()} After {number + 2} Years"
    said = [
        SENTENCES[turn % len(SENTENCES)].format(thing=thing, town=town, number=1000 + 100 * number + turn)
        for turn in range(sentences)
    ]
    body = "".join(f"<p>{sentence}</p>" for sentence in said)
    return headline, f"<html><body><article><h1>{headline}</h1>{body}</article></body></html>"


def submit(first: int, count: int, sentences: int) -> list[int]:
    """Hand them in; each is written down for good when this returns."""
    from workers.cli.common import open_ledger

    open_ledger()
    from pipeline import steps
    from pipeline.ledger.models import Source
    from pipeline.types import Envelope, Format, Incoming
    from workers.spine import newsroom

    source = Source.objects.get(slug="river")
    taken: list[int] = []
    for number in range(first, first + count):
        headline, page = article(number, sentences)
        envelope = Envelope(
            source="river",
            format=Format.HTML,
            url=f"https://river.example/news/{number}",
            headline=headline,
            author="Ana Pond",
            published=date(2026, 3, 1),
        )
        incoming = Incoming(envelope=envelope, payload=page.encode())
        receipt = steps.receive(newsroom(), incoming, source, now=datetime.now(UTC), actor="newswire")
        taken.append(receipt.article)
    return taken


if __name__ == "__main__":
    sys.stdout.write(" ".join(str(pk) for pk in submit(*(int(word) for word in sys.argv[1:4]))))
