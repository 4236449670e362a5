"""The integrity proof: no link lost, no tag unbalanced, no letter added.

Knows: spans and how they are written. Must not know: how a span got where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.text.inline import canonical, crossing, inline_from_html, inline_html
from pipeline.types import Span


def proof(source: Sequence[Span], target: Sequence[Span], target_text: str) -> list[str]:
    """Return the reasons why `target` spans may not stand for `source` spans over `target_text`; empty = proven.

    Proven means: the same elements with the same attributes, every address present, every span inside the text and
    holding something, all nested, and the written HTML reads back to exactly this text and these spans. Order may
    differ, since word order does.
    """
    reasons: list[str] = []
    missing, extra = _elements(source) - _elements(target), _elements(target) - _elements(source)
    if missing:
        reasons.append(f"{missing.total()} inline element(s) missing: {_names(missing)}")
    if extra:
        reasons.append(f"{extra.total()} inline element(s) that the source does not have: {_names(extra)}")
    if _addresses(source) != _addresses(target):
        reasons.append("the link addresses are not those of the source")
    if any(not 0 <= span.start <= span.end <= len(target_text) for span in target):
        return [*reasons, "an inline element leaves the text"]
    if any(not target_text[span.start : span.end].strip() for span in target):
        return [*reasons, "an inline element is empty"]
    if crossing(target):
        return [*reasons, "inline elements cross"]
    if inline_from_html(inline_html(target_text, target)) != (target_text, canonical(target)):
        reasons.append("written as HTML and read again it is not the same")
    return reasons


def _elements(spans: Sequence[Span]) -> Counter[tuple[str, tuple[tuple[str, str], ...]]]:
    return Counter((span.tag, span.attributes) for span in spans)


def _names(elements: Counter[tuple[str, tuple[tuple[str, str], ...]]]) -> str:
    return ", ".join(sorted({tag for tag, _ in elements}))


def _addresses(spans: Sequence[Span]) -> set[str]:
    return {value for span in spans for name, value in span.attributes if name == "href"}
