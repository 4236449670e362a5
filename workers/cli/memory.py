"""memory: what is remembered of sentences, by engines and by people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

pair_options: list[Any] = [
    click.option("--from", "source_language", default="en", show_default=True, help="Language of the originals."),
    click.option("--to", "language", default="es", show_default=True, help="Language of the translations."),
]
dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would happen.")


def pair(command: Any) -> Any:
    """--from, --to"""
    for option in reversed(pair_options):
        command = option(command)
    return command


@click.group()
def memory() -> None:
    """The translation memory."""


@memory.command()
@json_option
def stats(as_json: bool) -> None:
    """How much is remembered, who said it, and how many sentences it answered."""
    open_ledger()
    from pipeline.actions.memory import stats as counted

    told: Any = counted()
    if as_json:
        print_json(told)
        return
    answers, edits = told["answers"], told["post_edits"]
    out.print(f"answers of engines: {answers['entries']}, {answers['characters'] or 0} characters")
    for model, entries in answers["by_model"].items():
        out.print(f"  {model}: {entries}")
    out.print(f"sentences of people: {edits['entries']}")
    for row in edits["by_origin"]:
        out.print(f"  {row['source_language']}→{row['language']} by {row['origin']}: {row['entries']}")
    for person, entries in edits["by_person"].items():
        out.print(f"  {person}: {entries}")
    if edits["people_not_shown"]:
        out.print(f"  and {edits['people_not_shown']} more people")
    used = ", ".join(f"{origin} {sentences}" for origin, sentences in told["sentences"].items())
    out.print(f"where the sentences of all translations came from: {used or 'there are none yet'}")


@memory.command(name="import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pair
@dry_run_option
@json_option
def import_tmx(file: Path, source_language: str, language: str, dry_run: bool, as_json: bool) -> None:
    """Take in FILE (TMX 1.4). Its sentences win over engines and give way to editors."""
    open_ledger()
    from pipeline.actions import memory as remembering
    from pipeline.clock import now

    if dry_run:
        done = remembering.plan_import(file, source_language, language)
    else:
        done = remembering.import_file(file, source_language, language, actor=actor(), now=now())
    if as_json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    verb = "would be taken in" if dry_run else "taken in"
    out.print(f"{verb}: {done.new} new, {done.changed} changed")
    out.print(
        f"left: {done.same} the same, {done.kept} that an editor worded, {done.twice} that come again further down"
    )
    for why, units in done.left_out.items():
        out.print(f"left out: {units} {why}")


@memory.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pair
@click.option("--machine", is_flag=True, help="Also what was released as an engine wrote it.")
def export_tmx(file: Path, source_language: str, language: str, machine: bool) -> None:
    """Write the sentences that people worded to FILE (TMX 1.4)."""
    open_ledger()
    from pipeline.actions import memory as remembering
    from pipeline.clock import now

    units = remembering.export_file(file, source_language, language, machine=machine, actor=actor(), now=now())
    out.print(f"{units} sentences written to {file}", soft_wrap=True)


@memory.command()
@click.option("--article", type=int, help="What concerns this article.")
@click.option("--model", help="Answers of this model, such as 'translate-en_es 0.1'.")
@click.option("--actor", "person", help="What this person worded, as the audit trail names them: cli:ana.")
@click.option("--containing", help="What people worded with these words in it.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="What is older than this day.")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@dry_run_option
@json_option
def forget(
    article: int | None,
    model: str | None,
    person: str | None,
    containing: str | None,
    before: datetime | None,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove what fits all the options. Translations stay; what comes again is translated again."""
    open_ledger()
    from pipeline.actions import memory as remembering
    from pipeline.clock import now

    what = remembering.Forgotten(
        article=article,
        model=model,
        actor=person,
        containing=containing,
        before=before.replace(tzinfo=UTC) if before else None,
    )
    if dry_run:
        gone = remembering.plan_forget(what)
    else:
        gone = remembering.forget(what, reason=reason, actor=actor(), now=now())
    if as_json:
        print_json({**asdict(gone), "dry_run": dry_run})
        return
    verb = "would be forgotten" if dry_run else "forgotten"
    out.print(f"{verb}: {gone.answers} answers of engines, {gone.post_edits} sentences of people")


COMMANDS = [memory]
