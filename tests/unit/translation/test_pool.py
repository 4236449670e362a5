"""Several articles in one pool: nobody is changed, held up or spoilt by company."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import BatchFailed, EngineUnavailable, StaleWork
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.memory import DictMemory
from pipeline.translation.models import Installed
from pipeline.translation.translate import Task, translate, translate_together
from pipeline.types import Block, BlockKind, Draft, Hypothesis, Origin, Span, Story
from tests.fakes import PhraseBook

HREF = (("href", "https://example.org/report"),)


def story(number: int, *sentences: str) -> Story:
    given = sentences or (f"Sentence {number} of the report.", "Nobody came.")
    text = " ".join(given)
    span = Span(tag="a", start=0, end=len(given[0]) - 1, attributes=HREF)
    return Story(
        rung="payload",
        headline=f"Headline number {number}",
        language="en",
        blocks=(Block(kind=BlockKind.PARAGRAPH, text=text, spans=(span,)),),
    )


class Delicate(PhraseBook):
    """Fails on a batch that holds the word poison."""

    def __init__(self, error: Exception) -> None:
        super().__init__(mark="es: ")
        self.error = error

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        answers = super().translate(sentences, attention=attention, on_batch=on_batch)
        if any("poison" in sentence for sentence in sentences):
            raise self.error
        return answers


def tasks(count: int) -> list[Task]:
    return [Task(id=number, story=story(number)) for number in range(count)]


def drafts(given: Sequence[Task], engine: PhraseBook) -> dict[int, Draft | Exception]:
    return dict(translate_together(given, engine, DictMemory()))


def said(draft: Draft | Exception) -> Draft:
    """A draft without who said its sentences: what a failed half has asked already comes out of the memory."""
    assert isinstance(draft, Draft), draft
    return replace(draft, matches=tuple(replace(match, origin=Origin.ENGINE) for match in draft.matches))


def test_company_asks_once_and_each_sentence_once() -> None:
    engine = PhraseBook(mark="es: ")
    made = drafts(tasks(5), engine)
    assert sorted(made) == [0, 1, 2, 3, 4]
    [asked] = engine.asked
    assert len(asked) == len(set(asked))
    assert asked.count("Nobody came.") == 1


def test_company_changes_no_draft() -> None:
    alone = {task.id: translate(task.story, PhraseBook(mark="es: "), DictMemory()) for task in tasks(6)}
    assert drafts(tasks(6), PhraseBook(mark="es: ")) == alone


@pytest.mark.parametrize("error", [BatchFailed("broken"), KeyError("surprise"), MemoryError()])
def test_whoever_spoils_a_pool_fails_alone(error: Exception) -> None:
    poisonous = Task(id=99, story=replace(story(99), headline="A poison headline"))
    engine = Delicate(error)
    made = drafts([*tasks(5), poisonous, Task(id=5, story=story(5))], engine)
    others = {place: said(draft) for place, draft in made.items() if place != 99}
    assert others == {task.id: said(translate(task.story, PhraseBook(mark="es: "), DictMemory())) for task in tasks(6)}
    assert isinstance(made[99], Draft if isinstance(error, BatchFailed) else type(error))


def test_a_sentence_that_the_engine_cannot_take_stays_english_with_a_finding() -> None:
    given = story(1, "The road is open.", "This is poison.", "Nobody came.")
    draft = translate(given, Delicate(BatchFailed("broken")), DictMemory())
    assert draft.blocks[0].text == "es: The road is open. This is poison. es: Nobody came."
    assert [(each.code, each.level, each.place) for each in draft.findings] == [("engine-failed", "hold", "b0.1")]
    assert next(match.origin for match in draft.matches if match.place == "b0.1") is Origin.SOURCE


def test_an_engine_that_is_away_is_nobodys_poison() -> None:
    engine = Delicate(EngineUnavailable("gone"))
    with pytest.raises(EngineUnavailable):
        drafts([*tasks(5), Task(id=99, story=replace(story(99), headline="A poison headline"))], engine)
    assert len(engine.asked) == 1


def test_a_pool_whose_leases_are_all_lost_stops() -> None:
    def lost(done: int, total: int) -> None:
        raise StaleWork

    with pytest.raises(StaleWork):
        list(translate_together(tasks(3), PhraseBook(mark="es: "), DictMemory(), on_progress=lost))


def test_who_needs_no_second_round_does_not_wait_for_it() -> None:
    """A changed figure makes the third article ask again; the others are drafts before it does."""
    engine = PhraseBook({"It cost 14 pesos.": "Costó 41 pesos."}, mark="es: ")
    stream = translate_together([*tasks(2), Task(id=2, story=story(2, "It cost 14 pesos."))], engine, DictMemory())
    assert [next(stream)[0], next(stream)[0]] == [0, 1]
    assert len(engine.asked) == 1
    assert [task_id for task_id, _ in stream] == [2]
    assert len(engine.asked) == 2


@pytest.mark.model
def test_twenty_random_pools_give_the_same_bytes(install_starter: Callable[[Path], Installed], tmp_path: Path) -> None:
    """Acceptance: whatever shares a pool, in whatever order, each article reads the same, scores and spans included."""
    model = install_starter(tmp_path)
    engine = ArgosEngine(model, inter_threads=2)
    who = ("The mayor", "A judge", "Two farmers", "Every witness", "The health ministry")
    what = (
        "closed the old port",
        "lost 12 percent of its income",
        "did not answer on Monday",
        "read the list of names",
    )
    chance = random.Random(11)  # noqa: S311  a seeded choice, no secret
    lines = [f"{one} {other}, according to a report." for one in who for other in what]
    stories = [story(number, *chance.sample(lines, 3)) for number in range(10)]
    alone = [translate(each, engine, DictMemory()) for each in stories]
    for _ in range(20):
        chosen = chance.sample(range(10), chance.randint(2, 6))
        pool = [Task(id=number, story=stories[number]) for number in chosen]
        made = dict(translate_together(pool, engine, DictMemory()))
        assert made == {number: alone[number] for number in chosen}
