"""The API put together: its operations, its one shape of errors, its description.

Knows: django-ninja. Must not know: what any operation does.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from feeds.api import articles, campaigns, problems, releases, schemas, status
from feeds.api.problems import Problem

log = structlog.get_logger(__name__)

DESCRIPTION = """\
For partners that keep a mirror of what the newsroom has for them, for automation that hands articles in, and for the
newsroom's own that sends again what went out.

Every request carries a token: `Authorization: Bearer tvz_…`. What a token opens are its scopes. Every error has one
shape, problem details as in RFC 9457, with a `code` that never changes its meaning.
"""


class PartnerApi(NinjaAPI):
    """django-ninja with the parts of the description that it leaves to us."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        kept = schema["components"]["schemas"]
        for model in (schemas.ArticleIn, articles.ArticleForm, problems.ProblemDetails):
            _describe(model, kept)
        problem = {
            "description": "What went wrong.",
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"] = {str(code): told for code, told in operation["responses"].items()}
                operation["responses"]["default"] = problem
        return schema


def _describe(model: type[BaseModel], kept: dict[str, Any]) -> None:
    """Put a model, and whatever it refers to, among the schemas."""
    told = model.model_json_schema(ref_template="#/components/schemas/{model}")
    kept.update(told.pop("$defs", {}))
    kept[told["title"]] = told


api = PartnerApi(
    title="Tornavoz",
    version="1",
    description=DESCRIPTION,
    docs_url=None,  # a page of our own: feeds/api/page.py
    openapi_url="/openapi.json",
    urls_namespace="api-1",
)
api.add_router("", releases.router)
api.add_router("", articles.router)
api.add_router("", campaigns.router)
api.add_router("", status.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return error.answer()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return Problem("invalid", errors=problems.fields(error.errors)).answer()


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.of_status(error.status_code).answer()


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return Problem("not-found").answer()


@api.exception_handler(OperationalError)
def _unavailable(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.exception("api.ledger-unavailable")
    return Problem("unavailable", headers={"Retry-After": "5"}).answer()


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("api.broken")
    return Problem("internal").answer()
