"""The ledger's rules on PostgreSQL: the same tests, run once more against a private server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.contract.test_ledger_race import UNITS

MINUTES = 20  # for a whole suite inside one test
pytestmark = [pytest.mark.process, pytest.mark.timeout(60 * MINUTES)]

ROOT = Path(__file__).parents[2]
SUITE = (
    "tests/unit/ledger",
    "tests/unit/actions",
    "tests/spine/test_withdrawal.py",
    "tests/spine/test_resyndication.py",
    "tests/spine/test_campaigns.py",
    "tests/contract/test_ledger_race.py",
)
OUTWARD = (  # the past of feeds, official versions, what partners were told and what they made of it, the hub
    "tests/spine/test_history.py",
    "tests/spine/test_official.py",
    "tests/spine/test_pushes.py",
    "tests/spine/test_receipts.py",
    "tests/spine/test_placements.py",
    "tests/spine/test_websub.py",
    "tests/spine/test_cli_hub.py",
)


@pytest.fixture
def database_url() -> Iterator[str]:
    """A server of this test's own."""
    with postgres.server() as url:
        yield url


def test_the_rules_of_the_ledger_hold_on_postgresql(database_url: str) -> None:
    run(SUITE, database_url)
    with psycopg.connect(database_url) as server:  # the race leaves its traces: it was this server that was asked
        assert server.execute("SELECT count(*) FROM ledger_event").fetchone() == (UNITS,)


def test_what_goes_out_to_partners_is_the_same_on_postgresql(database_url: str) -> None:
    run(OUTWARD, database_url, "--reuse-db")
    kept = database_url.replace("/postgres?", "/test_postgres?")
    with psycopg.connect(kept) as server:  # the tables are there: it was this server that was asked
        assert server.execute("SELECT to_regclass('ledger_subscription')").fetchone() == ("ledger_subscription",)


def run(suite: tuple[str, ...], database_url: str, *options: str) -> None:
    """These tests pass on that database."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *suite, "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *options],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TORNAVOZ_"))},
            "DATABASE_URL": database_url,
        },
        capture_output=True,
        text=True,
        timeout=60 * MINUTES - 30,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
