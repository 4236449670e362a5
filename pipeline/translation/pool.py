"""Answers to sentences: out of the memory where it has them, else from the engine in one call.

Knows: the engine, the memory, and how far the work has come. Must not know: articles, markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.errors import BatchFailed
from pipeline.translation.engine import Engine
from pipeline.translation.memory import Memory, Remembered, key
from pipeline.types import Origin

_AT_ONCE = 600  # sentences in one call: bounds what their attention takes in memory, and what a killed worker repeats


class Pool:
    """Everything that one article, or several that share the pool, ask. A sentence is asked once, however often and
    wherever it stands.

    `alone`: there is one article only, so when the engine fails, its sentences are divided until the one that spoils
    the batch is found; that one then has no answer. Otherwise BatchFailed is raised, and whoever asked divides.
    """

    def __init__(
        self,
        engine: Engine,
        memory: Memory,
        on_progress: Callable[[int, int], None] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self._engine = engine
        self._memory = memory
        self._on_progress = on_progress
        self._alone = alone
        self._identity = engine.identity
        self._answers: dict[str, tuple[Remembered, Origin]] = {}
        self._refused: set[str] = set()
        self._asked = 0

    def ask(self, sentences: Iterable[str]) -> None:
        """Have these answered: the memory first, then the engine for all it does not know."""
        seen = self._answers.keys() | self._refused
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in seen]
        keys = {sentence: key(self._identity.key, self._engine.target, sentence) for sentence in new}
        known = self._memory.get(list(keys.values()))
        misses = [sentence for sentence in new if keys[sentence] not in known]
        for sentence in new:
            if keys[sentence] in known:
                self._answers[sentence] = (known[keys[sentence]], Origin.MEMORY)
        self._asked += len(new)
        self._report(self._asked - len(misses))
        for start in range(0, len(misses), _AT_ONCE):
            self._answer_fresh(misses[start : start + _AT_ONCE], keys, self._asked - len(misses) + start)

    def _answer_fresh(self, misses: Sequence[str], keys: Mapping[str, str], before: int) -> None:
        """Ask the engine and remember. `before` sentences were done already."""
        # Attention is always asked for: a sentence without links today may carry one tomorrow, and the memory that
        # answers it then must hold the same that the engine would say.
        try:
            fresh = self._engine.translate(misses, attention=True, on_batch=lambda done: self._report(before + done))
        except BatchFailed:
            if not self._alone:
                raise
            self._divide(misses, keys, before)
            return
        answers = {
            sentence: Remembered.of(hypothesis, self._identity.model)
            for sentence, hypothesis in zip(misses, fresh, strict=True)
        }
        self._memory.put({keys[sentence]: answer for sentence, answer in answers.items()})
        self._answers |= {sentence: (answer, Origin.ENGINE) for sentence, answer in answers.items()}

    def _divide(self, misses: Sequence[str], keys: Mapping[str, str], before: int) -> None:
        if len(misses) == 1:
            self._refused.add(misses[0])
            self._report(before + 1)
            return
        middle = len(misses) // 2
        self._answer_fresh(misses[:middle], keys, before)
        self._answer_fresh(misses[middle:], keys, before + middle)

    def answer(self, sentence: str) -> tuple[Remembered, Origin]:
        """What was said of a sentence that has been asked. KeyError for one that was not, or was refused."""
        return self._answers[sentence]

    def refused(self, sentence: str) -> bool:
        """Did the engine fail on this sentence, and on nothing else with it?"""
        return sentence in self._refused

    def texts(self, sentences: Iterable[str]) -> dict[str, str]:
        """Sentence -> translation, for those that have an answer."""
        return {each: self._answers[each][0].text for each in sentences if each in self._answers}

    def _report(self, done: int) -> None:
        if self._on_progress:
            self._on_progress(done, self._asked)
