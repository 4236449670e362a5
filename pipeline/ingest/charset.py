"""From bytes to text.

Knows: byte order marks, the `charset` a page declares, UTF-8. Must not know: what the text says.
Nothing is guessed: a wrong guess turns every accent of a Spanish name into rubbish that looks like text.
"""

from __future__ import annotations

import codecs
import re

from pipeline.errors import TooLarge, UnreadablePayload

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})"
    rb"|<\?xml[^>]{0,100}?encoding=[\"']([A-Za-z0-9_.-]{2,40})",
    re.IGNORECASE,
)
# Python knows "encodings" that are none of the Web's, such as base64, idna and unicode_escape
_OF_THE_WEB = re.compile(
    r"utf-8|cp125\d|cp866|iso8859-\d+|mac-roman|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc_(?:jp|kr)"
)
_LOOKED_AT = 4_096  # bytes; the HTML Standard asks authors to declare within 1,024
# the HTML Standard reads these labels as windows-1252, as every browser does
_WESTERN = frozenset({"iso8859-1", "ascii", "cp1252"})
_DAMAGED = 0.001  # share of characters that may be unreadable before the whole page is


def refuse_size(payload: bytes, max_bytes: int) -> None:
    """Raise TooLarge for a payload over the limit and UnreadablePayload for an empty one."""
    if len(payload) > max_bytes:
        raise TooLarge(
            f"The payload has {len(payload):,} bytes and this newsroom takes {max_bytes:,}. "
            "Send only the article, or raise max_bytes under [intake] in newsroom.toml.",
            es=f"Lo recibido tiene {len(payload):,} bytes y esta redacción admite {max_bytes:,}. Envíe solo el "
            "artículo, o suba max_bytes de [intake] en newsroom.toml.",
        )
    if not payload.strip():
        raise UnreadablePayload(
            "The payload is empty. Check the file or the address that it came from.",
            es="Lo recibido está vacío. Revise el archivo o la dirección de donde vino.",
        )


def text_of_plain(payload: bytes) -> str:
    """Decode text or JSON: UTF-8, or UTF-16 with its mark. Raises UnreadablePayload with the place of the damage."""
    name, start = _marked(payload)
    _refuse_binary(payload, name)
    try:
        return payload[start:].decode(name)
    except UnicodeDecodeError as error:
        raise UnreadablePayload(
            f"The payload is not UTF-8 text (byte {error.start + start} is not). Save it as UTF-8 and send it again.",
            es=f"Lo recibido no es texto en UTF-8 (no lo es el byte {error.start + start}). Guárdelo en UTF-8 y "
            "envíelo de nuevo.",
        ) from error


def text_of_page(payload: bytes) -> tuple[str, int]:
    """Decode a page as it declares itself, else as UTF-8; also the number of characters that could not be read.

    Raises UnreadablePayload when more than one character in a thousand could not.
    """
    name, start = _marked(payload)
    _refuse_binary(payload, name)
    if not start:
        name = _declared(payload) or name
    text = payload[start:].decode(name, "replace")
    damaged = text.count("\ufffd")
    if damaged > max(1, len(text) * _DAMAGED):
        raise UnreadablePayload(
            f"{damaged} characters of the page cannot be read as {name}. Save the page as UTF-8 and send it again.",
            es=f"No se pueden leer como {name} {damaged} caracteres de la página. Guárdela en UTF-8 y envíela de "
            "nuevo.",
        )
    return text, damaged


def _marked(payload: bytes) -> tuple[str, int]:
    return next(((name, len(mark)) for mark, name in _MARKS if payload.startswith(mark)), ("utf-8", 0))


def _refuse_binary(payload: bytes, name: str) -> None:
    if b"\0" in payload and not name.startswith("utf-16"):
        raise UnreadablePayload(
            "The payload is a binary file, not text. Send the article as text, HTML or JSON.",
            es="Lo recibido es un archivo binario, no texto. Envíe el artículo como texto, HTML o JSON.",
        )


def _declared(payload: bytes) -> str | None:
    match = _DECLARED.search(payload[:_LOOKED_AT])
    if match is None:
        return None
    try:
        found = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except LookupError:
        return None
    if found not in _WESTERN and not _OF_THE_WEB.fullmatch(found):
        return None
    return "cp1252" if found in _WESTERN else found
