"""The outward steps: publish (files), deliver (pushes) and prove (what partners made of it).

Knows: which unit renders what, the lock that keeps an old state from overwriting a newer one, the last look at the
credit. Must not know: how a format is written, how a push is signed.

Loading and writing happen under one lock per subject: a worker that was frozen between the two can only ever delay a
newer rendering, never undo it. The kernel frees the lock of a killed process.
"""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings

from feeds import addresses, documents, files, history, outputs, page, resets, webhooks, websub, withdrawals
from feeds.opml import opml
from feeds.proofs import prove
from feeds.stylesheet import stylesheet
from pipeline.errors import PublishError
from pipeline.ledger import audit, deliveries, receipts, subscriptions, units
from pipeline.ledger.models import ArchivePage, Delivery, Partner, Product, Release
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import DeliveryState, Step
from pipeline.steps import Newsroom
from pipeline.telemetry import FILES
from pipeline.types import FeedDocument, Status

log = structlog.get_logger(__name__)

LOCKS = 64  # two subjects may share one: they wait for each other, which costs a moment and nothing else


def table(newsroom: Newsroom) -> Mapping[Step, StepFunction]:
    """The steps of this module, ready to be run."""
    return {
        Step.PUBLISH: partial(publish, newsroom),
        Step.DELIVER: partial(deliver, newsroom),
        Step.PROVE: partial(prove, newsroom),
    }


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Tell somebody: a partner's webhook (partner:3) or mailbox (mail:3), subscribers of our hub (topic:feed:3:rss), a
    callback that is asked whether it wants to be one (verify:7), somebody else's hub (ping:3), or somebody who forgot a
    password (reset:5)."""
    kind = work.subject.partition(":")[0]
    channels = {
        "partner": webhooks.deliver,
        "mail": withdrawals.deliver,
        "verify": websub.verify,
        "topic": websub.send,
        "ping": websub.ping,
        resets.SUBJECT: resets.deliver,
    }
    return channels[kind](newsroom, work)


def publish(newsroom: Newsroom, work: Work) -> Effect:
    """Render the current state of a page, a product's feeds, a page of their past, or private feeds to files."""
    kind, _, rest = work.subject.partition(":")
    more = kind == "feed" and _close_pages(newsroom, work, int(rest))
    with _locked(work.subject):
        if kind == "page":
            article, _, language = rest.partition(":")
            return _publish_page(newsroom, work, int(article), language)
        if kind == "feed":
            effect = _publish_product(newsroom, work, Product.objects.get(pk=int(rest)))
            return partial(_and_again, effect, work) if more else effect
        if kind == "archive":
            return partial(_tell, work, _publish_archive(newsroom, int(rest), work.now))
        partner, _, product = rest.partition(":")
        return _publish_private(
            newsroom, work, Partner.objects.get(pk=int(partner)), Product.objects.get(pk=int(product))
        )


def _and_again(effect: Effect, work: Work) -> None:
    effect()
    units.arm(Step.PUBLISH, work.subject, now=work.now)


def _close_pages(newsroom: Newsroom, work: Work, product: int) -> bool:
    """Close what the feed need not show any longer, and write those pages before the feed points to them.

    True if there may be more to close than one run should.

    A page that was closed by somebody who did not live to write it is written too. Each has a lock of its own, which
    is not taken inside another: two subjects may share one.
    """
    row = Product.objects.get(pk=product)
    if not row.active:
        return False
    with _locked(work.subject):
        closed = history.close_pages(row, newsroom.config, now=work.now)
    due = {old.number for old in closed} | ({closed[0].number - 1} if closed else set())
    for old in row.archive.order_by("-number")[: 2 * history.PAGES_AT_ONCE]:
        if old.number in due or not _archive_folder(old).exists():
            work.renew()
            with _locked(f"archive:{old.pk}"):
                _publish_archive(newsroom, old.pk, work.now)
    return bool(closed) and len(closed) >= history.PAGES_AT_ONCE


def _archive_folder(old: ArchivePage) -> Path:
    return Path(settings.PUBLIC_DIR, addresses.archive_path(old.product.path, old.number, old.generation))


def _publish_archive(newsroom: Newsroom, key: int, now: datetime) -> bool:
    """Write a page of the past at its present address, and take it away from every earlier one."""
    old = ArchivePage.objects.select_related("product").get(pk=key)
    folder, changed = _archive_folder(old), []
    if old.product.active:
        document = documents.archive_document(old, newsroom.config, now=now)
        changed = [
            _write(folder / addresses.FORMATS[form], content, document.updated)
            for form, content in outputs.rendered(document).items()
        ]
    for other in folder.parent.glob(f"{old.number}*"):
        stale = other != folder or not old.product.active
        if stale and other.name.partition("-")[0] == str(old.number):
            changed.append(files.clear(other))
    return any(changed)


def _publish_page(newsroom: Newsroom, work: Work, article: int, language: str) -> Effect:
    entry = documents.page_entry(article, language, newsroom.config, now=work.now)
    path = settings.PUBLIC_DIR / addresses.article_path(language, article)
    tombstone = path.with_suffix(".gone.html")
    if entry is None:
        changed = [files.remove(path)]
    elif entry.status is Status.CANCELED:
        changed = [files.remove(path), _write(tombstone, page.gone(entry), entry.updated)]
    else:
        feeds = addresses.feed_urls(newsroom.config.site.url, _first_product(article, language))
        site = newsroom.config.site
        content = page.article(entry, feeds, site=site.name, home_url=f"{site.url}/")
        outputs.refuse_one("page", entry, content.decode())
        changed = [files.remove(tombstone), _write(path, content, entry.updated)]
    return partial(_tell, work, any(changed), article=article)


def _publish_product(newsroom: Newsroom, work: Work, product: Product) -> Effect:
    index = settings.PUBLIC_DIR / addresses.index_path(product.path)
    if not product.active:
        paths = [settings.PUBLIC_DIR / addresses.feed_path(product.path, form) for form in addresses.FORMATS]
        gone = [files.remove(path) for path in (*paths, index)]
        gone.append(files.clear(settings.PUBLIC_DIR / addresses.archive_folder(product.path)))
        return partial(_tell, work, any(gone), product=product)
    document = documents.product_document(product, newsroom.config, now=work.now)
    changed = [
        _write(settings.PUBLIC_DIR / addresses.feed_path(product.path, form), content, document.updated)
        for form, content in outputs.rendered(document).items()
    ]
    site = newsroom.config.site
    changed.append(_write(index, page.index(document, site=site.name, home_url=f"{site.url}/"), document.updated))
    changed += _publish_front(newsroom, product.language)
    ping = any(changed) and newsroom.config.site.hub not in {"own", "none"}

    def save() -> None:
        _tell(work, any(changed), product=product)
        if ping:
            units.arm(Step.DELIVER, f"ping:{product.pk}", now=work.now)

    return save


def _publish_front(newsroom: Newsroom, language: str) -> list[bool]:
    """What all products share: the front page, the list of feeds, the stylesheet that browsers show feeds with."""
    site, products = newsroom.config.site, documents.products(newsroom.config)
    home_url, opml_url = f"{site.url}/", f"{site.url}/{addresses.OPML}"
    shared = {
        "index.html": page.home(
            products, title=site.name, language=products[0].language, home_url=home_url, opml_url=opml_url
        ),
        addresses.OPML: opml(products, title=site.name, home_url=home_url),
        addresses.stylesheet_path(language): stylesheet(language),
    }
    changed_at = max(product.updated for product in products)
    return [_write(settings.PUBLIC_DIR / path, content, changed_at) for path, content in shared.items()]


def _publish_private(newsroom: Newsroom, work: Work, partner: Partner, product: Product) -> Effect:
    folder = settings.PRIVATE_DIR / addresses.private_folder(partner.slug, product.path)
    if not (partner.active and partner.products.filter(pk=product.pk).exists()):
        gone = [files.remove(folder / name) for name in addresses.FORMATS.values()]
        return partial(_tell, work, any(gone), product=product)
    document = documents.partner_document(product, partner, newsroom.config, now=work.now)
    made = outputs.rendered(document, partner.formats)
    changed = [_write(folder / addresses.FORMATS[form], content, document.updated) for form, content in made.items()]
    changed += [files.remove(folder / name) for form, name in addresses.FORMATS.items() if form not in made]

    def save() -> None:
        _tell(work, any(changed), product=product)
        _settle(partner, product, document, work.clock())

    return save


def _settle(partner: Partner, product: Product, document: FeedDocument, now: datetime) -> None:
    """A partner without a webhook has been sent what stands in its feed; a fetch will flip its receipts to seen."""
    guids = [entry.guid for entry in document.entries]
    keys = dict(Release.objects.filter(product=product, guid__in=guids).values_list("guid", "pk"))
    versions = {keys[entry.guid]: entry.version for entry in document.entries}
    receipts.stands_in_feed(partner, product, versions, at=now)
    Delivery.objects.filter(
        partner=partner,
        release__product=product,
        release__guid__in=guids,
        channel="feed",
        state=DeliveryState.PENDING,
    ).update(state=DeliveryState.SENT, settled_at=now)


def _write(path: Path, content: bytes, modified: datetime) -> bool:
    changed = files.write(path, content, modified=modified)
    FILES.labels(outcome="written" if changed else "unchanged").inc()
    return changed


def _first_product(article: int, language: str) -> str:
    product = Product.objects.filter(releases__article=article, language=language).order_by("pk").first()
    return product.path if product else f"{language}/all"


def _tell(work: Work, changed: bool, *, article: int | None = None, product: Product | None = None) -> None:
    """Put it on record; let partners be told whose pushes waited for these files, and subscribers of the hub.

    Both are asked whether or not anything changed: who wrote the file may have been killed before it came to this.
    """
    if changed:
        audit.record("output.published", work.subject, now=work.now, actor="pipeline", article=article)
    deliveries.ring_for(article=article, product=product.pk if product else None, now=work.now)
    if article is None:
        subscriptions.ring_topics(f"{work.subject}:", now=work.now)


@contextmanager
def _locked(subject: str) -> Iterator[None]:
    """Hold one of a fixed number of locks; which one depends on the subject alone."""
    path = settings.LOCKS_DIR / f"publish-{zlib.crc32(subject.encode()) % LOCKS:02}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise PublishError(
            f"{path} cannot be written: {error.strerror}. Let this user write to that folder",
            es=f"No se puede escribir {path}: {error.strerror}. Dé a este usuario permiso de escritura en esa carpeta.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
