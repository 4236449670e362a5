"""Published files over HTTP, for installations without a web server in front.

Knows: conditional requests, content negotiation by Accept-Encoding, caching, the folder it is given. Must not know: the
ledger, settings, Django, how a document is made. Rules: RFC 9110 sections 8.8, 12.5.3, 13; WebSub section 4 for the
Link header. deploy/nginx.conf has the same rules for nginx, and one test holds both to them.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from feeds import shelf
from feeds.files import CODINGS, etag
from feeds.shelf import Held, fetch
from feeds.style import STYLE

MAX_AGE = 900  # seconds; readers take it for their polling interval
FOR_EVER = 31_536_000  # a year: what RFC 9111 caches take for ever
_TYPES = {
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".json": "application/feed+json",
    ".opml": "text/x-opml",
    ".html": "text/html",
    ".css": "text/css",
    ".txt": "text/plain",
}
_FEEDS = ("application/rss+xml", "application/atom+xml")
_READABLE = "application/xml"  # browsers show a feed's own types as plain text, or save them; this one they style
_BY_NAME = {"rss.xml": ".rss", "atom.xml": ".atom"}  # the common names of feeds say more than ".xml" does
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICIES = {
    "text/html": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src https: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'",
    **dict.fromkeys(
        _FEEDS, "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
}
_CODING = re.compile(r"^(?P<name>[!#$%&'*+.^_`|~\w-]+)(?:\s*;\s*q\s*=\s*(?P<q>[01](?:\.\d{0,3})?))?$", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_ENCODED = re.compile(r"-(?:gzip|br)$")
_PATH = re.compile(r"(?=.{1,250}\Z)(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_ARCHIVE = re.compile(r"(?:^|/)archive/[0-9]+(?:-[0-9]+)?/[a-z]+\.[a-z]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The part of a request that matters here. Header values are "" where there was none."""

    method: str = "GET"
    accept_encoding: str = ""
    if_none_match: str | None = None
    if_modified_since: str = ""
    destination: str = ""  # Sec-Fetch-Dest: "document" where a person opens the address with a browser


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `length` is the body's, which HEAD and 304 leave out."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def answer(
    asked: Asked,
    root: Path | str,
    path: str,
    *,
    private: bool = False,
    max_age: int = MAX_AGE,
    links: Iterable[tuple[str, str]] = (),
) -> Answer:
    """Answer for `path` below `root`; a path that ends in "/" means its index.html.

    `private` is for addresses that are themselves secret. `links` are (rel, href) pairs for the Link header, besides
    what the document says of itself. A missing page with a `.gone.html` beside it answers 410 with that
    body; an archive page that was made anew answers 301 to where it is now.
    """
    if asked.method not in ("GET", "HEAD"):
        return plain(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
    base, name = str(root), path + "index.html" if path == "" or path.endswith("/") else path
    suffix = _kind_of(name)
    if suffix is None:
        return _folder(base, path)
    found = fetch(base, name)
    if found is None:
        return _absent(asked, base, name, private=private, max_age=max_age)
    coding, packed = _best(asked.accept_encoding, base, name, found)
    seconds = FOR_EVER if _ARCHIVE.search(name) else max_age
    stated = tuple({**dict(found.links), **dict(links)}.items())
    headers = _described(found, _TYPES[suffix], private=private, seconds=seconds, links=stated)
    if packed:
        headers["ETag"] = f'{found.tag[:-1]}-{coding}"'
    if _unchanged(asked, found):
        return Answer(304, headers)
    if packed:
        headers["Content-Encoding"] = coding
    return _full(asked, packed or found, _TYPES[suffix], headers)


def private_answer(asked: Asked, content: bytes, name: str, *, modified: datetime, max_age: int = MAX_AGE) -> Answer:
    """The same for a document of that name which is no file, but was made for the one who asks."""
    if asked.method not in ("GET", "HEAD"):
        return plain(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
    made, kind = Held(content, etag(content), int(modified.timestamp())), content_type(Path(name))
    headers = _described(made, kind, private=True, seconds=max_age, links=())
    return Answer(304, headers) if _unchanged(asked, made) else _full(asked, made, kind, headers)


def _described(found: Held, kind: str, *, private: bool, seconds: int, links: shelf.Links) -> dict[str, str]:
    headers = {
        "ETag": found.tag,
        "Last-Modified": formatdate(min(found.modified, time.time()), usegmt=True),  # never ahead of Date
        "Cache-Control": _caching(private, seconds),
        "Vary": "Accept-Encoding, Sec-Fetch-Dest" if kind in _FEEDS else "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        **_by_kind(kind),
    }
    if private:
        headers["X-Robots-Tag"] = "noindex"
    if listed := _link_header(links):
        headers["Link"] = listed
    return headers


def content_type(path: Path) -> str:
    """Media type of a published file, without its charset; all of them are UTF-8."""
    return _TYPES[_BY_NAME.get(path.name, path.suffix)]


@lru_cache(maxsize=256)
def codings(header: str) -> tuple[str, ...]:
    """Which of our codings an Accept-Encoding value allows, best first: by name, else by "*", with a weight above 0."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        if match := _CODING.match(part.strip()):
            weights[match["name"].lower().removeprefix("x-")] = float(match["q"] or 1)
    allowed = {name: weights.get(name, weights.get("*", 0.0)) for name in CODINGS}
    return tuple(sorted((name for name, q in allowed.items() if q > 0), key=lambda name: -allowed[name]))


def plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in one sentence."""
    body = text.encode() + b"\n"
    fixed = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(status, {**fixed, **(headers or {})}, body)


def _kind_of(name: str) -> str | None:
    """The suffix that says what `name` is, or None if it is hidden, outside, or of a kind that is not published."""
    if not _PATH.fullmatch(name) or name.endswith(".gone.html"):
        return None
    last = name.rpartition("/")[2]
    suffix = _BY_NAME.get(last, "." + last.rpartition(".")[2])
    return suffix if suffix in _TYPES else None


def _absent(asked: Asked, base: str, name: str, *, private: bool, max_age: int) -> Answer:
    notice = name.removesuffix(".html") + ".gone.html"
    if name.endswith(".html") and (gone := fetch(base, notice)):
        coding, packed = _best(asked.accept_encoding, base, notice, gone)
        headers = {
            "Cache-Control": _caching(private, max_age),
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **_by_kind("text/html"),
            **({"Content-Encoding": coding} if packed else {}),
        }
        return _full(asked, packed or gone, "text/html", headers, status=410)
    if _ARCHIVE.search(name) and (moved := shelf.newer_generation(base, name)):
        return plain(301, "This page was made anew.", {"Location": moved, "Cache-Control": _caching(private, max_age)})
    return plain(404, "There is nothing at this address.")


def _folder(base: str, path: str) -> Answer:
    """A folder's address without its last slash leads to the one with it, if there is a page."""
    name = path.rpartition("/")[2]
    if "." in name or not _PATH.fullmatch(path) or not fetch(base, path + "/index.html"):
        return plain(404, "There is nothing at this address.")
    headers = {"Location": f"{name}/", "Cache-Control": _caching(False, MAX_AGE)}
    return plain(301, "This page is one slash further.", headers)


def _best(header: str, base: str, name: str, found: Held) -> tuple[str, Held | None]:
    """The best compressed twin that the client takes, unless it is of another time: then it is not this text's twin."""
    for coding in codings(header):
        packed = fetch(base, name + CODINGS[coding])
        if packed and packed.modified == found.modified:
            return coding, packed
    return "", None


def _unchanged(asked: Asked, held: Held) -> bool:
    """If-None-Match decides when present (RFC 9110 section 13.2.2), by weak comparison.

    Front servers compress for themselves and then weaken a tag or put "-gzip" at its end, so both are looked through.
    """
    if (wanted := asked.if_none_match) is not None:
        return wanted.strip() == "*" or held.tag.strip('"') in {_ENCODED.sub("", tag) for tag in _TAG.findall(wanted)}
    try:
        return bool(asked.if_modified_since) and held.modified <= _seconds(asked.if_modified_since)
    except ValueError:  # RFC 9110 section 13.1.3: a date that is none is passed over
        return False


@lru_cache(maxsize=256)
def _seconds(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def _full(asked: Asked, held: Held, kind: str, headers: Mapping[str, str], *, status: int = 200) -> Answer:
    sent_as = _READABLE if kind in _FEEDS and asked.destination == "document" else kind
    described = {
        **headers,
        "Content-Type": f"{sent_as}; charset=utf-8",
        "Content-Length": str(len(held.content)),
    }
    return Answer(status, described, b"" if asked.method == "HEAD" else held.content)


def _caching(private: bool, seconds: int) -> str:
    if seconds == FOR_EVER:
        return f"{'private' if private else 'public'}, max-age={seconds}, immutable"
    return f"private, max-age={seconds}" if private else f"public, max-age={seconds}, stale-while-revalidate=600"


def _by_kind(kind: str) -> dict[str, str]:
    if kind == "application/feed+json":
        return {"Access-Control-Allow-Origin": "*"}
    if policy := POLICIES.get(kind):
        return {"Content-Security-Policy": policy, "Referrer-Policy": "strict-origin-when-cross-origin"}
    return {}


@lru_cache(maxsize=512)
def _link_header(links: shelf.Links) -> str:
    return ", ".join(f'<{_header_uri(href)}>; rel="{rel}"' for rel, href in links)


def _header_uri(href: str) -> str:
    """An address that cannot end the header or the angle brackets it stands in."""
    return "".join(c if 0x20 < ord(c) < 0x7F and c not in '<>"' else "" for c in href)
