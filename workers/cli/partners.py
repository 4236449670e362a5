"""partners: subscribing outlets and what they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ledger.models import Partner


@click.group()
def partners() -> None:
    """Subscribing outlets. They are named in newsroom.toml; their tokens are made with `tornavoz tokens issue`."""


@partners.command(name="list")
@json_option
def list_partners(as_json: bool) -> None:
    """Partners with their use class, products, tokens, and when they last fetched a feed."""
    open_ledger()
    from feeds import fetches, tokens
    from pipeline.ledger.models import Partner
    from workers.spine import now

    good, last = tokens.standing(now()), fetches.last_by_partner()
    rows: list[dict[str, Any]] = [
        {
            "slug": partner.slug,
            "name": partner.name,
            "use": partner.use,
            "products": [product.path for product in partner.products.order_by("language", "slug")],
            "active": partner.active,
            "tokens": list(good.filter(partner=partner).order_by("pk").values_list("key", flat=True)),
            "last_fetch_at": last.get(partner.pk),
        }
        for partner in Partner.objects.order_by("slug")
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        count = len(row["tokens"])
        tokens_words = {0: "no token", 1: "1 token"}.get(count, f"{count} tokens")
        fetch = f"last fetch {row['last_fetch_at']:%Y-%m-%d %H:%M}" if row["last_fetch_at"] else "never fetched"
        off = "" if row["active"] else "  (no longer in newsroom.toml)"
        out.print(
            f"{row['slug']}  {row['use']}  {', '.join(row['products'])}  {tokens_words}  {fetch}{off}", soft_wrap=True
        )


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
