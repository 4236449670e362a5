"""schemathesis asks a real server whatever the API's description allows, and much that it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.installation import Installation, ended, free_port, started
from tests.process.test_up import get

pytestmark = [pytest.mark.process]

EXAMPLES = "12"  # for each operation and phase
OFTEN = "\n[api]\nrequests_per_minute = 1000000\nfailures_per_minute = 1000000\n"


@pytest.fixture
def server(installation: Installation) -> Iterator[int]:
    """The port of `tornavoz serve`, with an article published and nobody counting requests."""
    file = installation.home / "newsroom.toml"
    file.write_text(file.read_text(encoding="utf-8") + OFTEN, encoding="utf-8")
    installation.tornavoz("config")
    installation.submit(1)
    installation.tornavoz("run", "--until-idle")
    installation.approve_held()
    installation.tornavoz("run", "--until-idle")
    port = free_port()
    command = ["workers.cli", "--home", str(installation.home), "serve", "--port", str(port)]
    with started(command, installation, "serve") as process:
        installation.until(lambda: get(port, "/health")[0] == 200, 60, "the server answers")
        yield port
        ended(process, signal.SIGTERM, 30)


@pytest.mark.parametrize(
    ("holder", "operations"),
    [
        (("--partner", "el-faro"), "releases|status"),
        (("--source", "river"), "articles|submissions|status"),
        (("--newsroom",), "campaigns"),
    ],
    ids=["partner", "automation", "newsroom"],
)
def test_every_answer_is_as_the_description_says(
    installation: Installation, server: int, holder: tuple[str, ...], operations: str, tmp_path: Path
) -> None:
    token = installation.tornavoz("tokens", "issue", *holder).splitlines()[0]
    address = f"http://127.0.0.1:{server}/api/v1"
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("run", f"{address}/openapi.json", "--no-color", "--workers", "1"),
        *("--header", f"Authorization: Bearer {token}", "--include-path-regex", operations),
        *("--max-examples", EXAMPLES, "--seed", "7", "--generation-database", "none", "--continue-on-failure"),
        # No schema can say which cursors are ours, nor which address could be a page's: those may be refused.
        *(
            "--checks",
            "all",
            "--exclude-checks",
            "positive_data_acceptance",
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
        ),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Test cases:" in done.stdout, done.stdout
    sys.stdout.write(done.stdout[-600:])
    assert token.split("_", 2)[2] not in installation.log("serve")
    assert "api.broken" not in installation.log("serve")
