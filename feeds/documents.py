"""Releases in the ledger -> the format-free documents that the writers render.

Knows: which releases a feed shows now, their addresses, their credit. Must not know: formats, layout, files.

Rights are asked again here, at every rendering: an entry whose permission ended since it was released is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from html import escape

from django.db.models import F, Q, QuerySet

from feeds import history
from feeds.addresses import FORMATS, archive_path, article_url, feed_urls, index_url, on_site, stylesheet_path
from pipeline.config import Config
from pipeline.ledger import archives, catalog, codec, embargoes
from pipeline.ledger.models import ArchivePage, Delivery, Partner, Product, Release
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
    History,
    Ruling,
    Status,
    Story,
    UseClass,
)

SUMMARY_CHARACTERS = 300
LOOK_BACK = 10  # feeds' worth of releases that are looked at to fill one feed, where most may not be put to its use


def product_document(product: Product, config: Config, *, now: datetime) -> FeedDocument:
    """What everybody may subscribe to: free, non-commercial reading is the use that a public feed stands for."""
    entries = _first(product, _shown(product, config, now), config, UseClass.NON_COMMERCIAL, now)
    urls = feed_urls(config.site.url, product.path)
    return _document(product, config, entries, urls=urls, history=history.of_product(product, config))


def partner_document(product: Product, partner: Partner, config: Config, *, now: datetime) -> FeedDocument:
    """The same product as one partner may use it. Its address is a secret, so the document does not name it.

    What was sent again to this partner alone comes first for it, however old it is.
    """
    use = catalog.use_of(partner)
    rows = _shown(product, config, now).exclude(pk__in=embargoes.hidden_from(partner))
    resent = _resent(product, partner, limit=config.site.feed_size)
    again = rows.filter(pk__in=list(resent))
    entries = {
        entry.guid: entry
        for entry in (
            *_first(product, rows, config, use, now, resent=resent),
            *_permitted(again, config, use, now, resent=resent),
        )
    }
    newest = sorted(entries.values(), key=lambda entry: (entry.updated, entry.guid), reverse=True)
    title = f"{product.title} · {partner.name}"
    return _document(product, config, newest, title=title, history=history.of_partner(product))


def archive_document(page: ArchivePage, config: Config, *, now: datetime) -> FeedDocument:
    """A closed page of the public feed's past."""
    entries = list(_permitted(_related(archives.on_page(page)), config, UseClass.NON_COMMERCIAL, now))
    place = archive_path(page.product.path, page.number, page.generation)
    urls = {form: f"{config.site.url}/{place}/{name}" for form, name in FORMATS.items()}
    return _document(page.product, config, entries, urls=urls, history=history.of_page(page, config), page=page)


def partner_archive_document(page: ArchivePage, partner: Partner, config: Config, *, now: datetime) -> FeedDocument:
    """The same page as one partner may use it."""
    rows = _related(archives.on_page(page)).exclude(pk__in=embargoes.hidden_from(partner))
    entries = list(_permitted(rows, config, catalog.use_of(partner), now))
    title = f"{page.product.title} · {partner.name}"
    return _document(page.product, config, entries, title=title, history=history.of_partner_page(page), page=page)


def page_entry(article: int, language: str, config: Config, *, now: datetime) -> Entry | None:
    """The article's page: usable if any product shows it, a stub once it is withdrawn, else nothing."""
    release = (
        Release.objects.filter(article=article, product__language=language, product__active=True)
        .filter(archives.SEEN)
        .select_related("product", "article__source", "translation__revision")
        .order_by("-updated_at", "pk")
        .first()
    )
    return entry_of(release, config, UseClass.NON_COMMERCIAL, now) if release else None


def products(config: Config) -> list[FeedDocument]:
    """Every active product without its entries: what the front page lists."""
    rows = Product.objects.filter(active=True).order_by("language", "slug")
    return [_document(row, config, [], urls=feed_urls(config.site.url, row.path)) for row in rows]


def partner_products(partner: Partner, base: str, config: Config) -> list[FeedDocument]:
    """A partner's own feeds without their entries, at addresses below `base`, in the formats that it takes."""
    forms = [form for form in FORMATS if form in (partner.formats or FORMATS)]
    return [
        _document(
            row,
            config,
            [],
            title=f"{row.title} · {partner.name}",
            urls={form: f"{base}/{row.path}/{FORMATS[form]}" for form in forms},
        )
        for row in partner.products.filter(active=True).order_by("language", "slug")
    ]


def _shown(product: Product, config: Config, now: datetime) -> QuerySet[Release]:
    """Usable releases and young stubs, the most recently changed first."""
    stub_from = now - timedelta(days=config.site.stub_days)
    rows = Release.objects.filter(product=product)
    young = rows.filter(Q(state=ReleaseState.USABLE) | archives.STUB & Q(canceled_at__gte=stub_from))
    return _related(young).order_by("-updated_at", "-pk")


def _related(rows: QuerySet[Release]) -> QuerySet[Release]:
    found = rows.select_related("product", "article__source", "translation__revision")
    return found.prefetch_related("article__corrections")


def _first(
    product: Product,
    rows: QuerySet[Release],
    config: Config,
    use: UseClass,
    now: datetime,
    *,
    resent: Mapping[int, datetime] | None = None,
) -> Iterator[Entry]:
    """What a subscription document holds, of what may be put to this use: see history.py for how much that is."""
    size, needed, shown, room = config.site.feed_size, history.needed(product), 0, history.MAX_BYTES
    oldest: datetime | None = None
    spare = history.MAX_BYTES // 4  # estimates may err; what has to be shown is not left out for that
    for looked_at, release in enumerate(_in_pages(rows, size)):
        oldest = oldest or min([history.recent(release, config), *needed.values()])
        filling = room > 0 and shown < size and looked_at < LOOK_BACK * size
        wanted = release.pk in needed or filling or (room > 0 and release.updated_at >= oldest)
        if room <= -spare or (not wanted and release.updated_at < oldest):
            return
        if wanted and (entry := entry_of(release, config, use, now, resent=(resent or {}).get(release.pk))):
            shown += 1
            room -= history.weight(len(entry.body))
            yield entry


def _in_pages(rows: QuerySet[Release], size: int) -> Iterator[Release]:
    """The rows, fetched a page at a time: nearly always the first is enough.

    Each page begins where the last one ended, not at a number: what is released meanwhile moves nobody to another page.
    """
    below = rows
    while page := list(below[:size]):
        yield from page
        if len(page) < size:
            return
        last = page[-1]
        below = rows.filter(updated_at__lte=last.updated_at).exclude(updated_at=last.updated_at, pk__gte=last.pk)


def _permitted(
    rows: QuerySet[Release],
    config: Config,
    use: UseClass,
    now: datetime,
    *,
    resent: Mapping[int, datetime] | None = None,
) -> Iterator[Entry]:
    """All of these rows that may be put to this use."""
    for release in rows:
        if entry := entry_of(release, config, use, now, resent=(resent or {}).get(release.pk)):
            yield entry


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
    """Notes since it was published; the article's rows may have been fetched with many others."""
    notes = sorted(release.article.corrections.all(), key=lambda note: note.pk)
    return tuple(
        Correction(on=note.on, note=note.note)
        for note in notes
        if note.language == release.product.language and note.on >= release.published_at.date()
    )


def _resent(product: Product, partner: Partner, *, limit: int) -> dict[int, datetime]:
    """Releases that this partner was sent again as they stand, with the last time; the newest sendings only."""
    deliveries = Delivery.objects.filter(
        partner=partner, release__product=product, version=F("release__version"), kind="resent"
    ).order_by("-created_at")
    return {delivery.release_id: delivery.created_at for delivery in reversed(deliveries[:limit])}


def _document(
    product: Product,
    config: Config,
    entries: Iterable[Entry],
    *,
    title: str | None = None,
    urls: Mapping[str, str] | None = None,
    history: History | None = None,
    page: ArchivePage | None = None,
) -> FeedDocument:
    """A document of these entries; of a closed `page` the time is the page's own, not that of what is left on it."""
    shown = tuple(entries)
    return FeedDocument(
        id=f"tag:{config.site.tag}:feed/{product.path}",
        title=title or product.title,
        subtitle=product.subtitle,
        language=product.language,
        home_url=index_url(config.site.url, product.path),
        urls=urls or {},
        updated=page.until if page else max((entry.updated for entry in shown), default=product.created_at),
        publisher=config.site.name,
        contact=config.site.contact,
        entries=shown,
        ttl_minutes=config.site.ttl_minutes,
        icon=config.site.icon,
        logo=config.site.logo,
        # an outside hub must not hear of a private feed's address, so a private feed names our own hub or none
        # A closed page is nothing to subscribe to.
        hub=config.hub_url if not page and (urls or config.site.hub == "own") else None,
        stylesheet=on_site(config.site.url, stylesheet_path(product.language)),
        history=history or History(),
    )
