"""Official translation first: point partners to the publisher's own version, or translate all the same.

Knows: what an editor may decide about such a version, and what follows. Must not know: pages, engines.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.errors import IllegalTransition
from pipeline.ledger import articles, audit, editions, translations, units
from pipeline.ledger.models import Article, Translation
from pipeline.release.official import pointer
from pipeline.rights.lines import web_address
from pipeline.stages import EditionState, RevisionState, Step, TranslationState
from pipeline.text.hygiene import clean, collapse
from pipeline.types import RevisionId, TranslationId

_READ = {RevisionState.EXTRACTED, RevisionState.CLEARED, RevisionState.HELD, RevisionState.REFUSED}


@transaction.atomic
def link(
    article: int, language: str, *, headline: str, reason: str, actor: str, now: datetime, url: str | None = None
) -> TranslationId:
    """Publish a pointer under the publisher's own headline; what machines made of the article gives way to it.

    `url` may be left out where the version was found by itself. The release step asks the rights gate about it as
    about any other version. IllegalTransition when the article is withdrawn or unread, or something is missing.
    """
    row = _article(article)
    revision = articles.newest(article)
    if revision.story is None or RevisionState(revision.state) not in _READ:
        raise IllegalTransition(
            f"article {article} has not been read yet", es=f"El artículo {article} aún no se ha leído."
        )
    known = editions.of(article, language)
    address = web_address(url or (known.url if known else ""))
    if not address:
        raise IllegalTransition(
            "give the address of the publisher's own version, one that begins with https://",
            es="Indique la dirección de la versión propia del medio, una que empiece por https://",
        )
    title = collapse(clean(headline))
    if not title:
        raise IllegalTransition(
            "give the headline under which the publisher has it", es="Indique el titular con que la publica el medio."
        )
    editions.decide(article, language, EditionState.LINKED, url=address, reason=reason, actor=actor, now=now)
    if revision.state != RevisionState.CLEARED:
        _clear(revision.pk, RevisionState(revision.state))
    pk = translations.queue_again(RevisionId(revision.pk), language, correction="", now=now)
    draft = pointer(publisher=row.source.publisher, language=language, headline=title, url=address)
    translations.save_draft(pk, draft, now=now, actor=actor)
    translations.save_findings(pk, TranslationState.HELD, (), now=now, actor=actor, reason="made by hand")
    translations.move(pk, TranslationState.APPROVED)
    units.arm(Step.RELEASE, f"translation:{pk}", now=now)
    return pk


@transaction.atomic
def pass_over(article: int, language: str, *, reason: str, actor: str, now: datetime) -> None:
    """Translate although the publisher has a version of its own. IllegalTransition when none is known."""
    _article(article)
    known = editions.of(article, language)
    if known is None:
        raise IllegalTransition(
            f"no official version of article {article} in {language!r} is known",
            es=f"Del artículo {article} no se conoce ninguna versión propia del medio en «{language}».",
        )
    editions.decide(article, language, EditionState.PASSED_OVER, url=known.url, reason=reason, actor=actor, now=now)
    revision = articles.newest(article)
    if Translation.objects.filter(revision=revision, language=language).exists():  # the pointer that stood until now
        again = translations.queue_again(RevisionId(revision.pk), language, correction="", now=now)
        units.arm(Step.TRANSLATE, f"translation:{again}", now=now)
        return
    if revision.state in {RevisionState.HELD, RevisionState.REFUSED}:
        articles.move(RevisionId(revision.pk), RevisionState.EXTRACTED)
    units.arm(Step.CLEAR, f"revision:{revision.pk}", now=now)
    audit.record("revision.reconsidered", f"revision:{revision.pk}", now=now, actor=actor, article=article)


def _article(article: int) -> Article:
    row = Article.objects.select_related("source").filter(pk=article).first()
    if row is None:
        raise IllegalTransition(f"there is no article {article}", es=f"No existe el artículo {article}.")
    if row.withdrawn_at is not None:
        raise IllegalTransition(f"article {article} was withdrawn", es=f"El artículo {article} fue retirado.")
    return row


def _clear(revision: int, state: RevisionState) -> None:
    if state is not RevisionState.EXTRACTED:
        articles.move(RevisionId(revision), RevisionState.EXTRACTED)
    articles.move(RevisionId(revision), RevisionState.CLEARED)
