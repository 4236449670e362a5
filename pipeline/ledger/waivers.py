"""Waivers as rows, and as marks on the findings they answer.

Knows: how both are kept in step. Must not know: who may waive what, and what follows.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.ledger import codec
from pipeline.ledger.models import Translation
from pipeline.ledger.models import Waiver as Row
from pipeline.ledger.translations import Translated
from pipeline.translation.waivers import applied
from pipeline.types import Finding, Waiver


def stamped(translated: Translated, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings of this draft, marked with the waivers that the article has in this language."""
    rows = Row.objects.filter(article=translated.article, language=translated.language)
    kept = {(row.code, row.fingerprint): Waiver(by=row.actor, at=row.at, reason=row.reason) for row in rows}
    return applied(findings, translated.draft.matches if translated.draft else (), kept)


def keep(translated: Translated, code: str, fingerprint: str, *, reason: str, actor: str, now: datetime) -> None:
    """Waive; a waiver that is there already takes the new reason."""
    Row.objects.update_or_create(
        article_id=translated.article,
        language=translated.language,
        code=code,
        fingerprint=fingerprint,
        defaults={"reason": reason, "actor": actor, "at": now},
    )
    _restamp(translated)


def drop(translated: Translated, code: str, fingerprint: str) -> None:
    """Undo a waiver."""
    Row.objects.filter(
        article=translated.article, language=translated.language, code=code, fingerprint=fingerprint
    ).delete()
    _restamp(translated)


def _restamp(translated: Translated) -> None:
    findings = stamped(translated, translated.findings)
    Translation.objects.filter(pk=translated.id).update(findings=codec.dump_each(findings))
