"""Which engine translates which pair: the newest installed model, unless the configuration names one.

Knows: the models folder and the settings for speed. Must not know: Django, the ledger, processes. An engine loads its
model at its first sentence, never here, because a model loaded before a fork hangs the child.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.translation.argos import ArgosEngine
from pipeline.translation.engine import Engine
from pipeline.translation.models import Installed, choose


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
        """The engine of a pair. Raises ModelMissing, which names the command that installs one."""
        chosen = choose(self._models_dir, source, target, self._pinned.get(f"{source}-{target}"))
        kept = self._engines.get((source, target))
        if kept is None or kept[0] != chosen:
            kept = (chosen, ArgosEngine(chosen, inter_threads=self._threads, mode=self._mode))
            self._engines[source, target] = kept
        return kept[1]
