"""Correct: an editor rewrites sentences; the release keeps its guid and readers see a dated note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from pipeline.actions.edit import Edited, conflicts_with, remember
from pipeline.actions.review import reviewer_name
from pipeline.errors import IllegalTransition
from pipeline.ledger import articles, audit, translations, units, waivers, wordings
from pipeline.ledger.models import Article, Translation
from pipeline.stages import Step, TranslationState
from pipeline.translation.findings import check
from pipeline.translation.rewording import rewrite
from pipeline.types import Provenance, TranslationId


@transaction.atomic
def correct(
    article: int, language: str, place: str, html: str, *, note: str, actor: str, now: datetime
) -> TranslationId:
    """A new version of the newest translation, with one sentence rewritten. See `correct_all` for the errors."""
    made = correct_all(article, language, {place: html}, note=note, actor=actor, now=now).translation
    if made is None:
        # Cannot be: without a base there is nothing to be in conflict with.
        raise IllegalTransition("nothing was saved", es="No se guardó nada.")
    return made


@transaction.atomic
def correct_all(
    article: int,
    language: str,
    changes: Mapping[str, str],
    *,
    note: str,
    actor: str,
    now: datetime,
    base: int | None = None,
) -> Edited:
    """A new version with these sentences rewritten (place -> inline HTML) and one note to readers; it goes out at once.

    `base` is the version that was read: if a sentence has changed since, nothing is saved and both texts are returned.
    IllegalTransition when the article is withdrawn, has no draft, knows no such place, when nothing is to be changed,
    or when a link of a sentence is missing from its new wording.
    """
    row = translations.newest(article, language)
    if row is None or row.draft is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} to correct",
            es=f"El artículo {article} no tiene traducción en «{language}» que corregir.",
        )
    if Article.objects.select_for_update().get(pk=article).withdrawn_at is not None:
        raise IllegalTransition(f"article {article} was withdrawn", es=f"El artículo {article} fue retirado.")
    translated = translations.get(row.pk)
    story = articles.get(translated.revision).story
    if translated.draft is None or story is None:
        raise IllegalTransition(
            f"translation {row.pk} has no text to correct", es=f"La traducción {row.pk} no tiene texto que corregir."
        )
    if not changes:
        raise IllegalTransition(
            "no sentence was changed, so there is nothing to correct",
            es="No se cambió ninguna frase, así que no hay nada que corregir.",
        )
    conflicts = () if base is None else conflicts_with(translated, translated.draft, changes, base=base)
    if conflicts:
        return Edited(translation=None, conflicts=conflicts)
    whose, draft = Provenance(by=actor, at=now, article=article), translated.draft
    for place, html in changes.items():
        draft = rewrite(story, draft, place, html, whose)
    pk = translations.queue_again(translated.revision, language, correction=note, now=now)
    Translation.objects.filter(pk=pk).update(reviewer=reviewer_name(actor), reviewed_on=now.date())
    translations.save_draft(pk, draft, now=now, actor=actor)
    others = [finding for finding in translated.findings if finding.place not in changes]
    again = [finding for finding in check(story, draft) if finding.place in changes]
    findings = waivers.stamped(translations.get(pk), (*others, *again))
    translations.save_findings(pk, TranslationState.HELD, findings, now=now, actor=actor, reason="corrected by hand")
    translations.move(pk, TranslationState.APPROVED)
    remember(translations.get(pk))
    wordings.drop(article, language, actor)
    for place in changes:
        audit.record(
            "translation.corrected",
            f"translation:{pk}",
            now=now,
            actor=actor,
            article=article,
            reason=note,
            details={"place": place, "from": row.pk},
        )
    units.arm(Step.RELEASE, f"translation:{pk}", now=now)
    return Edited(translation=pk)


def preview(article: int, language: str, place: str, html: str) -> tuple[str, str]:
    """The segment as it stands and as it would read. Same errors as `correct`; changes nothing."""
    row = translations.newest(article, language)
    translated = translations.get(row.pk) if row else None
    story = articles.get(translated.revision).story if translated else None
    if translated is None or translated.draft is None or story is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} to correct",
            es=f"El artículo {article} no tiene traducción en «{language}» que corregir.",
        )
    new = rewrite(story, translated.draft, place, html)
    before = next(match.target for match in translated.draft.matches if match.place == place)
    return before, next(match.target for match in new.matches if match.place == place)
