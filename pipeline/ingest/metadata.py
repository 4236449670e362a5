"""What a page says about its story in marks made for programs.

Knows: schema.org JSON-LD, OpenGraph, meta names, microdata, hreflang. Must not know: the story's text, the envelope.
Surest first: JSON-LD, then the page's own visible marks, then meta elements made for sharing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape

from lxml import html

from pipeline.ingest.dateline import iso_date, names
from pipeline.ingest.editions import hreflang
from pipeline.ingest.marks import distinct
from pipeline.ingest.markup import declared_licences, text_of
from pipeline.text.hygiene import clean, collapse

_ARTICLE_TYPES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "BlogPosting"}
    | {"OpinionNewsArticle", "ReviewNewsArticle", "Report"}
)
_DEEPEST = 12  # levels of a JSON-LD document that are looked into
_MOST_KEYWORDS = 40
_TITLE_END = re.compile(r"\s+[|\-–—·»]\s+")
_BY = re.compile(r"by[: ]\s*", re.IGNORECASE)

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the marks say; None or empty where they say nothing. `editions` maps a language to another version's URL."""

    headline: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    editions: tuple[tuple[str, str], ...] = ()


def metadata(root: html.HtmlElement, publisher: str) -> Metadata:
    """Read a page's marks. Damaged or hostile ones are passed over: they are hints, not the story."""
    article = _article(root)
    licences = declared_licences(root) + distinct(_strings(article.get("license")))
    return Metadata(
        headline=_first(_headlines(root, article, publisher)),
        authors=_authors(root, article, publisher),
        published=_published(root, article),
        section=_first(_strings(article.get("articleSection"))) or _meta(root, "article:section"),
        keywords=_keywords(root, article),
        licences=tuple(dict.fromkeys(licences)),
        editions=hreflang(root),
    )


def _article(root: html.HtmlElement) -> Json:
    for script in root.iter("script"):
        if str(script.get("type", "")).partition(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for node in _nodes(document, _DEEPEST):
            if _ARTICLE_TYPES.intersection(_strings(node.get("@type"))):
                return node
    return {}


def _nodes(value: object, levels: int) -> Iterator[Json]:
    if isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity"):
            yield from _nodes(value.get(key), levels - 1) if levels else ()
    elif isinstance(value, list) and levels:
        for item in value:
            yield from _nodes(item, levels - 1)


def _headlines(root: html.HtmlElement, article: Json, publisher: str) -> Iterator[str]:
    site = _meta(root, "og:site_name") or publisher
    yield from (title for title in _strings(article.get("headline")) if not title.endswith(("…", "...")))
    marked = root.xpath("//*[@itemprop='headline'] | //h1[contains(@class, 'title')] | //article//h1")
    tops = [*(marked if isinstance(marked, list) else []), *root.iter("h1")]
    yield from (text for top in tops if (text := _tidy(text_of(top))) not in {site, publisher})
    for title in (_meta(root, "og:title"), _tidy(root.findtext(".//head/title") or "")):
        if title and title not in {site, publisher}:
            yield _without_site(title, {site, publisher})


def _without_site(title: str, sites: set[str]) -> str:
    pieces = list(_TITLE_END.finditer(title))
    if pieces and title[pieces[-1].end() :].casefold() in {site.casefold() for site in sites}:
        return title[: pieces[-1].start()]
    return title


def _authors(root: html.HtmlElement, article: Json, publisher: str) -> tuple[str, ...]:
    found = list(_names(article.get("author"), _DEEPEST))
    if not found:
        found = [name for text in _marked_authors(root) for name in names(_BY.sub("", text, count=1))]
    people = (name for name in found if name.casefold() != publisher.casefold() and "://" not in name)
    return tuple(dict.fromkeys(name for name in people if name))


def _names(value: object, levels: int) -> Iterator[str]:
    if isinstance(value, str):
        yield from names(_tidy(value))
    elif isinstance(value, Mapping) and levels:
        yield from (_tidy(name) for name in _strings(value.get("name")))
    elif isinstance(value, list) and levels:
        for item in value:
            yield from _names(item, levels - 1)


def _marked_authors(root: html.HtmlElement) -> list[str]:
    if author := _meta(root, "author"):
        return [author]
    marked = root.xpath("//*[@rel='author'] | //*[@itemprop='author']")
    texts = [_tidy(text_of(node)) for node in (marked if isinstance(marked, list) else [])]
    return [text for text in dict.fromkeys(texts) if 0 < len(text) <= 200][:5]


def _published(root: html.HtmlElement, article: Json) -> date | None:
    stated = [*_strings(article.get("datePublished"))]
    stated += [
        text for name in ("article:published_time", "datePublished", "date", "dc.date") if (text := _meta(root, name))
    ]
    marked = root.xpath("//*[@itemprop='datePublished']")
    for node in marked if isinstance(marked, list) else []:
        stated.append(str(node.get("datetime") or node.get("content") or text_of(node)))
    days = (iso_date(text) for text in stated)
    if day := next((day for day in days if day), None):
        return day
    times = {iso_date(str(node.get("datetime", ""))) for node in root.iter("time")}
    return times.pop() if len(times) == 1 else None  # several dates: some are other stories', so none is trusted


def _keywords(root: html.HtmlElement, article: Json) -> tuple[str, ...]:
    words = [word for text in _strings(article.get("keywords")) for word in text.split(",")]
    words = words or _metas(root, "article:tag")
    words = words or [word for text in _metas(root, "keywords") for word in text.split(",")]
    return tuple(dict.fromkeys(word for text in words if (word := _tidy(text))))[:_MOST_KEYWORDS]


def _meta(root: html.HtmlElement, name: str) -> str | None:
    return _first(iter(_metas(root, name)))


def _metas(root: html.HtmlElement, name: str) -> list[str]:
    wanted = name.lower()
    return [
        content
        for meta in root.iter("meta")
        if wanted in {str(meta.get("property", "")).lower(), str(meta.get("name", "")).lower()}
        and (content := _tidy(str(meta.get("content", ""))))
    ]


def _strings(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and (text := _tidy(unescape(item))):
            yield text


def _tidy(text: str) -> str:
    return collapse(clean(text))


def _first(texts: Iterator[str]) -> str | None:
    return next((text for text in texts if text), None)
