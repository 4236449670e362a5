"""partners: subscribing outlets and what they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import json_option, open_ledger, out, print_json, talk

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
    from pipeline.clock import now
    from pipeline.ledger.models import Partner

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


@partners.command()
@click.argument("slug")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="0 shows every one.")
@json_option
def withheld(slug: str, limit: int, as_json: bool) -> None:
    """What a partner does not get and why: licence, use class, embargo, or a finding that waits for somebody."""
    open_ledger()
    from dataclasses import asdict

    from pipeline.clock import now
    from pipeline.ledger.withheld import of_partner

    rows, total = of_partner(named(slug), limit=limit or None, now=now())
    if as_json:
        print_json({"withheld": [asdict(row) for row in rows], "total": total, "not_shown": total - len(rows)})
        return
    for row in rows:
        until = f" (until {row.until:%Y-%m-%d %H:%M})" if row.until else ""
        head = f"article {row.article}  {row.product}  {row.since:%Y-%m-%d}  {row.cause} {row.code}{until}"
        out.print(f"{head}\n  {row.headline or '(not read yet)'}: {row.reason}", soft_wrap=True)
    talk.print(f"{len(rows)} of {total} shown" + ("; all with --limit 0" if len(rows) < total else ""))


def named(slug: str) -> Partner:
    """The partner with this slug. ConfigError, with the nearest name, when there is none."""
    from pipeline.config.near import near
    from pipeline.errors import ConfigError
    from pipeline.ledger.models import Partner

    partner = Partner.objects.filter(slug=slug).first()
    if partner is None:
        names = list(Partner.objects.values_list("slug", flat=True))
        raise ConfigError(f"there is no partner {slug!r}{near(slug, names)}")
    return partner


COMMANDS = [partners]
