"""What a waiver is tied to: the very sentence and the very translation that the editor looked at.

Knows: fingerprints of places. Must not know: where waivers are kept, who may make one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.types import Finding, Match, Waiver


def fingerprint(place: str, matches: Sequence[Match]) -> str | None:
    """Digest of source and target at a segment ("headline", "b3.0") or in a whole block ("b3").

    It does not hold the place itself: a paragraph put in above changes no sentence below. None where there is no text
    at that place, as for the article as a whole.
    """
    there = [match for match in matches if match.place == place or (place and match.place.startswith(f"{place}."))]
    if not there:
        return None
    texts = (text for match in there for text in (match.source, match.target))
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def applied(
    findings: Sequence[Finding], matches: Sequence[Match], waivers: Mapping[tuple[str, str], Waiver]
) -> tuple[Finding, ...]:
    """The findings, those with a waiver for (code, fingerprint) marked so and all others unmarked."""
    return tuple(
        replace(finding, waiver=waivers.get((finding.code, fingerprint(finding.place, matches) or "")))
        for finding in findings
    )
