"""Operations of automation: handing in an article, and asking what became of it.

Knows: two ways of sending an article, and idempotency keys. Must not know: how an article is accepted.

An answer is given after the commit. The same Idempotency-Key with the same article gets the same answer again, with
another article it is refused (draft-ietf-httpapi-idempotency-key-header); without a key the ledger itself knows a
repetition by its content.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import Path, Router, Status
from pydantic import ValidationError

from feeds.addresses import article_url
from feeds.api import schemas
from feeds.api.callers import Bearer, actor_of, source_of
from feeds.api.problems import Problem, fields
from feeds.newsroom import newsroom
from feeds.tokens import Scope
from pipeline.errors import SourceError
from pipeline.ingest.identity import canonical_url
from pipeline.ledger import articles, codec
from pipeline.ledger.models import Source, Submission
from pipeline.types import Envelope, Format, Incoming

router = Router(tags=["articles"])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ArticleIn"}},
            "multipart/form-data": {"schema": {"$ref": "#/components/schemas/ArticleForm"}},
        },
    }
}


@router.post("/articles", response={202: schemas.Accepted}, auth=Bearer(Scope.ARTICLES_WRITE), openapi_extra=_BODY)
def submit(
    request: HttpRequest,
    idempotency_key: Annotated[str | None, schemas.idempotency_header("article")] = None,
) -> Status[Any]:
    """Hand in an article.

    As JSON, with the article in `payload`; or as multipart/form-data, with the article in the part `file` and the rest
    as fields. The answer comes when the article is written down. What it lacks holds it; nothing is lost.
    """
    source = source_of(request)
    incoming = _incoming(request, source)
    _fits(incoming)
    answer = _once(incoming, source, idempotency_key, actor=actor_of(request), now=timezone.now())
    return Status(202, answer)


@router.get("/submissions/{submission}", response=schemas.Submission, auth=Bearer(Scope.ARTICLES_WRITE))
def get_submission(
    request: HttpRequest, submission: Annotated[uuid.UUID, Path(description="From the answer to the article.")]
) -> schemas.Submission:
    """What has become of an article that you handed in."""
    rows = Submission.objects.select_related("revision__article")
    row = rows.filter(public_id=submission, source=source_of(request)).first()
    if row is None:
        raise Problem("not-found")
    revision, article = row.revision, row.revision.article
    site = newsroom().site.url
    return schemas.Submission.model_validate(
        {
            "submission": row.public_id,
            "at": row.at,
            "article": article.pk,
            "revision": revision.number,
            "state": revision.state,
            "code": revision.reason_code,
            "reason": revision.reason,
            "withdrawn": article.withdrawn_at is not None,
            "findings": [_finding(each) for each in (revision.story or {}).get("findings", [])],
            "translations": [
                {
                    "language": each.language,
                    "version": each.version,
                    "state": each.state,
                    "findings": [_finding(finding) for finding in each.findings],
                }
                for each in revision.translations.order_by("language", "version")
            ],
            "releases": [
                {
                    "product": each.product.path,
                    "guid": each.guid,
                    "version": each.version,
                    "state": each.state,
                    "reason": each.reason,
                    "url": article_url(site, each.product.language, article.pk),
                }
                for each in article.releases.select_related("product").order_by("pk")
            ],
        }
    )


def _finding(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("code", "level", "reason", "place")}


# --- reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """The two parts of what came, whichever way it came."""

    envelope: schemas.EnvelopeIn
    payload: bytes


def _incoming(request: HttpRequest, source: Source) -> Incoming:
    kind = (request.content_type or "").lower()
    if kind == "application/json":
        sent = _from_json(request.read())
    elif kind == "multipart/form-data":
        sent = _from_form(request)
    else:
        raise Problem(
            "unsupported-media-type",
            f"{kind or 'A body without a type'} is not read here. Send application/json or multipart/form-data.",
        )
    told = sent.envelope
    if told.source not in (None, source.slug):
        raise Problem("forbidden", f"Your token hands in articles of {source.slug}, not of {told.source}.")
    values = told.model_dump(include=set(schemas.EnvelopeIn.model_fields))
    values |= {"source": source.slug, "keywords": tuple(told.keywords)}
    return Incoming(envelope=Envelope(**values), payload=sent.payload)


def _from_json(body: bytes) -> _Sent:
    try:
        told = schemas.ArticleIn.model_validate_json(body)
    except ValidationError as error:
        raise _invalid(error) from error
    payload = told.payload if isinstance(told.payload, str) else json.dumps(told.payload, ensure_ascii=False)
    return _Sent(told, payload.encode())


def _from_form(request: HttpRequest) -> _Sent:
    try:
        form, files = request.POST, request.FILES
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        raise Problem("bad-request", "The form cannot be read. Check its boundary and its parts.") from error
    sent = [each for each in files.getlist("file") if isinstance(each, UploadedFile)]
    if set(files) != {"file"} or len(sent) != 1:
        raise Problem("invalid", errors=[("body.file", "one file is needed, in a part named `file`, and no other")])
    told: dict[str, Any] = {name: form.get(name) for name in form if name != "keywords"}
    if "keywords" in form:
        told["keywords"] = form.getlist("keywords")
    try:
        envelope = schemas.EnvelopeIn.model_validate(told)
    except ValidationError as error:
        raise _invalid(error) from error
    return _Sent(envelope, sent[0].read())


def _invalid(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Problem("bad-request", f"The body is no JSON: {found[0]['msg']}.")
    return Problem("invalid", errors=fields({**each, "loc": ("body", *each["loc"])} for each in found))


def _fits(incoming: Incoming) -> None:
    """What could only be kept as a failure is refused while the sender still listens."""
    limit = newsroom().intake.max_bytes
    if len(incoming.payload) > limit:
        raise Problem("too-large", f"The article has {len(incoming.payload):,} bytes; at most {limit:,} are taken.")
    if not incoming.payload.strip():
        raise Problem("invalid", errors=[("body.payload", "the article is empty")])
    if incoming.envelope.url is not None:
        try:
            canonical_url(incoming.envelope.url)
        except SourceError as error:
            raise Problem("invalid", errors=[("body.url", str(error))]) from error


# --- accepting -----------------------------------------------------------------------------------------------------


def _once(incoming: Incoming, source: Source, key: str | None, *, actor: str, now: datetime) -> dict[str, Any]:
    """Accept it, or give the answer that the same request got before. Problem 422 for another request with this key."""
    digest = _digest(incoming)
    known = _known(source, key, digest)
    if known is not None:
        return known
    try:
        return _accept(incoming, source, key, digest, actor=actor, now=now)
    except IntegrityError:  # the same key came twice at the same moment, and the other was first
        known = _known(source, key, digest)
        if known is None:
            raise
        return known


def _known(source: Source, key: str | None, digest: str) -> dict[str, Any] | None:
    row = Submission.objects.filter(source=source, idempotency_key=key).first() if key is not None else None
    if row is None:
        return None
    if row.request_sha256 != digest:
        raise Problem("idempotency-key-reused")
    answer: dict[str, Any] = row.answer
    return answer


@transaction.atomic
def _accept(
    incoming: Incoming, source: Source, key: str | None, digest: str, *, actor: str, now: datetime
) -> dict[str, Any]:
    receipt = articles.accept(incoming, source, max_bytes=newsroom().intake.max_bytes, now=now, actor=actor)
    public_id = uuid.uuid4()
    answer = {
        "submission": str(public_id),
        "article": receipt.article,
        "revision": receipt.number,
        "reception": str(receipt.reception),
        "reason": receipt.reason,
        "status_url": f"{newsroom().site.url}/api/v1/submissions/{public_id}",
    }
    Submission.objects.create(
        public_id=public_id,
        source=source,
        idempotency_key=key,
        request_sha256=digest,
        answer=answer,
        revision_id=receipt.revision,
        at=now,
    )
    return answer


def _digest(incoming: Incoming) -> str:
    """Of what was asked, not of its bytes: a form sent again has another boundary and is the same request."""
    parts = [codec.dump(incoming.envelope), incoming.sha256]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class ArticleForm(schemas.EnvelopeIn):
    """An article as a file, with its envelope in the other fields."""

    format: Format = Format.JSON
    file: Annotated[str, schemas.Field(description="The article itself.", json_schema_extra={"format": "binary"})]
