"""Stories in, drafts out: memory first, then one pool for the engine, however many articles share it.

Knows: the order of work for whole articles, and how to find the one that spoils a pool. Must not know: which engine
translates, where the memory is, what an editor thinks of the result (the checks are another step).

The same story, engine and glossary give the same words and links, whatever is in the memory and whoever else is being
translated; only `Match.origin` tells whether the engine or the memory answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pipeline.errors import StaleWork, TranslationError
from pipeline.translation.article import Article
from pipeline.translation.engine import Engine
from pipeline.translation.glossary import EMPTY, Glossary
from pipeline.translation.memory import Known, Memory
from pipeline.translation.pool import Pool
from pipeline.types import Draft, Story

Result = TypeVar("Result")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A story to be translated.

    `fixed` maps whole source sentences to the newsroom's own translation, `known` to what an editor, an import or an
    earlier revision made of them.
    """

    id: int
    story: Story
    fixed: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)
    glossary: Glossary = EMPTY
    variety: str = ""  # of Spanish, "es-MX": how figures are written; empty leaves them as the engine writes them


def translate(
    story: Story,
    engine: Engine,
    memory: Memory,
    *,
    fixed: Mapping[str, str] | None = None,
    known: Mapping[str, Known] | None = None,
    glossary: Glossary = EMPTY,
    on_progress: Progress | None = None,
) -> Draft:
    """Translate one story into `engine.target`.

    `fixed` maps whole source sentences to the newsroom's own translation ("Editor's note" -> "Nota del editor"), and
    `known` to finished ones: neither reaches the engine.
    `on_progress(done, total)` is told of finished sentences after each batch, so that a lease can be renewed. A
    sentence whose inline elements cannot be carried over safely, or that the engine cannot take, stays in the source
    language with a finding that holds the article. Raises TranslationError.
    """
    task = Task(id=0, story=story, fixed=fixed or {}, known=known or {}, glossary=glossary)
    [(_, result)] = translate_together([task], engine, memory, on_progress=on_progress)
    if isinstance(result, Exception):
        raise result
    return result


def translate_together(
    tasks: Sequence[Task], engine: Engine, memory: Memory, *, on_progress: Progress | None = None
) -> Iterator[tuple[int, Draft | Exception]]:
    """Translate several stories in one pool; each task's id with its draft, or with why there is none.

    Drafts come as they are ready, not in order. A story that cannot be worked on fails alone. When the engine fails on
    what they ask together, the pool is halved until whoever spoils it stands alone. What cannot be helped by dividing
    is raised: StaleWork, and a TranslationError that says that the engine itself is missing or away.
    """
    open_tasks = {task.id: task for task in tasks}
    try:
        for task_id, result in _one_pool(tasks, engine, memory, on_progress):
            del open_tasks[task_id]
            yield task_id, result
    except StaleWork:
        raise
    except Exception as error:
        if isinstance(error, TranslationError) and not error.divisible:
            raise
        left = list(open_tasks.values())
        if len(left) == 1:
            yield left[0].id, error
            return
        middle = len(left) // 2
        for half in (left[:middle], left[middle:]):
            yield from translate_together(half, engine, memory, on_progress=on_progress)


def _one_pool(
    tasks: Sequence[Task], engine: Engine, memory: Memory, on_progress: Progress | None
) -> Iterator[tuple[int, Draft | Exception]]:
    """Two rounds of questions; whoever needs no second one leaves after the first."""
    pool = Pool(engine, memory, on_progress, alone=len(tasks) == 1)
    articles: dict[int, Article] = {}
    questions: list[str] = []
    for task in tasks:
        article = _tried(
            partial(Article, task.story, engine.target, task.fixed, task.known, task.glossary, task.variety)
        )
        if isinstance(article, Exception):
            yield task.id, article
        else:
            articles[task.id] = article
            questions += article.questions()
    pool.ask(questions)
    again: list[str] = []
    for task_id, article in list(articles.items()):
        further = _tried(partial(article.further_questions, pool))
        if isinstance(further, Exception) or not further:
            del articles[task_id]
            yield task_id, further if isinstance(further, Exception) else _draft(article, pool, engine)
        else:
            again += further
    pool.ask(again)
    for task_id, article in articles.items():
        yield task_id, _draft(article, pool, engine)


def _draft(article: Article, pool: Pool, engine: Engine) -> Draft | Exception:
    return _tried(partial(article.draft, pool, engine.identity))


def _tried(work: Callable[[], Result]) -> Result | Exception:
    """The result, or what went wrong with it: one article's trouble must not reach the others in its pool."""
    try:
        return work()
    except Exception as error:
        return error
