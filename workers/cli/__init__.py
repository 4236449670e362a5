"""The `tornavoz` command: nouns and verbs of the newsroom.

Knows: words on a command line and what to print. Must not know: how anything is done.

Manners: results on standard output, talk on standard error; `--json` wherever a program may read; exit code 0 when
done, 1 when something failed or was held, 2 when the command was wrong.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pipeline.errors import PipelineError
from workers.cli import (
    campaigns,
    credit,
    deliveries,
    editing,
    editions,
    glossary,
    hub,
    intake,
    looking,
    mail,
    memory,
    models,
    partners,
    receipts,
    reviewing,
    rights,
    running,
    sources,
    tokens,
    users,
)
from workers.cli.common import ledger_trouble, no_ledger


class Newsroom(click.Group):
    """Shows what failed as one clear sentence, never as a traceback of ours."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            click.echo(f"tornavoz: {error}", err=True)
            sys.exit(2 if error.code == "config" else 1)
        except ledger_trouble() as error:
            click.echo(f"tornavoz: {no_ledger(error)}", err=True)
            sys.exit(1)


@click.group(cls=Newsroom, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="State folder (default: $TORNAVOZ_HOME or ./var).",
)
@click.version_option(package_name="tornavoz")
def main(home: Path | None) -> None:
    """Creative Commons news in Spanish: translated offline, credited as the licence asks, published as feeds."""
    if home is not None:
        os.environ["TORNAVOZ_HOME"] = str(home.resolve())


for group in (
    running,
    intake,
    sources,
    rights,
    looking,
    editing,
    reviewing,
    editions,
    campaigns,
    memory,
    glossary,
    models,
    partners,
    tokens,
    receipts,
    deliveries,
    hub,
    credit,
    mail,
    users,
):
    for command in group.COMMANDS:
        main.add_command(command)
