"""What was held or refused before the ledger kept Spanish has it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pipeline.ledger.models import Revision

AT = datetime(2026, 3, 1, tzinfo=UTC)
MISSING = {"code": "date-missing", "level": "hold", "reason": "No date.", "reason_es": "Sin fecha.", "place": ""}
SHORT = {"code": "body-short", "level": "warn", "reason": "Short.", "reason_es": "Es corto.", "place": ""}
TOLD = {"code": "images-left-out", "level": "info", "reason": "Left out.", "reason_es": "Omitidas.", "place": ""}
ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "nd-no-adaptation": ({"permission": {"reason_es": "No permite derivadas."}}, "No permite derivadas."),
    "date-missing": ({"story": {"findings": [MISSING, SHORT, TOLD]}}, "Sin fecha. Es corto."),
    "url-missing": ({}, "Falta la dirección del original; entregue lo mismo de nuevo con ella."),
    "unreadable": ({}, ""),  # what could not be read, and why, was kept in English alone
}


@pytest.mark.django_db(transaction=True)
def test_why_something_is_held_is_told_in_spanish_too() -> None:
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("ledger", "0029_quick")])
        apps = executor.loader.project_state([("ledger", "0029_quick")]).apps
        source = apps.get_model("ledger", "Source").objects.create(slug="s", publisher="S", url="https://s.example/")
        payload = apps.get_model("ledger", "Payload").objects.create(sha256="0" * 64, size=1, body=b"x")
        for number, (code, (given, _)) in enumerate(ROWS.items()):
            article = apps.get_model("ledger", "Article").objects.create(source=source, key=f"{number}", created_at=AT)
            apps.get_model("ledger", "Revision").objects.create(
                article=article,
                number=1,
                payload=payload,
                content_hash="",
                envelope={},
                received_at=AT,
                state="held",
                reason_code=code,
                reason="It says why.",
                **given,
            )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(newest)
    found = dict(Revision.objects.values_list("reason_code", "reason_es"))
    assert found == {code: spanish for code, (_, spanish) in ROWS.items()}
