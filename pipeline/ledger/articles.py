"""Articles and their revisions: accepting what comes in, and moving it from state to state.

Knows: identity, revision numbers, payloads, legal transitions. Must not know: how a payload is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from pipeline.errors import IllegalTransition, SourceError
from pipeline.ingest import identity
from pipeline.ledger import audit, catalog, codec, search, units
from pipeline.ledger.models import Article, Payload, Revision, Source
from pipeline.stages import LEGAL_REVISION, RevisionState, Step
from pipeline.types import ArticleId, Envelope, Incoming, Permission, RevisionId, Story

Trouble = tuple[str, str, str]  # code, and the sentence in English and in Spanish


class Reception(StrEnum):
    """What became of something that came in."""

    NEW = "new"  # an article we did not know
    REVISED = "revised"  # another version of one we know
    DUPLICATE = "duplicate"  # exactly what we already have
    RETRIED = "retried"  # the same again, of one that was held: it is read once more
    COMPLETED = "completed"  # a held article that now has what it lacked
    HELD = "held"  # kept, but a person must see to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Answer to a submission. `reason` is set when the article is held; `number` counts the article's versions."""

    reception: Reception
    article: ArticleId
    revision: RevisionId
    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A revision as the steps read it."""

    id: RevisionId
    article: ArticleId
    number: int
    state: RevisionState
    envelope: Envelope
    story: Story | None
    source: Source
    url: str
    withdrawn: bool


def accept(incoming: Incoming, source: Source, *, max_bytes: int, now: datetime, actor: str) -> Receipt:
    """Write an article down, with its payload, in one transaction. Whatever is wrong with it, the row stays."""
    url, trouble = _address(incoming.envelope, source)
    with transaction.atomic():
        payload = _keep(incoming, max_bytes)
        article, reception = _identify(incoming, source, url, now)
        newest = article.revisions.order_by("-number").first()
        content = identity.content_hash(incoming)
        if reception is Reception.REVISED and newest is not None and newest.content_hash == content:
            return _again(newest, now=now, actor=actor)
        revision = Revision.objects.create(
            article=article,
            number=1 if newest is None else newest.number + 1,
            payload=payload,
            content_hash=content,
            envelope=codec.dump(incoming.envelope),
            received_at=now,
        )
        audit.record(
            "revision.received",
            f"revision:{revision.pk}",
            now=now,
            actor=actor,
            article=article.pk,
            details={"number": revision.number, "sha256": incoming.sha256, "bytes": payload.size, "url": url},
        )
        if payload.body is None:
            trouble = (
                "too-large",
                f"the payload has {payload.size:,} bytes and the limit is {max_bytes:,}; "
                "send a smaller one, or raise [intake] max_bytes in newsroom.toml and submit it again",
                f"Lo recibido tiene {payload.size:,} bytes y el límite es de {max_bytes:,}; entregue algo menor, o "
                "suba [intake] max_bytes en newsroom.toml y entréguelo de nuevo.",
            )
        if trouble:
            hold(RevisionId(revision.pk), *trouble, now=now, actor=actor)
            reception = Reception.HELD
        else:
            units.arm(Step.EXTRACT, f"revision:{revision.pk}", now=now, urgent=incoming.envelope.urgent)
    return Receipt(
        reception=reception,
        article=ArticleId(article.pk),
        revision=RevisionId(revision.pk),
        number=revision.number,
        reason=trouble[1] if trouble else "",
    )


def _again(newest: Revision, *, now: datetime, actor: str) -> Receipt:
    """The very same submission: nothing to do, unless it was held for something that may be mended by now."""
    retried = retry(newest, now=now, actor=actor)
    if not retried:
        audit.record("revision.duplicate", f"revision:{newest.pk}", now=now, actor=actor, article=newest.article_id)
    return Receipt(
        reception=Reception.RETRIED if retried else Reception.DUPLICATE,
        article=ArticleId(newest.article_id),
        revision=RevisionId(newest.pk),
        number=newest.number,
        reason="" if retried else newest.reason,
    )


def retry(revision: Revision, *, now: datetime, actor: str) -> bool:
    """Read a held revision again. False when it is not held, or is not all here."""
    article = revision.article
    if revision.state != RevisionState.HELD or not article.url or revision.payload.body is None:
        return False
    move(RevisionId(revision.pk), RevisionState.RECEIVED)
    units.arm(Step.EXTRACT, f"revision:{revision.pk}", now=now)
    audit.record("revision.retried", f"revision:{revision.pk}", now=now, actor=actor, article=article.pk)
    return True


def _address(envelope: Envelope, source: Source) -> tuple[str, Trouble | None]:
    """Canonical URL, or what is wrong with it. Two links to the original are owed, so none is no option.

    An address on another site is as bad as none: the source's rights record and name would stand on someone else's
    article.
    """
    if not envelope.url:
        return "", (
            "url-missing",
            "no canonical URL came with it; submit the same file again with --url (over the API: url)",
            "Falta la dirección del original; entregue de nuevo el mismo archivo con --url (por la API: url).",
        )
    try:
        url = identity.canonical_url(envelope.url)
    except SourceError as error:
        return "", (
            "url-unusable",
            f"{error} Then submit the same file again with a usable --url (over the API: url)",
            f"{error.spanish} Entregue después de nuevo el mismo archivo con una --url que sirva (por la API: url).",
        )
    sites = catalog.sites_of(source)
    if identity.belongs(url, *sites):
        return url, None
    return "", (
        "url-elsewhere",
        f"{url} is not on {' or '.join(sites)}, so the rights record of {source.slug!r} does not cover it; submit the "
        "same file again for the source that it belongs to, or add the site to the other_sites of the source in "
        "newsroom.toml and submit it again",
        f"{url} no está en {' ni en '.join(sites)}, así que el registro de derechos de {source.publisher} no la cubre; "
        "entregue de nuevo el mismo archivo para la fuente a la que pertenece, o añada el sitio a other_sites de la "
        "fuente en newsroom.toml y entréguelo de nuevo.",
    )


def _keep(incoming: Incoming, max_bytes: int) -> Payload:
    size = len(incoming.payload)
    body = incoming.payload if size <= max_bytes else None
    payload, made = Payload.objects.get_or_create(sha256=incoming.sha256, defaults={"body": body, "size": size})
    if not made and payload.body is None and body is not None:  # the limit was raised since
        payload.body = body
        payload.save(update_fields=["body"])
    return payload


def _identify(incoming: Incoming, source: Source, url: str, now: datetime) -> tuple[Article, Reception]:
    """The article this belongs to. One that was held for want of a URL is completed, not doubled."""
    orphan_key = f"payload:{incoming.sha256}"
    key = identity.article_key(source.slug, url) if url else orphan_key
    article = Article.objects.select_for_update().filter(source=source, key=key).first()
    if article is not None:
        return article, Reception.REVISED
    orphan = Article.objects.select_for_update().filter(source=source, key=orphan_key).first() if url else None
    if orphan is not None:
        orphan.key, orphan.url = key, url
        orphan.save(update_fields=["key", "url"])
        return orphan, Reception.COMPLETED
    return Article.objects.create(source=source, key=key, url=url, created_at=now), Reception.NEW


def moved(pk: int, url: str, *, now: datetime, actor: str) -> bool:
    """The publisher gave an article another address: its next version belongs to it still, and so does its guid.

    False, and nothing is changed, when it is there already or another article is.
    """
    article = Article.objects.select_for_update(of=("self",)).select_related("source").get(pk=pk)
    key, before = identity.article_key(article.source.slug, url), article.url
    if Article.objects.filter(source=article.source, key=key).exists():
        return False
    article.key, article.url = key, identity.canonical_url(url)
    article.save(update_fields=["key", "url"])
    audit.record(
        "article.moved", f"article:{pk}", now=now, actor=actor, article=pk, details={"from": before, "to": article.url}
    )
    return True


def get(pk: int) -> Received:
    """A revision with its envelope and, once extracted, its story."""
    row = Revision.objects.select_related("article__source").get(pk=pk)
    return Received(
        id=RevisionId(row.pk),
        article=ArticleId(row.article_id),
        number=row.number,
        state=RevisionState(row.state),
        envelope=codec.load(Envelope, row.envelope),
        story=codec.load(Story, row.story) if row.story is not None else None,
        source=row.article.source,
        url=row.article.url,
        withdrawn=row.article.withdrawn_at is not None,
    )


def payload_of(pk: int) -> bytes:
    """The bytes that a revision was received as."""
    return bytes(Revision.objects.select_related("payload").get(pk=pk).payload.body or b"")


def lock(article: ArticleId) -> bool:
    """Hold the article's row until the transaction ends. Returns whether it was withdrawn."""
    return Article.objects.select_for_update().get(pk=article).withdrawn_at is not None


def newest(article: int) -> Revision:
    """The newest revision of an article."""
    return Revision.objects.filter(article=article).order_by("-number")[0]


def move(pk: RevisionId, to: RevisionState, *, code: str = "", reason: str = "", reason_es: str = "") -> Revision:
    """Change a revision's state. IllegalTransition when the table does not allow it; staying is always allowed."""
    row = Revision.objects.select_for_update().get(pk=pk)
    now_at = RevisionState(row.state)
    if to is not now_at and to not in LEGAL_REVISION[now_at]:
        raise IllegalTransition(
            f"revision {pk} is {now_at} and cannot become {to}",
            es=f"La revisión {pk} ya no admite ese cambio: cambió de estado entretanto. Vuelva a abrir la página.",
        )
    row.state, row.reason_code, row.reason, row.reason_es = to, code, reason, reason_es
    row.save(update_fields=["state", "reason_code", "reason", "reason_es"])
    return row


def hold(pk: RevisionId, code: str, reason: str, reason_es: str, *, now: datetime, actor: str) -> None:
    """Stop a revision until somebody has seen to it."""
    row = move(pk, RevisionState.HELD, code=code, reason=reason, reason_es=reason_es)
    audit.record(
        "revision.held",
        f"revision:{pk}",
        now=now,
        actor=actor,
        article=row.article_id,
        reason=reason,
        details={"code": code, "reason_es": reason_es},
    )


def save_story(pk: RevisionId, story: Story, *, now: datetime, actor: str) -> None:
    """Store what was read, and say so."""
    Revision.objects.filter(pk=pk).update(story=codec.dump(story))
    row = move(pk, RevisionState.EXTRACTED)
    search.save_original(row.article_id, story)
    audit.record(
        "revision.extracted",
        f"revision:{pk}",
        now=now,
        actor=actor,
        article=row.article_id,
        details={
            "rung": story.rung,
            "headline": story.headline,
            "blocks": len(story.blocks),
            "findings": [finding.code for finding in story.findings],
        },
    )


def save_permission(pk: RevisionId, to: RevisionState, permission: Permission, *, now: datetime, actor: str) -> None:
    """Store the rights gate's verdict and move on, or stop there. The same verdict again is no news."""
    if Revision.objects.filter(pk=pk, state=to, permission=codec.dump(permission)).exists():
        return
    Revision.objects.filter(pk=pk).update(permission=codec.dump(permission))
    said = {"code": permission.code, "reason": permission.reason, "reason_es": permission.reason_es}
    row = move(pk, to, **({} if to is RevisionState.CLEARED else said))
    audit.record(
        f"revision.{to}",
        f"revision:{pk}",
        now=now,
        actor=actor,
        article=row.article_id,
        reason=permission.reason,
        details={"code": permission.code, "licence": permission.licence.name if permission.licence else None},
    )
