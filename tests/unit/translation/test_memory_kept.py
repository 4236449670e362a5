"""A worker's memory levels off, small: `make bench BENCH=memory` asks the same of 2,000 articles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.translation import models
from tests.benchmarks.bench_memory import GOAL, grown


@pytest.mark.model
def test_a_worker_does_not_grow_with_the_articles_it_has_translated(tmp_path: Path) -> None:
    model = models.install("starter", tmp_path / "models", datetime(2026, 1, 2, tzinfo=UTC))
    found = grown(model.path, tmp_path / "home", early=40, late=120, sentences=12)
    assert found["articles"] == 120
    assert found["ratio"] <= GOAL, found
