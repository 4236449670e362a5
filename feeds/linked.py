"""An article's description for machines: schema.org in JSON-LD.

Knows: schema.org's NewsArticle and how to put JSON inside HTML. Must not know: page layout, files.
"""

from __future__ import annotations

import json
from typing import Any

from feeds.item import Item, line
from pipeline.types import Attribution

# Inside a script element only "</script" and "<!--" matter; escaping these five keeps the JSON equal and the page whole
# even where a parser is looser than the standard.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def news_article(shown: Item, source: Attribution) -> dict[str, Any]:
    """The article as a NewsArticle; members without a value are left out."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": shown.url,
        "mainEntityOfPage": shown.url,
        "url": shown.url,
        "identifier": shown.guid,
        "headline": shown.title,
        "description": shown.summary,
        "inLanguage": shown.language,
        "datePublished": shown.published.isoformat(),
        "dateModified": shown.updated.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in source.authors]
        or [{"@type": "Organization", "name": source.publisher, "url": source.publisher_url}],
        "sourceOrganization": {"@type": "Organization", "name": source.publisher, "url": source.publisher_url},
        "copyrightHolder": {"@type": "Organization", "name": source.publisher},
        "publisher": {"@type": "Organization", "name": source.outlet} if source.outlet else None,
        "creditText": shown.creator,
        "license": shown.licence_url,
        "usageInfo": source.terms_url or shown.licence_url,
        "keywords": list(shown.categories),
        "correction": [f"{note.on.isoformat()}: {line(note.note)}" for note in shown.corrections],
    }
    if source.translated:
        described |= {
            "translator": {"@type": "Organization", "name": source.outlet} if source.outlet else None,
            "isBasedOn": source.original_url,
            "translationOfWork": _filled(
                {
                    "@type": "NewsArticle",
                    "@id": source.original_url,
                    "url": source.original_url,
                    "headline": source.original_title,
                    "inLanguage": source.original_language,
                    "datePublished": source.original_date.isoformat() if source.original_date else None,
                    "license": shown.licence_url,
                    "publisher": {"@type": "Organization", "name": source.publisher, "url": source.publisher_url},
                }
            ),
        }
    return _filled(described)


def script(described: dict[str, Any]) -> str:
    """A data block for a page's head that no text can break out of."""
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    return f'<script type="application/ld+json">{text}</script>'


def _filled(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if value not in (None, "", [])}
