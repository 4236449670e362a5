"""Which links may live in an article, and how they become absolute.

Knows: URLs (RFC 3986) and the sanitiser's opinion of them. Must not know: documents, blocks, the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urljoin, urlsplit

import nh3

SCHEMES = frozenset({"http", "https", "mailto"})
ATTRIBUTES: Mapping[str, frozenset[str]] = {"a": frozenset({"href", "title", "hreflang", "lang"})}

RELATIVE = "relative"  # a relative address and nothing to resolve it against
MALFORMED = "malformed"  # no browser would follow it

# browsers drop these from an address before they look at its scheme (WHATWG URL, "remove all ASCII tab or newline")
_IGNORED = re.compile("[\t\n\r]")
_OUTER = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that may be published, or `url` None and the reason: a scheme, "relative" or "malformed"."""

    url: str | None
    scheme: str


def absolute(href: str, base_url: str | None) -> Link:
    """Resolve `href` against `base_url` and judge it.

    Only http, https and mailto pass. The last word has the sanitiser that also closes the rendering, so a link that
    passes here is never lost there.
    """
    href = _IGNORED.sub("", href).strip(_OUTER).replace(" ", "%20")
    named = _SCHEME.match(href)
    if named and named[1].lower() not in SCHEMES:
        return Link(url=None, scheme=named[1].lower()[:20])
    try:
        url = urljoin(base_url, href) if base_url else href
        parts = urlsplit(url)
    except ValueError:
        return Link(url=None, scheme=MALFORMED)
    if not parts.scheme:
        return Link(url=None, scheme=RELATIVE)
    if parts.scheme not in SCHEMES:
        return Link(url=None, scheme=parts.scheme[:20])
    if not (parts.path if parts.scheme == "mailto" else parts.netloc) or not _survives(url):
        return Link(url=None, scheme=MALFORMED)
    return Link(url=url, scheme=parts.scheme)


def publishable(url: str) -> bool:
    """Whether `url` is absolute, of an allowed scheme and exactly as `absolute` would write it."""
    return absolute(url, None).url == url


def _survives(url: str) -> bool:
    probe = f'<a href="{escape(url)}">x</a>'
    return "href" in nh3.clean(
        probe,
        tags={"a"},
        attributes={"a": {"href"}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
