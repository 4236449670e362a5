"""Small real implementations of the pipeline's ports, for tests that are about something else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from pipeline.translation.sentence import plain_quotes
from pipeline.types import EngineIdentity, Hypothesis


class PhraseBook:
    """An engine that knows a list of sentences by heart.

    A sentence that is not in the book raises KeyError, or with `mark` comes back as that mark and the sentence; the
    text of each link and emphasis is asked too. Curly and straight quotation marks are one and the same to it, for the
    translate step asks with straight ones. The score is fixed by the texts; the attention runs down the diagonal, so
    spans land where they stood in proportion.
    """

    def __init__(
        self,
        phrases: Mapping[str, str] | None = None,
        *,
        mark: str | None = None,
        source: str = "en",
        target: str = "es",
    ) -> None:
        self.phrases = {plain_quotes(source): target for source, target in (phrases or {}).items()}
        self.mark = mark
        self.source = source
        self.target = target
        self.asked: list[tuple[str, ...]] = []  # the sentences of every call, in order

    @property
    def identity(self) -> EngineIdentity:
        book = "\n".join(f"{source}\t{target}" for source, target in sorted(self.phrases.items()))
        return EngineIdentity(
            engine="phrasebook",
            engine_version="1",
            model=f"phrasebook-{self.source}_{self.target} {len(self.phrases)}",
            model_sha256=hashlib.sha256(book.encode()).hexdigest(),
            settings=f"mark={self.mark}",
        )

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        self.asked.append(tuple(sentences))
        answers = []
        for done, sentence in enumerate(sentences, 1):
            answers.append(self._answer(sentence, attention))
            if on_batch:
                on_batch(done)
        return answers

    def _answer(self, sentence: str, attention: bool) -> Hypothesis:
        if plain_quotes(sentence) in self.phrases:
            text = self.phrases[plain_quotes(sentence)]
        elif self.mark is not None:
            text = f"{self.mark}{sentence}"
        else:
            raise KeyError(f"not in the phrase book: {sentence!r}")
        given, made = pieces(sentence), pieces(text)
        return Hypothesis(
            text=text,
            score=-float(len(made)) / (1 + len(given)),
            pieces=made,
            source_pieces=given,
            attention=diagonal(len(made), len(given)) if attention else None,
        )


def pieces(text: str) -> tuple[str, ...]:
    """Words as a tokenizer would cut them, each with the mark of the blank before it."""
    return tuple(f" {word}".replace(" ", "▁") for word in text.split())


def diagonal(rows: int, columns: int) -> tuple[tuple[float, ...], ...]:
    """Attention of a word-for-word translation: row i looks at the column at the same share of the way."""
    return tuple(
        tuple(float(column == min(columns - 1, row * columns // max(1, rows))) for column in range(columns))
        for row in range(rows)
    )
