"""The shapes of campaigns on the wire. Their descriptions are the API's reference, as those of schemas.py are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from feeds.api.schemas import Text
from pipeline.ledger.choices import Choice

Name = Annotated[Text, Field(min_length=1, max_length=200)]


class ChoiceIn(Schema):
    """Which releases are meant. What is given must match, and something must be given."""

    model_config = ConfigDict(extra="forbid")

    articles: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(default=[], max_length=1_000)
    product: Name | None = Field(default=None, description="Its path.", examples=["es/all"])
    partner: Name | None = Field(default=None, description="What it gets, and to this partner only.")
    source: Name | None = None
    section: Name | None = Field(default=None, description="Of the original.")
    since: date | None = Field(default=None, description="First published on or after.")
    until: date | None = Field(default=None, description="And on or before.")
    model: Name | None = Field(default=None, description="That translated it.")
    glossary: Name | None = Field(default=None, description="Version of the glossary it was translated with.")
    rights: Name | None = Field(default=None, description="Licence code or address, basis, or reference.")
    reviewed: bool = Field(default=False, description="Translate again also what a person has read or edited.")

    def chosen(self) -> Choice:
        """As the ledger asks for it."""
        return Choice(**{**self.model_dump(), "articles": tuple(self.articles)})


class CampaignIn(Schema):
    """A campaign to look at."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["send", "translate"] = Field(description="Send the same version again, or make a new one.")
    choice: ChoiceIn


class CampaignStart(CampaignIn):
    """A campaign to start."""

    reason: Annotated[Text, Field(min_length=1, max_length=1_000, pattern=r"\S")] = Field(
        description="Kept in the audit trail."
    )
    note: Annotated[Text, Field(max_length=500)] = Field(
        default="", description="What readers are told of new versions, in their language."
    )
    per_hour: int | None = Field(default=None, ge=1, le=1_000_000, description="Releases an hour, at most.")


class Receiver(Schema):
    """What one receiver would get. Without a `partner` it is the public feeds."""

    partner: str
    channel: str
    going: int
    left_out: int


class Obstacle(Schema):
    """Why something is left out, and how often."""

    code: str
    reason: str
    count: int


class Plan(Schema):
    """A dry run, counted."""

    verb: str
    releases: int = Field(description="That the choice matches.")
    articles: int = Field(description="Of them with something to be sent.")
    going: int
    left_out: int
    receivers: list[Receiver]
    obstacles: list[Obstacle]
    pushes: int = Field(description="Webhook deliveries.")
    feeds: int = Field(description="Rendered to files.")
    pages: int
    sentences: int = Field(description="To translate.")


class Campaign(Schema):
    """How far a campaign is. The counts are of releases by state, of deliveries by state, of translations by state."""

    id: int
    verb: str
    choice: str
    state: str = Field(description="running, paused, done or canceled.")
    reason: str
    actor: str
    created: datetime
    finished: datetime | None
    listed: bool = Field(description="Whether every chosen release is counted already.")
    releases: int
    handed_over: int
    percent: int
    on_their_way: int
    failed: int
    items: dict[str, int]
    deliveries: dict[str, int]
    translations: dict[str, int]
    left_out: dict[str, int] = Field(description="Releases by the code of the reason.")
    withheld: dict[str, int] = Field(description="Deliveries by the code of the reason.")


class Campaigns(Schema):
    """The newest campaigns, and how many older ones there are."""

    campaigns: list[Campaign]
    more: int
