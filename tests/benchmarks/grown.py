"""The starter model grown to the shape of an Argos model: the same words at an Argos model's price.

    6 + 6 layers, width 512, inner width 2,048, 8 heads, 32,000 pieces on either side, int8, 95 MB

No Argos package can be fetched where the benchmark has to run, and a model of random weights never finds the end of a
sentence: its batches keep every sentence to the last position, its beams agree on nothing, and its text says nothing.
So the weights are those of the starter model, spread over the larger matrices in such a way that they compute what they
computed before:

- Width. Each value of the stream stands there twice, which changes neither mean nor variance, so norms stay what they
  are. Matrices read the first copy and write both; heads and the inner layer are filled up with zeros.
- Depth. After a norm nothing can be added without changing the next one. So the last real norm writes into the second
  copy the opposite of the first, plus or minus a large constant: mean zero, a variance that hardly depends on the
  word, and the norms of a further layer only divide by a number that is known. Whatever they add is nothing.
- Vocabulary. Further pieces have a bias that no word overcomes.

int8 arithmetic costs the same whatever it multiplies, so time and memory are those of the shape, while lengths, beams
and the shrinking of batches are those of a trained model. What it is not: an Argos model. Attention that is shown comes
from a real layer, and answers differ from the starter's here and there, where a sum was rounded another way; so this
says nothing about quality, and its text is compared only with its own, one sentence a call.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import TransformerSpec
from numpy.typing import NDArray

from tests.benchmarks.ceiling import weights

ROOT = Path(__file__).resolve().parents[2]
LAYERS, WIDTH, INNER, HEADS, PIECES = 6, 512, 2048, 8, 32_000
FAR = 1000.0  # beside it, what the words add to a norm's variance is nothing
NEVER = -1e4  # bias of a piece that is not to be written

Array = NDArray[np.float32]
_Q, _KV = (True,), (False, False)  # what a matrix's heads are: queries are scaled by their width, keys and values not
_SIDES = ("source", "target")


def package(folder: Path, scratch: Path) -> Path:
    """Write the package made of the starter that is installed in `folder`; its path, below `scratch`.

    In a process of its own: the peak of whoever is started later counts from the memory of whoever starts it.
    """
    command = [sys.executable, "-m", "tests.benchmarks.grown", str(folder), str(scratch)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"the starter model cannot be grown:\n{ended.stderr}")
    return Path(ended.stdout.strip())


def made(folder: Path, scratch: Path) -> Path:
    """Make the package here. Raises ValueError if the starter is no longer a model that this can be done to."""
    starter = weights(folder / "model" / "model.bin")
    if starter["decoder/pre_norm"] or starter["encoder/embeddings_0/weight"].shape[1] * 2 != WIDTH:
        raise ValueError(f"only a model with norms behind its blocks, and {WIDTH // 2} wide, can be grown like this")
    depth = sum(f"decoder/layer_{place}/ffn/linear_0/weight" in starter for place in range(LAYERS))
    spec = TransformerSpec.from_config(
        (LAYERS, LAYERS), HEADS, pre_norm=False, alignment_layer=depth - 1, alignment_heads=1
    )
    config = json.loads((folder / "model" / "config.json").read_text(encoding="utf-8"))
    spec.config.add_source_eos = config["add_source_eos"]
    spec.decoder.start_from_zero_embedding = bool(starter["decoder/start_from_zero_embedding"])
    _ends(spec, starter)
    for place in range(LAYERS):
        _encoder_layer(spec.encoder.layer[place], starter, f"encoder/layer_{place}")
        if place < depth:
            _decoder_layer(spec.decoder.layer[place], starter, f"decoder/layer_{place}")
        else:
            _idle(spec.decoder.layer[place], seed=place)
    if depth < LAYERS:
        _widen(spec.decoder.layer[depth - 1].ffn.layer_norm)
        _narrow(spec.decoder.layer[-1].ffn.layer_norm)
    vocabularies = {side: json.loads((folder / "model" / f"{side}_vocabulary.json").read_bytes()) for side in _SIDES}
    spec.register_source_vocabulary(_filled(vocabularies["source"]))
    spec.register_target_vocabulary(_filled(vocabularies["target"]))
    spec.validate()
    spec.optimize(quantization="int8")
    model = scratch / "grown"
    model.mkdir()
    spec.save(str(model))
    return _packed(folder, model, scratch / "translate-en_es-grown.argosmodel")


def _ends(spec: Any, starter: Mapping[str, Array]) -> None:
    """Embeddings, positions and the projection."""
    narrow = starter["encoder/embeddings_0/weight"].shape[1]
    smaller = np.sqrt(narrow / WIDTH)  # the model multiplies embeddings by the root of its width
    spec.encoder.embeddings[0].weight = _twice(starter["encoder/embeddings_0/weight"] * smaller, PIECES)
    spec.decoder.embeddings.weight = _twice(starter["decoder/embeddings/weight"] * smaller, PIECES)
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = _twice(starter["decoder/position_encodings/encodings"])
    spec.decoder.projection.weight = _filled_up(starter["decoder/embeddings/weight"], PIECES, WIDTH)
    bias = np.full(PIECES, NEVER, np.float32)
    bias[: len(starter["decoder/projection/bias"])] = starter["decoder/projection/bias"]
    spec.decoder.projection.bias = bias


def _encoder_layer(layer: Any, starter: Mapping[str, Array], name: str) -> None:
    _attention(layer.self_attention, starter, f"{name}/self_attention", [(*_Q, *_KV)])
    _inner(layer.ffn, starter, f"{name}/ffn")


def _decoder_layer(layer: Any, starter: Mapping[str, Array], name: str) -> None:
    _attention(layer.self_attention, starter, f"{name}/self_attention", [(*_Q, *_KV)])
    _attention(layer.attention, starter, f"{name}/attention", [_Q, _KV])
    _inner(layer.ffn, starter, f"{name}/ffn")


def _attention(layer: Any, starter: Mapping[str, Array], name: str, reading: list[tuple[bool, ...]]) -> None:
    """`reading` says of each matrix but the last, which writes, what it is made of: queries, or keys and values."""
    _norm(layer.layer_norm, starter, f"{name}/layer_norm")
    for place, parts in enumerate(reading):
        weight, bias = starter[f"{name}/linear_{place}/weight"], starter[f"{name}/linear_{place}/bias"]
        wide = [_headed(each, query) for each, query in zip(np.split(weight, len(parts)), parts, strict=True)]
        layer.linear[place].weight = _filled_up(np.concatenate(wide), len(parts) * WIDTH, WIDTH)
        wide = [_headed(each, query) for each, query in zip(np.split(bias, len(parts)), parts, strict=True)]
        layer.linear[place].bias = np.concatenate(wide)
    last = layer.linear[len(reading)]
    weight = starter[f"{name}/linear_{len(reading)}/weight"]
    last.weight = np.tile(_headed(np.ascontiguousarray(weight.T), query=False).T, (2, 1))
    last.bias = np.tile(starter[f"{name}/linear_{len(reading)}/bias"], 2)


def _headed(values: Array, query: bool) -> Array:
    """Rows of a matrix, or a bias, with each head filled up to the larger width of a head.

    Attention divides by the root of that width, which queries make up for.
    """
    heads = values.reshape(HEADS, -1, *values.shape[1:])
    wide = np.zeros((HEADS, WIDTH // HEADS, *values.shape[1:]), np.float32)
    wide[:, : heads.shape[1]] = heads * (np.sqrt(wide.shape[1] / heads.shape[1]) if query else 1)
    return wide.reshape(WIDTH, *values.shape[1:])


def _inner(layer: Any, starter: Mapping[str, Array], name: str) -> None:
    _norm(layer.layer_norm, starter, f"{name}/layer_norm")
    layer.linear_0.weight = _filled_up(starter[f"{name}/linear_0/weight"], INNER, WIDTH)
    layer.linear_0.bias = np.pad(starter[f"{name}/linear_0/bias"], (0, INNER - len(starter[f"{name}/linear_0/bias"])))
    out = starter[f"{name}/linear_1/weight"]
    layer.linear_1.weight = np.tile(_filled_up(out, len(out), INNER), (2, 1))
    layer.linear_1.bias = np.tile(starter[f"{name}/linear_1/bias"], 2)


def _norm(layer: Any, starter: Mapping[str, Array], name: str) -> None:
    layer.gamma = np.tile(starter[f"{name}/gamma"], 2)
    layer.beta = np.tile(starter[f"{name}/beta"], 2)


def _idle(layer: Any, seed: int) -> None:
    """A layer that costs what others cost and hands on what it is given: see FAR.

    Its values are nothing and its inner units never fire; the matrices behind them may hold whatever they like, so they
    hold numbers of their own, lest equal ones be kept once.
    """
    chance = np.random.default_rng(seed)

    def fill(linear: Any, rows: int, columns: int) -> None:
        linear.weight = chance.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
        linear.bias = np.zeros(rows, np.float32)

    for attention, reading in ((layer.self_attention, (3,)), (layer.attention, (1, 2))):
        for linear, parts in zip(attention.linear, (*reading, 1), strict=True):
            fill(linear, parts * WIDTH, WIDTH)
        attention.linear[len(reading) - 1].weight[-WIDTH:] = 0  # the values
    fill(layer.ffn.linear_0, INNER, WIDTH)
    fill(layer.ffn.linear_1, WIDTH, INNER)
    layer.ffn.linear_0.bias[:] = -FAR * WIDTH
    for block in (layer.self_attention, layer.attention, layer.ffn):
        block.layer_norm.gamma = np.full(WIDTH, FAR / np.sqrt(2), np.float32)
        block.layer_norm.beta = np.zeros(WIDTH, np.float32)


def _widen(norm: Any) -> None:
    half = WIDTH // 2
    norm.gamma[half:] *= -1
    norm.beta[half:] *= -1
    norm.beta[half:] += np.where(np.arange(half) % 2, FAR, -FAR).astype(np.float32)


def _narrow(norm: Any) -> None:
    """The second copy ends as nothing, so that the projection's input is measured by the words alone."""
    norm.gamma[WIDTH // 2 :] = 0


def _twice(rows: Array, count: int | None = None) -> Array:
    return _filled_up(np.tile(rows, (1, 2)), count or len(rows), WIDTH)


def _filled_up(matrix: Array, rows: int, columns: int) -> Array:
    """Zeros below and to the right."""
    return np.pad(matrix, ((0, rows - matrix.shape[0]), (0, columns - matrix.shape[1]))).astype(np.float32)


def _filled(vocabulary: list[str]) -> list[str]:
    return [*vocabulary, *(f"▁⟨{place}⟩" for place in range(len(vocabulary), PIECES))]


def _packed(folder: Path, model: Path, file: Path) -> Path:
    """An Argos package around the model, with the starter's tokenizer."""
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    metadata["package_version"] += "+argos.shape"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("grown/metadata.json", json.dumps(metadata))
        archive.write(folder / "sentencepiece.model", "grown/sentencepiece.model")
        for each in sorted(model.iterdir()):
            archive.write(each, f"grown/model/{each.name}")
    return file


if __name__ == "__main__":
    print(made(*map(Path, sys.argv[1:3])))
