"""The body of an answer, joined from its pieces: inflated a bounded piece at a time, or its beginning alone.

Knows: gzip, deflate, what no text does. Must not know: who sent it, what it says.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pipeline.errors import FetchFailed, TooLarge

_RATIO = 100  # a text that inflates further than this is a bomb ...
_RATIO_FROM = 1_000_000  # ... if it has come to this many bytes


def inflated(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """Join a body as it came over the wire, undoing gzip or deflate a bounded piece at a time.

    `limit` is in bytes after inflating. Raises TooLarge beyond it or for a body that inflates like a bomb, and
    FetchFailed for an encoding that was not asked for or a damaged one.
    """
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FetchFailed(
            f"The answer is encoded as {encoding!r}, which was not asked for.",
            es=f"La respuesta viene codificada como «{encoding}», que no se pidió.",
        )
    if encoding in {"", "identity"}:
        return _joined_bytes(chunks, limit)
    body = bytearray()
    taken = 0
    whole = True
    machine = zlib.decompressobj(wbits=47)  # 32 + 15: finds out by itself whether it is gzip or zlib
    for chunk in chunks:
        taken += len(chunk)
        rest = chunk
        while rest:
            try:
                body += machine.decompress(rest, limit + 1 - len(body))
            except zlib.error as error:
                raise FetchFailed(
                    f"The answer's compression is damaged ({error}).",
                    es=f"La compresión de la respuesta está dañada ({error}).",
                ) from error
            _refuse_bomb(len(body), taken, limit)
            rest = machine.unconsumed_tail
            whole = machine.eof
            if whole:
                rest = machine.unused_data
                machine = zlib.decompressobj(wbits=47)  # RFC 1952 §2.2: a gzip file may have several members
    if not whole:
        raise FetchFailed(
            "The answer's compression is damaged (it ends too early).",
            es="La compresión de la respuesta está dañada (termina antes de tiempo).",
        )
    return bytes(body)


def _refuse_bomb(size: int, taken: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(
            f"The answer is larger than {limit} bytes once inflated.",
            es=f"La respuesta pasa de {limit} bytes una vez descomprimida.",
        )
    if size > _RATIO_FROM and size > _RATIO * taken:
        raise TooLarge(
            f"The answer inflates more than {_RATIO} times, as no article does.",
            es=f"La respuesta crece más de {_RATIO} veces al descomprimirla, como no crece ningún artículo.",
        )


def _joined_bytes(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"The answer is larger than {limit} bytes.", es=f"La respuesta pasa de {limit} bytes.")
    return bytes(body)


def first_bytes(chunks: Iterable[bytes], limit: int) -> bytes:
    """The beginning of a body, as it came."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])
