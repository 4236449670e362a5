"""deliveries: pushes and letters that partners refused or never took, and sending them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ledger.models import Delivery


@click.group()
def deliveries() -> None:
    """Pushes and letters to partners: what was given up or refused, and sending it again."""


@deliveries.command(name="list")
@click.option("--partner", help="Of this partner only.")
@click.option("--all", "everything", is_flag=True, help="Those that still wait for their turn too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@json_option
def list_deliveries(partner: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """What partners refused, or did not take for as long as [push] give_up_hours allows; the newest first."""
    open_ledger()
    from pipeline.ledger import deliveries as ledger

    _known(partner)
    found = ledger.letters(partner, everything=everything)
    total = found.count()
    rows = [_row(delivery) for delivery in found[:limit]]
    hidden = total - len(rows)
    if as_json:
        print_json({"deliveries": rows, "hidden": hidden})
        return
    for row in rows:
        out.print(_line(row), soft_wrap=True)
    if hidden:
        out.print(f"and {hidden} more: --limit {total}")
    if not rows:
        out.print("every partner took what it was sent")


@deliveries.command()
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1)
@click.option("--partner", help="Everything that this partner refused or did not take.")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@click.option("--dry-run", is_flag=True, help="Only show what would be sent.")
@json_option
def resend(numbers: tuple[int, ...], partner: str | None, reason: str, dry_run: bool, as_json: bool) -> None:
    """Put deliveries back in their partner's queue, oldest first, under the same event id."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.errors import IllegalTransition
    from pipeline.ledger import deliveries as ledger

    if not numbers and partner is None:
        raise click.UsageError("say which deliveries (see: tornavoz deliveries list), or --partner SLUG")
    _known(partner)
    found = ledger.letters(partner)
    if numbers:
        found = found.filter(pk__in=numbers)
        if missing := sorted(set(numbers) - set(found.values_list("pk", flat=True))):
            listed = ", ".join(str(number) for number in missing)
            raise IllegalTransition(f"not given up or refused, or not this partner's: {listed}; nothing was sent")
    rows = [_row(delivery) for delivery in found]
    if not dry_run:
        ledger.send_again(found, actor=actor(), reason=reason, now=now())
    if as_json:
        print_json({"dry_run": dry_run, "deliveries": rows})
        return
    for row in reversed(rows):
        out.print(_line(row), soft_wrap=True)
    out.print(f"{'would send' if dry_run else 'queued'} {len(rows)}")


def _known(partner: str | None) -> None:
    from workers.cli.partners import named

    if partner is not None:
        named(partner)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery.pk,
        "partner": delivery.partner.slug,
        "channel": delivery.channel,
        "kind": delivery.kind,
        "article": delivery.release.article_id,
        "product": delivery.release.product.path,
        "version": delivery.version,
        "state": delivery.state,
        "code": delivery.reason_code,
        "reason": delivery.reason,
        "created_at": delivery.created_at,
        "due_at": delivery.due_at,
        "attempts": [
            {"at": attempt.at, "status": attempt.status, "answer": attempt.answer}
            for attempt in sorted(delivery.attempts.all(), key=lambda attempt: attempt.pk)
        ],
    }


def _line(row: dict[str, Any]) -> str:
    tries = len(row["attempts"])
    return (
        f"{row['delivery']}  {row['partner']}  {row['channel']}  article {row['article']} {row['kind']} "
        f"v{row['version']}  {row['state']} after {tries} {'try' if tries == 1 else 'tries'}  {row['reason']}"
    ).rstrip()


COMMANDS = [deliveries]
