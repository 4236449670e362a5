"""Reading an output back as a receiver does: which HTML bodies it carries, and what stands in them in which order.

Knows: RSS, Atom, JSON, HTML and plain text as containers. Must not know: the credit or what is asked of it
(`invariant`), nor how the output was written: it is read afresh, with parsers, so that escaping is undone exactly once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from lxml import etree

_FEED: Final = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<(?:\w+:)?(?:rss|feed|entry|item)\b", re.DOTALL
)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_BODY_KEYS: Final = ("content_html", "body_html", "body_xhtml", "content_text", "body_text")
_FALLBACK_KEYS: Final = ("summary", "description")
_UNSEEN: Final = frozenset({"script", "style", "title", "template", "noscript"})
_INLINE: Final = re.compile(
    r"a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|su[bp]|time|u|var|wbr"
)


@dataclass(slots=True)
class Reading:
    """A body as read: its text with single spaces, and where in that text each link and image stands."""

    text: str = ""
    links: list[tuple[int, str]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    def add(self, words: str) -> None:
        """Append words, keeping single spaces across element boundaries."""
        flat = re.sub(r"\s+", " ", words)
        if flat.startswith(" ") and (not self.text or self.text.endswith(" ")):
            flat = flat[1:]
        self.text += flat

    def linked(self, address: str, *, before: int | None = None, after: int = 0) -> bool:
        """Whether a link to this very address stands in the text between two places."""
        return any(href == address and after <= at and (before is None or at < before) for at, href in self.links)


def readings(output: str) -> list[Reading]:
    """Every body in an output. ValueError when a feed or JSON document is not well formed."""
    return [read(body) for body in bodies(output)]


def bodies(output: str) -> list[str]:
    """The HTML (or text) that carries articles: content elements of a feed, content fields of JSON, or all of it."""
    if output.lstrip()[:1] in ("{", "["):
        document = json.loads(output)
        return list(_strings(document, _BODY_KEYS)) or list(_strings(document, _FALLBACK_KEYS))
    if _FEED.match(output):
        return _of_feed(output)
    return [output]


def read(body: str) -> Reading:
    """Read HTML; text without any element counts as plain text, whose written-out addresses are its links."""
    if not re.search(r"<[a-zA-Z/!]", body):
        return _read_text(body)
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return reader.reading


def flat(text: str) -> str:
    """Text with single spaces, to be looked for in a `Reading`."""
    return " ".join(text.split())


def edge_words(body_html: str, count: int = 12) -> tuple[str, str]:
    """The first and last words of an article's own HTML, as a `Reading` of any output would hold them."""
    words = read(body_html).text.split()
    return " ".join(words[:count]), " ".join(words[-count:])


def _read_text(body: str) -> Reading:
    reading, at = Reading(), 0
    for found in _ADDRESS.finditer(body):
        reading.add(body[at : found.start()])
        reading.links.append((len(reading.text), found[0]))
        at = found.start()
    reading.add(body[at:])
    return reading


def _strings(value: object, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and isinstance(inner, str):
                yield inner
            else:
                yield from _strings(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, keys)


def _of_feed(output: str) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(output.strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the feed is not well formed: {error}") from error
    found: dict[str, list[str]] = {"content": [], "summary": []}
    for element in root.iter("{*}encoded", "{*}content", "{*}description", "{*}summary"):
        name = etree.QName(element).localname
        if name == "content" and element.get("url"):  # media:content, a file
            continue
        inner = (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
        found["content" if name in ("encoded", "content") else "summary"].append(inner)
    return found["content"] or found["summary"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        if not _INLINE.fullmatch(tag):
            self.reading.add(" ")
        if tag == "a" and values.get("href"):
            self.reading.links.append((len(self.reading.text), values["href"] or ""))
        if tag in ("img", "picture", "image"):
            self.reading.images.append(values.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if not _INLINE.fullmatch(tag):
            self.reading.add(" ")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.reading.add(data)
