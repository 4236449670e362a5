"""Feed documents as RSS 2.0 and Atom, through feedgen and our extensions of it.

Knows: which part of a document goes into which of feedgen's setters. Must not know: the clock, files, the ledger.
The same document always gives the same bytes: every date comes from it.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.extension import AtomEntry, AtomFeed, RssEntry, RssFeed
from feeds.item import Item, instant, items, line, sections_of, sound
from feeds.words import words
from pipeline.types import FeedDocument

_NAME = "tornavoz"  # under which our extension is registered


def rss(document: FeedDocument) -> bytes:
    """RSS 2.0 with full text. Raises ValueError if two entries share a guid."""
    shown, document = items(document), sound(document)
    feed = _feed(document)
    feed.docs("https://www.rssboard.org/rss-specification")
    if document.contact and "@" in document.contact:  # RSS wants an e-mail address here
        feed.managingEditor(f"{line(document.contact)} ({line(document.publisher)})")
    # feedgen would write this date by switching the locale of the whole process; the extension writes it instead.
    feed._FeedGenerator__rss_lastBuildDate = None
    if document.logo:  # title and link of the picture have to be the channel's own
        feed.image(url=document.logo, title=line(document.title) or document.id, link=document.home_url)
    feed.register_extension(_NAME, partial(RssFeed, document, shown), RssEntry, atom=False)
    for item in shown:
        entry = _entry(feed, item)
        entry.link(href=item.url, rel="alternate")
        entry.description(item.summary or item.title)
        entry.content(item.html, type="html")
        for category in item.categories:
            entry.category(term=category, scheme=sections_of(document) if category == item.section else None)
    return _styled(document, bytes(feed.rss_str()))


def atom(document: FeedDocument) -> bytes:
    """Atom 1.0 with full text, and a tombstone for each withdrawn entry. Raises ValueError if two share a guid."""
    shown, document = items(document), sound(document)
    feed = _feed(document)
    feed.updated(instant(document.updated))
    feed.author({"name": line(document.publisher), "uri": document.home_url})
    feed.icon(document.icon)
    feed.logo(document.logo)
    feed.register_extension(_NAME, partial(AtomFeed, document, shown), AtomEntry, rss=False)
    for item in shown:
        entry = _entry(feed, item)
        entry.updated(item.updated)
        entry.published(item.published)
        # Never type="CDATA" here: feedgen would write that word as the content's type, and readers take a type they
        # do not know for base64.
        entry.content(item.html, type="html")
        entry.summary(item.summary or None)
        entry.rights(item.rights or None)
        entry.author([{"name": name} for name in item.names])
        if item.contributor:
            entry.contributor({"name": item.contributor})
        for category in item.categories:
            entry.category(term=category, scheme=sections_of(document) if category == item.section else None)
    return _styled(document, bytes(feed.atom_str()))


def _feed(document: FeedDocument) -> Any:
    feed = FeedGenerator()
    feed.id(document.id)
    feed.title(line(document.title) or document.id)
    feed.description(line(document.subtitle) or line(document.title) or document.id)
    feed.language(document.language)
    feed.link(href=document.home_url, rel="alternate")
    feed.rights(words(document.language).rights)
    feed.generator("Tornavoz")
    return feed


def _styled(document: FeedDocument, content: bytes) -> bytes:
    """The XML with a pointer to its stylesheet behind the declaration, where programs pass over it."""
    if not document.stylesheet:
        return content
    declaration, end, rest = content.partition(b"?>\n")
    pointer = f'<?xml-stylesheet type="text/css" href={quoteattr(document.stylesheet)}?>\n'
    return declaration + end + pointer.encode() + rest


def _entry(feed: Any, item: Item) -> Any:
    entry = FeedEntry()
    feed.add_entry(entry, order="append")  # newest first, as the document has them
    entry.id(item.guid)
    entry.title(item.title)
    getattr(entry, _NAME).item = item
    return entry
