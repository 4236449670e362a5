"""Environment variables that cannot be used: one sentence that names the variable, and never what it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = """
import json
from pipeline import settings
print(json.dumps([settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES, settings.LEASE_SECONDS]))
"""


def run(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**inherited, "TORNAVOZ_HOME": str(home), "COLUMNS": "500", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("DATABASE_URL", "postgres://tornavoz:se#cr/et@127.0.0.1:5432/tornavoz", "# as %23"),
        ("DATABASE_URL", "mysql://tornavoz:se-cr-et@127.0.0.1/tornavoz", "postgres://USER:PASSWORD@HOST:5432/NAME"),
        ("DATABASE_URL", "postgres://tornavoz:se-cr-et@127.0.0.1", "postgres://USER:PASSWORD@HOST:5432/NAME"),
        ("DATABASE_URL", "se-cr-et", "Without it the ledger is SQLite"),
        ("SECRET_KEY_FILE", "/nowhere/secret_key", "cannot be read (No such file or directory)"),
        ("TRUSTED_PROXIES", "127.0.0.1, proxy.example", "'proxy.example' is no address or network"),
        ("TORNAVOZ_LEASE_SECONDS", "two minutes", "a number of seconds above 0, such as 120"),
        ("TORNAVOZ_RETRY_SECONDS", "0", "a number of seconds above 0, such as 30"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, variable: str, value: str, advice: str
) -> None:
    done = run(tmp_path, "-m", "workers.cli", "status", **{variable: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"tornavoz: {variable}")
    assert advice in done.stderr
    assert "Traceback" not in done.stderr
    assert not {"se#cr/et", "se-cr-et"} & set(done.stderr.replace("@", " ").replace(":", " ").split())


def test_blanks_around_the_commas_of_a_list_mean_nothing(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        *("-c", READ),
        ALLOWED_HOSTS="news.example, www.news.example",
        TRUSTED_PROXIES=" 127.0.0.1, 10.0.0.0/8,",
        TORNAVOZ_LEASE_SECONDS="90",
    )
    assert json.loads(done.stdout) == [["news.example", "www.news.example"], ["127.0.0.1", "10.0.0.0/8"], 90.0]


def test_without_a_list_every_host_is_answered_and_no_proxy_believed(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", READ, ALLOWED_HOSTS="", TRUSTED_PROXIES="")
    assert json.loads(done.stdout) == [["*"], [], 120.0]
