"""tokens: what partners and automation show to be let in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json, talk
from workers.cli.partners import named

if TYPE_CHECKING:
    from feeds.tokens import Holder
    from pipeline.ledger.models import Source, Token


@click.group()
def tokens() -> None:
    """Tokens let partners read their feeds and releases, and automation hand articles in."""


@tokens.command()
@click.option("--partner", help="Slug of the partner that will hold it.")
@click.option("--source", help="Slug of the source that automation will hand articles in for.")
@click.option("--newsroom", "house", is_flag=True, help="For the newsroom's own automation: campaigns.")
@click.option(
    "--scope", "scopes", multiple=True, help="What it opens; several times. Default: all that its holder may."
)
@click.option("--name", default="", help="What it is for, so that you know it again in the list.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="First day on which it no longer works (UTC).")
@json_option
def issue(
    partner: str | None,
    source: str | None,
    house: bool,
    scopes: tuple[str, ...],
    name: str,
    expires: datetime | None,
    as_json: bool,
) -> None:
    """Make a token and show it, once. Older ones go on working, so that one can follow the other without a gap."""
    open_ledger()
    from feeds import tokens as ledger
    from pipeline.clock import now
    from pipeline.errors import ConfigError

    if [partner is not None, source is not None, house].count(True) != 1:
        raise ConfigError("say whose token it is: --partner SLUG, --source SLUG or --newsroom")
    if expires is not None and expires.replace(tzinfo=UTC) <= now():
        raise ConfigError(f"{expires:%Y-%m-%d} is past: the token would never work")
    holder = ledger.HOUSE if house else named(partner) if partner is not None else _source(source or "")
    made = ledger.issue(
        holder,
        actor=actor(),
        now=now(),
        scopes=scopes,
        name=name,
        expires_at=expires.replace(tzinfo=UTC) if expires else None,
    )
    addresses = _addresses(holder, made, scopes)
    if as_json:
        print_json({"token": made, "holder": ledger.subject_of(holder), **addresses})
        return
    click.echo(made)
    for address in addresses["feeds"]:
        click.echo(address)
    feeds = " The same feeds without a secret in their address, for HTTP Basic:" if addresses["basic"] else ""
    talk.print(f"It is shown this once.{feeds}")
    for address in addresses["basic"]:
        talk.print(f"  {address}", soft_wrap=True)
    if addresses["feeds"]:
        talk.print(
            "Either way, feeds.opml in place of product and file lists them all, for a reader that imports OPML."
        )


@tokens.command(name="list")
@click.option("--partner", help="Only this partner's.")
@click.option("--source", help="Only this source's.")
@click.option("--all", "everything", is_flag=True, help="Those that no longer work as well.")
@json_option
def list_tokens(partner: str | None, source: str | None, everything: bool, as_json: bool) -> None:
    """Tokens by their key, with what they open, when they end and when they were last used."""
    open_ledger()
    from feeds import tokens as ledger
    from pipeline.clock import now
    from pipeline.ledger.models import Token

    chosen = Token.objects.select_related("partner", "source")
    if partner is not None:
        chosen = chosen.filter(partner=named(partner))
    if source is not None:
        chosen = chosen.filter(source=_source(source))
    good = set(ledger.standing(now()).values_list("pk", flat=True))
    rows = [_row(row, ledger.subject_of(ledger.holder_of(row)), row.pk in good) for row in chosen.order_by("pk")]
    shown = rows if everything else [row for row in rows if row["works"]]
    hidden = len(rows) - len(shown)
    if as_json:
        print_json({"tokens": shown, "hidden": hidden})
        return
    for row in shown:
        out.print(_line(row), soft_wrap=True)
    if hidden:
        talk.print(f"{hidden} that no longer work are not shown; see them with --all")


@tokens.command()
@click.argument("key")
@click.option("--reason", required=True)
def revoke(key: str, reason: str) -> None:
    """End a token, with the next request that shows it. KEY is its middle part, as `tokens list` shows it."""
    open_ledger()
    from feeds import tokens as ledger
    from pipeline.clock import now

    row = ledger.revoke(key, actor=actor(), reason=reason, now=now())
    out.print(f"{row.key} of {ledger.subject_of(ledger.holder_of(row))}: revoked")


def _row(row: Token, holder: str, works: bool) -> dict[str, Any]:
    return {
        "key": row.key,
        "holder": holder,
        "name": row.name,
        "scopes": row.scopes,
        "works": works,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "last_used_at": row.last_used_at,
    }


def _line(row: dict[str, Any]) -> str:
    used = f"last used {row['last_used_at']:%Y-%m-%d %H:%M}" if row["last_used_at"] else "never used"
    ends = f"revoked {row['revoked_at']:%Y-%m-%d}" if row["revoked_at"] else ""
    if not ends and row["expires_at"]:
        ends = f"ends {row['expires_at']:%Y-%m-%d}"
    parts = (row["key"], row["holder"], row["name"], ", ".join(row["scopes"]), used, ends)
    return "  ".join(part for part in parts if part)


def _addresses(holder: Holder, token: str, scopes: tuple[str, ...]) -> dict[str, list[str]]:
    """The partner's feeds: with the token in the address, and for HTTP Basic. Nothing for a token that opens none."""
    from feeds.addresses import FORMATS
    from feeds.tokens import Scope
    from pipeline.ledger.models import Partner
    from workers.spine import newsroom

    if not isinstance(holder, Partner) or (scopes and Scope.FEEDS not in scopes):
        return {"feeds": [], "basic": []}
    site = newsroom().config.site.url
    names = [
        f"{product.path}/{name}"
        for product in holder.products.order_by("language", "slug")
        for form, name in FORMATS.items()
        if form in (holder.formats or FORMATS)
    ]
    return {
        "feeds": [f"{site}/p/{token}/{name}" for name in names],
        "basic": [f"{site}/private/{holder.slug}/{name}" for name in names],
    }


def _source(slug: str) -> Source:
    from workers.home import source_named

    return source_named(slug)


COMMANDS = [tokens]
