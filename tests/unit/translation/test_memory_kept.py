"""A worker's memory levels off, small: `make bench BENCH=memory` asks the same of 2,000 articles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.translation.models import Installed
from tests.benchmarks.bench_memory import GOAL, grown


@pytest.mark.model
def test_a_worker_does_not_grow_with_the_articles_it_has_translated(
    install_starter: Callable[[Path], Installed], tmp_path: Path
) -> None:
    model = install_starter(tmp_path / "models")
    found = grown(model.path, tmp_path / "home", early=40, late=120, sentences=12)
    assert found["articles"] == 120
    assert found["ratio"] <= GOAL, found
