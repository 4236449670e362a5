"""Sentences that come in English and in Spanish: errors, findings, decisions, rows of the ledger. Which one is read.

Knows: the language of the page, and what stands in for Spanish that was never written down. Must not know: badges
(reasons.py), what went wrong.

An error says its sentence in both languages (pipeline/errors.py), and so does the row that keeps it. Rows without
Spanish are those of a time before the ledger kept any, what a library said, and the answers of other people's servers:
of these an editor reads what the code means, and the words themselves as a quotation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pipeline.errors import PipelineError
from pipeline.rights.table import REASONS as GATE
from pipeline.translation.glossary import Term

SENTENCES: dict[str, str | Promise] = {  # what a code says in full, whatever the detail
    "no-mail-server": _("No mail server is set, so the letter waits in the outbox."),
    "embargo-product": _("The product has an embargo that has not ended."),
    "no-webhook": _("The partner has no webhook by now; its feed shows the same."),
    "partner-left": _("The partner is no longer active."),
    "not-usable": _("The release was taken back before it was sent."),
}


def _meanings(error: type[PipelineError] = PipelineError) -> Iterator[tuple[str, str]]:
    yield error.code, error.spanish
    for child in error.__subclasses__():
        yield from _meanings(child)


MEANINGS = {  # in Spanish: what an error of this code means, to stand before words that have none
    **dict(_meanings()),
    "unexpected": "Ocurrió algo imprevisto.",
    "worker-lost": "El proceso que llevaba la tarea se perdió.",
}


def spanish() -> bool:
    """Is the page in Spanish?"""
    return (get_language() or "").startswith("es")


def told(error: PipelineError) -> str:
    """What an error says, in the reader's language."""
    return error.spanish if spanish() else str(error)


def because(row: Any) -> str:
    """The sentence of a row, finding or decision, in the reader's language."""
    code, english, own = _of(row, "code", "reason_code"), _of(row, "reason"), _of(row, "reason_es")
    if not spanish():
        return english
    if own or code in SENTENCES:
        return own or str(SENTENCES[code])
    if code in GATE and english == GATE[code].english:
        return GATE[code].spanish
    return f"{MEANINGS[code]} «{english}»" if code in MEANINGS and english else english


def noted(term: Term) -> str:
    """The note of a term of the glossary."""
    return term.note_es or term.note if spanish() else term.note


def _of(row: Any, *names: str) -> str:
    given = row if isinstance(row, Mapping) else {name: getattr(row, name, "") for name in names}
    return next((str(given[name]) for name in names if given.get(name)), "")
