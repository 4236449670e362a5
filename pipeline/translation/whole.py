"""What is looked for in a draft as a whole: blocks and links that are gone, names, its language, what is unusual.

Knows: stories and drafts, block beside block. Must not know: single sentences' faults, engines, what an editor decides.
Each yields doubts with their place; an empty place is the whole article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.translation.confidence import unsure
from pipeline.translation.doubts import Doubt
from pipeline.translation.glossary import GLOSSARY
from pipeline.translation.names import lost, names_in
from pipeline.translation.omission import omitted
from pipeline.types import Block, Draft, Level, Origin, Story


def structure(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Block for block the same, none of them emptied, and a headline on top."""
    lost = [
        f"b{place}"
        for place, (given, made) in enumerate(zip(story.blocks, draft.blocks, strict=False))
        if given.kind != made.kind or (given.text.strip() and not made.text.strip())
    ]
    if len(story.blocks) != len(draft.blocks) or lost or (story.headline.strip() and not draft.headline.strip()):
        yield (
            lost[0] if lost else "",
            Doubt(
                Level.HOLD,
                "Part of the article is missing from the translation. Translate it again.",
                "Falta parte del artículo en la traducción. Vuelva a traducirlo.",
            ),
        )


def links(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Every link of a block leads to the same address in its translation. One cut by a sentence end may repeat."""
    for place, (given, made) in enumerate(zip(story.blocks, draft.blocks, strict=False)):
        if set(_addresses(given)) != set(_addresses(made)) or _addresses(given) - _addresses(made):
            yield (
                f"b{place}",
                Doubt(
                    Level.HOLD,
                    "A link of this block was lost or changed. Set it again.",
                    "Se ha perdido o alterado un enlace de este bloque. Vuelva a ponerlo.",
                ),
            )


def language(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """The body reads as the language it claims to be. Short ones give too little to tell."""
    body = " ".join(match.target for match in draft.matches if match.model != GLOSSARY)
    if len(body.split()) < 25 or story.language == draft.language:
        return
    identifier = _identifier((story.language, draft.language))
    if draft.language in identifier.labels and (guessed := identifier.classify(body)[0]) != draft.language:
        yield (
            "",
            Doubt(
                Level.HOLD,
                f"As a whole the translation reads as language “{guessed}”. Translate it again or by hand.",
                f"En conjunto, la traducción parece estar en la lengua «{guessed}». Vuelva a traducirla.",
            ),
        )


def names(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """A name of the original is spelt the same in the translation, unless Spanish has its own form of it."""
    known = names_in(story)
    for match in draft.matches:
        if match.origin is Origin.SOURCE or match.model == GLOSSARY:
            continue
        gone = ", ".join(lost(match.source, match.target, known))
        if gone:
            yield (
                match.place,
                Doubt(
                    Level.WARN,
                    f"Names of the original are missing here: {gone}. See whether they are spelt right.",
                    f"Aquí faltan nombres del original: {gone}. Compruebe cómo se escriben.",
                ),
            )


def confidence(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Sentences of which the model was unusually unsure, where its thresholds are known."""
    yield from unsure(draft)


def omission(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Sentences in which the model hardly looked at a word, where its threshold is known."""
    yield from omitted(draft)


def _addresses(block: Block) -> Counter[str]:
    anchors = (span for span in block.spans if span.tag == "a")
    return Counter(value for span in anchors for name, value in span.attributes if name == "href")


@cache
def _identifier(pair: tuple[str, str]) -> Any:
    """A language guesser for this pair and its likely neighbours: asked about all 97, it sees Galician in Spanish."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(sorted({"en", "es", "pt", "fr", "it", "de", *pair} & set(identifier.labels)))
    return identifier
