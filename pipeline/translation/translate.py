"""Story in, draft out: memory first, then one pool for the engine.

Knows: the order of work for a whole article. Must not know: which engine translates, where the memory is, what an
editor thinks of the result (the checks are another step).

The same story, engine and glossary give the same words and links, whatever is in the memory and whoever else is being
translated; only `Match.origin` tells whether the engine or the memory answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby

from pipeline.text.headline import lower_title_case
from pipeline.text.segments import rebuild, segments_of
from pipeline.translation.engine import Engine
from pipeline.translation.memory import Memory
from pipeline.translation.names import names_in
from pipeline.translation.pool import Pool
from pipeline.translation.sentence import Sentence, plain_quotes
from pipeline.types import Block, BlockKind, Draft, Finding, Level, Match, Segment, Story


def translate(
    story: Story,
    engine: Engine,
    memory: Memory,
    *,
    fixed: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Draft:
    """Translate a story into `engine.target`.

    `fixed` maps whole source sentences to the newsroom's own translation ("Editor's note" -> "Nota del editor").
    `on_progress(done, total)` is told of finished sentences after each batch, so that a lease can be renewed. A
    sentence whose inline elements cannot be carried over safely stays in the source language, with a finding "markup"
    that holds the article. Raises TranslationError.
    """
    body = "\n".join(block.text for block in story.blocks)
    names = names_in(story)
    sentences = [
        Sentence(segment, _spoken(segment, body), engine.target, names, (fixed or {}).get(segment.text))
        for segment in segments_of(story)
    ]
    pool = Pool(engine, memory, on_progress)
    pool.ask(question for sentence in sentences for question in sentence.questions())
    matches = {sentence.segment.place: sentence.first(pool) for sentence in sentences}
    again = [sentence for sentence in sentences if matches[sentence.segment.place] is None]
    pool.ask(question for sentence in again for question in sentence.further_questions(pool))
    matches |= {sentence.segment.place: sentence.second(pool) for sentence in again}
    findings = tuple(_markup(sentence.segment.place) for sentence in again if matches[sentence.segment.place] is None)
    done = tuple(matches[sentence.segment.place] or sentence.kept() for sentence in sentences)
    by_place = {match.place: match for match in done}
    standfirst = by_place.get("standfirst")
    return Draft(
        language=engine.target,
        headline=by_place["headline"].target,
        standfirst=standfirst.target if standfirst else None,
        blocks=_blocks(story, done),
        matches=done,
        engine=engine.identity,
        findings=findings,
    )


def _spoken(segment: Segment, body: str) -> Segment:
    """What the engine is given: English Title Case lowered, since models copy words that shout, and plain quotes."""
    text = lower_title_case(segment.text, body) if segment.place == "headline" else segment.text
    return replace(segment, text=plain_quotes(text))


def _blocks(story: Story, matches: tuple[Match, ...]) -> tuple[Block, ...]:
    inside = [match for match in matches if match.place.startswith("b")]
    parts = {int(block): tuple(group) for block, group in groupby(inside, lambda match: match.place[1:].split(".")[0])}
    return tuple(
        block if block.kind is BlockKind.VERBATIM else rebuild(block, parts.get(place, ()))
        for place, block in enumerate(story.blocks)
    )


def _markup(place: str) -> Finding:
    return Finding(
        code="markup",
        level=Level.HOLD,
        reason="The links of this sentence could not be carried over safely, so it was left in English. Translate it.",
        reason_es="No se pudieron trasladar con seguridad los enlaces de esta frase; sigue en inglés. Tradúzcala.",
        place=place,
    )
