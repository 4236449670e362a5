"""What a sentence check answers with.

Knows: the level and both wordings. Must not know: which check spoke, of which sentence.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.types import Level


class Doubt(NamedTuple):
    """Something about one translated sentence that an editor should see."""

    level: Level
    reason: str
    reason_es: str
