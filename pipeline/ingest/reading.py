"""What one rung of the ladder found in a payload, before the envelope has its say.

Knows: the shape only. Must not know: which rung fills it or what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.types import Block, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Fields mean what they mean in `Story`; None or empty where the payload does not say.

    `language` is only what the sender declared inside a payload; a page's own `lang` is too often a theme's default.
    """

    rung: str
    headline: str | None = None
    standfirst: str | None = None
    blocks: tuple[Block, ...] = ()
    language: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    rights_text: str | None = None
    licence_marks: tuple[str, ...] = ()
    editions: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
