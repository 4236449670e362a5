"""The shapes that go over the wire. Their descriptions are the API's reference: docs and the page are made of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from ninja.params.functions import Header  # the function; under its other name type checkers take it for a type
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from pipeline.types import Format

LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"  # RFC 5646, its common part


def _printable(text: str) -> str:
    """What a database and a page can hold: no control characters (line breaks and tabs are spaces to us)."""
    if any((ord(character) < 32 and character not in "\t\n\r") or ord(character) == 127 for character in text):
        raise ValueError("holds a control character; send plain text")
    return text


Text = Annotated[str, AfterValidator(_printable)]


def idempotency_header(of: str) -> Any:
    """The header by which a request can be repeated safely; `of` is the noun of what it makes."""
    return Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description=f"Any text of your own, new for each {of}. With it a request can be repeated safely.",
    )


# --- releases ----------------------------------------------------------------------------------------------------


class Licence(Schema):
    """A licence with its version."""

    name: str = Field(examples=["CC BY-NC 4.0"])
    url: str


class Original(Schema):
    """The text that was translated."""

    url: str
    title: str
    language: str
    publisher: str
    publisher_url: str
    authors: list[str]
    published: date | None = None


class Translation(Schema):
    """Who made the translation, and who read it."""

    outlet: str
    engine: str
    model: str
    reviewer: str | None = None
    reviewed_on: date | None = None


class Correction(Schema):
    """A dated note that readers see in the text."""

    on: date
    note: str


class Release(Schema):
    """An article in one product, as you may have it now.

    `usable`: take all fields, over whatever you have under this `id`. `canceled`: the article was withdrawn; take your
    copy down now. `withheld`: you may not have it, or no longer; remove it if you have it. The last two have none of
    the article's words.
    """

    id: int = Field(description="Of this release. The key of a mirror.")
    guid: str = Field(description="Of the article in this language; the same in every product, feed and webhook.")
    product: str = Field(examples=["es/all"])
    status: Literal["usable", "canceled", "withheld"]
    version: int = Field(description="Rises with every correction, and with the withdrawal.")
    sending: int = Field(description="How many times this version was sent; above 1 it was sent again unchanged.")
    updated: datetime = Field(description="When this version came, or was last sent again.")
    published: datetime | None = None
    withdrawn_on: date | None = None
    url: str | None = Field(None, description="Our page of the article. Of a withdrawn one it answers 410.")
    language: str | None = None
    headline: str | None = None
    summary: str | None = None
    content_html: str | None = Field(
        None,
        description="The whole text with its credit: publish it as it stands, both links and the notices included.",
    )
    authors: list[str] | None = Field(None, description="Authors, then the publisher: the byline.")
    section: str | None = None
    keywords: list[str] | None = None
    licence: Licence | None = None
    rights: str | None = Field(None, description="The licence line in words.")
    original: Original | None = None
    translation: Translation | None = None
    corrections: list[Correction] | None = None


class Releases(Schema):
    """A stretch of changes."""

    releases: list[Release]
    cursor: str = Field(description="Send it with the next request. Keep it only when you have applied this answer.")
    more: bool = Field(description="True: ask again at once. False: you are up to date; ask again in some minutes.")


class ReceiptIn(Schema):
    """What you did with a release."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["acknowledged", "removed"] = Field(
        description="`acknowledged`: you have this version. `removed`: no copy of the article is on your site any more."
    )
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Which version; without it the newest.")


class Receipt(Schema):
    """What we know that you have. A receipt never moves back."""

    release: int
    version: int
    state: Literal["sent", "seen", "acknowledged", "removed"]


class PlacementIn(Schema):
    """A page on which you published an article."""

    model_config = ConfigDict(extra="forbid")

    url: Text = Field(max_length=1000, examples=["https://radio-ejemplo.example/noticias/1"])


class Placement(Schema):
    """The page is on record, and will be looked at."""

    id: int
    release: int
    url: str
    state: str


# --- articles ----------------------------------------------------------------------------------------------------


class EnvelopeIn(Schema):
    """What you say about an article; the same as the options of `tornavoz submit`. What you leave out is looked for in
    the article itself."""

    model_config = ConfigDict(extra="forbid")

    url: Text | None = Field(
        None, max_length=2000, description="Address of the original. Without it the article is held."
    )
    source: Text | None = Field(None, max_length=63, description="May be left out: it is your token's.")
    format: Format = Field(Format.JSON, description="What the article is: `json`, `html` or `text`.")
    language: Text | None = Field(None, max_length=35, pattern=LANGUAGE)
    headline: Text | None = Field(None, max_length=1000)
    author: Text | None = Field(None, max_length=1000)
    published: date | None = Field(None, description="Date of first publication.")
    section: Text | None = Field(None, max_length=200)
    keywords: list[Annotated[Text, Field(max_length=200)]] = Field([], max_length=100)
    licence: Text | None = Field(None, max_length=500, description="Licence of this one article, if not the source's.")
    correction: Text | None = Field(
        None, max_length=1000, description="What this version puts right, in the readers' language."
    )
    urgent: bool = Field(False, description="Breaking news: goes first, and waits for no other article.")


class ArticleIn(EnvelopeIn):
    """An article with its envelope."""

    payload: dict[str, Any] | str = Field(
        description="The article: an object when `format` is `json` (a WordPress REST post, or our own intake form), "
        "else its text."
    )

    @model_validator(mode="after")
    def _fits(self) -> ArticleIn:
        if (self.format is Format.JSON) != isinstance(self.payload, dict):
            wanted = "an object" if self.format is Format.JSON else "a text"
            raise ValueError(f"payload must be {wanted}, because format is {self.format.value!r}")
        return self


class Accepted(Schema):
    """The article is written down: nothing can lose it now."""

    submission: UUID
    article: int
    revision: int = Field(description="Number of this version of the article.")
    reception: Literal["new", "revised", "duplicate", "retried", "completed", "held"] = Field(
        description="What became of it. `held`: it is kept, but a person has to see to it; `reason` says why."
    )
    reason: str
    status_url: str = Field(description="Ask here what has become of it since.")


class Finding(Schema):
    """What a check has to say."""

    code: str
    level: str
    reason: str
    place: str


class SubmittedTranslation(Schema):
    """A translation of a submitted article."""

    language: str
    version: int
    state: str
    findings: list[Finding]


class SubmittedRelease(Schema):
    """A product that has the article."""

    product: str
    guid: str
    version: int
    state: str
    reason: str
    url: str


class Submission(Schema):
    """What has become of a submitted article."""

    submission: UUID
    at: datetime
    article: int
    revision: int = Field(description="Number of this version of the article.")
    state: str = Field(description="received, extracted, cleared, held, refused or superseded.")
    code: str
    reason: str
    withdrawn: bool
    findings: list[Finding]
    translations: list[SubmittedTranslation]
    releases: list[SubmittedRelease]


# --- the service ---------------------------------------------------------------------------------------------------


class Service(Schema):
    """How the newsroom is doing."""

    status: Literal["ok", "late"] = Field(description="`late`: some work has waited for longer than five minutes.")
    time: datetime
    version: str
    oldest_due_seconds: dict[str, float] = Field(description="For each queue with due work, how long the oldest waits.")
    parked: int = Field(description="Units of work that wait for a person.")
