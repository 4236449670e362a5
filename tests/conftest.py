"""What several folders of tests share: a state folder, a clock moved by hand, a newsroom on the real ledger."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management.color import no_style
from django.db import connection

from pipeline import nudge

if TYPE_CHECKING:
    from pytest_django import Settings

    from pipeline.translation.models import Installed
    from tests.make import Clock, Office


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start real programs go first, whatever the shuffle: they are the longest, and begun last, one of them
    would keep one process busy while the others have nothing left to do."""
    long = {item.path for item in items if item.get_closest_marker("process")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    """A state folder of this test's own, which the settings point to. No broker."""
    settings.HOME = tmp_path
    settings.CONFIG_FILE = tmp_path / "newsroom.toml"
    for setting in ("PUBLIC_DIR", "PRIVATE_DIR", "MODELS_DIR", "OUTBOX_DIR", "LOCKS_DIR"):
        folder = tmp_path / setting.removesuffix("_DIR").lower()
        folder.mkdir()
        setattr(settings, setting, folder)
    settings.BROKER_URL = ""
    nudge.reset()
    return tmp_path


@pytest.fixture
def empty_ledger(db: None) -> None:
    """Tables without rows, whose keys begin at 1 again: a test that committed leaves its numbers behind."""
    ours = [each for each in connection.introspection.sequence_list() if each["table"].startswith("ledger_")]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), ours):
            cursor.execute(statement)


@pytest.fixture(scope="session")
def install_starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Installed]:
    """Puts the bundled model below a folder as installing it does. It is really installed, which tries and measures
    it, once in a run: whichever process needs it first does so for all."""
    from pipeline.translation import models

    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "starter-model"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        model = models.install("starter", shared / "models", datetime(2026, 1, 2, tzinfo=UTC))

    def put(folder: Path) -> Installed:
        place = folder / model.path.name
        shutil.copytree(model.path, place)
        return replace(model, path=place)

    return put


@pytest.fixture
def clock() -> Clock:
    from tests.make import Clock

    return Clock()


@pytest.fixture
def office(home: Path, empty_ledger: None, clock: Clock) -> Office:
    """A newsroom with two sources on file, one without rights, two products and three partners."""
    from tests.make import Office

    return Office(home, clock)
