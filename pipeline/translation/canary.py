"""Tries a freshly unpacked model in a process of its own, so that a broken one can only take that process down.

Knows: how to start itself, one plain sentence per language, and what an answer must look like. Must not know: where
models are installed. Run as a program it loads the model in a folder, picks the attention setting, translates, and
measures how sure it usually is, and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelRefused
from pipeline.translation import alignment, pairs
from pipeline.translation.confidence import percentiles
from pipeline.translation.marking import followed
from pipeline.translation.memory import Remembered
from pipeline.translation.omission import threshold
from pipeline.translation.package import Metadata, digest

if TYPE_CHECKING:
    from pipeline.translation.argos import ArgosEngine

_SENTENCES = {
    "en": "The government published the report on Monday.",
    "es": "El gobierno publicó el informe el lunes.",
    "pt": "O governo publicou o relatório na segunda-feira.",
    "fr": "Le gouvernement a publié le rapport lundi.",
    "de": "Die Regierung hat den Bericht am Montag veröffentlicht.",
    "it": "Il governo ha pubblicato il rapporto lunedì.",
}
_SECONDS = 300  # a large model on a slow disk; a healthy small one needs one or two


@dataclass(frozen=True, slots=True, kw_only=True)
class Sung:
    """What the canary was asked, what it answered, and which attention setting the model was left with."""

    source: str
    target: str
    alignment: str
    # 1st and 5th percentile of its scores, and what is little attention; None where we have no sentences
    doubt_below: tuple[float, float] | None
    faint_below: float | None


def sing(folder: Path, metadata: Metadata) -> Sung:
    """Load the model in `folder` in a new process and let it translate a sentence.

    May change the attention setting of its model.bin. Raises ModelRefused if it does not load, crashes, takes too long,
    or answers with nothing or with the source.
    """
    source = _SENTENCES.get(metadata.from_code, _SENTENCES["en"])
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "pipeline.translation.canary", str(folder)]
    command += [metadata.from_code, metadata.to_code, metadata.target_prefix, source]
    try:
        ended = subprocess.run(  # noqa: S603  our own interpreter and module; the arguments are not read by a shell
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(
            f"{metadata.name} did not answer within {_SECONDS} seconds, so it was not installed."
        ) from error
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or [f"ended with code {ended.returncode}"])[-1]
        raise ModelRefused(f"{metadata.name} does not load: {last}. Fetch the package again, or use another.")
    answer = json.loads(ended.stdout)
    target = str(answer["target"]).strip()
    if not target or target == source:
        raise ModelRefused(
            f"{metadata.name} loads but does not translate: {source!r} gave {target!r}. Use another package."
        )
    return Sung(
        source=source,
        target=target,
        alignment=str(answer["alignment"]),
        doubt_below=_pair(answer["doubt_below"]),
        faint_below=answer["faint_below"],
    )


def main(folder: Path, metadata: Metadata, source: str) -> None:
    """The child's side of `sing`."""
    setting = _tuned(folder, metadata)
    engine = _engine(folder, metadata)
    (answer,) = engine.translate([source])
    told = f"layer {setting.layer}, heads {setting.heads}" if setting else ""
    below, faint = _usual(engine)
    json.dump({"target": answer.text, "alignment": told, "doubt_below": below, "faint_below": faint}, sys.stdout)


def _usual(engine: ArgosEngine) -> tuple[tuple[float, float] | None, float | None]:
    """Below what the model is less sure than usual, and looks less than usual, on the sentences of the test set."""
    if engine.source != "en":
        return None, None
    sentences = [pair.source.text for pair in pairs.read()[0]]
    answers = [Remembered.of(each, "") for each in engine.translate(sentences, attention=True)]
    sure = percentiles([each.score for each in answers if each.score is not None])
    return sure, threshold(list(zip(sentences, answers, strict=True)))


def _pair(value: list[float] | None) -> tuple[float, float] | None:
    return (value[0], value[1]) if value else None


def _tuned(folder: Path, metadata: Metadata) -> alignment.Setting | None:
    """Give model.bin the attention setting that carries links best, and return it; None where it has none."""
    model = folder / "model" / "model.bin"
    best = shipped = alignment.read(model)
    if shipped is None:
        return None
    most = _followed(_engine(folder, metadata))
    for candidate in alignment.CANDIDATES:
        with tempfile.TemporaryDirectory(prefix=".alignment-", dir=folder.parent) as scratch:
            copy = Path(scratch) / "candidate"
            shutil.copytree(folder, copy)
            alignment.write(copy / "model" / "model.bin", candidate)
            share = _followed(_engine(copy, metadata))
        if alignment.better(share, most):
            best, most = candidate, share
    if best is not None and best != shipped:
        alignment.write(model, best)
    return best


def _followed(engine: ArgosEngine) -> float:
    """How well the attention that the model shows follows the words, 0 to 1.

    By the links of the shipped test set, marked by hand, where the pair is the set's; by names elsewhere.
    """
    if (engine.source, engine.target) == pairs.LANGUAGES:
        return followed(pairs.read()[0], engine.aligned)
    found, total = alignment.anchors(engine.translate(alignment.CARRIERS, attention=True))
    return found / max(1, total)


def _engine(folder: Path, metadata: Metadata) -> ArgosEngine:
    """The model in a folder that is not installed yet."""
    from pipeline.translation.argos import ArgosEngine  # which imports models.py, which imports this file
    from pipeline.translation.models import Installed

    files = {path.relative_to(folder).as_posix(): digest(path) for path in folder.rglob("*") if path.is_file()}
    model = Installed(
        path=folder,
        name="canary",
        from_code=metadata.from_code,
        to_code=metadata.to_code,
        version="0",
        sha256="",
        model_sha256="",
        files=files,
        installed_at=datetime.now(UTC),
        origin="canary",
        canary_source="",
        canary_target="",
        alignment="",
        target_prefix=metadata.target_prefix,
    )
    return ArgosEngine(model, inter_threads=1)


if __name__ == "__main__":
    folder, from_code, to_code, target_prefix, source = sys.argv[1:6]
    main(Path(folder), Metadata(from_code=from_code, to_code=to_code, version="0", target_prefix=target_prefix), source)
