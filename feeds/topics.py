"""Topics of our hub: which of our feeds an address names, and where its bytes are.

Knows: public feeds, and partners' private feeds, whose address holds a token. Must not know: subscriptions, HTTP.
A topic's key holds no secret and may stand in logs, units and the audit trail; addresses of private topics may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from feeds import tokens
from feeds.addresses import FORMATS, feed_path, private_folder
from feeds.static import content_type
from pipeline.config import Config
from pipeline.ledger.models import Partner, Product, Token

_PUBLIC = re.compile(r"/feeds/(?P<product>[a-z-]+/[a-z0-9-]+)/(?P<name>[a-z.]+)")
_PRIVATE = re.compile(r"/p/(?P<token>[A-Za-z0-9_-]{8,100})/(?P<product>[a-z-]+/[a-z0-9-]+)/(?P<name>[a-z.]+)")
_FORM_OF = {name: form for form, name in FORMATS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A feed in one format. `partner` and `token` are set for a private one."""

    product: Product
    form: str
    partner: Partner | None = None
    token: Token | None = None

    @property
    def key(self) -> str:
        """ "feed:3:rss" or "private:7:3:rss"."""
        place = f"{self.product.pk}:{self.form}"
        return f"private:{self.partner.pk}:{place}" if self.partner else f"feed:{place}"

    @property
    def path(self) -> Path:
        """The file whose bytes subscribers get."""
        if self.partner is None:
            return Path(settings.PUBLIC_DIR, feed_path(self.product.path, self.form))
        return Path(settings.PRIVATE_DIR, private_folder(self.partner.slug, self.product.path), FORMATS[self.form])

    @property
    def content_type(self) -> str:
        return f"{content_type(self.path)}; charset=utf-8"


def at(url: str, config: Config, *, now: datetime) -> Topic | None:
    """The topic at exactly this address of ours. A wrong token, product or format looks like no topic at all."""
    if not url.startswith(config.site.url):
        return None
    path = url[len(config.site.url) :]
    if found := _PUBLIC.fullmatch(path):
        product = _product(found["product"])
        form = _FORM_OF.get(found["name"])
        return Topic(product=product, form=form) if product and form else None
    if found := _PRIVATE.fullmatch(path):
        token = tokens.find(found["token"], now=now)
        partner = token.partner if token and tokens.Scope.FEEDS in token.scopes else None
        product = _product(found["product"])
        form = _FORM_OF.get(found["name"])
        if partner is None or product is None or form is None:
            return None
        topic = Topic(product=product, form=form, partner=partner, token=token)
        return topic if stands(topic) else None
    return None


def of(key: str) -> Topic | None:
    """The topic with this key, while there is one."""
    *private, product, form = key.split(":")
    row = Product.objects.filter(pk=int(product), active=True).first()
    if row is None:
        return None
    if private[0] == "feed":
        return Topic(product=row, form=form)
    partner = Partner.objects.filter(pk=int(private[1]), active=True).first()
    topic = Topic(product=row, form=form, partner=partner) if partner else None
    return topic if topic and stands(topic) else None


def public_address(key: str, config: Config) -> str:
    """The address of a public feed, whether or not it is still served. A private one's is not ours to know."""
    _, product, form = key.split(":")
    return f"{config.site.url}/{feed_path(Product.objects.get(pk=int(product)).path, form)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A topic in people's words, whether it is served or not: the product, and for a private feed the partner."""

    product: str  # title
    path: str
    form: str
    partner: str = ""  # slug


def named(keys: Iterable[str]) -> dict[str, Name]:
    """Many topics in people's words, in two questions to the ledger."""
    parts = {key: key.split(":") for key in keys}
    products = Product.objects.in_bulk([int(part[-2]) for part in parts.values()])
    partners = Partner.objects.in_bulk([int(part[1]) for part in parts.values() if len(part) == 4])
    return {
        key: Name(
            product=products[int(part[-2])].title,
            path=products[int(part[-2])].path,
            form=part[-1],
            partner=partners[int(part[1])].slug if len(part) == 4 else "",
        )
        for key, part in parts.items()
    }


def spoken(key: str) -> str:
    """A topic in an operator's words: "es/all rss", or "el-faro es/all rss" for a private feed."""
    name = named([key])[key]
    return " ".join(word for word in (name.partner, name.path, name.form) if word)


def stands(topic: Topic) -> bool:
    """Whether a private topic's partner still gets this product in this format."""
    partner = topic.partner
    return partner is None or (
        partner.products.filter(pk=topic.product.pk).exists() and topic.form in (partner.formats or FORMATS)
    )


def _product(path: str) -> Product | None:
    language, _, slug = path.partition("/")
    return Product.objects.filter(language=language, slug=slug, active=True).first()
