"""Lists of feeds as OPML 2.0, which readers import in one go.

Knows: the format (opml.org/spec2.opml). Must not know: files, the ledger. One outline a product, in one format: a
reader that took all of them would show every article three times.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from feeds.extension import rss_date
from feeds.item import instant, line, sound
from pipeline.types import FeedDocument

_BEST_FIRST = ("rss", "atom", "json")  # RSS is what every importer understands


def opml(documents: Iterable[FeedDocument], *, title: str, home_url: str) -> bytes:
    """The feeds that have an address of their own, in the order given."""
    listed = [sound(document) for document in documents if document.urls]
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = line(title)
    if listed:
        etree.SubElement(head, "dateModified").text = rss_date(max(instant(one.updated) for one in listed))
    etree.SubElement(head, "ownerId").text = home_url
    body = etree.SubElement(root, "body")
    for document in listed:
        about = line(document.subtitle)
        etree.SubElement(
            body,
            "outline",
            {
                "type": "rss",
                "text": line(document.title) or document.id,
                "title": line(document.title) or document.id,
                **({"description": about} if about else {}),
                "language": document.language,
                "htmlUrl": document.home_url,
                "xmlUrl": next(document.urls[form] for form in _BEST_FIRST if form in document.urls),
            },
        )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
