"""A PostgreSQL server of a test's own.

Knows: where Debian keeps the programs, and that they refuse to run as root. Must not know: what is kept in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def server_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl, the newest first; PATH may hold wrappers that lead there."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    found = [str(versions[0])] if versions else [path for name in ("initdb",) if (path := shutil.which(name))]
    folder = Path(found[0]).resolve().parent if found else None
    return folder if folder and (folder / "pg_ctl").exists() else None


def as_server_user(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return (
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        if os.geteuid() == 0
        else [*command]
    )


@contextmanager
def server(*, kept: Path | None = None, durable: bool = False) -> Iterator[str]:
    """The URL of a server on a socket of its own and no port. Without the programs it skips; build machines fail.

    `kept` is a folder whose data stay, and are used again if there are some. `durable`: a commit is on the disk, as it
    is in production; tests do without.
    """
    programs = server_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL server on this machine: install the package postgresql")
        pytest.skip("no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="tvz-pg-"))
    folder.chmod(0o777)
    data = (kept or folder) / "data"
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=50"
    settings += "" if durable else " -c fsync=off"

    def run(*command: str) -> None:
        done = subprocess.run(
            as_server_user(*command), cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        log = folder / "log"
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")

    try:
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            kept.chmod(0o777)
        if kept is None or not data.exists():
            run(str(programs / "initdb"), "-D", str(data), "-U", "tornavoz", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(programs / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", settings, "-w", "start")
        try:
            yield f"postgresql://tornavoz@/postgres?host={folder}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "fast" if kept else "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
