"""Fetch the page of one article, as its publisher serves it.

Knows: the guarded client, and which answers hold an article. Must not know: what the article says, the ledger.
"""

from __future__ import annotations

import codecs
import re

from pipeline.errors import FetchFailed, PageRefused
from pipeline.ingest.http import USER_AGENT, Answer, GuardedClient

_HTML = frozenset({"text/html", "application/xhtml+xml", ""})
_LATER = frozenset({408, 425, 429})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)


def client(site_url: str, allow_private: frozenset[str]) -> GuardedClient:
    """The client that visits publishers: it says who comes, and where to complain."""
    return GuardedClient(allow_private=allow_private, user_agent=f"{USER_AGENT} (+{site_url}/)")


def page(visitor: GuardedClient, url: str, *, max_bytes: int) -> Answer:
    """The page at an address.

    Raises FetchFailed for what may be better later, PageRefused for an answer that will stay as it is, and whatever
    GuardedClient.get raises.
    """
    answer = visitor.get(url, headers={"accept": "text/html,application/xhtml+xml"}, max_bytes=max_bytes)
    if answer.status in _LATER or answer.status >= 500:
        raise FetchFailed(f"{url} answers {answer.status}.", es=f"{url} responde {answer.status}.")
    if answer.status != 200:
        raise PageRefused(
            f"{url} answers {answer.status}. Open it in a browser; if the article is there, submit its file.",
            es=f"{url} responde {answer.status}. Ábrala en un navegador; si el artículo está allí, entregue su "
            "archivo.",
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _HTML:
        raise PageRefused(
            f"{url} is {kind}, not a page. Submit the article's text as a file.",
            es=f"{url} es {kind}, no una página. Entregue el texto del artículo como archivo.",
        )
    return answer


def payload(answer: Answer) -> bytes:
    """The page's bytes, marked as UTF-8 if the server alone said how they are encoded.

    The server's word comes before the page's own (HTML Standard, «determining the character encoding»), and it would
    be lost with the headers. An encoding that nobody knows says nothing.
    """
    declared = _CHARSET.search(answer.headers.get("content-type", ""))
    try:
        codec = codecs.lookup(declared[1]) if declared else None
        if codec is None or answer.content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return answer.content
        name = "cp1252" if codec.name in {"iso8859-1", "ascii"} else codec.name  # as every browser does
        return codecs.BOM_UTF8 + answer.content.decode(name, "replace").encode()
    except (LookupError, UnicodeError):
        return answer.content
