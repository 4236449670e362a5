"""Tries a model in a process of its own, so that a broken one can only take that process down.

Knows: how to start itself, one plain sentence per language, and what an answer must look like. Must not know: where
models are installed. Run as a program it loads the model in a folder and prints one JSON object: `sing` picks the
attention setting of a freshly unpacked one, translates, and measures what is usual for it; `measure` only measures.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelRefused
from pipeline.translation import alignment, pairs
from pipeline.translation.confidence import percentiles
from pipeline.translation.marking import followed
from pipeline.translation.memory import Remembered
from pipeline.translation.omission import threshold
from pipeline.translation.package import Metadata, digest

if TYPE_CHECKING:
    from pipeline.translation.argos import ArgosEngine
    from pipeline.translation.models import Installed

_SENTENCES = {
    "en": "The government published the report on Monday.",
    "es": "El gobierno publicó el informe el lunes.",
    "pt": "O governo publicou o relatório na segunda-feira.",
    "fr": "Le gouvernement a publié le rapport lundi.",
    "de": "Die Regierung hat den Bericht am Montag veröffentlicht.",
    "it": "Il governo ha pubblicato il rapporto lunedì.",
}
MEASURED_FROM = pairs.LANGUAGES[0]  # the language of the test set: models from another cannot be measured with it
_SECONDS = 900  # a large model on a small machine that is busy; a small one needs a few, a large one a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """1st and 5th percentile of a model's scores, and what is little attention; None where we have no sentences."""

    doubt_below: tuple[float, float] | None
    faint_below: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sung:
    """What the canary was asked, what it answered, and which attention setting the model was left with."""

    source: str
    target: str
    alignment: str
    usual: Usual


def sing(folder: Path, metadata: Metadata) -> Sung:
    """Load the model in `folder` in a new process and let it translate a sentence.

    May change the attention setting of its model.bin. Raises ModelRefused if it does not load, crashes, takes too long,
    or answers with nothing or with the source.
    """
    source = _SENTENCES.get(metadata.from_code, _SENTENCES["en"])
    given = [str(folder), metadata.from_code, metadata.to_code, metadata.target_prefix, source]
    answer = _told(metadata.name, "sing", given, "so it was not installed. Fetch the package again, or use another.")
    target = str(answer["target"]).strip()
    if not target or target == source:
        raise ModelRefused(
            f"{metadata.name} loads but does not translate: {source!r} gave {target!r}. Use another package."
        )
    return Sung(source=source, target=target, alignment=str(answer["alignment"]), usual=_read(answer["usual"]))


def measure(model: Installed) -> Usual:
    """Measure what is usual for an installed model, in a new process. Changes nothing. Raises ModelRefused."""
    return _read(_told(model.name, "measure", [str(model.path)], "so it was not measured. Install it again."))


def _told(name: str, verb: str, words: Sequence[str], outcome: str) -> dict[str, Any]:
    """What this file, run as a program, prints. ModelRefused, with the outcome in its words, if it prints nothing."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        ended = subprocess.run(  # noqa: S603  our own interpreter and module; the arguments are not read by a shell
            [sys.executable, "-m", "pipeline.translation.canary", verb, *words],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(f"{name} did not answer within {_SECONDS} seconds, {outcome}") from error
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or [f"ended with code {ended.returncode}"])[-1]
        raise ModelRefused(f"{name} does not load ({last}), {outcome}")
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _read(told: dict[str, Any]) -> Usual:
    sure = told["doubt_below"]
    return Usual(doubt_below=(sure[0], sure[1]) if sure else None, faint_below=told["faint_below"])


def main(verb: str, words: Sequence[str]) -> None:
    """The child's side of `sing` and `measure`."""
    answer = _measured(*words) if verb == "measure" else _sung(*words)
    json.dump(answer, sys.stdout)


def _sung(place: str, from_code: str, to_code: str, target_prefix: str, source: str) -> dict[str, Any]:
    folder = Path(place)
    metadata = Metadata(from_code=from_code, to_code=to_code, version="0", target_prefix=target_prefix)
    setting = _tuned(folder, metadata)
    engine = _engine(folder, metadata)
    (answer,) = engine.translate([source])
    told = f"layer {setting.layer}, heads {setting.heads}" if setting else ""
    return {"target": answer.text, "alignment": told, "usual": asdict(_usual(engine))}


def _measured(place: str) -> dict[str, Any]:
    from pipeline.translation import models  # which imports this file
    from pipeline.translation.argos import ArgosEngine

    return asdict(_usual(ArgosEngine(models.load(Path(place)), inter_threads=1)))


def _usual(engine: ArgosEngine) -> Usual:
    """Below what the model is less sure than usual, and looks less than usual, on the sentences of the test set."""
    if engine.source != MEASURED_FROM:
        return Usual(doubt_below=None, faint_below=None)
    sentences = [pair.source.text for pair in pairs.read()[0]]
    answers = [Remembered.of(each, "") for each in engine.translate(sentences, attention=True)]
    return Usual(
        doubt_below=percentiles([each.score for each in answers if each.score is not None]),
        faint_below=threshold(list(zip(sentences, answers, strict=True))),
    )


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
    main(sys.argv[1], sys.argv[2:])
