"""Installations for the tests with real processes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.translation.models import Installed
from tests.process.installation import Installation


@pytest.fixture(scope="session")
def pristine(install_starter: Callable[[Path], Installed]) -> Iterator[Path]:
    """A state folder as `tornavoz init` leaves it."""
    made = Installation(Path(tempfile.mkdtemp(prefix="tvz-", dir="/tmp")))
    try:
        install_starter(made.home / "models")
        made.init()
        yield made.home
    finally:
        made.close()


@pytest.fixture
def installation(pristine: Path) -> Iterator[Installation]:
    """An initialised state folder; nothing runs yet. Its path is short, because sockets' paths have to be."""
    made = Installation(Path(tempfile.mkdtemp(prefix="tvz-", dir="/tmp")))
    try:
        shutil.copytree(pristine, made.home, dirs_exist_ok=True)
        yield made
    finally:
        made.close()


@pytest.fixture
def broker_url(installation: Installation) -> str:
    """The URL of a running broker that keeps nothing on disk. Without a server this is an error on build machines."""
    url = installation.broker.start()
    if url is None:
        message = "there is no Redis or Valkey server here"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return url
