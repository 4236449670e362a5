"""Answers to sentences: out of the memory where it has them, else from the engine in one call.

Knows: the engine, the memory, and how far the work has come. Must not know: articles, markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.translation.engine import Engine
from pipeline.translation.memory import Memory, Remembered, key
from pipeline.types import Origin

_AT_ONCE = 600  # sentences in one call, a very long article: bounds what their attention takes in memory


class Pool:
    """Everything one article asks. A sentence is asked once, however often it stands there."""

    def __init__(self, engine: Engine, memory: Memory, on_progress: Callable[[int, int], None] | None = None) -> None:
        self._engine = engine
        self._memory = memory
        self._on_progress = on_progress
        self._identity = engine.identity
        self._answers: dict[str, tuple[Remembered, Origin]] = {}
        self._asked = 0

    def ask(self, sentences: Iterable[str]) -> None:
        """Have these answered: the memory first, then the engine for all it does not know."""
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._answers]
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
        fresh = self._engine.translate(misses, attention=True, on_batch=lambda done: self._report(before + done))
        answers = {
            sentence: Remembered.of(hypothesis, self._identity.model)
            for sentence, hypothesis in zip(misses, fresh, strict=True)
        }
        self._memory.put({keys[sentence]: answer for sentence, answer in answers.items()})
        self._answers |= {sentence: (answer, Origin.ENGINE) for sentence, answer in answers.items()}

    def answer(self, sentence: str) -> tuple[Remembered, Origin]:
        """What was said of a sentence that has been asked. KeyError otherwise."""
        return self._answers[sentence]

    def texts(self, sentences: Iterable[str]) -> dict[str, str]:
        """Sentence -> translation, for those that have been asked."""
        return {each: self._answers[each][0].text for each in sentences if each in self._answers}

    def _report(self, done: int) -> None:
        if self._on_progress:
            self._on_progress(done, self._asked)
