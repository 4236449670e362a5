"""The one thing the translate step needs of a machine translator.

Knows: the records. Must not know: which library translates, where models lie, what an article is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.types import EngineIdentity, Hypothesis


class Engine(Protocol):
    """Turns sentences into sentences.

    An implementation answers every sentence on its own: which neighbours travel in the same call may never change a
    text or a score. `identity` is stable for the life of the object and names everything that could.
    """

    @property
    def identity(self) -> EngineIdentity:
        """Model, version and settings behind each answer."""
        ...

    @property
    def source(self) -> str:
        """Language code of the sentences taken, "en"."""
        ...

    @property
    def target(self) -> str:
        """Language code of the sentences given back, "es"."""
        ...

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """One hypothesis per sentence, in the order given; an empty list for an empty list.

        `attention=True` asks for the matrix of target pieces × source pieces with each hypothesis. `on_batch` is told,
        after each finished batch, how many of the sentences are done so far; the numbers never fall and the last
        equals `len(sentences)`. Raises BatchFailed where fewer sentences might succeed, else another TranslationError.
        """
        ...
