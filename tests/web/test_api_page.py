"""The API explains itself: a page for people, a document for programs, and neither needs anything from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feeds.api.outline import operations, shapes
from feeds.api.problems import CODES
from feeds.tokens import Scope

if TYPE_CHECKING:
    from django.test import Client

    from tests.make import Office


def test_the_page_names_every_operation_shape_and_problem(office: Office, client: Client) -> None:
    answer = client.get("/api/v1/")
    page = answer.content.decode()
    for told in operations():
        assert f"{told.method} {told.path}" in page
        assert f"<code>{told.scope}</code>" in page
    for shape in shapes():
        assert f'id="{shape.name}"' in page
    for code in CODES:
        assert f'id="problem-{code}"' in page, "where the type of every problem leads"
    assert set(re.findall(r'(?:src|href)="(?!#)([^"]+)"', page)) == {"openapi.json"}
    assert "<script" not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.post("/api/v1/").json()["code"] == "method-not-allowed"


def test_every_link_on_the_page_leads_somewhere(office: Office, client: Client) -> None:
    page = client.get("/api/v1/").content.decode()
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


def test_the_document_describes_every_operation_with_its_errors(office: Office, client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    found = [told for methods in document["paths"].values() for told in methods.values()]
    assert len(found) == len(operations()) == 12
    for told in found:
        assert told["security"]
        assert told["description"]
        content = told["responses"]["default"]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    known = set(document["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", str(document))) <= known


def test_every_scope_of_the_api_opens_something(office: Office) -> None:
    assert {told.scope for told in operations()} == {str(scope) for scope in Scope} - {"feeds"}
