"""How fast the arithmetic alone could be: the limit that no batching can pass on this machine with this model.

Knows: which multiplications a beam search cannot do without, and how to time the same multiplications in large matrices
(CTranslate2's scoring of given translations). Must not know: contestants.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Multiply-adds that one piece costs."""

    source: int  # encoder, and the keys and values that the decoder looks at
    target: int  # one hypothesis of the beam

    def of(self, source: int, target: int, beam: int) -> int:
        """What so many pieces cost when `beam` hypotheses are kept."""
        return source * self.source + target * beam * self.target


def work(model: Path) -> Work:
    """Count the weights that each piece is multiplied with, from the shapes in model.bin."""
    shapes = _shapes(model)
    source = target = 0
    for name, (rows, columns) in shapes.items():
        size = rows * columns
        if "embeddings" in name or "position_encodings" in name:
            continue
        if name.startswith("encoder/") or name.endswith("/attention/linear_1/weight"):
            source += size
        else:
            target += size
    if not any("projection" in name for name in shapes):  # then the target embeddings are the projection
        rows, columns = shapes["decoder/embeddings/weight"]
        target += rows * columns
    return Work(source=source, target=target)


def _shapes(model: Path) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    with model.open("rb") as file:

        def number(form: str) -> int:
            return int(struct.unpack(form, file.read(struct.calcsize(form)))[0])

        def string() -> str:
            length = number("<H")
            return file.read(length)[:-1].decode()

        number("<I"), string(), number("<I")
        for _ in range(number("<I")):
            name = string()
            shape = [number("<I") for _ in range(number("B"))]
            number("B")
            length = number("<I")
            file.seek(length, 1)
            if len(shape) == 2:
                found[name] = (shape[0], shape[1])
    return found
