"""The bundled model through the whole translate step. Nothing here depends on its wording: models are replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.text.integrity import proof
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.memory import DictMemory
from pipeline.translation.models import Installed
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, Draft, Origin, Span, Story

pytestmark = pytest.mark.model

TEXTS = (
    "A court in Barranquilla ordered the release of a former mayor on Monday. He had been accused of taking bribes.",
    "Write to news_desk@example.org, or see https://example.org/a_b?c=1 for the whole list of names.",
    "“We will not leave,” said Rosa Villalba, who leads a cooperative of 230 families in the valley.",
)
PARTS = (
    ("a court in Barranquilla", "former mayor", "taking bribes"),
    ("the whole list",),
    ("Rosa Villalba", "the valley"),
)


def spans_of(text: str, parts: tuple[str, ...]) -> tuple[Span, ...]:
    found = [(part, text.lower().index(part.lower())) for part in parts]
    return tuple(
        Span(tag="a", start=at, end=at + len(part), attributes=(("href", f"https://example.org/{at}"),))
        for part, at in found
    )


STORY = Story(
    rung="payload",
    headline="Court Frees Former Mayor in Barranquilla",
    standfirst="Prosecutors may still appeal.",
    blocks=tuple(
        Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans_of(text, parts))
        for text, parts in zip(TEXTS, PARTS, strict=True)
    ),
    language="en",
)


@pytest.fixture(scope="module")
def engine(install_starter: Callable[[Path], Installed], tmp_path_factory: pytest.TempPathFactory) -> ArgosEngine:
    return ArgosEngine(install_starter(tmp_path_factory.mktemp("models")), inter_threads=2)


def words(draft: Draft) -> object:
    matches = [(each.place, each.target, each.spans, each.score, each.model) for each in draft.matches]
    return draft.headline, draft.standfirst, draft.blocks, matches, draft.findings


def test_no_link_is_lost(engine: ArgosEngine) -> None:
    draft = translate(STORY, engine, DictMemory())
    for given, made in zip(STORY.blocks, draft.blocks, strict=True):
        assert proof(given.spans, made.spans, made.text) == []


def test_a_warm_memory_gives_the_draft_of_a_cold_one(engine: ArgosEngine) -> None:
    memory = DictMemory()
    cold, warm = translate(STORY, engine, memory), translate(STORY, engine, memory)
    assert words(cold) == words(warm)
    assert {each.origin for each in warm.matches} == {Origin.MEMORY}


def test_a_sentence_remembered_without_links_gets_them_right_when_it_has_some(engine: ArgosEngine) -> None:
    bare = Story(
        rung="payload",
        headline="Nobody came",
        blocks=tuple(Block(kind=block.kind, text=block.text) for block in STORY.blocks),
        language="en",
    )
    memory = DictMemory()
    translate(bare, engine, memory)
    assert translate(STORY, engine, memory).blocks == translate(STORY, engine, DictMemory()).blocks


def test_neighbours_move_no_attention(engine: ArgosEngine) -> None:
    """Links go where attention leads, so whoever shares a batch may not change it. One length, so one batch.

    CTranslate2 gives the first piece another sentence's row then (argos._attention); fails once that is read again.
    """
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    asked = [f"The judge read the report on {day}." for day in days]
    together = [answer.attention for answer in engine.translate(asked, attention=True)]
    assert together == [engine.translate([each], attention=True)[0].attention for each in asked]
    assert all(together)


def test_a_word_that_the_model_cannot_spell_is_copied_the_same_in_company(engine: ArgosEngine) -> None:
    """CTranslate2 copies it by its attention, of which the first row is another sentence's in a batch. It is safe there
    because the blank before a word is a piece by itself when the model writes what it does not know."""
    heads = ("北京", "東京", "한국", "Москва", "★", "☎", "Ω", "अ")
    asked = [f"{head} is closed." for head in heads]
    together = engine.translate(asked)
    assert together == [engine.translate([each])[0] for each in asked]
    assert [answer.text.partition(" ")[0] for answer in together] == list(heads)
    assert {answer.pieces[0] for answer in together} == {"▁"}


def test_addresses_come_through_unchanged(engine: ArgosEngine) -> None:
    text = translate(STORY, engine, DictMemory()).blocks[1].text
    assert "news_desk@example.org" in text
    assert "https://example.org/a_b?c=1" in text


def test_the_draft_is_in_another_language(engine: ArgosEngine) -> None:
    draft = translate(STORY, engine, DictMemory())
    assert all(given.text != made.text for given, made in zip(STORY.blocks, draft.blocks, strict=True))
    assert draft.headline[0].isupper()
    assert not draft.headline.endswith(".")
    assert draft.engine == engine.identity
