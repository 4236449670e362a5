"""The first day of a newsroom: made once by the real steps, then put back row by row and file by file.

Knows: the ledger's tables as the database holds them, and the folders of published files. Must not know: what is in
either. Most tests begin on this day, and making it anew takes longer than what many of them are about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

FOLDERS = ("public", "private")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows as the database gives them out and takes them in."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Everything that a newsroom consists of, apart from its processes."""

    tables: Mapping[str, Table]
    files: Mapping[str, tuple[bytes, int]]  # by path below the state folder: content and modification time

    @classmethod
    def of(cls, home: Path) -> Opening:
        """What stands there now."""
        tables = {}
        with connection.cursor() as cursor:
            for name in _names():
                cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608  names of our own tables
                columns = tuple(column[0] for column in cursor.description)
                tables[name] = Table(columns=columns, rows=tuple(tuple(row) for row in cursor.fetchall()))
        files = {path.relative_to(home).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in _in(home)}
        return cls(tables=tables, files=files)

    def restore(self, home: Path) -> None:
        """Put it into an empty ledger and empty folders. Keys go on where they would have gone on."""
        with transaction.atomic(), connection.cursor() as cursor:
            for name, table in self.tables.items():
                if table.rows:
                    listed = ", ".join(f'"{column}"' for column in table.columns)
                    places = ", ".join(["%s"] * len(table.columns))
                    cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  what a migration put there
                    cursor.executemany(f'INSERT INTO "{name}" ({listed}) VALUES ({places})', table.rows)  # noqa: S608
            for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
                cursor.execute(statement)
        for name, (content, time) in self.files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(time, time))


def _models() -> Iterator[Any]:
    return apps.get_app_config("ledger").get_models(include_auto_created=True)


def _names() -> list[str]:
    return [model._meta.db_table for model in _models() if model._meta.managed]


def _in(home: Path) -> Iterator[Path]:
    return (path for folder in FOLDERS for path in sorted((home / folder).rglob("*")) if path.is_file())
