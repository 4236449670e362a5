"""Approve, reject, retry: what a person decides about something that stopped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.edit import remember
from pipeline.errors import IllegalTransition, StaleVersion
from pipeline.ledger import articles, audit, codec, queries, translations, units, wordings
from pipeline.ledger.models import Article, Revision, Translation
from pipeline.stages import RevisionState, Step, TranslationState
from pipeline.types import Finding, Level, RevisionId, TranslationId

KEPT_BACK = "kept-back"  # code of the finding by which an editor says what a held translation waits for


_STOPPED_BY_THE_GATE = {"terms-changed", "no-product", "official-edition"}


def newest(article: int, language: str) -> Translation:
    """The translation that decisions are about. IllegalTransition when there is none."""
    row = translations.newest(article, language)
    if row is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} to decide about",
            es=f"El artículo {article} no tiene traducción en «{language}» sobre la que decidir.",
        )
    return row


def reviewer_name(actor: str) -> str:
    """The person in an audit actor, as readers see it in the credit: "Ana Ruiz" of "cli:Ana Ruiz"."""
    return actor.rpartition(":")[2]


@transaction.atomic
def approve(article: int, language: str, *, reason: str, actor: str, now: datetime, base: int | None = None) -> None:
    """An editor has read a held translation and takes it. IllegalTransition when it is not held.

    `base` is the version that was read; StaleVersion when there is a newer one by now.
    """
    row = newest(article, language)
    if base is not None and row.pk != base:
        raise StaleVersion(
            f"article {article} has a newer version than the one you read; read that one first",
            es=f"El artículo {article} tiene una versión más reciente que la que usted leyó; lea antes esa.",
        )
    if row.state != TranslationState.HELD:
        raise IllegalTransition(
            f"the translation of article {article} is {row.state}; only a held one is approved",
            es=f"Solo se aprueba una traducción retenida, y la del artículo {article} no lo está.",
        )
    translations.move(TranslationId(row.pk), TranslationState.APPROVED)
    Translation.objects.filter(pk=row.pk).update(reviewer=reviewer_name(actor), reviewed_on=now.date())
    audit.record("translation.approved", f"translation:{row.pk}", now=now, actor=actor, article=article, reason=reason)
    remember(translations.get(row.pk))
    wordings.drop(article, language, actor)
    units.arm(Step.RELEASE, f"translation:{row.pk}", now=now)


@transaction.atomic
def reject(article: int, language: str, *, reason: str, actor: str, now: datetime) -> None:
    """An editor will not publish a held translation. IllegalTransition when it is not held."""
    row = newest(article, language)
    translations.move(TranslationId(row.pk), TranslationState.REJECTED)
    audit.record("translation.rejected", f"translation:{row.pk}", now=now, actor=actor, article=article, reason=reason)


@transaction.atomic
def hold(article: int, language: str, *, reason: str, actor: str, now: datetime) -> None:
    """Leave a held translation held, and say to colleagues why. IllegalTransition when it is not held."""
    row = newest(article, language)
    if row.state != TranslationState.HELD:
        raise IllegalTransition(
            f"the translation of article {article} is {row.state}; only a held one is kept back",
            es=f"Solo se deja en espera una traducción retenida, y la del artículo {article} no lo está.",
        )
    if not reason.strip():
        raise IllegalTransition("say what it waits for", es="Indique qué espera.")
    others = [each for each in translations.get(row.pk).findings if each.code != KEPT_BACK]
    who = reviewer_name(actor)
    kept = Finding(code=KEPT_BACK, level=Level.HOLD, reason=f"{who}: {reason}", reason_es=f"{who}: {reason}")
    Translation.objects.filter(pk=row.pk).update(findings=codec.dump_each((kept, *others)))
    audit.record("translation.kept-back", f"translation:{row.pk}", now=now, actor=actor, article=article, reason=reason)


@transaction.atomic
def retry(article: int, *, actor: str, now: datetime) -> list[str]:
    """Try everything of an article again that stopped: a held reading, a refusal by rights, parked work.

    Returns what was started again, in words; an empty list means that nothing had stopped.
    """
    if not Article.objects.filter(pk=article).exists():
        raise IllegalTransition(f"there is no article {article}", es=f"No existe el artículo {article}.")
    started: list[str] = []
    revision = articles.newest(article)
    if reconsider(revision, actor=actor, now=now):
        started.append(f"rights of revision {revision.number}")
    elif articles.retry(revision, now=now, actor=actor):
        started.append(f"reading revision {revision.number}")
    for row in Translation.objects.filter(revision=revision, state=TranslationState.HELD):
        units.arm(Step.TRANSLATE, f"translation:{row.pk}", now=now)
        audit.record("translation.retried", f"translation:{row.pk}", now=now, actor=actor, article=article)
        started.append(f"translation into {row.language}")
    woken = units.wake(queries.parked(article), now=now)
    if woken:
        audit.record("unit.retried", f"article:{article}", now=now, actor=actor, article=article)
        started.append(f"{woken} parked units")
    return started


def reconsider(revision: Revision, *, actor: str, now: datetime) -> bool:
    """Ask the rights gate again about a revision that it stopped. False when it was not the gate."""
    stopped = revision.state in {RevisionState.HELD, RevisionState.REFUSED}
    if not stopped or revision.story is None or not revision.article.url:
        return False
    by_the_gate = revision.permission is not None or revision.reason_code in _STOPPED_BY_THE_GATE
    if not by_the_gate:
        return False
    articles.move(RevisionId(revision.pk), RevisionState.EXTRACTED)
    units.arm(Step.CLEAR, f"revision:{revision.pk}", now=now)
    audit.record("revision.reconsidered", f"revision:{revision.pk}", now=now, actor=actor, article=revision.article_id)
    return True
