"""Language tags (BCP 47)."""

from __future__ import annotations


def primary(language: str) -> str:
    """Primary subtag, lower case: "es-419" -> "es"."""
    return language.partition("-")[0].lower()
