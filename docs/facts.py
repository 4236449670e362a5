"""Facts of the code for its documentation: modules, commands, metrics; and the walk over the source that others use.

Knows: where each fact has its one place in the code. Must not know: pages, Markdown.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from prometheus_client.metrics import MetricWrapperBase

from pipeline import telemetry
from workers.cli import main

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pipeline", "feeds", "desk", "workers")
WIDTH = 100


class Unexplained(Exception):
    """Something in the code has no words, or words stand for nothing."""


@cache
def meanings() -> dict[str, dict[str, str]]:
    """docs/meanings.toml."""
    return tomllib.loads((ROOT / "docs" / "meanings.toml").read_text(encoding="utf-8"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def trees() -> Iterator[ast.Module]:
    """The syntax tree of every source file."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield tree_of(path)


# --- modules -------------------------------------------------------------------------------------------------------


def modules() -> dict[str, str]:
    """Path -> first sentence of the docstring, for every module that says something."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and path.read_text(encoding="utf-8").strip():
                found[name] = _first_paragraph(path)
    return found


def _first_paragraph(path: Path) -> str:
    doc = ast.get_docstring(tree_of(path))
    if not doc:
        raise Unexplained(f"{path.relative_to(ROOT)} has no docstring")
    return " ".join(doc.split("\n\n")[0].split())


# --- commands ------------------------------------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    """Every command by its words, such as "models install"; groups themselves are left out."""
    return dict(_commands(main, ""))


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def help_of(words: str, command: click.Command) -> str:
    """What `tornavoz WORDS --help` prints, at a fixed width."""
    if not command.help:
        raise Unexplained(f"command {command.name} has no help")
    context = click.Context(command, info_name=f"tornavoz {words}".strip(), terminal_width=WIDTH, color=False)
    context.help_option_names = ["-h", "--help"]
    return command.get_help(context).strip()


# --- metrics -------------------------------------------------------------------------------------------------------


def metrics() -> dict[str, tuple[str, str, str]]:
    """Name -> kind, what it counts, its labels' values."""
    told = meanings()["metrics"]
    found = {}
    for metric in vars(telemetry).values():
        if isinstance(metric, MetricWrapperBase):
            [described] = metric.describe()
            name = described.name + ("_total" if described.type == "counter" else "")
            found[name] = (described.type, described.documentation, told.get(name, ""))
    if set(told) != set(found):
        raise Unexplained(f"metrics and their words differ: {sorted(set(told) ^ set(found))}")
    return found
