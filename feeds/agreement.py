"""Do the published files say what the ledger says, and does the ledger account for everything that came in?

Knows: what must be true of a newsroom when no work is open. Must not know: how to put anything right.

Every sentence it returns names one thing that is wrong. Work on record is not wrong: a file whose rendering is still
due, and a revision that some unit is still to move, are left out, unless that unit waits for a person without saying
why. What is seen wrong is looked at twice, because others go on working meanwhile.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count
from lxml import etree

from feeds import documents, past
from feeds.addresses import FORMATS, article_path, feed_path, private_folder
from feeds.files import CODINGS
from feeds.outputs import WRITERS
from feeds.readback import entries
from pipeline.config import Config
from pipeline.ledger import codec
from pipeline.ledger.models import Article, Partner, Product, Release, Revision, Translation, Unit
from pipeline.release.products import Selection
from pipeline.stages import ReleaseState, RevisionState, Step, TranslationState, UnitState
from pipeline.types import FeedDocument, Permission, Story

LATE = timedelta(seconds=10)  # how long a lease may be over before somebody should have taken the unit
BEHIND = timedelta(hours=2)  # beat renders everything hourly: what only time changed may be that old


def disagreements(config: Config, *, now: datetime) -> list[str]:
    """What is wrong, a sentence each, sorted; empty when files and ledger agree. Reads only."""
    found = _look(config, now)
    return sorted(found & _look(config, now)) if found else []


def _look(config: Config, now: datetime) -> set[str]:
    due = set(
        Unit.objects.filter(state__in=[UnitState.READY, UnitState.LEASED], step=Step.PUBLISH).values_list(
            "subject", flat=True
        )
    )
    return {
        *_feeds(config, due, now),
        *past.disagreements(config, due, now),
        *_strangers(due),
        *_pages(config, due, now),
        *_temporary(),
        *_doubles(),
        *_lost(),
        *_units(now),
        *_database(),
    }


# --- feeds -------------------------------------------------------------------------------------------------------


def _feeds(config: Config, due: set[str], now: datetime) -> Iterator[str]:
    """Each feed file against the document that the ledger gives."""
    for product in Product.objects.order_by("pk"):
        if f"feed:{product.pk}" in due:
            continue
        paths = {form: settings.PUBLIC_DIR / feed_path(product.path, form) for form in FORMATS}
        if product.active:
            fresh, earlier = (documents.product_document(product, config, now=moment) for moment in (now, now - BEHIND))
            yield from _feed(product.path, paths, fresh, earlier)
        for path in paths.values():
            if not product.active and path.exists():
                yield f"{path.name} of {product.path} stands there, but that product is switched off"
    for partner, product in _subscriptions():
        if f"private:{partner.pk}:{product.pk}" in due:
            continue
        folder = settings.PRIVATE_DIR / private_folder(partner.slug, product.path)
        fresh, earlier = (
            documents.partner_document(product, partner, config, now=moment) for moment in (now, now - BEHIND)
        )
        yield from _feed(
            f"{product.path} for {partner.slug}",
            {form: folder / name for form, name in FORMATS.items()},
            fresh,
            earlier,
        )


def _subscriptions() -> Iterator[tuple[Partner, Product]]:
    for partner in Partner.objects.filter(active=True).order_by("pk"):
        for product in partner.products.order_by("pk"):
            yield partner, product


def _feed(name: str, paths: dict[str, Path], fresh: FeedDocument, earlier: FeedDocument) -> Iterator[str]:
    for form, path in paths.items():
        where = f"{path.name} of {name}"
        if not path.exists():
            if fresh.entries:  # a product that never had an article has no file until beat comes round
                yield f"{where} is missing"
            continue
        content = path.read_bytes()
        try:
            current = content in (WRITERS[form](fresh), WRITERS[form](earlier))
        except ValueError as error:  # how a writer refuses a document that no feed may be made of
            yield f"{where} could not be rendered now: {error}"
            continue
        if not current:
            yield from _differences(form, where, content, fresh, earlier)
        yield from past.twins(where, path, content)


def _differences(form: str, where: str, content: bytes, fresh: FeedDocument, earlier: FeedDocument) -> Iterator[str]:
    try:
        found = Counter(guid for guid, _ in entries(form, content))
    except (etree.XMLSyntaxError, json.JSONDecodeError, KeyError) as error:
        yield f"{where} cannot be read: {error}"
        return
    wanted, before = {entry.guid for entry in fresh.entries}, {entry.guid for entry in earlier.entries}
    told = [
        *(f"{where} lacks {guid}" for guid in wanted & before if not found[guid]),
        *(f"{where} has {guid} {times} times" for guid, times in found.items() if times > 1),
        *(f"{where} has {guid}, which the ledger does not show there" for guid in found if guid not in wanted | before),
    ]
    yield from told or [f"{where} has the right entries but is not what the ledger would give now"]


def _strangers(due: set[str]) -> Iterator[str]:
    """Private feeds that nobody may have any more."""
    known = {
        settings.PRIVATE_DIR / private_folder(partner.slug, product.path)
        for partner in Partner.objects.all()
        for product in Product.objects.all()
        if f"private:{partner.pk}:{product.pk}" in due
    }
    known |= {
        settings.PRIVATE_DIR / private_folder(partner.slug, product.path) for partner, product in _subscriptions()
    }
    for name in FORMATS.values():
        for path in settings.PRIVATE_DIR.rglob(name):
            if path.parent not in known:
                yield f"{path.relative_to(settings.PRIVATE_DIR)} stands in the private folder for nobody"


# --- pages -------------------------------------------------------------------------------------------------------


def _pages(config: Config, due: set[str], now: datetime) -> Iterator[str]:
    """A page for what is usable, a tombstone for what is withdrawn, nothing for anything else."""
    rows = Release.objects.values_list("product__language", "article")
    shown = set(rows.filter(state=ReleaseState.USABLE, product__active=True))
    gone = set(rows.filter(state=ReleaseState.CANCELED))
    there = set(settings.PUBLIC_DIR.glob("*/articles/*.html"))
    expected: set[Path] = set()
    for language, article in sorted(shown | gone):
        page = settings.PUBLIC_DIR / article_path(language, article)
        tombstone = page.with_suffix(".gone.html")
        if f"page:{article}:{language}" in due:
            expected |= {page, tombstone}
            continue
        path = page if (language, article) in shown else tombstone
        expected.add(path)
        # Rights may have ended since, or nobody had seen what was withdrawn; only where a page is missing is it asked.
        if path not in there and documents.page_entry(article, language, config, now=now):
            yield f"{path.relative_to(settings.PUBLIC_DIR)} is missing"
    for path in there - expected:
        yield f"{path.relative_to(settings.PUBLIC_DIR)} stands there, but the ledger does not show it"
    for suffix in CODINGS.values():
        for twin in settings.PUBLIC_DIR.glob(f"*/articles/*.html{suffix}"):
            if not twin.with_suffix("").exists():  # a web server would go on serving what was withdrawn
                yield f"{twin.relative_to(settings.PUBLIC_DIR)} stands there without its page"


def _temporary() -> Iterator[str]:
    for folder in (settings.PUBLIC_DIR, settings.PRIVATE_DIR):
        for path in folder.rglob(".part-*"):
            yield f"{path.relative_to(folder.parent)} is a temporary file that was left behind"


# --- the ledger itself -------------------------------------------------------------------------------------------


def _doubles() -> Iterator[str]:
    """One release for an article in a product, one article behind a guid: asked though constraints should see to it."""
    for row in Release.objects.values("article", "product").annotate(rows=Count("pk")).filter(rows__gt=1):
        yield f"article {row['article']} has {row['rows']} releases in product {row['product']}"
    for guid in (
        Release.objects.values("guid").annotate(articles=Count("article", distinct=True)).filter(articles__gt=1)
    ):
        yield f"{guid['guid']} stands for {guid['articles']} articles"


def _lost() -> Iterator[str]:
    """Revisions that came in and went nowhere: no release, no reason, no work that would move them."""
    carried = set(
        Unit.objects.exclude(state=UnitState.DONE)
        .exclude(state=UnitState.PARKED, last_error="")
        .values_list("subject", flat=True)
    )
    newest: dict[int, int] = {}
    for pk, article in Revision.objects.order_by("number").values_list("pk", "article"):
        newest[article] = pk
    withdrawn = set(Article.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
    open_ones = [pk for article, pk in newest.items() if article not in withdrawn]
    for revision in Revision.objects.filter(pk__in=open_ones).exclude(state=RevisionState.SUPERSEDED).order_by("pk"):
        where = f"revision {revision.number} of article {revision.article_id}"
        if f"revision:{revision.pk}" in carried:
            continue
        if revision.state in {RevisionState.HELD, RevisionState.REFUSED}:
            if not revision.reason:
                yield f"{where} is {revision.state}, and nothing says why"
        elif revision.state != RevisionState.CLEARED:
            yield f"{where} is {revision.state}, and no work is left that would move it"
        else:
            yield from _unreleased(where, revision, carried)


def _unreleased(where: str, revision: Revision, carried: set[str]) -> Iterator[str]:
    """Translations of a cleared revision that stopped on their way without a reason."""
    newest: dict[str, Translation] = {}
    for row in revision.translations.order_by("version"):
        newest[row.language] = row
    if not newest:
        yield f"{where} is cleared and has no translation"
    for language, row in newest.items():
        if f"translation:{row.pk}" in carried:
            continue
        if row.state in {TranslationState.QUEUED, TranslationState.DRAFTED}:
            yield f"{where}: its translation into {language} is {row.state}, and no work is left that would move it"
        elif row.state in {TranslationState.READY, TranslationState.APPROVED} and not _released(revision, row):
            yield f"{where}: its translation into {language} is {row.state} and was never released"


def _released(revision: Revision, row: Translation) -> bool:
    """Is there a release of it, or of a newer one, or no product that would take it?"""
    if Release.objects.filter(article=revision.article_id, translation=row).exists():
        return True
    story = codec.load(Story, revision.story)
    source = revision.article.source.slug
    licence = codec.load(Permission, revision.permission).licence if revision.permission else None
    code = licence.code if licence else None
    return not any(
        Selection.of(product.rules).takes(source=source, section=story.section, keywords=story.keywords, licence=code)
        for product in Product.objects.filter(active=True, language=row.language, created_at__lte=row.created_at)
    )


def _units(now: datetime) -> Iterator[str]:
    for unit in Unit.objects.filter(state=UnitState.LEASED, lease_until__lt=now - LATE).order_by("pk"):
        yield f"unit {unit.pk} ({unit.step} {unit.subject}) is leased past its time and nobody has taken it over"
    for unit in Unit.objects.filter(state=UnitState.PARKED, last_error="").order_by("pk"):
        yield f"unit {unit.pk} ({unit.step} {unit.subject}) waits for a person, and nothing says why"


def _database() -> Iterator[str]:
    """SQLite's own opinion of its file. PostgreSQL enforces what is asked here."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        for (said,) in cursor.fetchall():
            if said != "ok":
                yield f"the ledger's file is damaged: {said}"
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _ in cursor.fetchall():
            yield f"row {row} of {table} points to a row of {parent} that does not exist"
