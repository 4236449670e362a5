"""Lines of credit: text and links that can be written as HTML or as plain text.

Knows: escaping, which characters may be written, which addresses may be linked. Must not know: what the lines say.
Values are escaped only here, when written, so nothing that fills a slot can become markup or a slot of its own.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

# Characters that XML 1.0 §2.2 cannot carry at all, and direction overrides that could reorder a credit on screen.
_UNWRITABLE: Final = re.compile(
    r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_NOT_IN_ADDRESS: Final = re.compile(r"[\s<>\"\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; with `href` it is a link, with `language` a title that must stay in that language."""

    text: str
    href: str = ""
    rel: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the credit; `name` becomes its class."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def html(self) -> str:
        """The line as one HTML paragraph."""
        return f'<p class="{self.name}">{pieces_html(self.pieces)}</p>'

    @property
    def text(self) -> str:
        """The line as plain text; a link's address follows it in brackets."""
        return pieces_text(self.pieces)


def clean(value: str) -> str:
    """The value in one line, without characters that feeds cannot carry."""
    return " ".join(_UNWRITABLE.sub("", value).split())


def web_address(value: str | None) -> str:
    """The value if it is an absolute http(s) address that can be linked, otherwise ""."""
    if not value or _NOT_IN_ADDRESS.search(value) or _UNWRITABLE.search(value):
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


def fill(template: str, **values: str | Piece) -> tuple[Piece, ...]:
    """Fill a template's slots, in one pass; a slot that is given no value is a KeyError."""
    pieces: list[Piece] = []
    for written, slot, _, _ in string.Formatter().parse(template):
        # A name that ends in an abbreviation closes the sentence too: "Cía.", not "Cía..".
        literal = written.removeprefix(".") if pieces and pieces[-1].text.endswith(".") else written
        if literal:
            pieces.append(Piece(literal))
        if slot is not None:
            value = values[slot]
            pieces.append(value if isinstance(value, Piece) else Piece(value))
    return tuple(pieces)


def phrase(template: str, **values: str) -> str:
    """Fill a template as plain words, its own leading space kept, to be a value in another one."""
    return "".join(piece.text for piece in fill(template, **values))


def joined(sentences: Iterable[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """Sentences one after the other, a space between them."""
    pieces: list[Piece] = []
    for sentence in sentences:
        pieces += [Piece(" "), *sentence] if pieces else sentence
    return tuple(pieces)


def pieces_html(pieces: Iterable[Piece]) -> str:
    """Inline HTML."""
    return "".join(_html(piece) for piece in pieces)


def pieces_text(pieces: Iterable[Piece]) -> str:
    """Plain text in one line."""
    return clean("".join(_text(piece) for piece in pieces))


def _html(piece: Piece) -> str:
    # Not clean(): the white space around a literal belongs to the sentence.
    text = html.escape(_UNWRITABLE.sub("", piece.text))
    if piece.language:
        text = f'<cite lang="{html.escape(piece.language)}" translate="no">{text}</cite>'
    if not piece.href:
        return text
    rel = f' rel="{html.escape(piece.rel)}"' if piece.rel else ""
    return f'<a href="{html.escape(piece.href)}"{rel}>{text}</a>'


def _text(piece: Piece) -> str:
    if not piece.href or piece.href == piece.text:
        return piece.text
    return f"{piece.text} ({piece.href})"
