"""Which attention a model shows us: two small numbers inside model.bin.

Knows: how CTranslate2 lays out a model file, where it keeps `decoder/alignment_layer` and `decoder/alignment_heads`,
and how to tell a good setting from a bad one. Must not know: packages, where models are installed.

A converted model usually shows one head of its last decoder layer. In deep decoders the heads of the layer before it,
averaged, follow the words more faithfully (Garg et al. 2019); in shallow ones they do not. So nothing is assumed: each
setting is tried on a copy, and changed only where it is clearly better than the one that came with the model.
The words a model writes do not depend on it, except where an unknown word is copied from the source.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.types import Hypothesis

_NAMES = ("decoder/alignment_layer", "decoder/alignment_heads")
_BINARY_VERSION = 6  # of the layout that `_offsets` walks
_MARGIN = 0.02  # of 1, by which another setting must win

NAMES = ("Quiroga", "Barranquilla", "Andrade", "Tegucigalpa", "Lemus", "Sinaloa", "Marchetti", "Antofagasta")
CARRIERS = tuple(
    sentence.format(NAMES[place % 8], NAMES[(place + 3) % 8], 1980 + 7 * place)
    for place, sentence in enumerate(
        (
            "Judge {0} said on Monday that the police of {1} had known about the case since {2}.",
            "The mayor of {0} and Senator {1} signed the agreement in {2}.",
            "In {2}, a lawyer named {0} moved to {1} to defend local farmers.",
            "According to {0}, the port of {1} has been closed since {2}.",
            "Nobody in {0} believed that {1} would resign after {2}.",
            "{0} told reporters that her brother left {1} in {2} and never came back.",
        )
    )
)


class Setting(NamedTuple):
    """`layer` counts from the end (-1 is the last); `heads` is how many are averaged from the first, 0 for all."""

    layer: int
    heads: int


CANDIDATES = (Setting(-1, 0), Setting(-2, 0))


def read(model: Path) -> Setting | None:
    """The model file's setting, or None where it has none or is laid out in a way we do not know."""
    with model.open("rb") as file:
        offsets = _offsets(file)
        if offsets is None:
            return None
        return Setting(*(_at(file, offset) for offset in offsets))


def write(model: Path, setting: Setting) -> None:
    """Change the two numbers in place. Only for a private copy; `read` must have found a setting."""
    with model.open("r+b") as file:
        offsets = _offsets(file)
        if offsets is None:
            raise ValueError("this model file carries no alignment setting")
        for offset, value in zip(offsets, setting, strict=True):
            file.seek(offset)
            file.write(struct.pack("<h", value))
        file.flush()
        os.fsync(file.fileno())


def anchors(hypotheses: Iterable[Hypothesis]) -> tuple[int, int]:
    """(found, all): pieces of two letters or more that stand once on both sides, and how many attend to themselves.

    Such pieces are names and years the model copied, so where their attention belongs is known without a reference.
    """
    found = total = 0
    for hypothesis in hypotheses:
        for row, piece in zip(hypothesis.attention or (), hypothesis.pieces, strict=False):
            copied = hypothesis.source_pieces.count(piece) == hypothesis.pieces.count(piece) == 1
            if copied and sum(map(str.isalnum, piece)) >= 2:
                total += 1
                found += max(range(len(row)), key=row.__getitem__) == hypothesis.source_pieces.index(piece)
    return found, total


def better(candidate: float, present: float) -> bool:
    """Does a candidate that finds this share of what is looked for beat the present setting clearly?"""
    return candidate > present + _MARGIN


def _at(file: BinaryIO, offset: int) -> int:
    file.seek(offset)
    return int(struct.unpack("<h", file.read(2))[0])


def _offsets(file: BinaryIO) -> tuple[int, int] | None:
    """Where the two 16-bit numbers lie. Values are stepped over, never read, so a large model costs nothing."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    found: dict[str, int] = {}
    try:
        if _number(file, "<I") != _BINARY_VERSION:
            return None
        _string(file)  # name of the model specification
        file.seek(4, os.SEEK_CUR)  # its revision
        for _ in range(_number(file, "<I")):
            name = _string(file)
            shape = [_number(file, "<I") for _ in range(_number(file, "B"))]
            file.seek(1, os.SEEK_CUR)  # element type
            length = _number(file, "<I")
            if name in _NAMES and not shape and length == 2:
                found[name] = file.tell()
            if file.seek(length, os.SEEK_CUR) > size:
                return None
    except (struct.error, UnicodeDecodeError):
        return None
    return (found[_NAMES[0]], found[_NAMES[1]]) if len(found) == 2 else None


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])


def _string(file: BinaryIO) -> str:
    length = _number(file, "<H")  # counts the closing zero
    return file.read(length)[:-1].decode()
