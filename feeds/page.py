"""Pages for people: an article, what stands in place of a withdrawn one, a product's list, the front page.

Knows: HTML and the words around an article. Must not know: files, the ledger, Django, the clock.
A page needs nothing from elsewhere: no script runs in it, and its style sheet stands inside. Article bodies are put in
as they are, for they come from our own block renderer, which escapes text; every other value is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape

from feeds import linked
from feeds.item import Item, instant, item, items, line, sound
from feeds.style import STYLE
from feeds.words import Words, direction, words
from pipeline.types import Entry, FeedDocument, Status

_FEED_TYPES = {  # the order in which readers are offered them
    "rss": ("RSS", "application/rss+xml"),
    "atom": ("Atom", "application/atom+xml"),
    "json": ("JSON Feed", "application/feed+json"),
}


def article(entry: Entry, feeds: Mapping[str, str], *, site: str = "", home_url: str = "") -> bytes:
    """A usable entry as a whole page. `feeds` maps "rss", "atom" and "json" to addresses; `site` names its home.

    Raises ValueError for a withdrawn entry, whose words must not appear anywhere: that is what `gone` is for.
    """
    shown = item(entry)
    if shown.source is None:
        raise ValueError(f"{entry.guid} was withdrawn: publish gone() in its place")
    w, source = words(shown.language), shown.source
    head = [
        _meta("description", shown.summary),
        _meta("author", shown.creator),
        _link("canonical", shown.url),
        _link("license", shown.licence_url),
        _link("alternate", source.original_url, hreflang=source.original_language) if source.translated else "",
        *_discovery(feeds, site or source.outlet, shown.language),
        _property("og:type", "article"),
        _property("og:title", shown.title),
        _property("og:description", shown.summary),
        _property("og:url", shown.url),
        linked.script(linked.news_article(shown, source)),
    ]
    changed = f" · {w.updated} {_time(shown.updated, w)}" if shown.version > 1 else ""
    section = f'<p class="kicker">{escape(line(entry.section))}</p>\n' if entry.section else ""
    names = ", ".join(escape(name) for name in shown.categories if name != line(entry.section or ""))
    topics = f'<p class="meta">{w.keywords}: {names}</p>\n' if names else ""
    body = (
        f"<article>\n{section}<h1>{escape(shown.title)}</h1>\n"
        f'<p class="meta">{w.published} {_time(shown.published, w)}{changed}</p>\n'
        f"{shown.html}\n{topics}</article>"
    )
    return _document(shown.language, shown.title, head, body, site=site, home_url=home_url, feeds=feeds)


def gone(entry: Entry, *, contact: str | None = None, site: str = "", home_url: str = "") -> bytes:
    """The page at a withdrawn entry's address, served with status 410: no word of the article, whatever its status."""
    shown = item(replace(entry, status=Status.CANCELED), contact=contact)
    head = ['<meta name="robots" content="noindex">', _link("canonical", shown.url)]
    body = f"<article>\n<h1>{escape(shown.title)}</h1>\n{shown.html}\n</article>"
    return _document(shown.language, shown.title, head, body, site=site, home_url=home_url)


def index(document: FeedDocument, *, site: str = "", home_url: str = "") -> bytes:
    """A product's page: its feeds and its entries, newest first. Withdrawn entries are left out."""
    document = sound(document)
    w = words(document.language)
    title = line(document.title) or document.id
    entries = [_listed(shown, w) for shown in items(document) if not shown.withdrawn]
    head = [
        _meta("description", line(document.subtitle)),
        _link("canonical", document.home_url),
        *_discovery(document.urls, title, document.language),
    ]
    lead = f'<p class="lead">{escape(line(document.subtitle))}</p>\n' if line(document.subtitle) else ""
    listed = f'<ol class="entries">\n{"".join(entries)}</ol>' if entries else f"<p>{w.nothing_yet}</p>"
    changed = f'<p class="meta">{w.updated} {_time(instant(document.updated), w)}</p>'
    body = f"<h1>{escape(title)}</h1>\n{lead}{changed}\n{listed}"
    return _document(document.language, title, head, body, site=site, home_url=home_url, feeds=document.urls)


def home(
    products: Sequence[FeedDocument], *, title: str, language: str, home_url: str = "", opml_url: str = ""
) -> bytes:
    """The front page: every public product with its description and its feeds, and all of them as one list."""
    w = words(language)
    rows = []
    for product in (sound(product) for product in products):
        about = f"<p>{escape(line(product.subtitle))}</p>\n" if line(product.subtitle) else ""
        rows.append(
            f'<li lang="{escape(product.language)}" dir="{direction(product.language)}">\n'
            f'<h2><a href="{escape(product.home_url)}">{escape(line(product.title) or product.id)}</a></h2>\n'
            f"{about}{_subscriptions(product.urls)}</li>\n"
        )
    head = [_link("canonical", home_url), _link("alternate", opml_url, type="text/x-opml", title="OPML")]
    for product in products:
        head += _discovery(product.urls, line(product.title), product.language)
    listed = f'<ul class="entries">\n{"".join(rows)}</ul>' if rows else f"<p>{w.nothing_yet}</p>"
    every = f'<p class="meta"><a type="text/x-opml" href="{escape(opml_url)}">{w.all_feeds}</a></p>\n'
    body = f"<h1>{escape(title)}</h1>\n{listed}\n{every if opml_url and rows else ''}"
    return _document(language, title, head, body, site="", home_url="")


def _document(
    language: str,
    title: str,
    head: Iterable[str],
    body: str,
    *,
    site: str,
    home_url: str,
    feeds: Mapping[str, str] | None = None,
) -> bytes:
    w = words(language)
    lines = "\n".join(part for part in head if part)
    name = line(site) or home_url
    top = f'<header><a href="{escape(home_url)}">{escape(name)}</a></header>\n' if home_url else ""
    offered = _subscriptions(feeds or {})
    subscribe = f'<p class="feeds-title"><strong>{w.feeds}</strong></p>\n{offered}' if offered else ""
    full_title = f"{title} · {line(site)}" if line(site) and line(site) != title else title
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{direction(language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(full_title)}</title>\n'
        f"{lines}\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main" lang="{w.language}">{w.skip}</a>\n{top}<main id="main">\n{body}\n</main>\n'
        f'<footer lang="{w.language}">\n{subscribe}<p>{w.footer}</p>\n</footer>\n</body>\n</html>\n'
    ).encode()


def _listed(shown: Item, w: Words) -> str:
    summary = f"<p>{escape(shown.summary)}</p>\n" if shown.summary else ""
    return (
        f'<li><article lang="{escape(shown.language)}" dir="{direction(shown.language)}">\n'
        f'<h2><a href="{escape(shown.url)}">{escape(shown.title)}</a></h2>\n{_time(shown.published, w)}\n'
        f"{summary}<p>{escape(shown.creator)}</p>\n</article></li>\n"
    )


def _subscriptions(feeds: Mapping[str, str]) -> str:
    links = [
        f'<li><a type="{kind}" href="{escape(feeds[name])}">{label}</a></li>'
        for name, (label, kind) in _FEED_TYPES.items()
        if feeds.get(name)
    ]
    return f'<ul class="feeds">{"".join(links)}</ul>\n' if links else ""


def _discovery(feeds: Mapping[str, str], title: str, language: str) -> list[str]:
    """Autodiscovery links, one per format."""
    return [
        _link("alternate", feeds[name], type=kind, title=f"{title} ({label})", hreflang=language)
        for name, (label, kind) in _FEED_TYPES.items()
        if feeds.get(name)
    ]


def _time(at: datetime, w: Words) -> str:
    return f'<time datetime="{at.isoformat()}" lang="{w.language}">{w.date(at.date())}</time>'


def _link(rel: str, href: str | None, **attributes: str) -> str:
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<link rel="{rel}"{more} href="{escape(href)}">' if href else ""


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">' if content else ""


def _property(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">' if content else ""
