"""The API's description (OpenAPI) as a short list for people: operations, their parts, the shapes they speak of.

Knows: the part of OpenAPI 3.1 that django-ninja writes. Must not know: HTML, Markdown. The page of the server and the
page in docs/ are both made from this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from feeds.api.callers import Bearer

Json = Mapping[str, Any]
HIDDEN = frozenset({"Input", "NinjaPaginationResponseSchema"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A parameter or a field."""

    name: str
    place: str  # path, query, header; empty for a field
    form: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    scope: str
    text: tuple[str, ...]  # paragraphs
    parts: tuple[Part, ...]
    sends: str  # shape of the body; empty without one
    types: tuple[str, ...]  # media types of the body
    gets: str  # shape of the answer
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A record that goes over the wire."""

    name: str
    text: tuple[str, ...]
    fields: tuple[Part, ...]


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation, in the order in which they were written."""
    scopes = _scopes()
    return tuple(
        _operation(method.upper(), path, told, scopes[told["operationId"]])
        for path, methods in _schema()["paths"].items()
        for method, told in methods.items()
    )


@cache
def shapes() -> tuple[Shape, ...]:
    """Every shape, by name."""
    known = _schema()["components"]["schemas"]
    return tuple(
        Shape(name=name, text=_paragraphs(told.get("description", "")), fields=tuple(_fields(told)))
        for name, told in sorted(known.items())
        if told.get("type") == "object" and name not in HIDDEN
    )


@cache
def _schema() -> Json:
    from feeds.api.application import api

    schema: Json = api.get_openapi_schema(path_prefix="/api/v1/")
    return schema


def _scopes() -> dict[str, str]:
    """Scope by operation; OpenAPI knows scopes of OAuth only."""
    from feeds.api.application import api

    found = {}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                name = operation.operation_id or api.get_openapi_operation_id(operation)
                found[name] = next(str(each.scope) for each in operation.auth_callbacks if isinstance(each, Bearer))
    return found


def _operation(method: str, path: str, told: Json, scope: str) -> Operation:
    status, answer = next((int(code), each) for code, each in told["responses"].items() if code.isdigit())
    body = told.get("requestBody", {}).get("content", {})
    return Operation(
        method=method,
        path=path,
        scope=scope,
        text=_paragraphs(told.get("description", "")),
        parts=tuple(
            Part(
                name=each["name"],
                place=each["in"],
                form=_form(each["schema"]),
                required=each.get("required", False),
                meaning=each.get("description") or each["schema"].get("description", ""),
            )
            for each in told.get("parameters", [])
        ),
        sends=" or ".join(dict.fromkeys(_form(each["schema"]) for each in body.values())),
        types=tuple(body),
        gets=_form(next(iter(answer["content"].values()))["schema"]),
        status=status,
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _fields(told: Json) -> list[Part]:
    required = told.get("required", [])
    return [
        Part(
            name=name,
            place="",
            form=_form(each),
            required=name in required,
            meaning=each.get("description", "") or _example(each),
        )
        for name, each in told.get("properties", {}).items()
    ]


def _example(told: Json) -> str:
    examples = told.get("examples", [])
    return f"Such as `{examples[0]}`." if examples else ""


def _form(told: Json) -> str:
    """What it holds, in few words."""
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return " or ".join(form for each in told["anyOf"] if (form := _form(each)) != "null")
    if "enum" in told:
        return " or ".join(f"`{each}`" for each in told["enum"])
    if told.get("type") == "array":
        return f"list of {_form(told['items'])}"
    known = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "object": "object",
    }
    formats = {"date": "date", "date-time": "time", "uuid": "UUID", "binary": "file"}
    kind = str(told.get("type", "anything"))
    return formats.get(told.get("format", "")) or known.get(kind, kind)
