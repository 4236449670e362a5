"""One thing that the doctor looked at: whether it is in order, what was seen, and the repair.

Knows: how a check reads. Must not know: any check.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    says: str
    repair: str = ""

    def as_row(self) -> dict[str, object]:
        return asdict(self)
