"""The outward steps: publish (files), deliver (pushes) and prove (what partners made of it).

Knows: which unit renders what, the lock that keeps an old state from overwriting a newer one, the last look at the
credit. Must not know: how a format is written, how a push is signed.

Loading and writing happen under one lock per subject: a worker that was frozen between the two can only ever delay a
newer rendering, never undo it. The kernel frees the lock of a killed process.
"""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings

from feeds import addresses, documents, files, jsonfeed, page, render, webhooks, websub, withdrawals
from feeds.item import carried
from feeds.opml import opml
from feeds.proofs import prove
from feeds.readback import bodies
from feeds.stylesheet import stylesheet
from pipeline.errors import PublishError
from pipeline.ledger import audit, deliveries, receipts, subscriptions, units
from pipeline.ledger.models import Delivery, Partner, Product, Release
from pipeline.rights import invariant
from pipeline.rights.rendered import edge_words
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import DeliveryState, Step
from pipeline.steps import Newsroom
from pipeline.telemetry import FILES
from pipeline.types import Entry, FeedDocument, Status

log = structlog.get_logger(__name__)

LOCKS = 64  # two subjects may share one: they wait for each other, which costs a moment and nothing else
WRITERS = {"rss": render.rss, "atom": render.atom, "json": jsonfeed.jsonfeed}


def table(newsroom: Newsroom) -> Mapping[Step, StepFunction]:
    """The steps of this module, ready to be run."""
    return {
        Step.PUBLISH: partial(publish, newsroom),
        Step.DELIVER: partial(deliver, newsroom),
        Step.PROVE: partial(prove, newsroom),
    }


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Tell somebody: a partner's webhook (partner:3) or mailbox (mail:3), subscribers of our hub (topic:feed:3:rss), a
    callback that is asked whether it wants to be one (verify:7), or somebody else's hub (ping:3)."""
    kind = work.subject.partition(":")[0]
    channels = {
        "partner": webhooks.deliver,
        "mail": withdrawals.deliver,
        "verify": websub.verify,
        "topic": websub.send,
        "ping": websub.ping,
    }
    return channels[kind](newsroom, work)


def publish(newsroom: Newsroom, work: Work) -> Effect:
    """Render the current state of a page, a product's feeds, or a partner's private feeds to files."""
    kind, _, rest = work.subject.partition(":")
    with _locked(work.subject):
        if kind == "page":
            article, _, language = rest.partition(":")
            return _publish_page(newsroom, work, int(article), language)
        if kind == "feed":
            return _publish_product(newsroom, work, Product.objects.get(pk=int(rest)))
        partner, _, product = rest.partition(":")
        return _publish_private(
            newsroom, work, Partner.objects.get(pk=int(partner)), Product.objects.get(pk=int(product))
        )


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
        _refuse_one("page", entry, content.decode())
        changed = [files.remove(tombstone), _write(path, content, entry.updated)]
    return partial(_tell, work, any(changed), article=article)


def _publish_product(newsroom: Newsroom, work: Work, product: Product) -> Effect:
    index = settings.PUBLIC_DIR / addresses.index_path(product.path)
    if not product.active:
        paths = [settings.PUBLIC_DIR / addresses.feed_path(product.path, form) for form in WRITERS]
        gone = [files.remove(path) for path in (*paths, index)]
        return partial(_tell, work, any(gone), product=product)
    document = documents.product_document(product, newsroom.config, now=work.now)
    outputs = {form: writer(document) for form, writer in WRITERS.items()}
    _refuse_uncredited(document.entries, outputs)
    changed = [
        _write(settings.PUBLIC_DIR / addresses.feed_path(product.path, form), content, document.updated)
        for form, content in outputs.items()
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
    outputs = {
        "index.html": page.home(
            products, title=site.name, language=products[0].language, home_url=home_url, opml_url=opml_url
        ),
        addresses.OPML: opml(products, title=site.name, home_url=home_url),
        addresses.stylesheet_path(language): stylesheet(language),
    }
    changed_at = max(product.updated for product in products)
    return [_write(settings.PUBLIC_DIR / path, content, changed_at) for path, content in outputs.items()]


def _publish_private(newsroom: Newsroom, work: Work, partner: Partner, product: Product) -> Effect:
    folder = settings.PRIVATE_DIR / addresses.private_folder(partner.slug, product.path)
    if not (partner.active and partner.products.filter(pk=product.pk).exists()):
        gone = [files.remove(folder / name) for name in addresses.FORMATS.values()]
        return partial(_tell, work, any(gone), product=product)
    document = documents.partner_document(product, partner, newsroom.config, now=work.now)
    outputs = {form: writer(document) for form, writer in WRITERS.items() if form in (partner.formats or WRITERS)}
    _refuse_uncredited(document.entries, outputs)
    changed = [_write(folder / addresses.FORMATS[form], content, document.updated) for form, content in outputs.items()]
    changed += [files.remove(folder / name) for form, name in addresses.FORMATS.items() if form not in outputs]

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


def _refuse_uncredited(entries: Iterable[Entry], outputs: Mapping[str, bytes]) -> None:
    """No feed leaves without its credits: the invariant is asked of the very bytes that are about to be written."""
    for form, content in outputs.items():
        found = bodies(form, content)
        for entry in entries:
            if entry.status is not Status.CANCELED:
                _refuse_one(form, entry, found.get(entry.guid, ""))


def _refuse_one(form: str, entry: Entry, output: str) -> None:
    first, last = edge_words(carried(entry.body))
    problems = invariant.problems(output, entry.attribution, first_words=first, last_words=last)
    if problems:
        raise PublishError(f"{form} of {entry.guid} was not written: {'; '.join(problems)}")


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
        raise PublishError(f"{path} cannot be written: {error.strerror}. Let this user write to that folder") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
