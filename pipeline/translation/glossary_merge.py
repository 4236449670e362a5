"""Taking one glossary file into another, and writing terms down in our own form.

Knows: TOML as we write it, files. Must not know: how a file is read (glossary_files.py), what terms are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from pipeline.errors import FileRefused
from pipeline.translation.glossary import Term
from pipeline.translation.glossary_files import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What taking one file into another does."""

    new: int
    changed: int
    same: int


def merge(into: Path, file: Path, source_language: str, language: str, *, write: bool) -> Merged:
    """Take the terms of `file` into the TOML glossary `into`, which need not be there yet. Raises FileRefused."""
    there = {term.source: term for term in read(into, source_language, language)} if into.exists() else {}
    taken = {term.source: term for term in read(file, source_language, language)}
    new = sum(source not in there for source in taken)
    same = sum(replace(term, group=there[name].group) == there[name] for name, term in taken.items() if name in there)
    if write:
        terms = (there | taken).values()
        fresh = into.with_name(f".{into.name}.new")
        text = as_toml(terms, name=into.stem, source_language=source_language, language=language)
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(into)
        except OSError as error:
            raise FileRefused(
                f"{into} cannot be written: {error.strerror}", es=f"No se puede escribir {into}: {error.strerror}"
            ) from error
    return Merged(new=new, changed=len(taken) - new - same, same=same)


def as_toml(terms: Iterable[Term], *, name: str, source_language: str, language: str) -> str:
    """Terms in our own form, one a line, under their headings."""
    groups: dict[str, list[str]] = {}
    for term in terms:
        told = ((each.name, getattr(term, each.name)) for each in fields(term) if each.name != "group")
        pairs = ", ".join(f"{key} = {_value(value)}" for key, value in told if value)
        groups.setdefault(term.group or "terms", []).append(f"  {{ {pairs} }},\n")
    head = f"name = {_value(name)}\nlanguages = {_value((source_language, language))}\n"
    return head + "".join(f"\n{group} = [\n{''.join(lines)}]\n" for group, lines in groups.items())


def _value(value: str | bool | tuple[str, ...]) -> str:
    """A TOML value; JSON's strings are TOML's basic strings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
