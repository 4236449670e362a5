"""Sample pages in invented words, and the source that wrote them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.read import read
from pipeline.types import Envelope, Format, Incoming, Level, Story

PAGES = Path(__file__).parent / "pages"
URL = "https://delta-monitor.example/brief/boats/"
TITLE = "Harbour Town Swaps Patrol Boats for Night Schools"
DELTA = SourceProfile(
    publisher="Delta Monitor",
    authors={"ANA MCALLISTER": "Ana McAllister"},
    analysis_headings=("Delta Monitor Analysis",),
)
PARAGRAPHS = (
    "The mayor said on Monday that the town will sell two of its boats and spend the money on evening classes.",
    "Thefts from warehouses fell by twelve percent in the first half of the year, the harbour office reported.",
    "The union of night guards warned that the leaders of the ring have still not been found by the police.",
)


def incoming(payload: str | bytes, kind: Format = Format.TEXT, **envelope: Any) -> Incoming:
    """A payload in an envelope of the sample source."""
    raw = payload.encode() if isinstance(payload, str) else payload
    return Incoming(envelope=Envelope(**{"source": "delta", "format": kind, "url": URL, **envelope}), payload=raw)


def story(payload: str | bytes, kind: Format = Format.TEXT, profile: SourceProfile = DELTA, **envelope: Any) -> Story:
    """Read a payload as the ladder does."""
    return read(incoming(payload, kind, **envelope), profile)


def page(name: str) -> bytes:
    """A sample page's bytes."""
    return (PAGES / name).read_bytes()


def codes(found: Story, level: Level | None = None) -> set[str]:
    """Codes of a story's findings, of one level if given."""
    return {finding.code for finding in found.findings if level in (None, finding.level)}


DAY = date(2019, 9, 3)
