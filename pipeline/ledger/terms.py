"""The terms report: which terms of the glossary stood in articles, which the engine missed, which the text still lacks.

Knows: where sentences and engines' own answers are kept. Must not know: files, who reads the report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.ledger import codec
from pipeline.ledger.models import Segment
from pipeline.ledger.translations import LedgerMemory
from pipeline.translation.glossary import Glossary
from pipeline.translation.memory import key
from pipeline.translation.sentence import plain_quotes
from pipeline.types import EngineIdentity, Origin

_EXAMPLES = 3


@dataclass(slots=True, kw_only=True)
class Usage:
    """One term: in how many sentences it stood, how many of them an engine got wrong, how many are still wrong."""

    source: str
    wanted: str
    seen: int = 0
    missed: int = 0  # by the engine's own first answer, where it is still remembered
    lacking: int = 0  # in the text as it stands
    examples: list[tuple[int, str, str]] = field(default_factory=list)  # article, place, what the text has


def usage(
    language: str, glossary_for: Callable[[str, str, str], Glossary], *, since: datetime | None = None
) -> list[Usage]:
    """Terms that stood in drafts into this language, the worst first. Raises FileRefused for a broken glossary."""
    rows = (
        Segment.objects.filter(translation__language=language)
        .exclude(origin=Origin.SOURCE)
        .select_related("translation__revision__article__source")
        .order_by("translation_id", "position")
    )
    if since is not None:
        rows = rows.filter(translation__created_at__gte=since)
    found: dict[str, Usage] = {}
    for row in rows.iterator(chunk_size=500):
        source = row.translation.revision.article.source
        glossary = glossary_for(source.slug, source.language, language)
        there = {each.term.source: each.term for each in glossary.found(row.source)}
        if not there:
            continue
        lacking = {each.term.source for each in glossary.missed(row.source, row.target)}
        said = _first_answer(row)
        missed = {each.term.source for each in glossary.missed(row.source, said)} if said is not None else set()
        for name, term in there.items():
            use = found.setdefault(name, Usage(source=name, wanted=term.wanted))
            use.seen += 1
            use.missed += name in missed
            use.lacking += name in lacking
            if name in lacking and len(use.examples) < _EXAMPLES:
                use.examples.append((row.translation.revision.article_id, row.place, row.target))
    return sorted(found.values(), key=lambda use: (-use.lacking, -use.missed, -use.seen, use.source))


def _first_answer(row: Segment) -> str | None:
    """What the engine said before anything was asked again; None where nobody remembers."""
    if row.origin not in {Origin.ENGINE, Origin.MEMORY} or not row.translation.draft:
        return None
    engine = codec.load(EngineIdentity, row.translation.draft["engine"])
    known = key(engine.key, row.translation.language, plain_quotes(row.source))
    answer = LedgerMemory().get([known]).get(known)
    return answer.text if answer else None
