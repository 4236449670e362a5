"""A state folder that `tornavoz init` made: a web server may pass through it to the public files, and sees no more."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def init(home: Path) -> None:
    ours = {"REDIS_URL", "DATABASE_URL", "SECRET_KEY"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "-m", "workers.cli", "--home", str(home), "init"]
    subprocess.run(command, cwd=ROOT, env=inherited, umask=0o022, capture_output=True, timeout=180, check=True)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_what_is_not_public_is_for_its_owner_only_and_a_chosen_mode_stays(tmp_path: Path) -> None:
    home = tmp_path / "var"
    init(home)
    assert {name: mode(home / name) for name in ("private", "outbox")} == {"private": "700", "outbox": "700"}
    assert {mode(path) for path in home.glob("ledger.db*")} == {"600"}
    assert mode(home / "secret-key") == "600"
    assert mode(home / "public") == "755"

    (home / "ledger.db").chmod(0o640)
    (home / "outbox").chmod(0o750)
    init(home)
    assert (mode(home / "ledger.db"), mode(home / "outbox")) == ("640", "750")
