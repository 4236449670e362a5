"""Where everything stands: one place for the paths below the output folder and the addresses they have on the web.

Knows: path shapes. An address is the site's URL plus the path, so any web server can serve the folder as it is.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from feeds.words import words

OPML = "feeds.opml"  # all public feeds
FORMATS = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


def article_path(language: str, article: int) -> str:
    """Path of an article's page; from database keys alone, so that it never moves."""
    return f"{language}/articles/{article}.html"


def article_url(site: str, language: str, article: int) -> str:
    return f"{site}/{article_path(language, article)}"


def feed_path(product: str, form: str) -> str:
    """Path of a product's feed: "feeds/es/all/rss.xml"."""
    return f"feeds/{product}/{FORMATS[form]}"


def feed_urls(site: str, product: str) -> dict[str, str]:
    return {form: f"{site}/{feed_path(product, form)}" for form in FORMATS}


def index_path(product: str) -> str:
    return f"feeds/{product}/index.html"


def index_url(site: str, product: str) -> str:
    return f"{site}/feeds/{product}/"


def archive_path(product: str, number: int, generation: int) -> str:
    """Folder of a closed page of a feed's past: "feeds/es/all/archive/7"; "…/7-2" after something had to leave it."""
    return f"{archive_folder(product)}/{number}{f'-{generation}' if generation > 1 else ''}"


def archive_folder(product: str) -> str:
    return f"feeds/{product}/archive"


def stylesheet_path(language: str) -> str:
    """What makes a feed readable in a browser, in the language of its words."""
    return f"feeds/feed-{words(language).language}.css"


def on_site(site: str, path: str) -> str:
    """The same place as an address without scheme and host, for what browsers load from the same origin only."""
    return f"{urlsplit(site).path.rstrip('/')}/{path}"


def private_folder(partner: str, product: str) -> str:
    """Below the private folder, never below the public one."""
    return f"{partner}/{product}"
