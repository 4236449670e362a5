"""Inline markup: a text and the spans over it, to HTML and back.

Knows: which inline elements an article may have, how spans nest. Must not know: blocks, sentences, translation.

Canonical order of spans is by start, then longer first, then outer first: the order in which their tags open. All
functions here give spans in that order and take them in any order (of two spans over the same characters the earlier
one in the tuple is the outer).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

from pipeline.text.links import ATTRIBUTES, publishable
from pipeline.types import Span

# what we write; the keys are what we read
INLINE_TAGS = {
    "a": "a",
    "em": "em",
    "i": "em",
    "strong": "strong",
    "b": "strong",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
Attributes = tuple[tuple[str, str], ...]


def canonical(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return `spans` in the order in which their tags open."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def crossing(spans: Iterable[Span]) -> bool:
    """Whether any two spans overlap without one holding the other."""
    enclosing: list[Span] = []
    for span in canonical(spans):
        while enclosing and enclosing[-1].end <= span.start:
            enclosing.pop()
        if enclosing and enclosing[-1].end < span.end:
            return True
        enclosing.append(span)
    return False


def escape_text(text: str) -> str:
    """Escape character data the way an HTML serialiser does (HTML Standard, "escaping a string")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _start_tag(span: Span) -> str:
    quoted = ((name, escape_text(value).replace('"', "&quot;")) for name, value in span.attributes)
    attributes = "".join(f' {name}="{value}"' for name, value in quoted)
    return f"<{span.tag}{attributes}>"


def inline_html(text: str, spans: Sequence[Span]) -> str:
    """Write `text` with its spans as HTML. No-break spaces stay characters, so the result is also good inside XML.

    Raises ValueError if spans cross, are empty or leave the text: that is a fault of the caller, not of the input.
    """
    ordered = canonical(spans)
    if any(not 0 <= span.start < span.end <= len(text) for span in ordered) or crossing(ordered):
        raise ValueError("spans must nest, hold something and stay inside the text")
    out: list[str] = []
    enclosing: list[Span] = []
    at = 0

    def close_until(position: int | None) -> None:
        nonlocal at
        while enclosing and (position is None or enclosing[-1].end <= position):
            span = enclosing.pop()
            out.append(escape_text(text[at : span.end]) + f"</{span.tag}>")
            at = span.end

    for span in ordered:
        close_until(span.start)
        out.append(escape_text(text[at : span.start]) + _start_tag(span))
        at = span.start
        enclosing.append(span)
    close_until(None)
    out.append(escape_text(text[at:]))
    return "".join(out)


def collapse_spans(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Collapse white space in `text` and move `spans` along; spans lose outer blanks and vanish if nothing is left."""
    kept: list[str] = []
    moved = [0]  # moved[i]: where character i of the old text begins in the new one
    for char in text:
        blank = char.isspace()
        if not blank:
            kept.append(char)
        elif kept and kept[-1] != " ":
            kept.append(" ")
        moved.append(len(kept))
    fresh = "".join(kept).rstrip(" ")
    trimmed = (
        _trim(fresh, span, min(moved[span.start], len(fresh)), min(moved[span.end], len(fresh))) for span in spans
    )
    return fresh, canonical(span for span in trimmed if span)


def _trim(text: str, span: Span, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(tag=span.tag, start=start, end=end, attributes=span.attributes) if start < end else None


class SpanReader:
    """Gathers character data and inline tags into a text and its spans.

    Tags may come unbalanced. Same-tag nesting and links in links are flattened, because they mean nothing.
    """

    def __init__(self) -> None:
        self._open: list[tuple[str, Attributes, int, int]] = []  # tag, attributes, start, how many opened before it
        self._clear()

    def _clear(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._opened = 0
        self._done: list[tuple[int, Span]] = []

    def data(self, text: str) -> None:
        """Add character data."""
        self._parts.append(text)
        self._length += len(text)

    def open(self, tag: str, attributes: Attributes = ()) -> None:
        """Open a tag, unless it is open already."""
        if not self._is_open(tag):
            self._open.append((tag, attributes, self._length, self._opened))
            self._opened += 1

    def close(self, tag: str) -> None:
        """Close `tag` and whatever was opened inside it; an end tag without a beginning is passed over."""
        while self._is_open(tag):
            name, attributes, start, number = self._open.pop()
            if start < self._length:
                self._done.append((number, Span(tag=name, start=start, end=self._length, attributes=attributes)))

    def _is_open(self, tag: str) -> bool:
        return any(name == tag for name, _, _, _ in self._open)

    def blank(self) -> bool:
        """Whether there is nothing but white space yet."""
        return not any(part.strip() for part in self._parts)

    def take(self) -> tuple[str, tuple[Span, ...]]:
        """Return what was gathered and start afresh; tags still open are cut here and go on in the next text."""
        still = [(tag, attributes) for tag, attributes, _, _ in self._open]
        if still:
            self.close(still[0][0])
        text = "".join(self._parts)
        spans = canonical(span for _, span in sorted(self._done, key=lambda pair: pair[0]))
        self._clear()
        for tag, attributes in still:
            self.open(tag, attributes)
        return text, spans


def attributes_of(tag: str, found: Iterable[tuple[str, str | None]]) -> Attributes:
    """Return the attributes that `tag` may keep, sorted by name, each once, empty ones left out."""
    allowed = ATTRIBUTES.get(tag, frozenset())
    kept: dict[str, str] = {}
    for name, value in found:
        if name in allowed and value:
            kept.setdefault(name, value)
    return tuple(sorted(kept.items()))


class _InlineParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reader = SpanReader()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = INLINE_TAGS.get(tag)
        if name is None:
            return
        attributes = attributes_of(name, attrs)
        if name == "a" and not any(key == "href" and publishable(value) for key, value in attributes):
            return
        self.reader.open(name, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE_TAGS:
            self.reader.close(INLINE_TAGS[tag])

    def handle_data(self, data: str) -> None:
        self.reader.data(data)


_DROPPED = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)


def inline_from_html(html: str) -> tuple[str, tuple[Span, ...]]:
    """Read inline HTML: the exact inverse of `inline_html`, white space and no-break spaces included.

    Elements outside the allow list lose their tags and keep their text (script and style lose both). A link that may
    not be published loses its tag. Nothing is collapsed: this reads our own writing and an editor's sentence.
    """
    parser = _InlineParser()
    parser.feed(_DROPPED.sub("", html))
    parser.close()
    return parser.reader.take()  # also closes what an editor forgot to close
