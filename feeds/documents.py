"""Releases in the ledger -> the format-free documents that the writers render.

Knows: which releases a feed shows now, their addresses, their credit. Must not know: formats, layout, files.

Rights are asked again here, at every rendering: an entry whose permission ended since it was released is left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from django.db.models import Q

from feeds.addresses import article_url, feed_urls, index_url
from pipeline.config import Config
from pipeline.ledger import catalog, codec
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


def product_document(product: Product, config: Config, *, now: datetime) -> FeedDocument:
    """What everybody may subscribe to: free, non-commercial reading is the use that a public feed stands for."""
    rows = _shown(product, config, now)
    entries = [entry for release in rows if (entry := _entry(release, config, UseClass.NON_COMMERCIAL, now))]
    return _document(product, config, entries, title=product.title, urls=feed_urls(config.site.url, product.path))


def partner_document(product: Product, partner: Partner, config: Config, *, now: datetime) -> FeedDocument:
    """The same product as one partner may use it. Its address is a secret, so the document does not name it."""
    entries = []
    for release in _shown(product, config, now):
        entry = _entry(release, config, catalog.use_of(partner), now, resent=_resent(release, partner))
        if entry:
            entries.append(entry)
    entries.sort(key=lambda entry: (entry.updated, entry.guid), reverse=True)
    return _document(product, config, entries, title=f"{product.title} · {partner.name}", urls={})


def page_entry(article: int, language: str, config: Config, *, now: datetime) -> Entry | None:
    """The article's page: usable if any product shows it, a stub once it is withdrawn, else nothing."""
    release = (
        Release.objects.filter(article=article, product__language=language, product__active=True)
        .filter(Q(state=ReleaseState.USABLE) | Q(state=ReleaseState.CANCELED, version__gt=0))
        .select_related("product", "article__source", "translation__revision")
        .order_by("-updated_at", "pk")
        .first()
    )
    return _entry(release, config, UseClass.NON_COMMERCIAL, now) if release else None


def products(config: Config) -> list[FeedDocument]:
    """Every active product without its entries: what the front page lists."""
    rows = Product.objects.filter(active=True).order_by("language", "slug")
    return [_document(row, config, [], title=row.title, urls=feed_urls(config.site.url, row.path)) for row in rows]


def _shown(product: Product, config: Config, now: datetime) -> list[Release]:
    """Usable releases and young stubs, the most recently changed first; never more than the feed's size."""
    stub_from = now - timedelta(days=config.site.stub_days)
    rows = (
        Release.objects.filter(product=product)
        .filter(
            Q(state=ReleaseState.USABLE) | Q(state=ReleaseState.CANCELED, version__gt=0, canceled_at__gte=stub_from)
        )
        .select_related("product", "article__source", "translation__revision")
        .order_by("-updated_at", "-pk")
    )
    return list(rows[: config.site.feed_size])


def _entry(
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
    updated = max(release.updated_at, resent) if resent else release.updated_at
    return Entry(
        guid=release.guid,
        version=release.version,
        status=Status.CANCELED if canceled else Status.USABLE,
        url=article_url(config.site.url, release.product.language, release.article_id),
        language=release.product.language,
        headline="" if canceled else draft.headline,
        summary="" if canceled else summary(draft),
        body="" if canceled else _body(draft),
        attribution=codec.load(Attribution, release.attribution),
        published=release.published_at,
        updated=updated.replace(microsecond=0),
        section=story.section,
        keywords=story.keywords,
        corrections=() if canceled else _corrections(release),
        withdrawn_on=release.canceled_at.date() if release.canceled_at else None,
    )


def _body(draft: Draft) -> str:
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


def _resent(release: Release, partner: Partner) -> datetime | None:
    """When this partner was last sent this release by itself."""
    delivery = (
        Delivery.objects.filter(release=release, partner=partner, version=release.version, kind="resent")
        .order_by("-created_at")
        .first()
    )
    return delivery.created_at if delivery else None


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
    )
