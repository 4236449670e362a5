"""partners: subscribing outlets and their private addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ledger.models import Partner


@click.group()
def partners() -> None:
    """Subscribing outlets. They are named in newsroom.toml; their tokens are made here."""


@partners.command(name="list")
@json_option
def list_partners(as_json: bool) -> None:
    """Partners with their use class, products, and whether they have a token."""
    open_ledger()
    from pipeline.ledger.models import Partner

    rows: list[dict[str, Any]] = [
        {
            "slug": partner.slug,
            "name": partner.name,
            "use": partner.use,
            "products": [product.path for product in partner.products.order_by("language", "slug")],
            "active": partner.active,
            "token_made_at": partner.token_made_at,
        }
        for partner in Partner.objects.order_by("slug")
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        token = f"token of {row['token_made_at']:%Y-%m-%d}" if row["token_made_at"] else "no token"
        out.print(f"{row['slug']}  {row['use']}  {', '.join(row['products'])}  {token}")


@partners.command()
@click.argument("slug")
def token(slug: str) -> None:
    """Make a new token and print the private feed addresses, once. An older token stops working."""
    open_ledger()
    from feeds import tokens
    from feeds.addresses import FORMATS
    from workers.spine import newsroom, now

    partner = named(slug)
    made = tokens.issue(partner, actor=actor(), now=now())
    site = newsroom().config.site.url
    for product in partner.products.order_by("language", "slug"):
        for name in FORMATS.values():
            click.echo(f"{site}/p/{made}/{product.path}/{name}")


@partners.command()
@click.argument("slug")
@click.option("--reason", required=True)
def revoke(slug: str, reason: str) -> None:
    """Make a partner's private addresses stop answering, at once."""
    open_ledger()
    from feeds import tokens
    from workers.spine import now

    tokens.revoke(named(slug), actor=actor(), reason=reason, now=now())
    out.print(f"{slug}: token revoked")


def named(slug: str) -> Partner:
    """The partner with this slug. ConfigError, with the nearest name, when there is none."""
    from pipeline.config import near
    from pipeline.errors import ConfigError
    from pipeline.ledger.models import Partner

    partner = Partner.objects.filter(slug=slug).first()
    if partner is None:
        names = list(Partner.objects.values_list("slug", flat=True))
        raise ConfigError(f"there is no partner {slug!r}{near(slug, names)}")
    return partner


COMMANDS = [partners]
