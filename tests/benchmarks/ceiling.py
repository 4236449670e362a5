"""How fast the arithmetic alone could be: the limit that no batching can pass on this machine with this model.

Knows: which multiplications a beam search cannot do without, and how to time the same multiplications in large matrices
(CTranslate2's scoring of given translations). Must not know: contestants.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_KINDS = (np.float32, np.int8, np.int16, np.int32)  # CTranslate2's, by number


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
    shapes = {name: values.shape for name, values in weights(model).items() if values.ndim == 2}
    source = target = 0
    for name, (rows, columns) in shapes.items():
        size = rows * columns
        if "embeddings" in name or "position_encodings" in name:
            continue
        if name.startswith("encoder/") or name.endswith("/attention/linear_1/weight"):
            source += size
        else:
            target += size
    return Work(source=source, target=target)


def weights(model: Path) -> dict[str, NDArray[np.float32]]:
    """The values in a model.bin of CTranslate2, int8 ones multiplied out; what is one by name only is there twice."""
    found: dict[str, NDArray[Any]] = {}
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
            kind = _KINDS[number("B")]
            found[name] = np.frombuffer(file.read(number("<I")), kind).reshape(shape)
        for _ in range(number("<I")):
            name = string()
            found[name] = found[string()]
    return {
        name: (values / found[f"{name}_scale"][:, None] if f"{name}_scale" in found else values).astype(np.float32)
        for name, values in found.items()
    }


def scoring(
    folder: Path, written: Mapping[str, Sequence[str]], *, threads: int
) -> tuple[Callable[[], dict[str, float]], Callable[[Mapping[str, Any]], float]]:
    """Two measurements of a model on given translations, its loading behind them.

    `written` has the pieces that the model wrote for each sentence. Its text cut anew would do for neither: a tokenizer
    that learnt both languages may cut it into many more.

    The first scores them and tells CPU-seconds (`cpu`) and the pieces on both sides; it tries batches of several sizes
    and keeps the best, since caches like small matrices. The second tells how many positions a beam search decodes for
    each piece that it keeps: it ends when as many hypotheses have ended as the beam is wide, the longest last.
    """
    import ctranslate2
    import sentencepiece

    translator = ctranslate2.Translator(str(folder / "model"), inter_threads=threads, intra_threads=1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    pairs = [(processor.encode(source, out_type=str), list(pieces)) for source, pieces in written.items()]
    pairs.sort(key=lambda pair: (len(pair[0]), len(pair[1])), reverse=True)
    translator.score_batch(*([list(side)] for side in pairs[0]))

    def score() -> dict[str, float]:
        took = []
        for size in (8, 8, 16, 32, 64):
            started = time.process_time()
            promises = []
            for start in range(0, len(pairs), size):
                some = pairs[start : start + size]
                promises += translator.score_batch(
                    [one for one, _ in some], [two for _, two in some], max_batch_size=0, asynchronous=True
                )
            for promise in promises:
                promise.result()
            took.append(time.process_time() - started)
        sides = (sum(map(len, side)) for side in zip(*pairs, strict=True))
        return {"cpu": min(took), **dict(zip(("source_pieces", "target_pieces"), sides, strict=True))}

    def overrun(search: Mapping[str, Any]) -> float:
        sources = [source for source, _ in pairs]
        options = {**search, "num_hypotheses": search["beam_size"]}
        results = translator.translate_batch(sources, max_batch_size=512, batch_type="tokens", **options)
        kept = sum(len(result.hypotheses[0]) for result in results)
        return float(sum(max(map(len, result.hypotheses)) for result in results) / kept)

    return score, overrun
