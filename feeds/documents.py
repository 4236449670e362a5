"""Releases in the ledger -> the format-free documents that the writers render.

Knows: which releases a feed shows now, their addresses, their credit. Must not know: formats, layout, files.

Rights are asked again here, at every rendering: an entry whose permission ended since it was released is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from itertools import count

from django.db.models import F, Q, QuerySet

from feeds.addresses import article_url, feed_urls, index_url, on_site, stylesheet_path
from pipeline.config import Config
from pipeline.ledger import catalog, codec, embargoes
from pipeline.ledger.models import CorrectionNote, Delivery, Partner, Product, Release
from pipeline.ledger.permissions import to_publish
from pipeline.stages import ReleaseState
from pipeline.text.blocks import sanitise, to_html
from pipeline.types import (
    Attribution,
    BlockKind,
    Correction,
    Draft,
    Entry,
    FeedDocument,
    Ruling,
    Status,
    Story,
    UseClass,
)

SUMMARY_CHARACTERS = 300

# Withdrawn after it had been seen: an article that was withheld or waiting until then leaves no stub.
STUB = Q(state=ReleaseState.CANCELED, version__gt=1) & (Q(embargo_until=None) | Q(embargo_until__lte=F("canceled_at")))


def product_document(product: Product, config: Config, *, now: datetime) -> FeedDocument:
    """What everybody may subscribe to: free, non-commercial reading is the use that a public feed stands for."""
    entries = _first(_shown(product, config, now), config, UseClass.NON_COMMERCIAL, now)
    return _document(product, config, entries, title=product.title, urls=feed_urls(config.site.url, product.path))


def partner_document(product: Product, partner: Partner, config: Config, *, now: datetime) -> FeedDocument:
    """The same product as one partner may use it. Its address is a secret, so the document does not name it.

    What was sent again to this partner alone comes first for it, however old it is.
    """
    use = catalog.use_of(partner)
    rows = _shown(product, config, now).exclude(pk__in=embargoes.hidden_from(partner))
    resent = _resent(product, partner, limit=config.site.feed_size)
    entries = {
        entry.guid: entry
        for some in (rows, rows.filter(pk__in=list(resent)))
        for entry in _first(some, config, use, now, resent=resent)
    }
    newest = sorted(entries.values(), key=lambda entry: (entry.updated, entry.guid), reverse=True)
    title = f"{product.title} · {partner.name}"
    return _document(product, config, newest[: config.site.feed_size], title=title, urls={})


def page_entry(article: int, language: str, config: Config, *, now: datetime) -> Entry | None:
    """The article's page: usable if any product shows it, a stub once it is withdrawn, else nothing."""
    release = (
        Release.objects.filter(article=article, product__language=language, product__active=True)
        .filter(Q(state=ReleaseState.USABLE) | STUB)
        .select_related("product", "article__source", "translation__revision")
        .order_by("-updated_at", "pk")
        .first()
    )
    return entry_of(release, config, UseClass.NON_COMMERCIAL, now) if release else None


def products(config: Config) -> list[FeedDocument]:
    """Every active product without its entries: what the front page lists."""
    rows = Product.objects.filter(active=True).order_by("language", "slug")
    return [_document(row, config, [], title=row.title, urls=feed_urls(config.site.url, row.path)) for row in rows]


def _shown(product: Product, config: Config, now: datetime) -> QuerySet[Release]:
    """Usable releases and young stubs, the most recently changed first."""
    stub_from = now - timedelta(days=config.site.stub_days)
    return (
        Release.objects.filter(product=product)
        .filter(Q(state=ReleaseState.USABLE) | STUB & Q(canceled_at__gte=stub_from))
        .select_related("product", "article__source", "translation__revision")
        .order_by("-updated_at", "-pk")
    )


def _first(
    rows: QuerySet[Release],
    config: Config,
    use: UseClass,
    now: datetime,
    *,
    resent: Mapping[int, datetime] | None = None,
) -> list[Entry]:
    """As many entries as a feed holds, of those that may be put to this use."""
    size, sent = config.site.feed_size, resent or {}
    found: list[Entry] = []
    for start in count(step=size):  # a page at a time: nearly always the first is enough
        page = list(rows[start : start + size])
        some = (entry_of(release, config, use, now, resent=sent.get(release.pk)) for release in page)
        found += [entry for entry in some if entry is not None]
        if len(page) < size or len(found) >= size:
            break
    return found[:size]


def entry_of(
    release: Release, config: Config, use: UseClass, now: datetime, *, resent: datetime | None = None
) -> Entry | None:
    """The release as an entry, or None when its rights do not cover this use now. A stub needs no rights."""
    canceled = release.state == ReleaseState.CANCELED
    story = codec.load(Story, release.translation.revision.story)
    if not canceled:
        permission = to_publish(release.article.source, story, use, language=release.product.language, today=now.date())
        if permission.ruling is not Ruling.ALLOW:
            return None
    draft = codec.load(Draft, release.translation.draft)
    spoken = catalog.fixed_in(release.article.source, release.product.language)  # without a wording a section stays
    updated = max(release.updated_at, resent) if resent else release.updated_at
    return Entry(
        guid=release.guid,
        version=release.version,
        status=Status.CANCELED if canceled else Status.USABLE,
        url=article_url(config.site.url, release.product.language, release.article_id),
        language=release.product.language,
        headline="" if canceled else draft.headline,
        summary="" if canceled else summary(draft),
        body="" if canceled else body_of(draft),
        attribution=codec.load(Attribution, release.attribution),
        published=release.published_at,
        updated=updated.replace(microsecond=0),
        section=spoken.get(story.section, story.section) if story.section else None,
        keywords=tuple(spoken.get(keyword, keyword) for keyword in story.keywords),
        corrections=() if canceled else _corrections(release),
        withdrawn_on=release.canceled_at.date() if release.canceled_at else None,
    )


def body_of(draft: Draft) -> str:
    """The article's own HTML, sanitised last, whatever was done to it before."""
    standfirst = f"<p><em>{escape(draft.standfirst, quote=False)}</em></p>" if draft.standfirst else ""
    return sanitise(standfirst + to_html(draft.blocks))


def summary(draft: Draft) -> str:
    """The standfirst, or the beginning of the first paragraph, cut at a word."""
    text = draft.standfirst or next((block.text for block in draft.blocks if block.kind is BlockKind.PARAGRAPH), "")
    if len(text) <= SUMMARY_CHARACTERS:
        return text
    return text[: SUMMARY_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def _corrections(release: Release) -> tuple[Correction, ...]:
    notes = CorrectionNote.objects.filter(
        article=release.article_id,
        language=release.product.language,
        on__gte=release.published_at.date(),
    )
    return tuple(Correction(on=note.on, note=note.note) for note in notes.order_by("pk"))


def _resent(product: Product, partner: Partner, *, limit: int) -> dict[int, datetime]:
    """Releases that this partner was sent again as they stand, with the last time; the newest sendings only."""
    deliveries = Delivery.objects.filter(
        partner=partner, release__product=product, version=F("release__version"), kind="resent"
    ).order_by("-created_at")
    return {delivery.release_id: delivery.created_at for delivery in reversed(deliveries[:limit])}


def _document(
    product: Product, config: Config, entries: list[Entry], *, title: str, urls: dict[str, str]
) -> FeedDocument:
    return FeedDocument(
        id=f"tag:{config.site.tag}:feed/{product.path}",
        title=title,
        subtitle=product.subtitle,
        language=product.language,
        home_url=index_url(config.site.url, product.path),
        urls=urls,
        updated=max((entry.updated for entry in entries), default=product.created_at),
        publisher=config.site.name,
        contact=config.site.contact,
        entries=tuple(entries),
        ttl_minutes=config.site.ttl_minutes,
        icon=config.site.icon,
        logo=config.site.logo,
        # an outside hub must not hear of a private feed's address, so a private feed names our own hub or none
        hub=config.hub_url if urls or config.site.hub == "own" else None,
        stylesheet=on_site(config.site.url, stylesheet_path(product.language)),
    )
