"""credit: whether partners' pages show the credit that the licence asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.ledger.models import Release

release_option = click.option(
    "--release", required=True, help="Number or guid of the release: `status --json` has both."
)


@click.group()
def credit() -> None:
    """Pages where partners published: is the credit on them, and until when must it be?"""


@credit.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those in order and those removed, too.")
@json_option
def list_placements(everything: bool, as_json: bool) -> None:
    """Reported pages that need somebody, the most urgent first, with what is missing on each."""
    open_ledger()
    from pipeline.ledger import placements

    rows, hidden = placements.listed(everything=everything)
    if as_json:
        print_json({"placements": rows, "not_listed": hidden})
        return
    for row in rows:
        by = f", to be mended by {row['cure_by']:%Y-%m-%d %H:%M}" if row["cure_by"] else ""
        partner = row["partner"] or row["reported_by"]
        out.print(f"{row['placement']}  {row['state']}{by}  {partner}  release {row['release']}", soft_wrap=True)
        out.print(f"   {row['url']}", soft_wrap=True)
        _print_findings(row["proof"]["findings"] if row["proof"] else ())
    if hidden:
        out.print(f"… and {hidden} in order or removed: --all")
    elif not rows:
        out.print("no page needs anybody")


@credit.command()
@click.argument("url")
@release_option
@click.option("--partner", help="Slug of the partner whose page it is.")
def report(url: str, release: str, partner: str | None) -> None:
    """Put a page on record: it is looked at now, and again each day while its credit is not in order."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.ledger import placements
    from workers.cli.editing import finish
    from workers.cli.partners import named

    placement, made = placements.report(
        _release(release), url, partner=named(partner) if partner else None, actor=actor(), now=now()
    )
    out.print(f"placement {placement.pk}: " + ("on record" if made else "on record already; it is looked at again"))
    finish()


@credit.command()
@click.argument("url")
@release_option
@json_option
def check(url: str, release: str, as_json: bool) -> None:
    """Look at a page now and say what is missing; nothing is recorded. Exit code 1 unless the credit is whole."""
    open_ledger()
    from feeds import proofs
    from pipeline.clock import now
    from pipeline.ingest.http import GuardedClient
    from pipeline.ledger import placements
    from pipeline.rights.proof import Verdict
    from workers.spine import newsroom

    client = GuardedClient(allow_private=frozenset(newsroom().config.network.allow_private))
    compared = _release(release)
    look = proofs.look_at(url, placements.shown(compared), client, now=now())
    row = placements.proof_row(placements.kept_proof(None, compared.version, look))
    if as_json:
        print_json(row)
    else:
        percent = (
            f"{row['coverage']:.0%} of the text is on the page" if row["coverage"] else "the text is not on the page"
        )
        out.print(
            f"{row['verdict']}: {row['address'] or url} answered {row['status'] or 'nothing'}; {percent}",
            soft_wrap=True,
        )
        _print_findings(row["findings"])
    if look.proof.verdict is not Verdict.PROVED:
        raise SystemExit(1)


@credit.command()
@click.argument("placement", type=int)
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def settle(placement: int, reason: str) -> None:
    """Take a credit as given: the licensor accepted a late cure, or you looked at the page yourself."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.ledger import placements

    placements.settle(placement, reason=reason, actor=actor(), now=now())
    out.print(f"placement {placement} settled")


def _print_findings(findings: Iterable[dict[str, Any]]) -> None:
    for finding in findings:
        out.print(f"   {'missing' if finding['level'] == 'hold' else 'note'}: {finding['reason']}", soft_wrap=True)


def _release(named: str) -> Release:
    """The release with this number or guid; of several with one guid, the one that changed last."""
    from pipeline.errors import IllegalTransition
    from pipeline.ledger.models import Release

    rows = Release.objects.select_related("product", "article", "translation")
    rows = rows.filter(pk=int(named)) if named.isdecimal() else rows.filter(guid=named)
    release = rows.order_by("-updated_at", "pk").first()
    if release is None:
        raise IllegalTransition(f"there is no release {named}; tornavoz status --json lists them")
    return release


COMMANDS = [credit]
