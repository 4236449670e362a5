"""approve, reject, waive, retry, hurry, correct, withdraw: what editors do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from pipeline.types import TranslationId
from workers.cli.common import actor, json_option, open_ledger, out, print_json, talk

reason_option = click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
language_option = click.option("--language", default="es", show_default=True)
dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would happen.")


def finish() -> None:
    """Do at once what the change made due, if no workers run to do it."""
    from django.conf import settings

    from workers import embedded
    from workers.cli.running import with_progress

    if settings.BROKER_URL:
        talk.print("the workers have been told")
        return
    report = with_progress("working", embedded.until_idle)
    talk.print(embedded.sentence(report))
    if report["failed"] or report["stopped"]:
        raise SystemExit(1)


@click.command()
@click.argument("article", type=int)
@language_option
@reason_option
def approve(article: int, language: str, reason: str) -> None:
    """Publish a held translation that you have read."""
    open_ledger()
    from pipeline.actions import review
    from pipeline.clock import now

    review.approve(article, language, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: translation into {language} approved")
    finish()


@click.command()
@click.argument("article", type=int)
@language_option
@reason_option
def reject(article: int, language: str, reason: str) -> None:
    """Decide that a held translation will not be published."""
    open_ledger()
    from pipeline.actions import review
    from pipeline.clock import now

    review.reject(article, language, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: translation into {language} rejected")


@click.command()
@click.argument("article", type=int)
@click.option("--code", required=True, help="The finding's code, such as numbers: trace and status name it.")
@click.option("--place", required=True, help="The segment it speaks of, such as headline or b3.0.")
@click.option("--reason", required=True, help="Why it is no fault; it is kept with the finding.")
@click.option("--undo", is_flag=True, help="Let the finding count again.")
@language_option
def waive(article: int, code: str, place: str, reason: str, undo: bool, language: str) -> None:
    """Answer one finding about one sentence: it is no fault. The translation is still yours to approve."""
    open_ledger()
    from pipeline.actions import waive as waiving
    from pipeline.actions.review import newest
    from pipeline.clock import now

    translation = TranslationId(newest(article, language).pk)
    act = waiving.undo if undo else waiving.waive
    left = act(translation, code, place, reason=reason, actor=actor(), now=now())
    out.print(
        f"article {article}: {code} at {place} {'counts again' if undo else 'waived'}; findings that hold: {left}"
    )
    if left == 0 and not undo:
        talk.print(f"nothing holds it any more; publish it with: tornavoz approve {article} --reason ...")


@click.command()
@click.argument("article", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All parked work, of whatever article.")
@click.option("--unit", type=int, help="One parked unit.")
def retry(article: int | None, everything: bool, unit: int | None) -> None:
    """Try again what stopped: a held reading, a refusal by rights, parked work."""
    open_ledger()
    from pipeline.actions import review
    from pipeline.clock import now
    from pipeline.ledger import units
    from pipeline.ledger.models import Unit

    if article is not None:
        started = review.retry(article, actor=actor(), now=now())
        out.print(f"article {article}: " + ("; ".join(started) or "nothing had stopped"))
    elif everything or unit is not None:
        rows = Unit.objects.all() if unit is None else Unit.objects.filter(pk=unit)
        out.print(f"{units.wake(rows, now=now())} parked units started again")
    else:
        raise click.UsageError("say which article, or --unit N, or --all")
    finish()


@click.command()
@click.argument("article", type=int)
@reason_option
def hurry(article: int, reason: str) -> None:
    """Put an article that waits before all others, and in no pool with them. For a new one: submit --urgent."""
    open_ledger()
    from pipeline.actions.hurry import hurry as put_forward
    from pipeline.clock import now

    hurried = put_forward(article, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: {hurried} units go first")
    finish()


@click.command()
@click.argument("article", type=int)
@click.option("--place", required=True, help="The segment, such as headline or b3.0: trace and status name them.")
@click.option("--text", required=True, help="The new sentence, as inline HTML.")
@click.option("--note", required=True, help="What readers are told, in their language.")
@language_option
@dry_run_option
def correct(article: int, place: str, text: str, note: str, language: str, dry_run: bool) -> None:
    """Rewrite one sentence of a translation; readers see a dated note, the guid stays.

    A correction by the publisher comes in through submit, with --correction.
    """
    open_ledger()
    from pipeline.actions import correct as correcting
    from pipeline.clock import now

    if dry_run:
        before, after = correcting.preview(article, language, place, text)
        out.print(f"- {before}\n+ {after}", markup=False, soft_wrap=True)
        return
    correcting.correct(article, language, place, text, note=note, actor=actor(), now=now())
    out.print(f"article {article}: {place} corrected")
    finish()


@click.command()
@click.argument("article", type=int)
@click.option(
    "--kind",
    type=click.Choice(["kill", "takedown"]),
    default="kill",
    show_default=True,
    help="kill: an error or the law demands it; takedown: the source asked.",
)
@reason_option
@dry_run_option
@json_option
def withdraw(article: int, kind: Any, reason: str, dry_run: bool, as_json: bool) -> None:
    """Take an article back: its text leaves every file now, a tombstone stays, every receiver is told."""
    open_ledger()
    from pipeline.actions import withdraw as withdrawing
    from pipeline.clock import now
    from workers.spine import runner

    late = 0
    if dry_run:
        planned = withdrawing.plan(article)
    else:
        planned = withdrawing.withdraw(article, kind=kind, reason=reason, actor=actor(), now=now())
        late = len(runner().run_now(planned.units))  # in this process: a withdrawal does not wait for a queue
    if as_json:
        print_json({**asdict(planned), "dry_run": dry_run})
    else:
        verb = "would leave" if dry_run else "left"
        out.print(f"article {article} {verb} {', '.join(planned.products) or 'no product'}")
        out.print(f"told: {', '.join(planned.partners) or 'nobody had received it'}")
        if not dry_run:
            finish()
    if late:
        talk.print(f"{late} outputs could not be written and may still have its text; see: tornavoz status")
        raise SystemExit(1)


COMMANDS: list[click.Command] = [approve, reject, waive, retry, hurry, correct, withdraw]
