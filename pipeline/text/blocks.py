"""HTML to blocks and back: the only way in and the only way out for an article's structure.

Knows: HTML elements, what may survive, which links are safe. Must not know: pages and their furniture, sentences,
languages, credit lines.

Reading keeps an allow list (p h2 h3 ul ol li blockquote pre a em strong code) and flattens the rest. Pictures are left
out because their rights are not the article's. `sanitise` is the last step of rendering and changes nothing that
`to_html` writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import lxml.etree
import lxml.html
import nh3

from pipeline.text.cutting import cut
from pipeline.text.hygiene import clean, collapse
from pipeline.text.inline import INLINE_TAGS, SpanReader, attributes_of, collapse_spans, inline_from_html, inline_html
from pipeline.text.links import ATTRIBUTES, SCHEMES, absolute
from pipeline.types import Block, BlockKind, Finding, Level, Span

__all__ = ["BlocksRead", "from_html", "inline_from_html", "inline_html", "sanitise", "to_html"]

_PICTURES = {"img", "picture"}
_EMBEDS = {"iframe", "video", "audio", "object", "embed"}
_DROPPED = {"script", "style", "form", "svg", "math", "canvas", "template", "noscript", "head", "title", "figcaption"}
_DROPPED |= {"button", "input", "select", "textarea"} | _PICTURES | _EMBEDS
_HEADINGS = {"h1": BlockKind.HEADING, "h2": BlockKind.HEADING} | {f"h{n}": BlockKind.SUBHEADING for n in range(3, 7)}
_LISTS = {"ul": BlockKind.BULLET, "ol": BlockKind.NUMBERED}
_CONTAINERS = set(_HEADINGS) | set(_LISTS) | {"p", "li", "blockquote", "pre", "table", "tr", "td", "th", "figure"}
_CONTAINERS |= {"html", "body", "div", "section", "article", "main", "header", "footer", "aside", "nav"}
_CONTAINERS |= {
    "hr",
    "center",
    "dl",
    "dt",
    "dd",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "details",
    "summary",
    "fieldset",
}
_SOFT = {"p", "div", "section", "br", "hr"}  # inside a row, a heading or a numbered item these only part words
SEE_ALSO = re.compile(r"see also\s*:", re.IGNORECASE)  # the words before a pointer to other stories


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksRead:
    """What HTML held, and what had to be left out of it."""

    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


def from_html(html: str, *, base_url: str | None) -> BlocksRead:
    """Read an article body, however broken its markup.

    `base_url` is the address of the original; without it relative links cannot be kept. `br` ends a block, since it
    ends a sentence; only in numbered items, headings and table rows it is a blank, because cutting them would change
    numbers or rows. A table row with several cells becomes one paragraph, cells parted by " | ".
    """
    root = _parse(html)
    findings = _leave_out(root)
    reader = _BlockReader(base_url)
    reader.read(root)
    return BlocksRead(blocks=tuple(reader.blocks), findings=(*findings, *_link_findings(reader.removed)))


def _parse(html: str) -> lxml.html.HtmlElement:
    # bytes with a fixed encoding, so that a <meta charset> inside the payload has no say
    document = f"<!DOCTYPE html><html><body>{html}</body></html>".encode("utf-8", "ignore").replace(b"\x00", b"")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root: lxml.html.HtmlElement = lxml.etree.fromstring(document, parser)
    return root


def _leave_out(root: lxml.html.HtmlElement) -> list[Finding]:
    """Drop what never becomes text and say so, once per sort."""
    pictures = root.find(".//img") is not None or root.find(".//picture") is not None
    embeds = any(root.find(f".//{tag}") is not None for tag in sorted(_EMBEDS))
    cut(root, root.iter(*_DROPPED))
    cut(root, (figure for figure in root.iter("figure") if not _is_frame(figure)))
    found: list[Finding] = []
    if pictures:
        reason = "Images were left out: their rights are not the article's."
        spanish = "Se han omitido las imágenes: sus derechos no son los del artículo."
        found.append(Finding(code="images-left-out", level=Level.INFO, reason=reason, reason_es=spanish))
    if embeds:
        reason = "Embedded players or frames were left out; check that the text stands without them."
        spanish = "Se han omitido reproductores o marcos incrustados; compruebe que el texto se entiende sin ellos."
        found.append(Finding(code="embeds-left-out", level=Level.INFO, reason=reason, reason_es=spanish))
    return found


def _is_frame(figure: lxml.html.HtmlElement) -> bool:
    """A figure may also be the frame of a table or of a pulled quotation."""
    return figure.find(".//table") is not None or figure.find(".//blockquote") is not None


def _link_findings(removed: Counter[str]) -> list[Finding]:
    return [
        Finding(
            code="link-removed",
            level=Level.WARN,
            reason=f"{count} link(s) of the kind “{scheme}” cannot be published; the text stays without the link.",
            reason_es=f"No se pueden publicar {count} enlaces del tipo «{scheme}»; queda el texto sin el enlace.",
        )
        for scheme, count in sorted(removed.items())
    ]


class _BlockReader:
    def __init__(self, base_url: str | None) -> None:
        self.blocks: list[Block] = []
        self.removed: Counter[str] = Counter()
        self._base_url = base_url
        self._text = SpanReader()
        self._inside: list[str] = []  # containers that decide what a text is, outermost first
        self._rows: list[bool] = []  # for each open tr: are its cells joined?
        self._see_also = False

    def read(self, root: lxml.html.HtmlElement) -> None:
        events = lxml.etree.iterwalk(root, events=("start", "end"))  # no recursion: pages nest as deep as they like
        for event, element in events:
            if event == "start":
                self._start(element)
                self._text.data(clean(element.text or ""))
            else:
                self._end(str(element.tag))
                self._text.data(clean(element.tail or ""))
        self._flush()

    def _start(self, element: lxml.html.HtmlElement) -> None:
        tag = str(element.tag)
        if tag in INLINE_TAGS:
            self._open_inline(element)
        elif tag == "br":
            self._break("br", "\n")
        elif tag == "q":
            self._text.data("“")
        elif tag in ("td", "th") and self._joining():
            self._text.data(" " if self._text.blank() else " | ")
        elif tag in _CONTAINERS:
            self._break(tag)
            self._inside.append(tag)
            if tag == "tr":
                self._rows.append(_joined(element))
            if tag == "p":
                self._see_also = "see-also" in (element.get("class") or "").split()

    def _end(self, tag: str) -> None:
        if tag in INLINE_TAGS:
            self._text.close(INLINE_TAGS[tag])
        elif tag == "q":
            self._text.data("”")
        elif tag in _CONTAINERS and not (tag in ("td", "th") and self._joining()):
            self._break(tag)
            self._inside.pop()
            if tag == "tr":
                self._rows.pop()
            if tag == "p":
                self._see_also = False

    def _open_inline(self, element: lxml.html.HtmlElement) -> None:
        tag = INLINE_TAGS[str(element.tag)]
        found = {str(name): collapse(clean(str(value))) for name, value in element.attrib.items()}
        if tag == "a":
            href = str(element.get("href") or "")  # raw: collapsing would hide how a browser reads it
            if href.strip() in ("", "#"):  # an anchor or a script's handle, not a link to anything
                return
            link = absolute(href, self._base_url)
            if link.url is None:
                self.removed[link.scheme] += 1
                return
            found["href"] = link.url
        self._text.open(tag, attributes_of(tag, found.items()))

    def _joining(self) -> bool:
        return bool(self._rows) and self._rows[-1]

    def _break(self, tag: str, verbatim: str = "") -> None:
        """End the block here, or only part the words where a cut would change the meaning."""
        inside = self._inside
        if tag == "br" and "pre" in inside:
            self._text.data(verbatim)
        elif (self._joining() and tag != "tr") or (tag in _SOFT and self._indivisible()):
            self._text.data(" ")
        else:
            self._flush()

    def _indivisible(self) -> bool:
        lists = [name for name in self._inside if name in _LISTS]
        return lists[-1:] == ["ol"] or any(name in _HEADINGS for name in self._inside)

    def _kind(self) -> BlockKind:
        inside = self._inside
        lists = [name for name in inside if name in _LISTS]
        headings = [name for name in inside if name in _HEADINGS]
        if "pre" in inside:
            return BlockKind.VERBATIM
        if "blockquote" in inside:  # whatever else it is, a quotation stays marked as one
            return BlockKind.QUOTE
        if lists:
            return _LISTS[lists[-1]]
        return _HEADINGS[headings[-1]] if headings else BlockKind.PARAGRAPH

    def _flush(self) -> None:
        kind = self._kind()
        text, spans = self._text.take()
        if kind is BlockKind.VERBATIM:
            text, spans = _strip_lines(text, spans)
        else:
            text, spans = collapse_spans(text, spans)
        if not text:
            return
        if kind is BlockKind.PARAGRAPH and (self._see_also or SEE_ALSO.match(text)):
            kind = BlockKind.SEE_ALSO
        self.blocks.append(Block(kind=kind, text=text, spans=spans))


def _joined(row: lxml.html.HtmlElement) -> bool:
    """A row of one cell or with a table inside is layout, not data."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return len(cells) > 1 and row.find(".//table") is None


def _strip_lines(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Take blank lines off the top and white space off the end of verbatim text."""
    text = text.rstrip()
    cut = len(text) - len(text.lstrip("\n"))
    kept = []
    for span in spans:
        start, end = max(span.start - cut, 0), min(span.end, len(text)) - cut
        if start < end:
            kept.append(Span(tag=span.tag, start=start, end=end, attributes=span.attributes))
    return text[cut:], tuple(kept)


_WRAPPED = {BlockKind.BULLET: "ul", BlockKind.NUMBERED: "ol", BlockKind.QUOTE: "blockquote"}


def to_html(blocks: Iterable[Block]) -> str:
    """Write blocks as HTML, one per line, with list items and quoted paragraphs gathered under their element.

    A see-also block without a link points nowhere and is left out.
    """
    out: list[str] = []
    for kind, group in groupby((block for block in blocks if _shown(block)), key=lambda block: block.kind):
        if wrapper := _WRAPPED.get(kind):
            item = "p" if kind is BlockKind.QUOTE else "li"
            items = "".join(f"<{item}>{inline_html(block.text, block.spans)}</{item}>" for block in group)
            out.append(f"<{wrapper}>{items}</{wrapper}>")
        elif kind is BlockKind.SEE_ALSO:
            out.extend(f'<p class="see-also">{inline_html(block.text, block.spans)}</p>' for block in group)
        else:
            out.extend(f"<{kind}>{inline_html(block.text, block.spans)}</{kind}>" for block in group)
    return "\n".join(out)


def _shown(block: Block) -> bool:
    return bool(block.text.strip()) and not points_nowhere(block)


def points_nowhere(block: Block) -> bool:
    """Is it a pointer to other stories without the link that would lead there?"""
    return block.kind is BlockKind.SEE_ALSO and not any(span.tag == "a" for span in block.spans)


def sanitise(html: str) -> str:
    """Clean `html` down to the elements `to_html` writes: the last step before bytes leave the house.

    Links keep only absolute http, https and mailto addresses; protocol-relative ones count as relative. Identity on
    everything that `to_html` writes.
    """
    cleaned = nh3.clean(
        html,
        tags={*_WRAPPED.values(), "li", "p", "h2", "h3", "pre", *INLINE_TAGS.values()},
        clean_content_tags=_DROPPED & {"script", "style", "iframe", "form", "svg", "math", "template", "object"},
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={"p": {"see-also"}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
    # the serialiser writes no-break spaces as an entity that XML does not know; "&nbsp;" in text would be "&amp;nbsp;"
    return cleaned.replace("&nbsp;", "\u00a0")
