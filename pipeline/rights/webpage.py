"""Reading a page that somebody else built: its words in order, its lines, and where among the words links stand.

Knows: HTML as sites really serve it. Must not know: the article, the credit, or what is asked of either.

A partner's template wraps, restyles and re-quotes what it was given, so nothing here depends on markup or typography:
words are compared without case, accents, soft hyphens and punctuation. What the page hides is not on it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import html as lxml_html

from pipeline.text.accents import unaccented

_WORD: Final = re.compile(r"[^\W_]+")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_UNSEEN: Final = frozenset(
    {"script", "style", "template", "noscript", "title", "iframe", "object", "svg", "textarea", "select"}
)
_INLINE: Final = re.compile(
    r"a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|su[bp]|time|tt|u|var"
    r"|wbr"
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id")
_WITHIN_WORDS: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, zero widths, direction marks
_MOST: Final = 100_000  # words; a page that goes on is a list without end, and its article stood far above
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, or an address that is written out; `at` is the number of the word that follows its beginning."""

    at: int
    address: str  # absolute where the page's own address was known
    rel: str = ""


@dataclass(slots=True)
class Page:
    """A page as read. `words` are folded for comparing, `written` are the same words as people see them."""

    words: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    lines: list[range] = field(default_factory=list)  # word numbers of each line, in order; no line is empty
    texts: list[str] = field(default_factory=list)  # each of these lines as it stands, with single spaces
    links: list[Link] = field(default_factory=list)
    images: list[Link] = field(default_factory=list)

    def find(self, wanted: Sequence[str], start: int = 0, end: int | None = None) -> Iterator[int]:
        """Word numbers at which these words stand one after the other, between two places."""
        stop = len(self.words) if end is None else end
        if not wanted:
            return
        for at in range(start, stop - len(wanted) + 1):
            if self.words[at] == wanted[0] and self.words[at : at + len(wanted)] == list(wanted):
                yield at

    def holds(self, wanted: Sequence[str], start: int = 0, end: int | None = None) -> bool:
        """Whether these words stand one after the other, between two places."""
        return next(self.find(wanted, start, end), None) is not None

    def excerpt(self, start: int, end: int) -> str:
        """Words as people see them, one line of the page a line."""
        lines = (self.written[max(line.start, start) : min(line.stop, end)] for line in self.lines)
        return "\n".join(" ".join(words) for words in lines if words)


def read(markup: str, address: str = "") -> Page:
    """Read a page. `address` is its own: relative links are resolved against it (or the page's <base>)."""
    reader = _Reader(address)
    text = _NO_XML.sub("", markup)
    if text.strip():
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
        root = lxml_html.document_fromstring(text.encode(), parser=parser, ensure_head_body=True)
        base = root.find(".//base[@href]")
        reader.base = address if base is None else _resolved(address, base.get("href", ""))
        reader.walk(root)
        reader.end_line()
    return reader.page


def words_of(text: str) -> list[str]:
    """The words of a text, folded as those of a `Page` are."""
    return [fold(word) for word in _WORD.findall(_joined(text))]


def fold(word: str) -> str:
    """A word without case and accents."""
    return unaccented(word.casefold())


def same_address(first: str, second: str) -> bool:
    """Whether two addresses lead to the same page, whatever scheme, "www.", closing slash or campaign marks say."""
    one, other = _address(first), _address(second)
    return one is not None and one == other


def _address(value: str) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    try:
        parts = urlsplit(value.strip())
        host = (parts.hostname or "").removeprefix("www.") + (
            f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        )
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    query = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0]))
    return host, unquote(parts.path).rstrip("/"), tuple(query)


def _joined(text: str) -> str:
    return _WITHIN_WORDS.sub("", unicodedata.normalize("NFKC", text))


class _Reader:
    """Collects one line at a time: words may be cut by inline elements («<b>L</b>os»), never by the end of a block."""

    def __init__(self, address: str) -> None:
        self.page = Page()
        self.base = address
        self._line = ""
        self._links: list[tuple[int, str, str]] = []
        self._images: list[tuple[int, str]] = []

    def walk(self, root: lxml_html.HtmlElement) -> None:
        """Go through the tree in reading order, without recursion: a page may be nested as deep as it likes."""
        waiting: list[lxml_html.HtmlElement | str | None] = [root]
        while waiting and len(self.page.words) < _MOST:
            node = waiting.pop()
            if node is None:
                self.end_line()
            elif isinstance(node, str):
                self._line += _joined(node)
            else:
                self._enter(node, waiting)

    def _enter(self, node: lxml_html.HtmlElement, waiting: list[lxml_html.HtmlElement | str | None]) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        following: list[lxml_html.HtmlElement | str | None] = []
        if tag and not _is_hidden(node):
            block = not _INLINE.fullmatch(tag)
            if block:
                self.end_line()
            if tag == "a" and node.get("href"):
                self._links.append((len(self._line), node.get("href", ""), node.get("rel", "")))
            if tag == "img" and (picture := node.get("src") or node.get("data-src")):
                self._images.append((len(self._line), picture))
            following = [node.text, *node] if node.text else list(node)
            if block:
                following.append(None)
        if node.tail:
            following.append(node.tail)
        waiting.extend(reversed(following))

    def end_line(self) -> None:
        """Close the line at hand: cut it into words and give its links the numbers of theirs."""
        found = list(islice(_WORD.finditer(self._line), _MOST - len(self.page.words)))
        starts, first = [word.start() for word in found], len(self.page.words)
        self.page.words += [fold(word[0]) for word in found]
        self.page.written += self._spoken(found)
        if found:
            self.page.lines.append(range(first, len(self.page.words)))
            self.page.texts.append(" ".join(self._line.split()))
        written_out = [(address.start(), address[0], "") for address in _ADDRESS.finditer(self._line)]
        for at, address, rel in sorted([*self._links, *written_out]):
            number = first + bisect_left(starts, at)
            self.page.links.append(Link(at=number, address=_resolved(self.base, address), rel=rel))
        for at, address in self._images:
            number = first + bisect_left(starts, at)
            self.page.images.append(Link(at=number, address=_resolved(self.base, address)))
        self._line, self._links, self._images = "", [], []

    def _spoken(self, found: list[re.Match[str]]) -> list[str]:
        """Each word with the punctuation around it, so that an excerpt reads as the page does."""
        ends = [0, *(word.end() for word in found)]
        cuts = [_after_space(self._line, end, word.start()) for end, word in zip(ends, found, strict=False)]
        return [self._line[start:end].strip() for start, end in zip(cuts, [*cuts[1:], len(self._line)], strict=False)]


def _after_space(line: str, start: int, end: int) -> int:
    """Where the last piece without white space in line[start:end] begins; quotes that open belong to what follows."""
    return start + max((found.end() for found in re.finditer(r"\s", line[start:end])), default=end - start)


def _is_hidden(node: lxml_html.HtmlElement) -> bool:
    return node.tag in _UNSEEN or node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _resolved(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address
