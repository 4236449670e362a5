"""The core knows nothing of the web framework or the task runner: it imports where neither is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pipeline

ROOT = Path(pipeline.__file__).parent
FOLDERS = ("text", "translation", "rights", "release")
CORE = sorted(
    {"pipeline.types", "pipeline.stages", "pipeline.errors", "pipeline.ingest.identity", "pipeline.config"}
    | {f"pipeline.{path.parent.name}.{path.stem}" for name in FOLDERS for path in (ROOT / name).glob("*.py")}
)

BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class Wall(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "kombu", "redis", "ninja"}:
            raise ImportError(f"{name} has no place in the core")
        return None

sys.meta_path.insert(0, Wall())
for name in sys.argv[1:]:
    __import__(name)
"""


def imported(*names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *names],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_core_imports_without_django_celery_and_redis() -> None:
    assert len(CORE) > 30
    done = imported(*CORE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["pipeline.ledger.units", "workers.tasks"])
def test_the_wall_would_have_been_noticed(name: str) -> None:
    done = imported(name)
    assert done.returncode == 1
    assert "has no place in the core" in done.stderr
