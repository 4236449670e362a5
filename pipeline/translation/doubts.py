"""What a sentence check answers with.

Knows: the level and both wordings. Must not know: which check spoke, of which sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.types import Level


class Doubt(NamedTuple):
    """Something about one translated sentence that an editor should see."""

    level: Level
    reason: str
    reason_es: str


def listed(items: Iterable[str], marks: str = "“”") -> str:
    """Words one after the other, each between the two quotation marks of the language: “a”, “b”."""
    return ", ".join(f"{marks[0]}{item}{marks[1]}" for item in items)
