"""Text that no newsroom would write: each ends in a translation or a finding, and nobody else notices."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.text.segments import segments_of, split
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.findings import check
from pipeline.translation.memory import DictMemory
from pipeline.translation.models import Installed
from pipeline.translation.translate import Task, translate, translate_together
from pipeline.types import Block, BlockKind, Draft, Hypothesis, Level, Origin, Span, Story
from tests.fakes import PhraseBook

HREF = (("href", "https://example.org/"),)
_WORDS = "the mayor police report said that people of city money court judge village road school under new old from"
_CHANCE = random.Random(3)  # noqa: S311  a seeded choice, no secret
POISON = {
    "5,000 words": " ".join(_CHANCE.choice(_WORDS.split()) for _ in range(5000)),
    "10,000 times": "word " * 9999 + "word",
    "10,000 times, no blank": "word" * 10_000,
    "one letter": "a" * 50_000,
    "capitals": "THE MAYOR SAID THAT NOBODY WOULD PAY A TOLL ON THE NEW BRIDGE. " * 10,
    "punctuation": "?!... ;;; --- ,,, ((( )))" * 40,
    "languages": "The alcalde said que no мэр сказал 市長は言った and then le maire a dit qu'il était.",
    "right to left": "The mayor said مرحبا بالعالم on Monday שלום עולם again.",
    "zero width": "The\u200b ma\u200byor\u200d said\u2060 that\ufeff nobody\u00ad came.",
    "table": "Name | Age | City\nAna | 31 | Lima\nLuis | 44 | Quito\n" * 20,
    "code": 'for (int i = 0; i < n; i++) { printf("%d\\n", a[i]); } ' * 20,
    "address": "https://example.org/" + "a" * 20_000,
    "digits": "1234567890" * 2000,
    "commas": "a, " * 3000,
}


def story(text: str, headline: str = "A headline") -> Story:
    span = Span(tag="a", start=0, end=min(12, len(text)), attributes=HREF)
    return Story(
        rung="payload",
        headline=headline,
        language="en",
        blocks=(Block(kind=BlockKind.PARAGRAPH, text=text, spans=(span,)),),
    )


class Counting:
    """Passes everything on, and remembers how long a sentence it was asked."""

    def __init__(self, engine: ArgosEngine) -> None:
        self._engine = engine
        self.identity, self.source, self.target = engine.identity, engine.source, engine.target
        self.longest = 0

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        self.longest = max(self.longest, *map(len, sentences))
        return self._engine.translate(sentences, attention=attention, on_batch=on_batch)


@pytest.fixture(scope="module")
def argos(install_starter: Callable[[Path], Installed], tmp_path_factory: pytest.TempPathFactory) -> ArgosEngine:
    return ArgosEngine(install_starter(tmp_path_factory.mktemp("models")), inter_threads=2)


@pytest.mark.model
@pytest.mark.parametrize("name", POISON)
def test_poison_ends_in_a_translation_or_a_finding_and_its_company_is_untouched(name: str, argos: ArgosEngine) -> None:
    engine = Counting(argos)
    neighbour = story("The judge read the ruling on Monday.", "Court frees mayor")
    poisoned = story(POISON[name])
    alone = translate(neighbour, engine, DictMemory())
    made = dict(translate_together([Task(id=1, story=poisoned), Task(id=2, story=neighbour)], engine, DictMemory()))
    draft = made[1]
    assert isinstance(draft, Draft)
    assert made[2] == alone
    assert {span.attributes for span in draft.blocks[0].spans} == {HREF}
    assert engine.longest <= 1500  # what bounds the time: no engine is ever asked more than this at once
    found = {finding.code for finding in (*draft.findings, *check(poisoned, draft))}
    silent = not any(char.isalpha() for char in POISON[name]) or name == "address"
    for match in draft.matches:
        translated = match.origin is Origin.ENGINE and match.target.strip()
        assert translated or silent or found, match.source[:80]


@pytest.mark.parametrize("text", [POISON["5,000 words"], POISON["10,000 times"], POISON["commas"], POISON["table"]])
def test_overlong_sentences_are_cut_where_it_hurts_least_and_lose_nothing(text: str) -> None:
    pieces = split(text)
    assert "".join(sentence + gap for sentence, gap in pieces) == text
    assert all(len(sentence) <= 900 and len(sentence.split()) <= 140 for sentence, _ in pieces)


def test_a_cut_prefers_the_place_where_clauses_are_joined() -> None:
    clause = "nobody in the village had seen the list of names that the old mayor kept in the court for years"
    text = f"{' '.join([clause] * 4)} and {' '.join([clause] * 4)}"
    first, second = split(text)
    assert first[0].endswith("years")
    assert second[0].startswith("and nobody")


def test_parts_of_one_sentence_are_joined_as_one_and_marked_for_the_editor() -> None:
    clause = "nobody saw the old list of names in the court of the village by the river"
    when = "spring summer autumn winter march april june july august monday tuesday friday sunday noon"
    text = ", ".join([f"{clause} in {time}" for time in when.split()]) + "."
    book = PhraseBook({sentence: f"Nadie {place} la vio." for place, (sentence, _) in enumerate(split(text))})
    book.phrases["A headline"] = "Un titular"
    book.mark = ""
    made = translate(story(text), book, DictMemory())
    assert made.blocks[0].text.startswith("Nadie 0 la vio, nadie 1 la vio")
    assert made.blocks[0].text.endswith("la vio.")
    assert "cut" not in {finding.code for finding in made.findings}  # commas stood there


def test_where_no_sign_stands_the_editor_is_told_of_the_cut() -> None:
    made = translate(story(POISON["5,000 words"]), PhraseBook(mark=""), DictMemory())
    places = [match.place for match in made.matches if match.place.startswith("b")]
    assert [finding.place for finding in made.findings if finding.code == "cut"] == places[:-1]
    assert {finding.level for finding in made.findings} == {Level.WARN}


def test_what_no_engine_can_take_stays_and_holds_the_article() -> None:
    endless = story("The road is open. " + "X" * 300, headline="word " * 500)
    engine = PhraseBook(mark="es ")
    made = translate(endless, engine, DictMemory())
    assert {(finding.code, finding.level, finding.place) for finding in made.findings} == {
        ("too-long", Level.HOLD, "headline"),
        ("too-long", Level.HOLD, "b0.1"),
    }
    assert all(len(sentence) < 100 for call in engine.asked for sentence in call)
    assert len(segments_of(endless)) == 3
