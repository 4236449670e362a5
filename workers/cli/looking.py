"""status, trace, doctor: how things are."""

from __future__ import annotations

from typing import Any

import click

from workers.cli.common import json_option, open_ledger, open_newsroom, out, print_json, print_table, talk


@click.command()
@click.option("--limit", default=50, show_default=True, help="Articles to list.")
@click.option("--held", is_flag=True, help="Only what needs a person.")
@json_option
def status(limit: int, held: bool, as_json: bool) -> None:
    """What came in, what became of it, and what waits."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.ledger import placements, queries

    credit = placements.overview()
    overview = {**queries.overview(now=now()), "placements": credit}
    rows, more = queries.articles(limit=limit, needing_someone=held)
    parked = queries.parked_units()
    if as_json:
        print_json({**overview, "listed": rows, "not_listed": more, "parked": parked})
        return
    print_table(("article", "source", "revision", "translation", "releases", "why"), map(_cells, rows))
    if more:
        out.print(f"… and {more} more: --limit {limit + more}")
    for unit in parked:
        out.print(f"parked: unit {unit['unit']} ({unit['step']} {unit['subject']}): {unit['reason']}", soft_wrap=True)
    _say_credit(credit)
    for queue, seconds in overview["oldest_due_seconds"].items():
        out.print(f"queue {queue}: the oldest due unit has waited {seconds:.0f} s")


def _say_credit(credit: dict[str, Any]) -> None:
    """Partners' pages whose credit is not in order, if there are any."""
    wrong = [
        f"{credit['states'][state]} {state}" for state in ("overdue", "failed", "unclear") if state in credit["states"]
    ]
    if wrong:
        by = f", the next to be mended by {credit['next_cure_by']:%Y-%m-%d}" if credit["next_cure_by"] else ""
        out.print(f"credit on partners' pages: {', '.join(wrong)}{by}; see tornavoz credit list", soft_wrap=True)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    why = [row["code"]] if row["code"] else []
    why += [f"{each['code']} ({each['level']})" for each in row["findings"] if each["level"] != "info"]
    for translation in row["translations"]:
        why += [finding["code"] for finding in translation["findings"] if finding["level"] == "hold"]
    for release in row["releases"]:
        why += [release["code"]] if release["code"] else []
        why += [f"{each['partner']}: {each['code']}" for each in release["withheld"]]
    return (
        f"{row['article']} {row['headline'][:48]}",
        row["source"],
        f"{row['revision']} {row['state']}",
        ", ".join(f"{each['language']} {each['state']}" for each in row["translations"]) or "–",
        ", ".join(f"{each['product']} v{each['version']} {each['state']}" for each in row["releases"]) or "–",
        ", ".join(why),
    )


@click.command()
@click.argument("article", type=int)
@json_option
def trace(article: int, as_json: bool) -> None:
    """Everything that happened to an article, in order."""
    open_ledger()
    from pipeline.errors import LedgerError
    from pipeline.ledger import queries
    from pipeline.ledger.models import Article

    row = Article.objects.select_related("source").filter(pk=article).first()
    if row is None:
        raise LedgerError(f"there is no article {article}; tornavoz status lists them")
    events = queries.trace(article)
    if as_json:
        print_json({**queries.fate(row), "events": events})
        return
    for event in events:
        details = " ".join(f"{key}={value}" for key, value in event["details"].items() if value not in (None, "", []))
        line = f"{event['at'][:19]}  {event['actor']:<12} {event['action']:<24} {event['subject']:<16}"
        out.print(line, event["reason"], details, soft_wrap=True, markup=False)


@click.command()
@click.option("--quick", is_flag=True, help="Only whether this process can do its work: for health checks.")
@json_option
def doctor(quick: bool, as_json: bool) -> None:
    """Check model, database, broker, clock and folders, and say the repair of what is wrong."""
    open_newsroom()
    from workers import doctor as checks

    found = checks.examine(quick=quick)
    if as_json:
        print_json([each.as_row() for each in found])
    else:
        for each in found:
            out.print(f"{'ok  ' if each.ok else 'FAIL'} {each.name}: {each.says}", soft_wrap=True, markup=False)
            if each.repair and not each.ok:
                out.print(f"     repair: {each.repair}", soft_wrap=True, markup=False)
    if not all(each.ok for each in found):
        talk.print("something is wrong")
        raise SystemExit(1)


COMMANDS = [status, trace, doctor]
