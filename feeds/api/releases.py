"""Operations of partners: releases since a cursor, one release, receipts, placements.

Knows: how the records look as JSON, and what is on record after a read. Must not know: who may see what (mirror.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status

from feeds.api import cursor as cursors
from feeds.api import mirror, schemas
from feeds.api.callers import Bearer, actor_of, partner_of
from feeds.api.mirror import Seen
from feeds.api.problems import Problem
from feeds.newsroom import newsroom
from feeds.tokens import Scope
from pipeline.errors import IllegalTransition, SourceError
from pipeline.ledger import placements, receipts
from pipeline.ledger.models import Partner, Receipt
from pipeline.stages import ReleaseState

router = Router(tags=["releases"])
Key = Annotated[int, Path(ge=1, le=2**63 - 1, description="Key of a release.")]


@router.get("/releases", response=schemas.Releases, auth=Bearer(Scope.RELEASES_READ), exclude_none=True)
def list_releases(
    request: HttpRequest,
    cursor: Annotated[
        str | None, Query(max_length=200, description="Of your last answer. Without it, from the start.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="The most releases in one answer.")] = 100,
) -> schemas.Releases:
    """Releases that changed since a cursor.

    In the order in which they changed, each once and as it is now: new ones, corrections, repetitions, withdrawals, and
    what you may no longer have. Apply them by `id`, keep the cursor, ask again. Whoever does that has exactly what the
    newsroom has for you, whatever happens meanwhile. If what you may have changes, the list starts over by itself.
    """
    partner, now = partner_of(request), timezone.now()
    since = cursors.read(cursor, partner=partner.pk) if cursor else None
    page = mirror.since(since, partner, newsroom(), limit=limit, now=now)
    _given(partner, page.seen, now)
    return schemas.Releases(releases=[_release(seen) for seen in page.seen], cursor=page.cursor.text(), more=page.more)


@router.get("/releases/{release}", response=schemas.Release, auth=Bearer(Scope.RELEASES_READ), exclude_none=True)
def get_release(request: HttpRequest, release: Key) -> schemas.Release:
    """One release as it is now."""
    partner, now = partner_of(request), timezone.now()
    seen = _found(release, partner, now)
    _given(partner, [seen], now)
    return _release(seen)


@router.post("/releases/{release}/receipts", response=schemas.Receipt, auth=Bearer(Scope.RELEASES_ACKNOWLEDGE))
def acknowledge(request: HttpRequest, release: Key, receipt: schemas.ReceiptIn) -> schemas.Receipt:
    """Say that you have a version, or that you took the article down.

    The newsroom must know who still shows an article that was withdrawn. Saying it twice does no harm.
    """
    partner, now = partner_of(request), timezone.now()
    row = _found(release, partner, now).release
    try:
        if receipt.state == "removed":
            receipts.removed(partner, row, at=now)
        else:
            receipts.acknowledged(partner, row, receipt.version or row.version, at=now)
    except IllegalTransition as error:
        raise Problem("conflict", f"{error}.") from error
    version = row.version if receipt.state == "removed" else receipt.version or row.version
    state = Receipt.objects.get(partner=partner, release=row, version=version).state
    return schemas.Receipt.model_validate({"release": row.pk, "version": version, "state": state})


@router.post(
    "/releases/{release}/placements", response={202: schemas.Placement}, auth=Bearer(Scope.RELEASES_ACKNOWLEDGE)
)
def report_placement(request: HttpRequest, release: Key, placement: schemas.PlacementIn) -> Status[schemas.Placement]:
    """Say on which page you published an article.

    The page is then looked at: byline, both links, licence, notices. Reporting a page again has it looked at again.
    """
    partner, now = partner_of(request), timezone.now()
    row = _found(release, partner, now).release
    try:
        made, _ = placements.report(row, placement.url, partner=partner, actor=actor_of(request), now=now)
    except SourceError as error:
        raise Problem("invalid", errors=[("body.placement.url", str(error))]) from error
    except IllegalTransition as error:
        raise Problem("conflict", f"{error}.") from error
    return Status(202, schemas.Placement(id=made.pk, release=row.pk, url=made.url, state=made.state))


def _found(release: int, partner: Partner, now: datetime) -> Seen:
    seen = mirror.one(release, partner, newsroom(), now=now)
    if seen is None:
        raise Problem("not-found")
    return seen


def _given(partner: Partner, some: list[Seen] | tuple[Seen, ...], now: datetime) -> None:
    """What was handed over counts as seen; of what the partner may not have there is nothing to see."""
    versions = {seen.release.pk: seen.release.version for seen in some if seen.entry is not None}
    known = Receipt.objects.filter(partner=partner, release__in=versions).exclude(state="sent")
    for release, version in known.values_list("release", "version"):
        if versions.get(release) == version:
            del versions[release]
    if versions:
        receipts.received(partner, versions, at=now)


def _release(seen: Seen) -> schemas.Release:
    row, entry, shown = seen.release, seen.entry, seen.item
    told = {
        "id": row.pk,
        "guid": row.guid,
        "product": row.product.path,
        "status": seen.status,
        "version": row.version,
        "sending": row.sending,
        "updated": row.updated_at,
    }
    if entry is None or shown is None:
        return schemas.Release.model_validate(told)
    told |= {"url": entry.url, "language": entry.language, "content_html": shown.html}
    source = shown.source
    if source is None or row.state == ReleaseState.CANCELED:
        return schemas.Release.model_validate({**told, "headline": shown.title, "withdrawn_on": entry.withdrawn_on})
    licence = source.licence
    return schemas.Release.model_validate(
        {
            **told,
            "published": entry.published,
            "headline": shown.title,
            "summary": shown.summary,
            "authors": list(shown.names),
            "section": entry.section,
            "keywords": list(entry.keywords),
            "licence": {"name": licence.name, "url": licence.url} if licence else None,
            "rights": shown.rights,
            "original": {
                "url": source.original_url,
                "title": source.original_title,
                "language": source.original_language,
                "publisher": source.publisher,
                "publisher_url": source.publisher_url,
                "authors": list(source.authors),
                "published": source.original_date,
            },
            "translation": {
                "outlet": source.outlet,
                "engine": source.engine,
                "model": source.model,
                "reviewer": source.reviewer,
                "reviewed_on": source.reviewed_on,
            },
            "corrections": [{"on": note.on, "note": note.note} for note in entry.corrections],
        }
    )
