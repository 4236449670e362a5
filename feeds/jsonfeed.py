"""Feed documents as JSON Feed 1.1.

Knows: the format (jsonfeed.org/version/1.1) and our two extension objects. Must not know: XML, files, the clock.
Keys stand in a fixed order and absent values are left out, so the same document always gives the same bytes.

`next_url` leads from one closed page of the past to the one before it, as RFC 5005 has it: pages that are closed do not
shift under a reader. `_rights` says per item what JSON Feed has no field for; `_status` has the words of IPTC ninjs:
pubstatus "usable" or "canceled", the version, and the corrections so far.
"""

from __future__ import annotations

import json
from typing import Any

from feeds.item import Item, instant, items, line, shared_licence, sound
from feeds.words import words
from pipeline.types import Attribution, FeedDocument

_VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(document: FeedDocument) -> bytes:
    """UTF-8 JSON with a final line break. Raises ValueError if two entries share a guid."""
    shown, document = items(document), sound(document)
    w = words(document.language)
    feed = {
        "version": _VERSION,
        "title": line(document.title) or document.id,
        "home_page_url": document.home_url,
        "feed_url": document.urls.get("json"),
        "description": line(document.subtitle),
        "user_comment": w.for_programs,
        "next_url": document.history.older.get("json"),
        "icon": document.icon,
        "language": document.language,
        "authors": [{"name": line(document.publisher), "url": document.home_url}],
        "hubs": [{"type": "WebSub", "url": document.hub}] if document.hub else None,
        "_rights": {"text": w.rights, "licence_url": shared_licence(shown)},
        "_status": {
            "id": document.id,
            "updated": instant(document.updated).isoformat(),
            "archive": document.history.archive or None,
            "newer": document.history.newer.get("json"),
            "current": document.history.current.get("json"),
        },
        "items": [_item(item) for item in shown],
    }
    return (json.dumps(_filled(feed), ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _item(item: Item) -> dict[str, Any]:
    source = item.source
    return {
        "id": item.guid,
        "url": item.url,
        "external_url": source.original_url if source else None,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": name} for name in item.names],
        "tags": list(item.categories),
        "language": item.language,
        "_rights": _rights(item, source) if source else None,
        "_status": {
            "pubstatus": str(item.status),
            "version": item.version,
            "corrections": [{"date": note.on.isoformat(), "note": line(note.note)} for note in item.corrections],
        },
    }


def _rights(item: Item, source: Attribution) -> dict[str, Any]:
    translation = {
        "from": source.original_language,
        "outlet": source.outlet,
        "engine": source.engine,
        "model": source.model,
        "reviewer": source.reviewer,
        "reviewed_on": source.reviewed_on.isoformat() if source.reviewed_on else None,
    }
    return {
        "licence_url": item.licence_url,
        "licence": source.licence.name if source.licence else None,
        "text": item.rights,
        "credit": item.creator,
        "basis": source.basis,
        "terms_url": source.terms_url,
        "permission": source.permission_reference,
        "contact": source.contact,
        "original": {
            "url": source.original_url,
            "title": source.original_title,
            "language": source.original_language,
            "date": source.original_date.isoformat() if source.original_date else None,
            "publisher": source.publisher,
            "publisher_url": source.publisher_url,
            "authors": list(source.authors),
            "feed": source.source_feed,
        },
        "translation": translation if source.translated else None,
    }


def _filled(value: Any) -> Any:
    """The value without absent or empty members; nought stays, and so does the list of items."""
    if isinstance(value, dict):
        inner = {key: _filled(part) for key, part in value.items()}
        return {key: part for key, part in inner.items() if key == "items" or part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_filled(part) for part in value]
    return value
