"""Do the closed pages of feeds say what the ledger says of them?

Knows: that a page may go on showing what has changed since, and nothing that must not be shown. Must not know: how to
put anything right. Part of what agreement.py asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from lxml import etree

from feeds import documents, files
from feeds.addresses import FORMATS, archive_folder, archive_path
from feeds.readback import entries
from pipeline.config import Config
from pipeline.ledger.models import ArchivePage, Product


def disagreements(config: Config, due: set[str], now: datetime) -> Iterator[str]:
    """What is wrong, a sentence each. Pages whose rendering is due are left out."""
    for product in Product.objects.order_by("pk"):
        if f"feed:{product.pk}" in due:
            continue
        expected = set()
        for page in product.archive.select_related("product").order_by("number") if product.active else ():
            folder = settings.PUBLIC_DIR / archive_path(product.path, page.number, page.generation)
            expected.add(folder)
            if f"archive:{page.pk}" not in due:
                yield from _page(page, folder, config, now)
        root = settings.PUBLIC_DIR / archive_folder(product.path)
        waits = any(subject.startswith("archive:") for subject in due)
        for folder in set(root.iterdir() if root.is_dir() and not waits else ()) - expected:
            yield f"{folder.relative_to(settings.PUBLIC_DIR)} stands there, but the ledger knows no such page"


def _page(page: ArchivePage, folder: Path, config: Config, now: datetime) -> Iterator[str]:
    """Everything that the page still speaks for is there, and nothing that was never on it or had to leave it."""
    held = set(page.held.values_list("release__guid", flat=True))
    wanted = {entry.guid for entry in documents.archive_document(page, config, now=now).entries}
    for form, name in FORMATS.items():
        where = f"{name} of archive page {page.number} of {page.product.path}"
        if not (folder / name).exists():
            yield f"{where} is missing"
            continue
        content = (folder / name).read_bytes()
        try:
            found = {guid for guid, _ in entries(form, content)}
        except (etree.XMLSyntaxError, json.JSONDecodeError, KeyError) as error:
            yield f"{where} cannot be read: {error}"
            continue
        yield from (f"{where} lacks {guid}" for guid in wanted - found)
        yield from (f"{where} has {guid}, which must not stand there" for guid in found - held)
        yield from twins(where, folder / name, content)


def twins(where: str, path: Path, content: bytes) -> Iterator[str]:
    """Compressed twins that hold something else than their text."""
    for coding in files.CODINGS:
        twin = files.twin_of(path, coding)
        try:
            other = twin.exists() and files.unpacked(twin) != content
        except files.DAMAGED:
            other = True
        if other:
            yield f"the compressed twin {twin.name} of {where} holds something else"
