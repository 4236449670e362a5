"""A newsroom with a ledger, a source and an engine, and nothing else: articles go in, drafts are stored.

Knows: how to take an article in and have it translated, as a worker does it. Must not know: what is measured.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

_NEWSROOM = """
[site]
name = "Bench"
[[source]]
slug = "bench"
publisher = "Bench"
url = "https://bench.example/"
[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by/4.0/"
"""


class Room:
    """One a process, in the state folder that TORNAVOZ_HOME names. The model is loaded here."""

    def __init__(self, model: Path, *, threads: int) -> None:
        Path(os.environ["TORNAVOZ_HOME"]).mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from pipeline import config, steps
        from pipeline.ledger import catalog
        from pipeline.runner import Runner
        from pipeline.translation.argos import ArgosEngine
        from pipeline.translation.models import load

        call_command("migrate", verbosity=0)
        loaded = config.parse(_NEWSROOM)
        catalog.apply(loaded, now=datetime.now(UTC), actor="bench")
        self.engine = ArgosEngine(load(model), inter_threads=threads)
        self.engine.translate(["The road is open."])
        self._room = steps.Newsroom(config=loaded, engine_for=lambda source, target: self.engine)
        self._runner = Runner(steps.table(self._room), lambda: datetime.now(UTC), pooled=steps.pools(self._room))

    def receive(self, number: int, article: Sequence[Sequence[str]]) -> None:
        """Take in an article, paragraphs of sentences; its first sentence is the headline too."""
        from pipeline import steps
        from pipeline.ledger.models import Source
        from pipeline.types import Envelope, Format, Incoming

        payload = {
            "headline": article[0][0],
            "body_html": "".join(f"<p>{' '.join(paragraph)}</p>" for paragraph in article),
            "author": "Ana Pond",
            "published": "2026-03-13",
        }
        envelope = Envelope(source="bench", format=Format.JSON, url=f"https://bench.example/{number}")
        incoming = Incoming(envelope=envelope, payload=json.dumps(payload).encode())
        steps.receive(self._room, incoming, Source.objects.get(), now=datetime.now(UTC), actor="bench")

    def read(self) -> None:
        """Extract, and ask the rights gate: what was received is then queued for translation."""
        from pipeline.stages import Queue

        self._runner.drain(frozenset({Queue.INTAKE}))

    def translate(self) -> None:
        """Everything queued, in pools."""
        from pipeline.stages import Queue

        self._runner.drain(frozenset({Queue.TRANSLATE}))

    def drafts(self) -> int:
        """How many translations are stored."""
        from pipeline.ledger.models import Translation

        return Translation.objects.exclude(draft=None).count()
