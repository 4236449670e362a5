"""Waive: an editor answers one finding about one sentence ("the figure is right, the original is wrong").

A waiver holds for that sentence and that translation of it, in every later version of the article; change either, and
the finding is back. It releases nothing: a held translation waits for `approve` as before. But a check that runs again,
on a new version or after a retry, does not hold for what was waived.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, translations, waivers
from pipeline.ledger.models import Translation
from pipeline.stages import TranslationState
from pipeline.translation.waivers import fingerprint
from pipeline.types import Finding, Level, TranslationId

_OPEN = {TranslationState.HELD, TranslationState.READY, TranslationState.APPROVED}


@transaction.atomic
def waive(translation: TranslationId, code: str, place: str, *, reason: str, actor: str, now: datetime) -> int:
    """Mark the finding as answered. Returns how many findings still hold the translation.

    IllegalTransition when the translation is over, when it has no such finding, when the finding speaks of the whole
    article (approve or reject that instead), or without a reason.
    """
    translated, finding, sentence = _found(translation, code, place)
    if not reason.strip():
        raise IllegalTransition(
            "a waiver needs a reason: say why this finding is no fault",
            es="Dar por bueno un aviso pide un motivo: indique por qué no es un error.",
        )
    waivers.keep(translated, code, sentence, reason=reason.strip(), actor=actor, now=now)
    return _record("finding.waived", translated, finding, reason=reason.strip(), actor=actor, now=now)


@transaction.atomic
def undo(translation: TranslationId, code: str, place: str, *, reason: str, actor: str, now: datetime) -> int:
    """Let a waived finding count again. Returns how many findings hold the translation now.

    IllegalTransition as for `waive`, when the finding is not waived, and when the translation went out on the strength
    of the waiver: then correct or withdraw it.
    """
    translated, finding, sentence = _found(translation, code, place)
    if finding.waiver is None:
        raise IllegalTransition(f"finding {code!r} at {place} is not waived", es="Ese aviso no estaba dado por bueno.")
    if translated.state is TranslationState.READY and finding.level is Level.HOLD:
        raise IllegalTransition(
            f"translation {translation} was released because this was waived; correct or withdraw it instead",
            es=f"La traducción {translation} se difundió porque este aviso se dio por bueno; corríjala o retírela.",
        )
    waivers.drop(translated, code, sentence)
    return _record("finding.unwaived", translated, finding, reason=reason, actor=actor, now=now)


def _found(translation: TranslationId, code: str, place: str) -> tuple[translations.Translated, Finding, str]:
    try:
        Translation.objects.select_for_update().get(pk=translation)
    except Translation.DoesNotExist:
        raise IllegalTransition(
            f"there is no translation {translation}", es=f"No existe la traducción {translation}."
        ) from None
    translated = translations.get(translation)
    if translated.state not in _OPEN or translated.draft is None:
        raise IllegalTransition(
            f"translation {translation} is {translated.state}; its findings are not decided about",
            es=f"Sobre los avisos de la traducción {translation} ya no se decide: otra versión o una decisión la "
            "sustituyó.",
        )
    finding = next((each for each in translated.findings if (each.code, each.place) == (code, place)), None)
    if finding is None:
        there = ", ".join(f"{each.code} at {each.place or 'the whole'}" for each in translated.findings) or "none"
        raise IllegalTransition(
            f"translation {translation} has no finding {code!r} at {place!r}; it has: {there}",
            es=f"La traducción {translation} no tiene ese aviso en ese lugar. Vuelva a abrir la página.",
        )
    sentence = fingerprint(place, translated.draft.matches)
    if sentence is None:
        raise IllegalTransition(
            f"finding {code!r} speaks of the whole article; approve or reject the translation",
            es="Ese aviso habla de todo el artículo; apruebe o rechace la traducción.",
        )
    return translated, finding, sentence


def _record(
    action: str, translated: translations.Translated, finding: Finding, *, reason: str, actor: str, now: datetime
) -> int:
    audit.record(
        action,
        f"translation:{translated.id}",
        now=now,
        actor=actor,
        article=translated.article,
        reason=reason,
        details={"code": finding.code, "place": finding.place, "level": finding.level, "said": finding.reason},
    )
    return sum(each.blocks for each in translations.get(translated.id).findings)
