"""Terms that were added or retired at the desk, as rows.

Knows: rows. Must not know: files of terms, what a term is for, who may add one.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.ledger import codec
from pipeline.ledger.models import GlossaryEntry, Segment, Translation
from pipeline.translation.glossary import Glossary, Term
from pipeline.types import Origin


def added(source_language: str, language: str) -> tuple[Term, ...]:
    """The desk's terms of this pair, in the order of their sources."""
    rows = GlossaryEntry.objects.filter(source_language=source_language, language=language).order_by("source")
    return codec.load_each(Term, list(rows.values_list("term", flat=True)))


def put(term: Term, *, source_language: str, language: str, actor: str, now: datetime) -> Term | None:
    """Keep a term in place of the desk's term of the same source; that one, if there was any."""
    row = GlossaryEntry.objects.filter(source_language=source_language, language=language, source=term.source).first()
    GlossaryEntry.objects.update_or_create(
        source_language=source_language,
        language=language,
        source=term.source,
        defaults={"term": codec.dump(term), "actor": actor, "at": now},
    )
    return codec.load(Term, row.term) if row else None


def drop(source: str, *, source_language: str, language: str) -> Term | None:
    """Forget the desk's term of this source; the term, if there was any."""
    row = GlossaryEntry.objects.filter(source_language=source_language, language=language, source=source).first()
    if row is None:
        return None
    row.delete()
    return codec.load(Term, row.term)


def hits(glossary: Glossary, source_language: str, language: str, *, newest: int) -> tuple[dict[str, int], int]:
    """In how many of the newest translated sentences each term stands, by its source; and how many were looked at.

    At most `newest` sentences of all pairs are read, by their keys alone, so a long past costs nothing.
    """
    rows = list(Segment.objects.order_by("-pk").values_list("translation", "origin", "source")[:newest])
    pair = Translation.objects.filter(
        pk__in={translation for translation, _, _ in rows},
        language=language,
        revision__article__source__language=source_language,
    )
    ours = set(pair.values_list("pk", flat=True))
    sentences = [each for translation, origin, each in rows if translation in ours and origin != Origin.SOURCE]
    counted: dict[str, int] = {}
    for sentence in sentences:
        for name in {found.term.source for found in glossary.found(sentence)}:
            counted[name] = counted.get(name, 0) + 1
    return counted, len(sentences)
