"""Callers of the API, as Django's test client sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from feeds import tokens
from pipeline.ledger.models import Partner, Source

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.make import Office


class Caller:
    """Somebody with a token."""

    def __init__(self, holder: tokens.Holder, **more: Any) -> None:
        self.token = tokens.issue(holder, actor="test", now=timezone.now(), **more)
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: object) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: object, **headers: str) -> HttpResponse:
        return self.client.post(
            f"/api/v1{path}",
            body if isinstance(body, str | bytes) else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def form(self, path: str, fields: dict[str, Any], **headers: str) -> HttpResponse:
        """As multipart/form-data."""
        return self.client.post(f"/api/v1{path}", fields, headers={"Authorization": f"Bearer {self.token}", **headers})

    def everything(self, cursor: str | None = None, limit: int = 100) -> tuple[list[dict[str, Any]], str]:
        """All releases since a cursor, page by page, and the cursor behind them."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.get("/releases", limit=limit, **({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.content
            page = answer.json()
            found, cursor = found + page["releases"], page["cursor"]
            if not page["more"]:
                return found, cursor


@pytest.fixture
def partner(office: Office) -> Callable[..., Caller]:
    return lambda slug="el-faro", **more: Caller(Partner.objects.get(slug=slug), **more)


@pytest.fixture
def automation(office: Office) -> Callable[..., Caller]:
    return lambda slug="river-post", **more: Caller(Source.objects.get(slug=slug), **more)


def problem(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem, in the one shape that there is."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["type"] == f"/api/v1/#problem-{code}"
    assert told["title"]
    assert told["detail"]
    assert answer["Cache-Control"] == "no-store"
    return told
