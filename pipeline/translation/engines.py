"""Which engine translates which pair: the newest installed model, unless the configuration names one.

Where no model leads there directly, two may, through a third language: English if it can be, as most models have it on
one side.

Knows: the models folder and the settings for speed. Must not know: Django, the ledger, processes. An engine loads its
model at its first sentence, never here, because a model loaded before a fork hangs the child.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.errors import ModelMissing
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.engine import Engine
from pipeline.translation.models import Installed, choose, installed
from pipeline.translation.pivot import PivotEngine


class Engines:
    """Callable as `engines(source, target)`; keeps one engine a pair and changes it when another model is chosen."""

    def __init__(
        self, models_dir: Path, *, mode: Literal["exact", "fast"], threads: int, pinned: Mapping[str, str]
    ) -> None:
        self._models_dir = models_dir
        self._mode = mode
        self._threads = threads or os.cpu_count() or 1
        self._pinned = pinned
        self._engines: dict[tuple[str, str], tuple[Installed, Engine]] = {}

    def __call__(self, source: str, target: str) -> Engine:
        """The engine of a pair, through a third language if need be. ModelMissing names the command to run."""
        try:
            return self._direct(source, target)
        except ModelMissing:
            between = None if f"{source}-{target}" in self._pinned else self._between(source, target)
            if between is None:
                raise
            return PivotEngine(self._direct(source, between), self._direct(between, target))

    def _between(self, source: str, target: str) -> str | None:
        """The language that models lead to from `source` and from there to `target`."""
        pairs = {(model.from_code, model.to_code) for model in installed(self._models_dir)}
        found = {middle for start, middle in pairs if start == source and (middle, target) in pairs}
        return "en" if "en" in found else min(found, default=None)

    def _direct(self, source: str, target: str) -> Engine:
        chosen = choose(self._models_dir, source, target, self._pinned.get(f"{source}-{target}"))
        kept = self._engines.get((source, target))
        if kept is None or kept[0] != chosen:
            kept = (chosen, ArgosEngine(chosen, inter_threads=self._threads, mode=self._mode))
            self._engines[source, target] = kept
        return kept[1]
