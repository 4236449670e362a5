"""The translate step: due translations, several at once, into drafts.

Knows: what a translation needs from the ledger, and how a pool keeps its leases. Must not know: how sentences are
translated, who runs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.config.tables import Translating
from pipeline.errors import EngineUnavailable, SourceError, StaleWork
from pipeline.ledger import articles, catalog, postedits, translations, units
from pipeline.runner import Effect, Work
from pipeline.stages import Step, TranslationState
from pipeline.telemetry import SENTENCES
from pipeline.text.segments import segments_of
from pipeline.translation.engine import Engine
from pipeline.translation.glossary import Glossary
from pipeline.translation.translate import Task, translate_together
from pipeline.types import Draft, TranslationId

ACTOR = "pipeline"
_CHARACTERS = 6  # as stored, in a piece of the models we know: 5 of English news, and what is stored around it
_SHARED_SECONDS = 300.0  # a pool that takes longer holds others up: then each is tried again, alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """The translate step as a pool; see pipeline.runner.PooledStep.

    `engine_for` gives the engine of a pair of languages and raises ModelMissing; `glossary_for` the glossary of a
    source (its slug) and a pair, and raises FileRefused.
    """

    engine_for: Callable[[str, str], Engine]
    glossary_for: Callable[[str, str, str], Glossary]
    budget: int
    variety: str  # of Spanish, or empty
    patience: float
    feeders: frozenset[Step] = frozenset({Step.EXTRACT, Step.CLEAR})

    @classmethod
    def of(
        cls,
        engine_for: Callable[[str, str], Engine],
        glossary_for: Callable[[str, str, str], Glossary],
        config: Translating,
    ) -> Drafting:
        """With the newsroom's own limits."""
        return cls(
            engine_for=engine_for,
            glossary_for=glossary_for,
            variety=config.variety or "",
            budget=config.pool_tokens,
            patience=config.pool_wait,
        )

    def weigh(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """About how many pieces each translation's article has."""
        sizes = translations.sizes([_key(subject) for subject in subjects])
        return {subject: 1 + sizes.get(_key(subject), 0) // _CHARACTERS for subject in subjects}

    def run(self, works: Sequence[Work]) -> Iterator[tuple[Work, Effect | Exception]]:
        """Story -> draft. Memory first, then one pool for the engine of each pair of languages."""
        pairs: dict[tuple[str, str], list[tuple[Work, Task]]] = {}
        for work in works:
            try:
                pair, task = self._loaded(work)
            except Exception as error:  # it is this article's trouble, and its own row will say so
                yield work, error
                continue
            if task is None:
                yield work, _nothing
            else:
                pairs.setdefault(pair, []).append((work, task))
        everybody = _Leases([work for members in pairs.values() for work, _ in members])
        for pair, members in pairs.items():
            yield from self._pair(pair, members, everybody)

    def _loaded(self, work: Work) -> tuple[tuple[str, str], Task | None]:
        """The pair of languages and the story; None where there is nothing left to translate."""
        translation = translations.get(_key(work.subject))
        if translation.state not in {TranslationState.QUEUED, TranslationState.HELD}:
            return ("", ""), None
        revision = articles.get(translation.revision)
        if revision.story is None:
            raise SourceError(
                f"revision {revision.id} has not been extracted", es=f"La revisión {revision.id} aún no se ha leído."
            )
        pair = (revision.story.language, translation.language)
        sentences = [segment.text for segment in segments_of(revision.story)]
        task = Task(
            id=translation.id,
            story=revision.story,
            fixed=catalog.fixed_in(revision.source, translation.language),
            known=postedits.known(*pair, sentences, translation),
            glossary=self.glossary_for(revision.source.slug, *pair),
            variety=self.variety,
        )
        return pair, task

    def _pair(
        self, pair: tuple[str, str], members: Sequence[tuple[Work, Task]], leases: _Leases
    ) -> Iterator[tuple[Work, Effect | Exception]]:
        left = {task.id: work for work, task in members}
        try:
            engine = self.engine_for(*pair)
            tasks = [task for _, task in members]
            for task_id, result in translate_together(
                tasks, engine, translations.LedgerMemory(), on_progress=lambda done, total: leases.renew()
            ):
                work = left.pop(task_id)
                leases.ended(work)
                yield work, result if isinstance(result, Exception) else _effect(work, result)
        except Exception as error:  # the engine is missing or away: that is everybody's trouble
            for work in left.values():
                leases.ended(work)
                yield work, error


class _Leases:
    """The leases of a pool. Who lost one is out of it; the others go on."""

    def __init__(self, works: Sequence[Work]) -> None:
        self._kept = {work.claim.unit: work for work in works}
        self._until = time.monotonic() + _SHARED_SECONDS if len(works) > 1 else None

    def renew(self) -> None:
        """Keep them all. StaleWork when none is left; EngineUnavailable when the pool has had its time."""
        for unit, work in list(self._kept.items()):
            try:
                work.renew()
            except StaleWork:
                del self._kept[unit]
                if not self._kept:
                    raise
        if self._until is not None and time.monotonic() > self._until:
            raise EngineUnavailable(
                f"The pool took longer than {_SHARED_SECONDS:.0f} seconds; each of its articles is tried again alone.",
                es=f"El lote tardó más de {_SHARED_SECONDS:.0f} segundos; cada uno de sus artículos se intenta de "
                "nuevo por separado.",
            )

    def ended(self, work: Work) -> None:
        """This one is about to be saved, so its lease is not ours to renew."""
        self._kept.pop(work.claim.unit, None)


def _effect(work: Work, draft: Draft) -> Effect:
    translation = TranslationId(_key(work.subject))
    for match in draft.matches:
        SENTENCES.labels(origin=match.origin).inc()

    def save() -> None:
        translations.save_draft(translation, draft, now=work.now, actor=ACTOR)
        units.arm(Step.CHECK, work.subject, now=work.now, urgent=units.urgent(work.claim))

    return save


def _nothing() -> None:
    """The effect of work that was done already."""


def _key(subject: str) -> int:
    return int(subject.rpartition(":")[2])
