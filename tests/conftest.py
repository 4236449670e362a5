"""What several folders of tests share: a state folder, a clock moved by hand, a newsroom on the real ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management.color import no_style
from django.db import connection

from pipeline import nudge

if TYPE_CHECKING:
    from pytest_django import Settings

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


@pytest.fixture
def clock() -> Clock:
    from tests.make import Clock

    return Clock()


@pytest.fixture
def office(home: Path, empty_ledger: None, clock: Clock) -> Office:
    """A newsroom with two sources on file, one without rights, two products and three partners."""
    from tests.make import Office

    return Office(home, clock)
