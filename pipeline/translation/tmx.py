"""Translation memories as TMX 1.4 files, read and written.

Knows: TMX (LISA OSCAR, 1.4b of 2005), inline elements of ours inside it. Must not know: the ledger, who imports.

Inline elements are written as paired native codes (<bpt>, <ept>) that hold our HTML tags, with datatype="html". Codes
of files that are not HTML cannot mean anything here: their text is taken, the codes are dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path

from lxml import etree

from pipeline.errors import FileRefused
from pipeline.text.inline import canonical, escape_text, inline_from_html, inline_html
from pipeline.types import Span

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_STAMP = "%Y%m%dT%H%M%SZ"  # TMX: ISO 8601 basic, UTC
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
_LONGEST = 5_000  # characters of a segment; longer ones are no sentences
_LARGEST = 200_000_000  # bytes of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence and its translation, with who wrote it and when where the file says so."""

    source: str
    target: str
    source_spans: tuple[Span, ...] = ()
    spans: tuple[Span, ...] = ()
    by: str = ""
    at: datetime | None = None
    article: str = ""


@dataclass(slots=True)
class Reading:
    """What a file held, and why units of it were left out: reason -> how many."""

    units: list[Unit] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read(path: Path, source_language: str, language: str) -> Reading:
    """Units of a language pair; regions ("es-MX") do not matter. Raises FileRefused, with what to do."""
    try:
        if path.stat().st_size > _LARGEST:
            raise FileRefused(f"{path} is larger than {_LARGEST // 1_000_000} MB. Split it.")
        # no entity is resolved, no DTD loaded, nothing fetched: a TMX needs none of it
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        tree = etree.parse(str(path), parser)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror or error}") from error
    except etree.XMLSyntaxError as error:
        raise FileRefused(f"{path} is no well-formed XML: {error}") from error
    root = tree.getroot()
    if str(root.tag) != "tmx" or root.find("body") is None:
        raise FileRefused(f"{path} is no TMX file: its root is <{root.tag!s}>. Export it as TMX 1.4.")
    if next(root.iter(etree.Entity), None) is not None:
        raise FileRefused(f"{path} uses entities of its own. Export it without a DTD.")
    header = root.find("header")
    native = header.get("datatype", "") if header is not None else ""
    reading = Reading()
    for element in root.iter("tu"):
        made = _unit(element, source_language, language, native)
        if isinstance(made, Unit):
            reading.units.append(made)
        else:
            reading.left_out[made] += 1
    return reading


def write(path: Path, units: Iterable[Unit], source_language: str, language: str, *, now: datetime) -> int:
    """Write a TMX 1.4 file in place of whatever was there, whole or not at all. Returns the number of units."""
    header = {
        "creationtool": "tornavoz",
        "creationtoolversion": version("tornavoz"),
        "segtype": "sentence",
        "o-tmf": "tornavoz",
        "adminlang": "en",
        "srclang": source_language,
        "datatype": "html",
        "creationdate": now.strftime(_STAMP),
    }
    written = 0
    fresh = path.with_name(f".{path.name}.new")
    try:
        with etree.xmlfile(str(fresh), encoding="utf-8") as file:
            file.write_declaration()
            with file.element("tmx", version="1.4"):
                file.write(etree.Element("header", header), pretty_print=True)
                with file.element("body"):
                    for unit in units:
                        file.write(_element(unit, source_language, language), pretty_print=True)
                        written += 1
        fresh.replace(path)
    except OSError as error:
        raise FileRefused(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return written


def _unit(element: etree._Element, source_language: str, language: str, native: str) -> Unit | str:
    """The unit, or why it is left out."""
    native = element.get("datatype", native)
    given, made = (_segment(element, each, native) for each in (source_language, language))
    if given is None or made is None:
        return f"not in both {source_language} and {language}"
    (source, source_spans), (target, spans) = given, made
    if not source.strip() or not target.strip():
        return "empty"
    if max(len(source), len(target)) > _LONGEST:
        return f"longer than {_LONGEST} characters"
    return Unit(
        source=source,
        target=target,
        source_spans=source_spans,
        spans=spans,
        by=element.get("changeid") or element.get("creationid") or "",
        at=_time(element.get("changedate") or element.get("creationdate")),
        article=next((prop.text or "" for prop in element.findall("prop") if prop.get("type") == "x-article"), ""),
    )


def _segment(element: etree._Element, language: str, native: str) -> tuple[str, tuple[Span, ...]] | None:
    for variant in element.findall("tuv"):
        told = variant.get(_LANG) or variant.get("lang") or ""
        segment = variant.find("seg")
        if told.lower().replace("_", "-").split("-")[0] == language.lower() and segment is not None:
            if variant.get("datatype", native) == "html":
                return inline_from_html("".join(_html(segment)))
            return "".join(_text(segment)).strip(), ()
    return None


def _html(element: etree._Element) -> Iterator[str]:
    """The segment as HTML: its text escaped, its native codes as they are."""
    code = element.tag in _CODES
    yield (element.text or "") if code else escape_text(element.text or "")
    for child in element:
        yield from _html(child)
        yield escape_text(child.tail or "")


def _text(element: etree._Element) -> Iterator[str]:
    """The segment's text without what stands in native codes."""
    if element.tag not in _CODES:
        yield element.text or ""
    for child in element:
        yield from _text(child)
        yield child.tail or ""


def _time(stamp: str | None) -> datetime | None:
    try:
        return datetime.strptime(stamp or "", _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _element(unit: Unit, source_language: str, language: str) -> etree._Element:
    element = etree.Element("tu")
    if unit.by:
        element.set("creationid", _writable(unit.by))
    if unit.at:
        element.set("creationdate", unit.at.astimezone(UTC).strftime(_STAMP))
    if unit.article:
        etree.SubElement(element, "prop", type="x-article").text = _writable(unit.article)
    for code, text, spans in (
        (source_language, unit.source, unit.source_spans),
        (language, unit.target, unit.spans),
    ):
        variant = etree.SubElement(element, "tuv", {_LANG: code})
        _fill(etree.SubElement(variant, "seg"), text, spans)
    return element


def _fill(segment: etree._Element, text: str, spans: tuple[Span, ...]) -> None:
    """Text and paired codes, in the order in which the tags stand in our HTML."""
    numbers = count(1)
    events: list[tuple[int, int, int, str, str]] = []  # where, closing first, order among equals, number, tag
    for order, span in enumerate(canonical(spans)):
        alone = Span(tag=span.tag, start=0, end=1, attributes=span.attributes)
        opening, _, closing = inline_html("x", [alone]).rpartition("x")
        number = str(next(numbers))
        events.append((span.start, 1, order, number, opening))
        events.append((span.end, 0, -order, number, closing))
    at, last = 0, None
    for where, opens, _, number, tag in sorted(events):
        _append(segment, last, text[at:where])
        last = etree.SubElement(segment, "bpt" if opens else "ept", i=number)
        last.text = tag
        at = where
    _append(segment, last, text[at:])


def _append(segment: etree._Element, last: etree._Element | None, text: str) -> None:
    text = _writable(text)
    if last is None:
        segment.text = (segment.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _writable(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(char for char in text if char in "\t\n\r" or char >= " ")
