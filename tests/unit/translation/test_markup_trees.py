"""Random trees of inline elements through the whole translate stage, which must never lose a link or unbalance a tag.

2,000 articles of up to four sentences by default; TORNAVOZ_TREES=10000 for the full measure, as `make quality` does.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from html.parser import HTMLParser

from pipeline.text.blocks import to_html
from pipeline.translation.memory import DictMemory
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, EngineIdentity, Hypothesis, Span, Story
from tests.fakes import pieces

TREES = int(os.environ.get("TORNAVOZ_TREES", "2000"))
ENGLISH = "the mayor Paz police 41 percent of city (a) court “old” judge in Lima road, under $5 new - a.b@c.org &"
SPANISH = "el alcalde Paz policía 41 % de ciudad (a) corte «viejo» juez en Lima vía, bajo 5 $ nuevo - ¿ ¡ & <b>"


class Babbling:
    """Answers with random words, and with attention that is random, absent, broken, or has the wrong size."""

    source, target = "en", "es"

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.identity = EngineIdentity(
            engine="babbling", engine_version="1", model="none", model_sha256="", settings=str(chance.random())
        )

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        return [self._answer(sentence) for sentence in sentences]

    def _answer(self, sentence: str) -> Hypothesis:
        chance = self._chance
        words = [
            *chance.choices(SPANISH.split(), k=chance.randint(0, 12)),
            *chance.sample(sentence.split(), chance.randint(0, 1)),
        ]
        chance.shuffle(words)
        text = " ".join(words) + chance.choice(["", ".", "?"])
        given, made = pieces(sentence), pieces(text)
        rows: tuple[tuple[float, ...], ...] | None = tuple(tuple(chance.random() for _ in given) for _ in made)
        if chance.random() < 0.3:
            rows = None
        elif chance.random() < 0.1:
            rows = tuple(tuple(float("nan") for _ in given) for _ in made)
        elif chance.random() < 0.1:
            made = made[: len(made) // 2]
        return Hypothesis(text=text, score=-1.0, pieces=made, source_pieces=given, attention=rows)


def tree(chance: random.Random, text: str) -> tuple[Span, ...]:
    """Elements that nest: each level divides what its parent holds."""
    spans: list[Span] = []

    def grow(start: int, end: int, above: frozenset[str]) -> None:
        at = start
        while at < end and chance.random() < 0.7:
            left = chance.randint(at, end - 1)
            right = chance.randint(left + 1, end)
            tag = chance.choice([each for each in ("a", "em", "strong", "code") if each not in above] or ["none"])
            if tag != "none" and text[left:right].strip():
                left += len(text[left:right]) - len(text[left:right].lstrip())
                right -= len(text[left:right]) - len(text[left:right].rstrip())
                attributes = (("href", f'https://example.org/{len(spans)}?a=1&b="2"'),) if tag == "a" else ()
                spans.append(Span(tag=tag, start=left, end=right, attributes=attributes))
                grow(left, right, above | {tag})
            at = right

    grow(0, len(text), frozenset())
    return tuple(spans)


class Balance(HTMLParser):
    """Holds every start tag to its end tag, and keeps text and addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.links: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "a":
            self.links[dict(attrs)["href"] or ""] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(block: Block) -> Balance:
    parser = Balance()
    parser.feed(to_html((block,)))
    parser.close()
    assert parser.open == []
    return parser


def test_no_link_is_lost_no_tag_unbalanced_no_letter_added() -> None:
    elements = 0
    for number in range(TREES):
        chance = random.Random(number)  # noqa: S311  a seeded tree, no secret
        sentences = [
            " ".join(chance.choices(ENGLISH.split(), k=chance.randint(1, 12))) for _ in range(chance.randint(1, 4))
        ]
        text = " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)
        source = Block(kind=BlockKind.PARAGRAPH, text=text, spans=tree(chance, text))
        story = Story(rung="payload", headline="A headline", language="en", blocks=(source,))
        draft = translate(story, Babbling(chance), DictMemory())
        [block] = draft.blocks
        before, after = read(source), read(block)
        checked = [match for match in draft.matches if match.place.startswith("b")]
        assert block.text == "".join(match.target + match.gap for match in checked), number
        assert after.text.strip() == block.text.strip(), number
        assert set(after.links) == set(before.links), number
        assert all(after.links[address] >= count for address, count in before.links.items()), number
        elements += len(source.spans)
    assert elements > TREES
