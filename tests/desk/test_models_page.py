"""The page of models says which checks are silent for one, and what would make them speak."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from desk.roles import Role
from tests.make import Office

PLACE = "/desk/models"
COMMAND = "<code>tornavoz models calibrate</code>"


@pytest.fixture
def viewer(office: Office, signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.VIEWER)


def record(source: str, **measures: object) -> None:
    """What is written down about an installed model, as its installation left it."""
    folder = Path(settings.MODELS_DIR) / f"{source}_es-1.0-00000000"
    folder.mkdir(parents=True, exist_ok=True)
    names = ("sha256", "model_sha256", "canary_source", "canary_target", "alignment")
    known = {"name": f"translate-{source}_es 1.0", "from_code": source, "to_code": "es", "version": "1.0", "files": {}}
    more = {"installed_at": "2026-03-14T00:00:00+00:00", "origin": "file"}
    (folder / "installed.json").write_text(json.dumps({**known, **dict.fromkeys(names, ""), **more, **measures}))


def seen(viewer: Client) -> str:
    return " ".join(viewer.get(PLACE).content.decode().split())


def test_of_a_calibrated_model_nothing_is_said(viewer: Client) -> None:
    record("en", doubt_below=[-0.9, -0.5], faint_below=0.15)
    page = seen(viewer)
    assert "translate-en_es 1.0" in page
    assert "say nothing of its drafts" not in page


def test_a_measure_that_is_missing_is_told_with_the_command_that_makes_it(viewer: Client) -> None:
    record("en", doubt_below=[-0.9, -0.5])
    page = seen(viewer)
    assert "these checks say nothing of its drafts: something left out." in page
    assert COMMAND in page


def test_where_nothing_can_be_measured_no_command_is_named(viewer: Client) -> None:
    record("pt")
    page = seen(viewer)
    assert "these checks say nothing of its drafts: unsure model, something left out." in page
    assert COMMAND not in page
