"""A publisher's own versions of a story in other languages: which of the addresses that a page offers are some.

Knows: hreflang links, and what WordPress plugins for several languages add to a REST post. Must not know: what a
newsroom does with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from lxml import html

from pipeline.ingest.identity import LONGEST_URL
from pipeline.text.languages import primary
from pipeline.types import Finding, Level

Editions = tuple[tuple[str, str], ...]
Json = Mapping[str, object]

_MOST = 20


def hreflang(root: html.HtmlElement) -> Editions:
    """Every `link` with a language and an absolute address (HTML standard, the hreflang attribute)."""
    found: list[tuple[str, str]] = []
    for link in root.iter("link"):
        language, href = str(link.get("hreflang", "")).strip().lower(), str(link.get("href", "")).strip()
        if language and language != "x-default":
            found.append((language, href))
    return tuple(found)


def in_wordpress(post: Json) -> Editions:
    """Editions in a REST post: WPML's list, or addresses by language as Polylang's add-ons write them."""
    found: list[tuple[str, str]] = []
    listed = post.get("wpml_translations")
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, Mapping):
            found.append((str(item.get("locale", "")), str(item.get("href", ""))))
    by_language = post.get("translations")
    if isinstance(by_language, Mapping):  # Polylang itself has post ids here: they lead nowhere without asking the site
        found += [(str(language), href) for language, href in by_language.items() if isinstance(href, str)]
    return tuple(found)


def others(found: Iterable[tuple[str, str]], *, own: str, url: str | None) -> Editions:
    """Those in another language than `own`, one a language, each the address of a page of its own.

    A site's front page is no version of a story, though many themes say so; nor is the story's own address.
    """
    kept: dict[str, str] = {}
    for language, href in found:
        tag = language.strip().lower().replace("_", "-")
        if tag and primary(tag) != primary(own) and _is_a_page(href) and href.rstrip("/") != (url or "").rstrip("/"):
            kept.setdefault(tag, href)
    return tuple(kept.items())[:_MOST]


def findings(editions: Editions) -> Iterator[Finding]:
    """A publisher's own translation is better than any of ours: an editor must learn of it."""
    for language, url in editions:
        yield Finding(
            code="other-edition",
            level=Level.WARN,
            reason=f"The publisher offers this page in “{language}” at {url}. Use its own text where there is one.",
            reason_es=f"El medio ofrece esta página en «{language}» en {url}. Si existe su propio texto, úselo.",
        )


def _is_a_page(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    named = parts.path.strip("/")
    front = not named or (len(named) <= 5 and primary(named).isalpha() and len(primary(named)) <= 3)  # "/", "/es/"
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not front and len(href) <= LONGEST_URL
