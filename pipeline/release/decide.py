"""What happens to an article in a product: the decision, apart from doing it.

Knows: versions, verdicts of the rights gate, withdrawals, embargo. Must not know: the ledger, feeds, the clock.

    no release yet   + allowed            -> create        (scheduled when the product waits, else usable)
    no release yet   + not allowed        -> withhold      (a row that says why)
    usable|scheduled + newer, other text  -> revise        (same guid, version + 1)
    usable|scheduled + newer, same text   -> keep          (point to the newer translation, tell nobody)
    usable|scheduled + not allowed        -> withhold
    withheld         + allowed            -> restore
    anything         + older translation  -> nothing       (an older revision never overwrites a newer release)
    canceled, or the article withdrawn    -> nothing       (a withdrawal is final)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.stages import ReleaseState
from pipeline.types import Permission, Ruling


class Action(StrEnum):
    """What to do with the release."""

    CREATE = "create"
    REVISE = "revise"
    KEEP = "keep"
    RESTORE = "restore"
    WITHHOLD = "withhold"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The translation that asks to be released; (revision, version) orders it among its like."""

    revision: int
    version: int
    text_sha256: str  # of everything that readers would see change


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the product has of this article now."""

    state: ReleaseState
    revision: int
    version: int
    text_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The action with its reason, for the release's row and the audit trail."""

    action: Action
    code: str = ""
    reason: str = ""


def decide(candidate: Candidate, standing: Standing | None, permission: Permission, *, withdrawn: bool) -> Decision:
    """See the table above."""
    if withdrawn or (standing is not None and standing.state is ReleaseState.CANCELED):
        return Decision(action=Action.NOTHING, code="withdrawn", reason="the article was withdrawn")
    if standing is not None and _order(candidate) < _order(standing):  # first: its rights are not the newer one's
        return Decision(action=Action.NOTHING, code="older", reason="a newer version is released already")
    if permission.ruling is not Ruling.ALLOW:
        return Decision(action=Action.WITHHOLD, code=permission.code, reason=permission.reason)
    if standing is None:
        return Decision(action=Action.CREATE)
    return _against(candidate, standing)


def _order(version: Candidate | Standing) -> tuple[int, int]:
    return version.revision, version.version


def _against(candidate: Candidate, standing: Standing) -> Decision:
    """An allowed candidate beside what stands and is no newer."""
    if standing.state is ReleaseState.WITHHELD:
        return Decision(action=Action.RESTORE)
    if _order(candidate) == _order(standing):
        return Decision(action=Action.NOTHING, code="same", reason="this version is released already")
    same_text = candidate.text_sha256 == standing.text_sha256
    return Decision(action=Action.KEEP if same_text else Action.REVISE)


def embargo(delay_minutes: int, *, now: datetime) -> datetime | None:
    """When a new release may be seen, or None for at once. The end of an embargo is kept in the ledger."""
    return now + timedelta(minutes=delay_minutes) if delay_minutes else None


def guid(tag: str, article: int, language: str) -> str:
    """A tag URI (RFC 4151) from database keys alone, so that no edit of title, address or section can change it.

    The same article has the same guid in every product of its language: it is the same text.
    """
    return f"tag:{tag}:article/{article}/{language}"


_NOTES = {
    "es": "el texto sigue la nueva versión publicada por el medio original",
    "en": "the text follows the publisher's new version",
    "pt": "o texto segue a nova versão publicada pelo veículo original",
    "fr": "le texte suit la nouvelle version publiée par le média d’origine",
}


def default_note(language: str) -> str:
    """What readers are told when the publisher changed its text and nobody said why."""
    return _NOTES.get(language, _NOTES["en"])
