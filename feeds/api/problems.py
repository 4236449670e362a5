"""The one shape in which the API says that something went wrong: problem details (RFC 9457).

Knows: every code with its status and its meaning. Must not know: who raises which. Reasons: docs/adr/0013.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE: Final = "application/problem+json"
PAGE: Final = "/api/v1/"  # the page for people explains each code at #problem-CODE

CODES: Final[Mapping[str, tuple[int, str]]] = {
    "bad-request": (400, "The request cannot be read. Mend it before you send it again."),
    "cursor-unknown": (400, "The cursor is none of ours, or belongs to another partner. Start over without a cursor."),
    "unauthorized": (401, "There is no token, or it is wrong, revoked or expired. Send: Authorization: Bearer tvz_…"),
    "forbidden": (403, "The token is good, but does not open this. Ask the newsroom for one with the scope."),
    "not-found": (404, "There is nothing here, or nothing that this token may see."),
    "method-not-allowed": (405, "This address is there, but does not answer that method. See the header Allow."),
    "conflict": (409, "The request contradicts what is on record. The detail says what."),
    "length-required": (411, "The body came without Content-Length. Send it with one, not in chunks."),
    "too-large": (413, "The body, or the article in it, is larger than this newsroom takes. Nothing was kept."),
    "unsupported-media-type": (415, "The body is of a type that is not read here. See the list of types."),
    "invalid": (422, "A field is missing or wrong. `errors` names each of them; nothing was kept."),
    "idempotency-key-reused": (422, "This Idempotency-Key came with another request before. Take a new key."),
    "too-many-requests": (429, "Too many requests in this minute. Wait as long as Retry-After says."),
    "internal": (500, "Something broke on our side, and is on record. Nothing was kept; send it again later."),
    "unavailable": (503, "The newsroom cannot answer now. Send it again in a moment."),
}
_BY_STATUS: Final = {status: code for code, (status, _) in reversed(list(CODES.items()))}


class FieldError(BaseModel):
    """What is wrong with one field."""

    place: str = Field(description="Where it stands, such as `body.published`, `body.receipt.state` or `query.limit`.")
    detail: str


class ProblemDetails(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="Address of the explanation of this code.")
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="What it is, for programs. It never changes its meaning.")
    detail: str = Field(description="What happened here, and what to do next, for people.")
    errors: list[FieldError] | None = None


class Problem(Exception):
    """Raised anywhere below the API; the application turns it into an answer."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or CODES[code][1])
        self.code = code
        self.errors = [FieldError(place=place, detail=words) for place, words in errors]
        self.headers = dict(headers or {})

    def answer(self) -> HttpResponse:
        """As HTTP."""
        status = CODES[self.code][0]
        shape = ProblemDetails(
            type=f"{PAGE}#problem-{self.code}",
            title=HTTPStatus(status).phrase,
            status=status,
            code=self.code,
            detail=str(self),
            errors=self.errors or None,
        )
        content = json.dumps(shape.model_dump(exclude_none=True), ensure_ascii=False)
        answer = HttpResponse(content.encode(errors="replace"), status=status, content_type=MEDIA_TYPE)
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def of_status(status: int) -> Problem:
    """The general problem of a status, for what was refused before it came to us."""
    if status in _BY_STATUS:
        return Problem(_BY_STATUS[status])
    return Problem("bad-request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "internal")


def fields(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Pydantic's errors as (place, what is wrong)."""
    return [
        (".".join(str(part) for part in error["loc"]) or "body", str(error["msg"]).removeprefix("Value error, "))
        for error in errors
    ]
