"""Frozen records to JSON columns and back.

Knows: pydantic's way with standard dataclasses. Must not know: what any record means.
A record that no longer fits its column fails loudly on reading, with the field named.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

Record = TypeVar("Record")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """One adapter a type; building it is slow, using it is not."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dump(record: object) -> Any:
    """JSON-ready value of a record (or of a tuple of records)."""
    return _adapter(type(record)).dump_python(record, mode="json")


def load(kind: type[Record], value: Any) -> Record:
    """The record that `dump` made this value from."""
    loaded: Record = _adapter(kind).validate_python(value)
    return loaded


def dump_each(records: tuple[object, ...]) -> list[Any]:
    """A JSON list, one value for each record."""
    return [dump(record) for record in records]


def load_each(kind: type[Record], values: list[Any]) -> tuple[Record, ...]:
    """A tuple of records from a JSON list."""
    return tuple(load(kind, value) for value in values)
