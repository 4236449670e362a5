"""newsroom.toml read, and a mistake in it explained: which key, on which line, and what was probably meant.

Knows: TOML, where in the file a key stands. Must not know: what any key is for, Django, the ledger.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.near import near
from pipeline.config.tables import Config, keys_beside
from pipeline.errors import ConfigError

FILE_NAME = "newsroom.toml"
_HEADER = re.compile(r"\s*\[(?P<many>\[)?\s*(?P<name>[\w.-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?(?P<name>[\w-]+)[\"']?\s*=")


def parse(text: str, *, name: str = FILE_NAME) -> Config:
    """Config from TOML text. ConfigError names the key, the nearest known key and the line."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not valid TOML: {error}", es=f"{name} no es TOML válido: {error}") from error
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        told = "\n".join(_explain(detail, text, name) for detail in error.errors())
        raise ConfigError(told, es=f"{name} no se puede usar. Lo que dice el programa:\n{told}") from error


def load(path: Path) -> Config:
    """Config from a file. ConfigError when it is missing or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist. Run: tornavoz init", es=f"No existe {path}. Ejecute: tornavoz init"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", es=f"No se puede leer {path}: {error}") from error
    return parse(text, name=path.name)


def _explain(detail: Any, text: str, name: str) -> str:
    place = [str(part) for part in detail["loc"]]
    key = place[-1] if place else ""
    where = ".".join(place) or "the file"
    line = _line(place, text)
    at = f"{name}, line {line}" if line else name
    if detail["type"] == "extra_forbidden":
        return f"{at}: unknown key {where!r}{near(key, keys_beside(place))}"
    return f"{at}: {where}: {detail['msg'].removeprefix('Value error, ')}"


def _line(place: list[str], text: str) -> int | None:
    """The line on which a key stands; for one that is missing, that of the table that lacks it."""
    lines: dict[tuple[str, ...], int] = {}
    counts: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for number, row in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(row):
            name, *inner = header["name"].split(".")
            if header["many"]:
                counts[name] = counts.get(name, -1) + 1
            table = (name, str(counts[name]), *inner) if name in counts else (name, *inner)
            lines.setdefault(table, number)
        elif key := _KEY.match(row):
            lines.setdefault((*table, key["name"]), number)
    return next((lines[at] for end in range(len(place), 0, -1) if (at := tuple(place[:end])) in lines), None)
