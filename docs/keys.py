"""What newsroom.toml and the environment can say, read from the code.

Knows: the configuration's tables, the comments beside their fields, and which variables are read. Must not know: pages.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from facts import ROOT, Unexplained, meanings, tree_of, trees

from pipeline.config import tables as shape

NOT_OURS = {"PYTHONPATH"}  # variables of other programs that we pass on


# --- configuration -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of newsroom.toml, in the words of whoever edits it."""

    name: str
    form: str
    default: str
    meaning: str


def tables() -> dict[str, tuple[str, list[Key]]]:
    """Heading ("[site]", "[[source]]") -> what the table is, its keys."""
    used: set[str] = set()
    found = dict(_tables(shape.Config, "", used))
    if spare := set(meanings()["keys"]) - used:
        raise Unexplained(f"docs/meanings.toml explains keys that need no words or do not exist: {sorted(spare)}")
    return found


def _tables(
    model: type[shape.Table], prefix: str, used: set[str], heading: str = ""
) -> Iterator[tuple[str, tuple[str, list[Key]]]]:
    keys = []
    inner: list[tuple[str, type[shape.Table], str]] = []
    comments = _comments(model)
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        table, many = _table_of(field.annotation)
        if table and not heading:
            inner.append((path, table, f"[[{path}]]" if many else f"[{path}]"))
            if many:
                used.add(path)
            continue
        if table:
            inner.append((path, table, f"[{path}]"))
        keys.append(
            Key(
                name=name,
                form=_form(field.annotation, field.metadata),
                default="required" if field.is_required() else _default(field.get_default(call_default_factory=True)),
                meaning=_meaning(path, comments.get(name), used),
            )
        )
    if heading:
        yield heading, ((model.__doc__ or "").split("\n\n")[0], keys)
    for path, table, title in inner:
        yield from _tables(table, f"{path}.", used, title)


def _meaning(path: str, comment: str | None, used: set[str]) -> str:
    words = meanings()["keys"].get(path)
    if words and comment:
        raise Unexplained(f"{path} is explained both in tables.py and in docs/meanings.toml")
    if words:
        used.add(path)
        return words
    if not comment:
        raise Unexplained(f"configuration key {path} is explained neither in tables.py nor in docs/meanings.toml")
    comment = f"Such as {comment}" if comment.startswith('"') else comment[0].upper() + comment[1:]
    return comment.removesuffix(".") + "."


def _table_of(annotation: Any) -> tuple[type[shape.Table] | None, bool]:
    """The table that a field holds, and whether it holds many."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, shape.Table):
            return each, get_origin(annotation) is tuple
    return None, False


def _comments(model: type[shape.Table]) -> dict[str, str]:
    """Field -> the comment at the end of its line."""
    text = (ROOT / "pipeline" / "config" / "tables.py").read_text(encoding="utf-8")
    at = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    body = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    fields = [node for node in body.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
    return {
        node.target.id: at[node.lineno] for node in fields if isinstance(node.target, ast.Name) and node.lineno in at
    }


_WORDS = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "true or false",
    "date": "date",
    "UseClass": "N, A or P",
}


def _form(annotation: Any, metadata: list[Any]) -> str:
    """What a field holds, in plain words."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _form(next(each for each in inside if each is not type(None)), metadata)
    if origin is dict:
        return "table of texts"
    if origin is not None:
        return f"list of {_form(inside[0], [])}" if origin is tuple else " or ".join(f"`{each}`" for each in inside)
    return "table" if issubclass(annotation, shape.Table) else _WORDS[annotation.__name__] + _limits(metadata)


def _limits(metadata: list[Any]) -> str:
    limits = {type(each).__name__: each for each in metadata}
    least, most = limits.get("Ge"), limits.get("Le")
    if least and most:
        return f", {least.ge:,} to {most.le:,}"
    return f", {least.ge:,} or more" if least else ""


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if value == {}:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{each}"' for each in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:,}`" if value < 10_000 else f"`{value:_}`"


# --- environment ---------------------------------------------------------------------------------------------------


_ENV = ("env", "_listed", "_networks", "_seconds")  # of pipeline/settings.py; all of them know NAME_FILE


def variables() -> dict[str, tuple[bool, str]]:
    """Environment variable -> whether NAME_FILE works too, what it is."""
    read: dict[str, bool] = {}
    for tree in trees():
        for node in ast.walk(tree):
            for name, as_file in _variable(node):
                read[name] = read.get(name, True) and as_file
    told = {**_in_settings(), **meanings()["environment"]}
    if set(told) != set(read) - NOT_OURS:
        raise Unexplained(f"variables read and explained differ: {sorted(set(told) ^ (set(read) - NOT_OURS))}")
    return {name: (read[name], told[name]) for name in sorted(told)}


def _in_settings() -> dict[str, str]:
    """What the docstring of pipeline/settings.py says of each variable."""
    doc = ast.get_docstring(tree_of(ROOT / "pipeline" / "settings.py")) or ""
    lines = re.findall(r"^([A-Z_]{4,}) {2,}(\S.*)$", doc, re.M)
    return {name: f"{words if '://' in words else words[0].upper() + words[1:]}." for name, words in lines}


def _variable(node: ast.AST) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = ast.unparse(node.func)
        if function in (*_ENV, "os.environ.get") and isinstance(node.args[0].value, str):
            yield node.args[0].value, function in _ENV
    if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
        start = str(node.values[0].value)
        if start.startswith("TORNAVOZ_"):
            yield f"{start}<SLUG>", True  # feeds/webhooks.py reads it by env()
