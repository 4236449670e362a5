"""Published files in memory: what is asked for again and again costs one stat call.

Knows: when a file was replaced, and what a feed or page says about itself. Must not know: HTTP.
The key holds everything that a replacement changes, so an old text is never taken for the new one.
"""

from __future__ import annotations

import json
import os
import re
from collections import OrderedDict
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from threading import Lock

from feeds import files

_BYTES = 64 * 1024 * 1024
_LINK = re.compile(rb"<(?:atom:)?link\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"""([a-z]+)=["']([^"']*)["']""")
_ENTRIES = re.compile(rb"<(?:item|entry|body)[\s>]")
_TOLD = ("self", "hub", "license")  # relations worth a header: WebSub section 4, RFC 4946

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A file's bytes, its tag, its time in seconds, and the (rel, href) pairs it states about itself."""

    content: bytes
    tag: str
    modified: int
    links: Links = ()


class Shelf:
    """The files asked for last, up to a number of bytes."""

    def __init__(self, limit: int = _BYTES) -> None:
        self._limit, self._size, self._lock = limit, 0, Lock()
        self._held: OrderedDict[tuple[object, ...], Held] = OrderedDict()

    def take(self, key: tuple[object, ...]) -> Held | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[object, ...], held: Held) -> None:
        with self._lock:
            if key in self._held or len(held.content) > self._limit:
                return
            self._held[key] = held
            self._size += len(held.content)
            while self._size > self._limit:
                self._size -= len(self._held.popitem(last=False)[1].content)


_shelf = Shelf()


def fetch(root: str, path: str) -> Held | None:
    """The file `path` below `root`, or None where there is no file, or a link leads out of the root."""
    place = f"{root}/{path}"
    try:
        state = os.stat(place)  # noqa: PTH116  a Path costs more than the call
        # Size and modification time alone can survive a replacement; the inode and its change time cannot.
        key = (place, state.st_mtime_ns, state.st_size, state.st_ino, state.st_ctime_ns)
        if held := _shelf.take(key):
            return held
        if not Path(place).resolve().is_relative_to(Path(root).resolve()):
            return None
        content = Path(place).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):  # ValueError: a nought in the name
        return None
    held = Held(content, files.etag(content), int(state.st_mtime), stated_links(Path(path).suffix, content))
    if len(content) == state.st_size:  # replaced between stat and read: answer with it, remember nothing
        _shelf.put(key, held)
    return held


def newer_generation(root: str, name: str) -> str | None:
    """Where an archive page stands that had to be made anew, seen from its old place: "../7-2/rss.xml"."""
    folder, file = Path(root, name).parent, name.rpartition("/")[2]
    number = folder.name.partition("-")[0]
    now = [place for place in folder.parent.glob(f"{number}*") if place.name.partition("-")[0] == number]
    if len(now) != 1 or now[0] == folder or not (now[0] / file).exists():
        return None
    return f"../{now[0].name}/{file}"


def stated_links(suffix: str, content: bytes) -> Links:
    """What a document of ours says of itself: its own address, its hub, the licence of everything in it."""
    if suffix == ".json":
        return _stated_in_json(content)
    if suffix not in (".xml", ".html"):
        return ()
    first = _ENTRIES.search(content)
    found: dict[str, str] = {}
    for link in _LINK.finditer(content, 0, first.start() if first else len(content)):
        attributes = {name.decode(): unescape(value.decode()) for name, value in _ATTRIBUTE.findall(link[1])}
        if attributes.get("rel") in _TOLD and "href" in attributes:
            found.setdefault(attributes["rel"], attributes["href"])
    return tuple((rel, found[rel]) for rel in _TOLD if rel in found)


def _stated_in_json(content: bytes) -> Links:
    feed = json.loads(content)
    if not isinstance(feed, dict):
        return ()
    hubs = [hub["url"] for hub in feed.get("hubs", ())]
    found = {
        "self": feed.get("feed_url"),
        "hub": hubs[0] if hubs else None,
        "license": feed.get("_rights", {}).get("licence_url"),
    }
    return tuple((rel, href) for rel, href in found.items() if href)
