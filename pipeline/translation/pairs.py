"""Sentence pairs with hand-marked elements: what a model and the carrying of markup are measured with.

Knows: how a test set is written down. Must not know: engines, scores.

A line is source, tab, reference. `{1:…}` marks an element on both sides; elements may nest. Digits up to 5 stand for
links, 6 for emphasis, 7 for strong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.text.inline import canonical
from pipeline.types import Segment, Span

LANGUAGES = ("en", "es")  # of the shipped set
SHIPPED = Path(__file__).parent / "testset" / "en-es.tsv"
QUOTATIONS = SHIPPED.with_name("quotations.txt")
_MARK = re.compile(r"\{(\d):|\}")
_TAGS = {"6": "em", "7": "strong"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A sentence and its reference translation, each with its elements; equal elements carry equal attributes."""

    source: Segment
    reference: Segment


def read(path: Path = SHIPPED) -> tuple[tuple[Pair, ...], str]:
    """The pairs of a file and the digest of its text. Raises ConfigError, naming the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the test set {path} cannot be read: {error}") from error
    pairs = tuple(_pair(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    if not pairs:
        raise ConfigError(f"the test set {path} is empty; write one pair a line: source, tab, reference")
    return pairs, hashlib.sha256(text.encode()).hexdigest()


def quotations() -> tuple[str, ...]:
    """Shipped paragraphs, in English, that quote in ways at which small models fail."""
    return tuple(QUOTATIONS.read_text(encoding="utf-8").splitlines())


def _pair(path: Path, number: int, line: str) -> Pair:
    sides = line.split("\t")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ConfigError(f"{path}, line {number}: a pair is source, one tab, reference")
    source, reference = (_segment(path, number, side.strip()) for side in sides)
    if _elements(source) != _elements(reference):
        raise ConfigError(f"{path}, line {number}: both sides must mark the same elements")
    return Pair(source=source, reference=reference)


def _segment(path: Path, number: int, marked: str) -> Segment:
    text, spans = "", list[Span]()
    begun: list[tuple[str, int]] = []
    at = 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[1]:
            begun.append((mark[1], len(text)))
        elif begun:
            spans.append(_span(*begun.pop(), len(text)))
        else:
            raise ConfigError(f"{path}, line {number}: a brace closes what none has opened")
    if begun:
        raise ConfigError(f"{path}, line {number}: a brace is not closed")
    return Segment(place=f"b{number}.0", text=text + marked[at:], spans=canonical(spans))


def _span(digit: str, start: int, end: int) -> Span:
    tag = _TAGS.get(digit, "a")
    attributes = (("href", f"https://example.org/{digit}"),) if tag == "a" else ()
    return Span(tag=tag, start=start, end=end, attributes=attributes)


def _elements(segment: Segment) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return sorted((span.tag, span.attributes) for span in segment.spans)


def counterparts(pair: Pair) -> Iterator[tuple[Span, Span]]:
    """Each source element with the one that it corresponds to in the reference."""
    there = {(span.tag, span.attributes): span for span in pair.reference.spans}
    for span in pair.source.spans:
        yield span, there[span.tag, span.attributes]
