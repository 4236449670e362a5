"""What is known about the way one source writes its pages.

Knows: names and line beginnings, given by the configuration. Must not know: how they are applied, or rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProfile:
    """A source's habits. Line beginnings are compared without regard to case."""

    publisher: str
    language: str = "en"  # BCP 47; what the source writes in unless an envelope says otherwise
    authors: Mapping[str, str] = field(default_factory=dict)  # "IAN MACRAE" -> "Ian MacRae"
    analysis_headings: tuple[str, ...] = ()  # whole lines that are headings though they look like paragraphs
    furniture: tuple[str, ...] = ()  # beginnings of lines that never belong to the body; only the line is dropped
    body_ends: tuple[str, ...] = ()  # beginnings of lines after which nothing belongs to the body
    rights_starts: tuple[str, ...] = ("We encourage readers to copy",)
    max_bytes: int = 5_000_000

    def author_named(self, name: str) -> str:
        """The registered spelling, or the name as it stands: "MACRAE" cannot be guessed to be "MacRae"."""
        return self.authors.get(name.upper(), name)
