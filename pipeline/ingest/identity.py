"""What makes two submissions the same article, the same revision, the same story; and whose article an address names.

Knows: addresses as text (RFC 3986) and digests. Must not know: the ledger, the network, Django.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from pipeline.errors import SourceError
from pipeline.types import Block, Incoming, Story

LONGEST_URL = 2_048  # characters; longer addresses do not survive feed readers and share buttons

_DEFAULT_PORT = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|hsctatracking|oly_enc_id|oly_anon_id|vero_id|vero_conv|wt_mc|s_cid"
    r"|ref_src|at_medium|at_campaign",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\<>\"]")
_UNENCODED = re.compile(r"[^\x21-\x7e]|[\^`{|}]")  # RFC 3987 §3.1: goes into an address as percent-encoded UTF-8
_HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


def canonical_url(url: str) -> str:
    """The address under which an article is known: the same for every way it was shared.

    Lower-case scheme and host (RFC 3986 §6.2.2.1), no default port, no fragment, no tracking parameters; scheme,
    path, trailing slash and the other parameters stay as given, percent-encoded where needed. Twice equals once.

    Raises SourceError for anything but an http(s) address with a host and without a user name.
    """
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise SourceError(
            f"The address is {len(url)} characters long; {LONGEST_URL} is the most that is taken. "
            "Give the article's own address, without the parameters.",
            es=f"La dirección tiene {len(url)} caracteres; se admiten {LONGEST_URL} como máximo. Indique la "
            "dirección del artículo, sin parámetros.",
        )
    if bad := _FORBIDDEN.search(url):
        raise SourceError(
            f"The address holds a character that no address may hold ({bad.group()!r}). Copy it again from the page.",
            es=f"La dirección contiene un carácter que ninguna puede tener ({bad.group()!r}). Cópiela de nuevo de "
            "la página.",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SourceError(
            f"The address {url!r} cannot be read: {error}. Copy it again from the page.",
            es=f"No se puede leer la dirección «{url}»: {error}. Cópiela de nuevo de la página.",
        ) from error
    _refuse_foreign(url, parts)
    host = _canonical_host(url, parts.hostname or "")
    if port is not None and port != _DEFAULT_PORT[parts.scheme]:
        host = f"{host}:{port}"
    query = "&".join(item for item in parts.query.split("&") if item and not _is_tracking(item))
    return urlunsplit((parts.scheme, host, _encoded(parts.path) or "/", _encoded(query), ""))


def _encoded(text: str) -> str:
    return _UNENCODED.sub(lambda match: quote(match.group()), text)


def _refuse_foreign(url: str, parts: SplitResult) -> None:
    if parts.scheme not in _DEFAULT_PORT:
        raise SourceError(
            f"The address {url[:80]!r} does not begin with http:// or https://. Give the public address of the page.",
            es=f"La dirección «{url[:80]}» no empieza por http:// ni https://. Indique la dirección pública de la "
            "página.",
        )
    if "@" in parts.netloc:
        raise SourceError(
            "The address holds a user name or password. Give the public address of the page.",
            es="La dirección contiene un usuario o una contraseña. Indique la dirección pública de la página.",
        )
    if not parts.hostname:
        raise SourceError(
            f"The address {url[:80]!r} has no host name. Give the full address of the page.",
            es=f"La dirección «{url[:80]}» no tiene nombre de servidor. Indique la dirección completa de la página.",
        )


def _canonical_host(url: str, host: str) -> str:
    if ":" in host:
        try:
            return f"[{IPv6Address(host).compressed}]"
        except AddressValueError as error:
            raise SourceError(
                f"The address {url[:80]!r} has a host that is no IPv6 address.",
                es=f"El servidor de la dirección «{url[:80]}» no es una dirección IPv6.",
            ) from error
    host = host.removesuffix(".")
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise SourceError(
            f"The address {url[:80]!r} has a host name that cannot be looked up.",
            es=f"La dirección «{url[:80]}» tiene un nombre de servidor que no se puede consultar.",
        ) from error
    if len(ascii_host) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in ascii_host.split(".")):
        raise SourceError(
            f"The address {url[:80]!r} has a host name that cannot exist. Copy it again from the page.",
            es=f"La dirección «{url[:80]}» tiene un nombre de servidor que no puede existir. Cópiela de nuevo de "
            "la página.",
        )
    return ascii_host


def _is_tracking(parameter: str) -> bool:
    return _TRACKING.fullmatch(parameter.partition("=")[0]) is not None


def belongs(url: str, *sites: str) -> bool:
    """Whether an address lies on one of a source's sites, or on a host below one; "www." makes no difference."""
    host = _host(url)
    return bool(host) and any(host == own or host.endswith(f".{own}") for own in map(_host, sites))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def article_key(source: str, url: str) -> str:
    """Permanent identity of an article at a source: "<source>:<32 hex digits>".

    http and https, "www." or none, and a trailing slash or none lead to the same article on every site worth
    reading, and an editor pastes any of them: they give the same key. Raises SourceError as canonical_url does.
    """
    parts = urlsplit(canonical_url(url))
    place = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
    return f"{source}:{hashlib.sha256(place.encode()).hexdigest()[:32]}"


def content_hash(incoming: Incoming) -> str:
    """SHA-256 over the payload and every envelope field that can change what is published.

    Equal for the same submission sent twice, also when the address picked up tracking parameters on its second way.
    """
    envelope = incoming.envelope
    return _digest(
        {
            "payload": incoming.sha256,
            "format": envelope.format.value,
            "source": envelope.source,
            "url": _comparable(envelope.url),
            "language": envelope.language,
            "headline": envelope.headline,
            "author": envelope.author,
            "published": envelope.published.isoformat() if envelope.published else None,
            "section": envelope.section,
            "keywords": list(envelope.keywords),
            "licence": envelope.licence,
            "correction": envelope.correction,
        }
    )


def _comparable(url: str | None) -> str | None:
    """An address that cannot be read is compared as it stands: judging it is the caller's task, not the hash's."""
    if url is None:
        return None
    try:
        return canonical_url(url)
    except SourceError:
        return url


def story_hash(story: Story) -> str:
    """SHA-256 over what readers and the rights gate see; not over findings or the rung that read it.

    A page fetched again differs in its furniture (counters, nonces, teasers) while its story does not.
    """
    return _digest(
        {
            "headline": story.headline,
            "standfirst": story.standfirst,
            "language": story.language,
            "authors": list(story.authors),
            "published": story.published.isoformat() if story.published else None,
            "section": story.section,
            "keywords": list(story.keywords),
            "rights_text": story.rights_text,
            "licence_marks": list(story.licence_marks),
            "blocks": [_plain(block) for block in story.blocks],
        }
    )


def _plain(block: Block) -> list[object]:
    spans = [[span.tag, span.start, span.end, [list(pair) for pair in span.attributes]] for span in block.spans]
    return [block.kind.value, block.text, spans]


def _digest(fields: Mapping[str, object]) -> str:
    # ensure_ascii keeps lone surrogates, which JSON input may carry, from breaking the encoding
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()
