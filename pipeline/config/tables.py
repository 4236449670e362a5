"""What newsroom.toml can say: its tables, their keys and defaults, and what must agree between them.

Knows: the file's shape. Must not know: TOML, how a mistake is explained, Django, the ledger, secrets (those are
environment variables, read in settings.py).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.config.near import near
from pipeline.types import Rights, UseClass

LICENCES = ("cc0", "pdm", "by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
# RFC 4151 section 2.1: a domain or a mail address, and a date of which month and day may be left out
_TAG_AUTHORITY = re.compile(
    r"(?:[\w.-]+@)?[a-z0-9]+(?:[.-]+[a-z0-9]+)*,[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?",
    re.ASCII,
)


class Table(BaseModel):
    """A TOML table: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Site(Table):
    """Who publishes, and where."""

    name: str = "Tornavoz"
    url: str = "http://127.0.0.1:8000"
    tag: str = "tornavoz.example,2026"  # RFC 4151 authority of every guid: a domain held on a date. Never change it.
    contact: str | None = None
    feed_size: int = Field(default=50, ge=1, le=500)  # entries in a feed, at least; older ones are in its archive
    feed_hours: int = Field(default=24, ge=12)  # what changed in so many hours is in the feed, however much it is
    stub_days: int = Field(default=30, ge=1)  # how long a withdrawn entry stays as a stub
    hub: str = "own"  # WebSub: "own" serves one at /hub, "none" has none, an address names another one
    ttl_minutes: int = Field(default=15, ge=1)
    icon: str | None = None  # address of a square picture of the outlet, for feeds
    logo: str | None = None  # address of a wide one, at most 144 pixels wide and 400 high

    @field_validator("hub")
    @classmethod
    def _known_hub(cls, value: str) -> str:
        if value not in {"own", "none"} and not value.startswith(("http://", "https://")):
            raise ValueError('must be "own", "none", or the address of a hub')
        return value

    @field_validator("tag")
    @classmethod
    def _an_authority(cls, value: str) -> str:
        if not _TAG_AUTHORITY.fullmatch(value):
            raise ValueError(
                'must be a domain of yours and a day on which it was yours, such as "news.example,2026-01-31"'
            )
        return value

    @field_validator("url", "icon", "logo")
    @classmethod
    def _plain_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value else value


class Translating(Table):
    """How texts are translated."""

    review: Literal["findings", "always"] = "findings"  # always: nothing is released before an editor approved it
    only_warn: tuple[Literal["invented-word", "confidence", "quotes"], ...] = ()  # checks that stop nothing here
    variety: Literal["es-ES", "es-419", "es-MX"] | None = None  # how figures are written; unset: as the engine does
    engine: Literal["argos", "libretranslate"] = "argos"
    url: str | None = None  # of the LibreTranslate server
    server_models: str = "server"  # what its models are called in the provenance; change it when they are replaced
    mode: Literal["exact", "fast"] = "exact"
    threads: int = Field(default=0, ge=0)  # translations at once; 0 = one for each core
    pool_tokens: int = Field(default=10_000, ge=0)  # of all articles that are translated together; 0 = one by one
    pool_wait: float = Field(default=2.0, ge=0, le=30)  # seconds that one waits for others on their way
    models: dict[str, str] = {}  # "en-es" = "translate-en_es 0.1" pins a model; otherwise the newest is used

    @model_validator(mode="after")
    def _server_is_named(self) -> Translating:
        if self.engine == "libretranslate" and not (self.url or "").startswith(("http://", "https://")):
            raise ValueError('engine = "libretranslate" needs url = "http://…", the address of the server')
        return self


class GlossaryTable(Table):
    """Terms with the translation they must have. Files are .toml, .csv or .tbx, relative to this file's folder."""

    shipped: bool = True  # use the glossary that comes with the program
    files: tuple[str, ...] = ()  # the last one wins
    expand_acronyms: bool = False  # spell an acronym out where the body first mentions it


class Intake(Table):
    """Limits for what comes in."""

    max_bytes: int = Field(default=5_000_000, ge=1_000)


class Api(Table):
    """How often partners and automation may ask, in all server processes together."""

    requests_per_minute: int = Field(default=300, ge=1)  # with one token
    failures_per_minute: int = Field(default=60, ge=1)  # from one address that shows a wrong token, or none


class Mail(Table):
    """Courtesy mail to publishers. The server is SMTP_URL in the environment; without it mail is only drafted."""

    sender: str | None = None
    send: bool = False  # send each day's digest without asking an editor


class Network(Table):
    """Whom this machine may contact besides public addresses."""

    allow_private: tuple[str, ...] = ()


class Terms(Table):
    """How often publishers' pages of terms, kept as evidence, are compared with what they say now."""

    check_days: int = Field(default=7, ge=0)


class Push(Table):
    """How partners are told of what is new, corrected or withdrawn."""

    give_up_hours: int = Field(default=72, ge=1)
    subscriptions_per_host: int = Field(default=100, ge=1)


class RightsTable(Table):
    """Reuse terms on file for a source: see docs/how-to/rights.md."""

    basis: Literal["licence", "house-terms", "permission", "none"]
    licence: str | None = None
    terms_url: str | None = None
    terms_text: str | None = None
    terms_sha256: str | None = None
    translation: bool | None = None
    uses: tuple[UseClass, ...] = ()
    ads_allowed: bool = False
    systematic: bool = True
    declared_by: str | None = None
    confirmed: bool = False
    reference: str | None = None
    languages: tuple[str, ...] = ()
    expires: date | None = None

    def record(self) -> Rights:
        """The same facts as the pure core speaks them."""
        return Rights(**{name: getattr(self, name) for name in type(self).model_fields})


class SourceTable(Table):
    """Where articles come from."""

    slug: str = Field(pattern=SLUG)
    publisher: str
    url: str
    other_sites: tuple[str, ...] = ()  # where else the publisher has articles of this source, under the same terms
    language: str = "en"
    feed: str | None = None
    poll_minutes: int | None = Field(default=None, ge=5)  # how often the feed is asked for articles; unset: never
    newest: int = Field(default=5, ge=0, le=100)  # articles that are taken at the first look at the feed
    full_text: bool = False  # the feed carries whole articles, so their pages are not fetched
    contact: str | None = None  # where the publisher wants to hear of a use
    authors: dict[str, str] = {}  # "MIKE LASUSA" = "Mike LaSusa"
    analysis_headings: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()  # beginnings of lines that are dropped
    body_ends: tuple[str, ...] = ()  # beginnings of lines after which nothing belongs to the body
    rights_starts: tuple[str, ...] = ("We encourage readers to copy",)
    glossary: tuple[str, ...] = ()  # glossary files for this source alone; they win over the newsroom's
    fixed: dict[str, dict[str, str]] = {}  # for a language: set phrases with their one translation
    rights: RightsTable | None = None

    @field_validator("url", "feed", "other_sites")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for each in (value,) if isinstance(value, str) else value or ():
            if not each.startswith(("http://", "https://")):
                raise ValueError("must start with http:// or https://")
        return value

    @property
    def sites(self) -> tuple[str, ...]:
        return (self.url, *self.other_sites)

    @model_validator(mode="after")
    def _feed_to_poll(self) -> SourceTable:
        if self.poll_minutes is not None and not self.feed:
            raise ValueError('poll_minutes needs feed = "https://…", the address to ask')
        return self


class ProductTable(Table):
    """A named selection of articles, published as feeds. Empty filters select everything."""

    slug: str = Field(pattern=SLUG)
    language: str = "es"
    title: str
    subtitle: str = ""
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()  # codes such as "by" or "by-nc-sa"
    delay_minutes: int = Field(default=0, ge=0)  # embargo after the release is decided

    @property
    def path(self) -> str:
        return f"{self.language}/{self.slug}"

    @field_validator("licences")
    @classmethod
    def _known_licences(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if code not in LICENCES:
                raise ValueError(
                    f"{code!r} is no licence code{near(code, list(LICENCES))}; known: {', '.join(LICENCES)}"
                )
        return value


class PartnerTable(Table):
    """A subscribing outlet."""

    slug: str = Field(pattern=SLUG)
    name: str
    use: UseClass
    products: tuple[str, ...] = ("es/all",)
    webhook: str | None = None  # https; its signing secret is TORNAVOZ_WEBHOOK_<SLUG> in the environment
    email: str | None = None
    formats: tuple[Literal["rss", "atom", "json"], ...] = ("rss", "atom", "json")  # of its private feeds
    delay_minutes: int = Field(default=0, ge=0)  # how much later than everybody else it gets a new article


class Config(Table):
    """Everything newsroom.toml can say."""

    site: Site = Site()
    translation: Translating = Translating()
    glossary: GlossaryTable = GlossaryTable()
    intake: Intake = Intake()
    api: Api = Api()
    mail: Mail = Mail()
    network: Network = Network()
    terms: Terms = Terms()
    push: Push = Push()
    source: tuple[SourceTable, ...] = ()
    product: tuple[ProductTable, ...] = (
        ProductTable(slug="all", language="es", title="Tornavoz en español", subtitle="Todos los artículos"),
    )
    partner: tuple[PartnerTable, ...] = ()

    @model_validator(mode="after")
    def _names_resolve(self) -> Config:
        for kind, names in (
            ("source", [source.slug for source in self.source]),
            ("product", [product.path for product in self.product]),
            ("partner", [partner.slug for partner in self.partner]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"[[{kind}]] {', '.join(sorted(twice))} is defined twice")
        paths = {product.path for product in self.product}
        for partner in self.partner:
            for path in partner.products:
                if path not in paths:
                    raise ValueError(
                        f"partner {partner.slug!r} asks for product {path!r}, which is not defined{near(path, paths)}"
                    )
            if partner.webhook and not self._may_be_pushed_to(partner.webhook):
                raise ValueError(
                    f"the webhook of partner {partner.slug!r} must begin with https://; plain http is for hosts in "
                    "[network] allow_private"
                )
        return self

    @property
    def hub_url(self) -> str | None:
        """Address of the WebSub hub that our feeds name, if any."""
        return {"own": f"{self.site.url}/hub", "none": None}.get(self.site.hub, self.site.hub)

    def _may_be_pushed_to(self, webhook: str) -> bool:
        address = urlsplit(webhook)
        return address.scheme == "https" or (
            address.scheme == "http" and address.hostname in {host.lower() for host in self.network.allow_private}
        )


def keys_beside(place: list[str]) -> list[str]:
    """Keys that are known in the table that `place` points into."""
    table: type[Table] = Config
    tables: dict[str, type[Table]] = {
        "site": Site,
        "translation": Translating,
        "glossary": GlossaryTable,
        "intake": Intake,
        "api": Api,
        "mail": Mail,
        "network": Network,
        "push": Push,
        "source": SourceTable,
        "product": ProductTable,
        "partner": PartnerTable,
        "rights": RightsTable,
    }
    for part in place[:-1]:
        table = tables.get(part, table)
    return list(table.model_fields)
