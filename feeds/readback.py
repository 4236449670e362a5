"""Reads a finished feed back: which body stands under which guid.

Knows: where each format keeps an entry's id and body. Must not know: what a body should hold.
Used for the last look at the credit, on the very bytes that are about to be written, and to compare files and ledger.
"""

from __future__ import annotations

import json

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


def bodies(form: str, content: bytes) -> dict[str, str]:
    """Body HTML by guid; `form` is "rss", "atom" or "json"."""
    return dict(entries(form, content))


def entries(form: str, content: bytes) -> list[tuple[str, str]]:
    """(guid, body HTML) of every entry in the order of the file, doubles included."""
    if form == "json":
        return [(item["id"], item["content_html"]) for item in json.loads(content)["items"]]
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    if form == "atom":
        return [
            (entry.findtext(f"{_ATOM}id", ""), entry.findtext(f"{_ATOM}content", ""))
            for entry in root.iter(f"{_ATOM}entry")
        ]
    return [(item.findtext("guid", ""), item.findtext(_ENCODED, "")) for item in root.iter("item")]
