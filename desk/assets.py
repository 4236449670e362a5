"""The desk's own style and script, and htmx, served from the package under names that change with their content.

Knows: the files beside it. Must not know: pages. There is no build step and no folder to collect files into: what is
in desk/assets is what a browser gets, and may keep for a year.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from desk.access import public
from feeds.static import codings

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's bytes, packed too, and the digest in its address."""

    kind: str
    content: bytes
    packed: bytes
    digest: str


@cache
def _shelf() -> dict[str, Asset]:
    found = {}
    for file in resources.files("desk").joinpath("assets").iterdir():
        suffix = "." + file.name.rpartition(".")[2]
        if suffix in _TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            found[file.name] = Asset(_TYPES[suffix], content, gzip.compress(content, mtime=0), digest)
    return found


def address(name: str) -> str:
    """Where a page finds this file. KeyError when there is none."""
    return reverse("desk:asset", kwargs={"digest": _shelf()[name].digest, "name": name})


@public
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One file; an address with an old digest is gone."""
    found = _shelf().get(name)
    if found is None or found.digest != digest:
        raise Http404
    packed = "gzip" in codings(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(found.packed if packed else found.content, content_type=f"{found.kind}; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Vary"] = "Accept-Encoding"
    if packed:
        response["Content-Encoding"] = "gzip"
    return response
