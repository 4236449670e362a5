"""Glossary: add, change and retire terms at the desk. Texts that are out keep their words until they are sent again.

Terms of newsroom.toml's files are not changed here: a desk's term of the same source wins over them, and one that is
retired takes them out. A source's own file wins over the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from pipeline.errors import FileRefused, IllegalTransition
from pipeline.ledger import audit, codec
from pipeline.ledger import glossary as kept
from pipeline.translation.glossary import Term
from pipeline.translation.glossary_files import term_of

_LONGEST = 200


@transaction.atomic
def add(
    entry: Mapping[str, Any], *, source_language: str, language: str, reason: str = "", actor: str, now: datetime
) -> bool:
    """Add a term given with the keys of a glossary file, or put it in place of the desk's own. False when it was there.

    IllegalTransition says what is wrong with it.
    """
    try:
        term = term_of(entry, "the term", "desk", where_es="el término")
    except FileRefused as error:
        raise IllegalTransition(str(error), es=error.spanish) from error
    if len(term.source) > _LONGEST:
        raise IllegalTransition(
            f"a term has at most {_LONGEST} characters", es=f"Un término tiene como máximo {_LONGEST} caracteres."
        )
    before = kept.put(term, source_language=source_language, language=language, actor=actor, now=now)
    if before == term:
        return False
    action = "glossary.changed" if before else "glossary.added"
    details = {"term": codec.dump(term), "before": codec.dump(before) if before else None}
    _record(action, term.source, source_language, language, details, reason=reason, actor=actor, now=now)
    return True


@transaction.atomic
def retire(source: str, *, source_language: str, language: str, reason: str, actor: str, now: datetime) -> None:
    """Take a term out: the desk's own is forgotten, and a file's of the same source counts no more."""
    if not reason.strip():
        raise IllegalTransition(
            "say why the term is retired; it is kept in the audit trail",
            es="Indique por qué se retira el término; queda en la auditoría.",
        )
    off = Term(source=source, off=True, group="desk")
    before = kept.put(off, source_language=source_language, language=language, actor=actor, now=now)
    if before == off:
        raise IllegalTransition(f"{source!r} is retired already", es=f"«{source}» ya está retirado.")
    details = {"before": codec.dump(before) if before else None}
    _record("glossary.retired", source, source_language, language, details, reason=reason, actor=actor, now=now)


@transaction.atomic
def restore(source: str, *, source_language: str, language: str, reason: str, actor: str, now: datetime) -> None:
    """Forget what the desk says of a term, so that the files count again."""
    if not reason.strip():
        raise IllegalTransition(
            "say why the files count again; it is kept in the audit trail",
            es="Indique por qué vuelven a contar los archivos; queda en la auditoría.",
        )
    before = kept.drop(source, source_language=source_language, language=language)
    if before is None:
        raise IllegalTransition(f"the desk says nothing of {source!r}", es=f"La mesa no dice nada de «{source}».")
    details = {"before": codec.dump(before)}
    _record("glossary.restored", source, source_language, language, details, reason=reason, actor=actor, now=now)


def _record(
    action: str,
    source: str,
    source_language: str,
    language: str,
    details: Mapping[str, object],
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    details = {"source": source, "languages": [source_language, language], **details}
    audit.record(action, f"term:{source}"[:80], now=now, actor=actor, reason=reason.strip(), details=details)
