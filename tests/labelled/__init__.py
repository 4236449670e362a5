"""The labelled set: for every check, pairs at which it must speak and pairs at which it must be silent.

`python -m tests.labelled` prints precision and recall of each check. The sentences are ours; the hard ones stay in when
a check fails on them, so that the table tells the truth.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.text.blocks import inline_from_html
from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS
from pipeline.types import Block, BlockKind, Draft, EngineIdentity, Faint, Match, Origin, Story

IDENTITY = EngineIdentity(engine="test", engine_version="1", model="test 1", model_sha256="0", settings="")
LANGUAGES = ("pt", "fr")  # besides Spanish
_ARTICLES = {each.code: each.look for each in ARTICLE_CHECKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one check did on its pairs."""

    code: str
    language: str
    fire: int  # pairs at which it must speak
    silent: int
    caught: int
    false: int  # spoke where it must be silent

    @property
    def precision(self) -> float:
        spoke = self.caught + self.false
        return self.caught / spoke if spoke else 1.0

    @property
    def recall(self) -> float:
        return self.caught / self.fire if self.fire else 1.0


@cache
def labelled(language: str = "es") -> dict[str, dict[str, list[Any]]]:
    """Check code -> {"fire": […], "silent": […]}."""
    found: dict[str, dict[str, list[Any]]] = {}
    files = "*.toml" if language == "es" else f"languages/{language}.toml"
    for path in sorted(Path(__file__).parent.glob(files)):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def speaks(code: str, pair: list[Any], language: str = "es") -> bool:
    """Does the check doubt this pair?"""
    source, target = pair[:2]
    if check := next((each for each in SENTENCE_CHECKS if each.code == code), None):
        look = check.look_at(language)
        assert look is not None, f"{code} is off for {language}"
        return bool(list(look(source, target)))
    story, draft = _story(source), _draft(source, target)
    if code == "confidence":  # a third item: how sure the model was, of a model whose percentiles are these
        sure = tuple(replace(match, score=pair[2]) for match in draft.matches)
        draft = replace(draft, matches=sure, doubt_below=(-1.0, -0.5))
    if code == "omission":  # a third item: words and how much of the model's attention they got at most
        heard = tuple(Faint(place="b0.0", word=word, weight=weight) for word, weight in pair[2].items())
        draft = replace(draft, faint=heard, faint_below=0.15)
    return bool(list(_ARTICLES[code](story, draft)))


def scores(language: str = "es") -> Iterator[Score]:
    """One row a check, in the order of their codes."""
    for code, pairs in sorted(labelled(language).items()):
        yield Score(
            code=code,
            language=language,
            fire=len(pairs["fire"]),
            silent=len(pairs["silent"]),
            caught=sum(speaks(code, pair, language) for pair in pairs["fire"]),
            false=sum(speaks(code, pair, language) for pair in pairs["silent"]),
        )


def table() -> str:
    """The scores as text."""
    rows = [row for language in ("es", *LANGUAGES) for row in scores(language)]
    lines = [f"{'check':24}{'into':>5}{'fire':>6}{'silent':>8}{'precision':>11}{'recall':>8}"]
    lines += [
        f"{row.code:24}{row.language:>5}{row.fire:6}{row.silent:8}{row.precision:11.3f}{row.recall:8.3f}"
        for row in rows
    ]
    total = sum(row.fire + row.silent for row in rows)
    wrong = sum(row.false + row.fire - row.caught for row in rows)
    return "\n".join([*lines, f"{len({row.code for row in rows})} checks, {total} pairs, {wrong} judged wrongly"])


def _story(paragraphs: list[str]) -> Story:
    return Story(rung="payload", headline="A headline", blocks=_blocks(paragraphs), language="en")


def _draft(source: list[str], target: list[str]) -> Draft:
    matches = tuple(
        Match(place=f"b{place}.0", source=given.text, target=made.text, origin=Origin.ENGINE, spans=made.spans)
        for place, (given, made) in enumerate(zip(_blocks(source), _blocks(target), strict=False))
    )
    return Draft(
        language="es", headline="Un titular", standfirst=None, blocks=_blocks(target), matches=matches, engine=IDENTITY
    )


def _blocks(paragraphs: list[str]) -> tuple[Block, ...]:
    read = [inline_from_html(text) for text in paragraphs]
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans) for text, spans in read)
