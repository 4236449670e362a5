"""Articles for the benchmark: our own sentences, put together by chance with a fixed seed; none twice."""

from __future__ import annotations

import random
from collections.abc import Iterator

_WHO = [
    "The mayor",
    "A senior police officer",
    "Prosecutors in the capital",
    "Three former ministers",
    "The country's central bank",
    "Local farmers",
    "The opposition leader",
    "Two judges of the high court",
    "Residents of the northern province",
    "A spokesman for the army",
    "Human rights groups",
    "The fishing cooperative",
    "Investigators",
    "The health ministry",
]
_SAID = [
    "said on Monday that",
    "told reporters that",
    "denied that",
    "confirmed that",
    "warned lawmakers that",
    "wrote in a report that",
    "could not explain why",
    "had suspected for years that",
]
_WHAT = [
    "the new road would cost {n} million dollars",
    "at least {n} people had been arrested since {y}",
    "the harvest fell by {p} percent",
    "a company owned by his brother won the contract",
    "nobody had been told about the closure of the mine",
    "the river was no longer safe for children",
    "an alleged gang leader paid for the campaign",
    "more than {n} families were forced to leave their homes",
    "the port handled {n} tonnes of copper in {y}",
    "the agreement signed in {y} had never been published",
]
_HOW = [
    "",
    " while the talks continued in the city",
    " despite a promise made before the election",
    " according to documents seen by this newspaper",
    ", and called for an independent inquiry",
    ", although the figures have not been checked",
    " during a hearing that lasted until midnight",
    " after months of protests in the south of the country, where unemployment is high and few people trust the courts",
]


def articles(count: int, seed: int = 7, *, length: int = 30) -> list[list[list[str]]]:
    """Articles as paragraphs of sentences; `length` sentences each, no sentence twice."""
    chance = random.Random(seed)  # noqa: S311  a seeded corpus, no secret
    seen: set[str] = set()

    def sentence() -> str:
        while True:
            what = chance.choice(_WHAT).format(
                n=chance.randint(3, 980), y=chance.randint(1990, 2025), p=chance.randint(2, 60)
            )
            made = f"{chance.choice(_WHO)} {chance.choice(_SAID)} {what}{chance.choice(_HOW)}."
            if made not in seen:
                seen.add(made)
                return made

    def paragraphs() -> Iterator[list[str]]:
        left = length
        while left:
            size = min(left, chance.randint(1, 4))
            left -= size
            yield [sentence() for _ in range(size)]

    return [list(paragraphs()) for _ in range(count)]


def sentences(corpus: list[list[list[str]]]) -> list[str]:
    """All sentences in order."""
    return [sentence for article in corpus for paragraph in article for sentence in paragraph]
