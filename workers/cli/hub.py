"""hub: who subscribed to our feeds by WebSub, how it goes, and ending a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ledger.models import Subscription


@click.group()
def hub() -> None:
    """Subscribers of our WebSub hub: programs that are sent a feed as soon as it changes."""


@hub.command(name="list")
@click.option("--host", help="Only callbacks on this host.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@json_option
def list_subscriptions(host: str | None, limit: int, as_json: bool) -> None:
    """Subscriptions with their feed, the callback's host, the end of the lease, the last success; failing ones first.

    Callbacks are not shown whole: their addresses are often all that protects them.
    """
    open_ledger()
    from pipeline.ledger import subscriptions as ledger

    found = ledger.listed(host=host)
    total = found.count()
    rows = [_row(row) for row in found[:limit]]
    if as_json:
        print_json({"subscriptions": rows, "hidden": total - len(rows)})
        return
    for row in rows:
        out.print(_line(row), soft_wrap=True)
    if total > len(rows):
        out.print(f"and {total - len(rows)} more: --limit {total}")
    if not rows:
        out.print("nobody is subscribed")


@hub.command()
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1)
@click.option("--host", help="Every subscription of this host.")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@click.option("--dry-run", is_flag=True, help="Only show what would be ended.")
@json_option
def end(numbers: tuple[int, ...], host: str | None, reason: str, dry_run: bool, as_json: bool) -> None:
    """End subscriptions and tell their callbacks so. Whoever is meant to stay away can subscribe again: to a private
    feed only with a token, so revoke that; to a public one, as anybody."""
    open_ledger()
    from feeds import websub
    from pipeline.clock import now
    from pipeline.errors import IllegalTransition
    from pipeline.ledger import subscriptions as ledger
    from workers.spine import newsroom

    if not numbers and host is None:
        raise click.UsageError("say which subscriptions (see: tornavoz hub list), or --host HOST")
    found = ledger.listed(host=host)
    if numbers:
        found = found.filter(pk__in=numbers)
    ending = list(found)
    if missing := sorted(set(numbers) - {row.pk for row in ending}):
        listed = ", ".join(str(number) for number in missing)
        raise IllegalTransition(f"no such subscription: {listed}; none was ended. See: tornavoz hub list")
    rows = [_row(row) for row in ending]
    if not dry_run:
        websub.end(ending, newsroom().config, reason=reason, actor=actor(), now=now())
    if as_json:
        print_json({"dry_run": dry_run, "subscriptions": rows})
        return
    for row in rows:
        out.print(_line(row), soft_wrap=True)
    out.print(f"{'would end' if dry_run else 'ended'} {len(rows)}")


def _row(row: Subscription) -> dict[str, Any]:
    from feeds.topics import spoken

    return {
        "subscription": row.pk,
        "topic": spoken(row.topic),
        "host": row.host,
        "signed": bool(row.secret),
        "lease_until": row.lease_until,
        "took_at": row.took_at,
        "failures": row.tries,
        "failing_since": row.failing_since,
    }


def _line(row: dict[str, Any]) -> str:
    took = f"last took one {row['took_at']:%Y-%m-%d %H:%M}" if row["took_at"] else "has taken none yet"
    failing = f"failed {row['failures']} times since {row['failing_since']:%Y-%m-%d %H:%M}" if row["failures"] else ""
    lease = f"until {row['lease_until']:%Y-%m-%d %H:%M}"
    unsigned = "" if row["signed"] else "unsigned"
    parts = (str(row["subscription"]), row["topic"], row["host"], lease, took, failing, unsigned)
    return "  ".join(part for part in parts if part)


COMMANDS = [hub]
