"""Partners keep the token that they had before tokens were rows of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from feeds import tokens

MADE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_single_token_becomes_a_row() -> None:
    old = "tvz_" + "k" * 43
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("ledger", "0006_placement")])
        partners = executor.loader.project_state([("ledger", "0006_placement")]).apps.get_model("ledger", "Partner")
        for slug, sha256 in (("el-faro", tokens.digest(old)), ("la-voz", "")):
            partners.objects.create(slug=slug, name=slug, use="N", token_sha256=sha256, token_made_at=MADE)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(newest)
    found = tokens.find(old, now=datetime.now(UTC))
    assert found is not None
    assert found.partner is not None
    assert (found.partner.slug, found.scopes, found.created_at) == ("el-faro", ["feeds"], MADE)
