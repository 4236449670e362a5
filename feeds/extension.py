"""What feedgen 1.0 leaves out or gets wrong, written by ourselves through its extension interface.

Knows: the XML of RSS 2.0 and Atom. Must not know: rights, wordings, files.

feedgen drops rel, type and hreflang of an Atom entry's links, writes only a self link into RSS, takes the last link for
the channel's, has no licence, no complete `source`, no tombstones, and formats RSS dates by switching the locale of the
whole process, which threads must not do. So links, dates of RSS, sources and everything from another namespace are
written here; identity, titles, texts, authors and categories stay with feedgen.

feedgen builds its Atom tree without a namespace and adds xmlns as an attribute at the end; Atom's own elements are
therefore made under their plain names here.

Sources of the rules: RFC 4287 (Atom), RFC 4946 (licence links), RFC 5005 (history), RFC 6721 (tombstones), WebSub
section 4 (hub and self), the RSS 2.0 specification with the RSS Board's Best Practices Profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feeds.item import Item, instant, shared_licence
from feeds.words import words
from pipeline.types import Attribution, FeedDocument

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
HISTORY = "http://purl.org/syndication/history/1.0"
LICENCE = "http://backend.userland.com/creativeCommonsRssModule"  # the namespace that readers and validators know
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_Element = Any  # lxml's, handed to us by feedgen, which is untyped


def rss_date(at: datetime) -> str:
    """RFC 822 date with a four-digit year: "Thu, 26 May 2016 08:00:00 +0000". English names in every locale."""
    return format_datetime(at)


def atom_date(at: datetime) -> str:
    """RFC 3339: "2016-05-26T08:00:00+00:00"."""
    return at.isoformat()


class RssFeed(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The channel's links, dates, hints and licence."""

    def __init__(self, document: FeedDocument, shown: tuple[Item, ...]) -> None:
        self._document, self._shown = document, shown

    def extend_ns(self) -> dict[str, str]:
        names = {"creativeCommons": LICENCE, "dc": DC, "dcterms": DCTERMS, "sy": SYNDICATION}
        return {**names, "fh": HISTORY} if self._document.history.archive else names

    def extend_rss(self, rss: _Element) -> _Element:
        document, channel = self._document, rss[0]
        for link in channel.findall(f"{{{ATOM}}}link"):
            channel.remove(link)
        channel.find("link").text = document.home_url
        for rel, kind, href in _feed_links(document, "rss", "application/rss+xml"):
            _add(channel, f"{{{ATOM}}}link", rel=rel, **kind, href=href)
        if licence := shared_licence(self._shown):
            _add(channel, f"{{{LICENCE}}}license", licence)
            _add(channel, f"{{{ATOM}}}link", rel="license", href=licence)
        if document.history.archive:
            _add(channel, f"{{{HISTORY}}}archive")
        if self._shown:
            _add(channel, "pubDate", rss_date(max(item.published for item in self._shown)))
        _add(channel, "lastBuildDate", rss_date(instant(document.updated)))
        _add(channel, "ttl", str(document.ttl_minutes))
        _add(channel, f"{{{DC}}}publisher", document.publisher)
        _add(channel, f"{{{SYNDICATION}}}updatePeriod", "hourly")
        _add(channel, f"{{{SYNDICATION}}}updateFrequency", str(max(1, 60 // max(1, document.ttl_minutes))))
        return rss


class RssEntry(BaseEntryExtension):  # type: ignore[misc]
    """An item's dates, credit, licence and way back to the original. Set `item` before writing."""

    item: Item

    def extend_rss(self, element: _Element) -> _Element:
        item = self.item
        element.find("guid").set("isPermaLink", "false")
        _add(element, "pubDate", rss_date(item.published))
        _add(element, f"{{{ATOM}}}updated", atom_date(item.updated))
        _add(element, f"{{{DC}}}creator", item.creator)  # RSS's own author demands an e-mail address
        _add(element, f"{{{DC}}}language", item.language)
        if item.contributor:
            _add(element, f"{{{DC}}}contributor", item.contributor)
        if item.rights:
            _add(element, f"{{{DC}}}rights", item.rights)
        if item.licence_url:
            _add(element, f"{{{LICENCE}}}license", item.licence_url)
        if item.source:
            self._original(element, item.source)
        if item.version > 1:
            _add(element, f"{{{DCTERMS}}}modified", atom_date(item.updated))
        return element

    @staticmethod
    def _original(element: _Element, source: Attribution) -> None:
        if source.source_feed:  # RSS means the feed an item came from, never the article
            _add(element, "source", source.publisher, url=source.source_feed)
        else:  # the two say the same, and validators object to both at once
            _add(element, f"{{{DC}}}source", source.original_url)
        if source.translated:
            _add(element, f"{{{DCTERMS}}}isVersionOf", source.original_url)
        for rel, attributes in _way_back(source):
            _add(element, f"{{{ATOM}}}link", rel=rel, **attributes)


class AtomFeed(BaseExtension):  # type: ignore[misc]
    """The feed's links and the tombstones of its withdrawn entries."""

    def __init__(self, document: FeedDocument, shown: tuple[Item, ...]) -> None:
        self._document, self._shown = document, shown

    def extend_ns(self) -> dict[str, str]:
        graves = {"at": TOMBSTONE} if any(item.withdrawn for item in self._shown) else {}
        return {**graves, "fh": HISTORY} if self._document.history.archive else graves

    def extend_atom(self, feed: _Element) -> _Element:
        document = self._document
        for link in feed.findall("link"):
            feed.remove(link)
        _add(feed, "link", rel="alternate", type="text/html", hreflang=document.language, href=document.home_url)
        for rel, kind, href in _feed_links(document, "atom", "application/atom+xml"):
            _add(feed, "link", rel=rel, **kind, href=href)
        if document.history.archive:
            _add(feed, f"{{{HISTORY}}}archive")
        if licence := shared_licence(self._shown):
            _add(feed, "link", rel="license", href=licence)
        for item in self._shown:
            if item.withdrawn:
                grave = _add(feed, f"{{{TOMBSTONE}}}deleted-entry", ref=item.guid, when=atom_date(item.updated))
                _add(grave, f"{{{TOMBSTONE}}}comment", words(item.language).gone)
        return feed


class AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """An entry's links, language and source. Set `item` before writing."""

    item: Item

    def extend_atom(self, element: _Element) -> _Element:
        item = self.item
        element.set(LANG, item.language)
        for name in ("link", "source"):
            for broken in element.findall(name):
                element.remove(broken)
        # One alternate only: of two, half the readers follow the first and half the last.
        _add(element, "link", rel="alternate", type="text/html", hreflang=item.language, href=item.url)
        if item.licence_url:
            _add(element, "link", rel="license", href=item.licence_url)
        if item.source:
            for rel, attributes in _way_back(item.source):
                _add(element, "link", rel=rel, **attributes)
            self._source(element, item.source)
        return element

    def _source(self, element: _Element, source: Attribution) -> None:
        """Where the entry was taken from, with the id, title and update that validators miss otherwise."""
        day = source.original_date
        updated = datetime.combine(day, time(), UTC) if day else self.item.published
        inner = _add(element, "source")
        inner.set(LANG, source.original_language)
        _add(inner, "id", source.source_feed or source.publisher_url)
        _add(inner, "title", source.publisher)
        _add(inner, "updated", atom_date(updated))
        _add(inner, "link", rel="alternate", type="text/html", href=source.publisher_url)
        if source.source_feed:
            _add(inner, "link", rel="self", href=source.source_feed)
        if source.licence:
            _add(inner, "link", rel="license", href=source.licence.url)
            _add(inner, "rights", source.licence.name)


def _feed_links(document: FeedDocument, form: str, kind: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """A document's own address, its hub and its neighbours in time: (rel, type as an attribute, href)."""
    history, typed = document.history, {"type": kind}
    if own := document.urls.get(form):
        yield "self", typed, own
    if document.hub:
        yield "hub", {}, document.hub
    neighbours = (("current", history.current), ("prev-archive", history.older), ("next-archive", history.newer))
    for rel, addresses in neighbours:
        if form in addresses:
            yield rel, typed, addresses[form]


def _way_back(source: Attribution) -> Iterator[tuple[str, dict[str, str]]]:
    """Links to the original: where the text was taken from and, if it was translated, the same in another language.

    The second is no `alternate`, because of two alternates half the readers follow the wrong one.
    """
    attributes = {
        "type": "text/html",
        "hreflang": source.original_language,
        "title": source.original_title,
        "href": source.original_url,
    }
    yield "via", attributes
    if source.translated:
        yield "related", attributes


def _add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    """A new last child. Strings of items have been made fit for XML by the time they get here."""
    child: _Element = etree.SubElement(parent, name, attributes)
    child.text = text
    return child
