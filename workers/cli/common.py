"""What every command shares: setting up Django, the console, JSON, who is acting.

Knows: process set-up. Must not know: any single command.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

Command = TypeVar("Command", bound=Callable[..., Any])

# No markup: a reason that names "[intake] max_bytes" must come out whole. Only at a terminal are long lines broken.
out = Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())
talk = Console(stderr=True, highlight=False, markup=False)
_WIDE = 10_000  # columns


def open_newsroom(*, level: str = "WARNING") -> None:
    """Make the ledger usable in this process. Called by each command, after --home has been read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
    import django

    from pipeline import telemetry

    telemetry.set_up(os.environ.get("TORNAVOZ_LOG", level))
    django.setup()


def open_ledger(*, level: str = "WARNING") -> None:
    """The same, and refuse to work on a ledger that `tornavoz init` has not made or brought up to date."""
    open_newsroom(level=level)
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    from pipeline.errors import ConfigError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise ConfigError(no_ledger(error)) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ConfigError("the ledger is missing or older than this program. Run: tornavoz init")


def ledger_trouble() -> type[Exception]:
    """What the ledger raises when it cannot be read or written. Imported here, because most commands never need it."""
    from django.db.utils import OperationalError

    return OperationalError


def no_ledger(error: Exception) -> str:
    """That the ledger cannot be used, and what to look at."""
    from workers.home import ledger_repair

    return f"the ledger cannot be used: {error}; {ledger_repair()}"


def actor() -> str:
    """Who is at the keyboard, for the audit trail."""
    return f"cli:{os.environ.get('TORNAVOZ_ACTOR') or getpass.getuser()}"


def print_json(value: object) -> None:
    """JSON on standard output, stable and readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output. Nothing in it is cut: a terminal gets long words folded, all others long lines."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    narrow = out.is_terminal or "COLUMNS" in os.environ
    (out if narrow else Console(highlight=False, markup=False, width=_WIDE)).print(table)


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_option(command: Command) -> Command:
    """--json"""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)
