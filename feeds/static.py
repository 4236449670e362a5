"""Published files over HTTP, for installations without a web server in front.

Knows: conditional requests, content negotiation by Accept-Encoding, the folder it is given. Must not know: the ledger,
feeds' contents, settings. Rules: RFC 9110 sections 8.8, 12.5.3, 13; WebSub section 4 for the Link header.

A file that is asked for again and again costs one stat call: its bytes and tag stay in a small cache that is keyed by
everything a replacement changes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_http_date_safe

from feeds import files
from feeds.style import STYLE

MAX_AGE = 300  # seconds; readers take it for their polling interval
_CACHED_BYTES = 32 * 1024 * 1024
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
_BY_NAME = {"rss.xml": ".rss", "atom.xml": ".atom"}  # the common names of feeds say more than ".xml" does
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src https: data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_CODING = re.compile(r"^(?P<name>[!#$%&'*+.^_`|~\w-]+)(?:\s*;\s*q\s*=\s*(?P<q>[01](?:\.\d{0,3})?))?$", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def serve(
    request: HttpRequest, root: Path, path: str, *, private: bool = False, links: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """Answer GET or HEAD for `path` below `root`; a path that ends in "/" means its index.html.

    `private` is for addresses that are themselves secret. `links` are (rel, href) pairs for the Link header, such as
    ("self", …) and ("hub", …). A missing page with a `.gone.html` beside it answers 410 with that body.
    """
    if request.method not in ("GET", "HEAD"):
        return _plain(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
    place = _inside(root, path)
    if place is None:
        return _folder(root, path)
    found = _open(place)
    if found is None:
        gone = _open(place.with_suffix(".gone.html")) if place.suffix == ".html" else None
        if gone is None:
            return _plain(404, "There is nothing at this address.")
        return _full(request, gone, "text/html", {"Cache-Control": _caching(private), **_page_headers()}, status=410)
    packed = _twin(place, found) if accepts_gzip(request.headers.get("Accept-Encoding", "")) else None
    kind = content_type(place)
    headers = _headers(kind, found, private=private, links=links)
    if packed:
        headers["ETag"] = f'{found.tag[:-1]}-gzip"'
    if _unchanged(request, found):
        return _with(HttpResponse(status=304), headers, drop_type=True)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return _full(request, packed or found, kind, headers)


def content_type(path: Path) -> str:
    """Media type of a published file, without its charset; all of them are UTF-8."""
    return _TYPES[_BY_NAME.get(path.name, path.suffix)]


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding value allows gzip: by name, else by "*", with a weight above nought."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        if match := _CODING.match(part.strip()):
            weights[match["name"].lower()] = float(match["q"] or 1)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


@dataclass(frozen=True, slots=True)
class _Held:
    content: bytes
    tag: str
    modified: int  # seconds


class _Shelf:
    """The files asked for last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size, self._lock = limit, 0, Lock()
        self._held: OrderedDict[tuple[object, ...], _Held] = OrderedDict()

    def take(self, key: tuple[object, ...]) -> _Held | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[object, ...], held: _Held) -> None:
        with self._lock:
            if key in self._held or len(held.content) > self._limit:
                return
            self._held[key] = held
            self._size += len(held.content)
            while self._size > self._limit:
                self._size -= len(self._held.popitem(last=False)[1].content)


_shelf = _Shelf(_CACHED_BYTES)


def _open(path: Path) -> _Held | None:
    """The file's bytes and tag, or None where there is no file."""
    try:
        state = path.stat()
        # Size and modification time alone can survive a replacement; the inode and its change time cannot.
        key = (str(path), state.st_mtime_ns, state.st_size, state.st_ino, state.st_ctime_ns)
        if held := _shelf.take(key):
            return held
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    held = _Held(content, files.etag(content), int(state.st_mtime))
    if len(content) == state.st_size:  # replaced between stat and read: answer with it, remember nothing
        _shelf.put(key, held)
    return held


def _inside(root: Path, path: str) -> Path | None:
    """The place that `path` names, or None if it is outside the root, hidden, or of a kind that is not published."""
    parts = (path + "index.html" if path == "" or path.endswith("/") else path).split("/")
    name = parts[-1]
    if any(part in ("", ".", "..") or part.startswith(".") or "\0" in part or "\\" in part for part in parts):
        return None
    if Path(name).suffix not in _TYPES or name.endswith(".gone.html") or len(name.encode("utf-8", "replace")) > 200:
        return None
    base = root.resolve()
    place = base.joinpath(*parts).resolve()
    return place if place.is_relative_to(base) else None


def _unchanged(request: HttpRequest, held: _Held) -> bool:
    """If-None-Match decides when present (RFC 9110 section 13.2.2), by weak comparison.

    Front servers compress for themselves and then weaken a tag or put "-gzip" at its end, so both are looked through.
    """
    if (wanted := request.headers.get("If-None-Match")) is not None:
        tags = {tag.removesuffix("-gzip") for tag in _TAG.findall(wanted)}
        return wanted.strip() == "*" or held.tag.strip('"') in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and held.modified <= since


def _twin(place: Path, found: _Held) -> _Held | None:
    """The compressed twin, unless it is of another time: then it is not this text's twin."""
    packed = _open(files.twin_of(place))
    return packed if packed and packed.modified == found.modified else None


def _headers(kind: str, found: _Held, *, private: bool, links: Iterable[tuple[str, str]]) -> dict[str, str]:
    headers = {
        "ETag": found.tag,
        "Last-Modified": formatdate(min(found.modified, time.time()), usegmt=True),  # never ahead of Date
        "Cache-Control": _caching(private),
        "Vary": "Accept-Encoding",
    }
    if kind == "text/html":
        headers |= _page_headers()
    if kind == "application/feed+json":
        headers["Access-Control-Allow-Origin"] = "*"
    if private:
        headers["X-Robots-Tag"] = "noindex"
    if listed := ", ".join(f'<{_header_uri(href)}>; rel="{rel}"' for rel, href in links):
        headers["Link"] = listed
    return headers


def _full(request: HttpRequest, held: _Held, kind: str, headers: dict[str, str], *, status: int = 200) -> HttpResponse:
    body = b"" if request.method == "HEAD" else held.content
    response = HttpResponse(body, status=status, content_type=f"{kind}; charset=utf-8")
    return _with(response, {**headers, "Content-Length": str(len(held.content))})


def _folder(root: Path, path: str) -> HttpResponse:
    """A folder's address without its last slash leads to the one with it, if there is a page."""
    name = path.rpartition("/")[2]
    place = _inside(root, path + "/") if re.fullmatch(r"[\w-]+", name, re.ASCII) else None
    if place is None or _open(place) is None:
        return _plain(404, "There is nothing at this address.")
    return _plain(301, "This page is one slash further.", {"Location": f"{name}/", "Cache-Control": _caching(False)})


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")
    return _with(response, headers or {})


def _with(response: HttpResponse, headers: dict[str, str], *, drop_type: bool = False) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    if drop_type:
        del response["Content-Type"]
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _caching(private: bool) -> str:
    return f"private, max-age={MAX_AGE}" if private else f"public, max-age={MAX_AGE}, stale-while-revalidate=600"


def _page_headers() -> dict[str, str]:
    return {"Content-Security-Policy": _PAGE_POLICY, "Referrer-Policy": "strict-origin-when-cross-origin"}


def _header_uri(href: str) -> str:
    """An address that cannot end the header or the angle brackets it stands in."""
    return "".join(c if 0x20 < ord(c) < 0x7F and c not in '<>"' else "" for c in href)
