"""The ledger's rules on PostgreSQL: the same tests, run once more against a private server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.contract.test_ledger_race import UNITS

pytestmark = [pytest.mark.process]

ROOT = Path(__file__).parents[2]
SUITE = (
    "tests/unit/ledger",
    "tests/unit/actions",
    "tests/spine/test_withdrawal.py",
    "tests/spine/test_resyndication.py",
    "tests/contract/test_ledger_race.py",
)


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


@pytest.fixture
def database_url() -> Iterator[str]:
    """A server of this test's own, on a socket in its own folder and on no port."""
    programs = server_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL server on this machine: install the package postgresql")
        pytest.skip("no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="tvz-pg-"))
    folder.chmod(0o777)
    data = folder / "data"
    server = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"

    def run(*command: str) -> None:
        done = subprocess.run(
            as_server_user(*command), cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        log = folder / "log"
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")

    try:
        run(str(programs / "initdb"), "-D", str(data), "-U", "tornavoz", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(programs / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", server, "-w", "start")
        try:
            yield f"postgresql://tornavoz@/postgres?host={folder}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def test_the_rules_of_the_ledger_hold_on_postgresql(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *SUITE, "-q", "-p", "no:cacheprovider", "-p", "no:randomly"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TORNAVOZ_"))},
            "DATABASE_URL": database_url,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    with psycopg.connect(database_url) as server:  # the race leaves its traces: it was this server that was asked
        assert server.execute("SELECT count(*) FROM ledger_event").fetchone() == (UNITS,)
