"""The list of checks that every draft goes through, and the findings they make.

Knows: which check looks at what, at which level it may stop an article, and how to say so in both languages. Must not
know: engines, memory, what an editor decides.

A check doubts; it does not judge. One that holds must be nearly always right, so those that are often wrong only warn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from pipeline.translation import calendar, claims, fidelity, spelling, symptoms
from pipeline.translation.confidence import unsure
from pipeline.translation.doubts import Doubt
from pipeline.translation.names import lost, names_in
from pipeline.translation.omission import omitted
from pipeline.translation.vocabularies import VOCABULARIES
from pipeline.types import Block, Draft, Finding, Level, Match, Origin, Story

GLOSSARY = "glossary"  # Match.model of a sentence whose translation the newsroom fixed


Look = Callable[[str, str], Iterator[Doubt]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCheck:
    """A check of one sentence. `level` is the most it can say.

    `look` reads any language, unless `spanish` is set: then it reads Spanish, `also` has what reads other languages,
    and for all the rest the check is off.
    """

    code: str
    level: Level
    look: Look
    about: str
    about_es: str
    spanish: bool = False
    also: Mapping[str, Look] = field(default_factory=dict)

    def look_at(self, language: str) -> Look | None:
        """What looks at translations into a language; None where the check is off."""
        return self.look if language == "es" or not self.spanish else self.also.get(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCheck:
    """A check of the whole draft; yields findings with their place.

    `usual`: it speaks only where a draft carries what is usual for its model, which the check step alone puts there.
    """

    code: str
    level: Level
    look: Callable[[Story, Draft], Iterator[tuple[str, Doubt]]]
    about: str
    about_es: str
    usual: bool = False


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


def _reading(look: Callable[..., Iterator[Doubt]]) -> dict[str, Look]:
    """The check with the words of each other language that has a vocabulary."""
    return {language: partial(look, words=words) for language, words in VOCABULARIES.items() if language != "es"}


def omission(story: Story, draft: Draft) -> Iterator[tuple[str, Doubt]]:
    """Sentences in which the model hardly looked at a word, where its threshold is known."""
    yield from omitted(draft)


SENTENCE_CHECKS: tuple[SentenceCheck, ...] = (
    SentenceCheck(
        code="empty",
        level=Level.HOLD,
        look=symptoms.empty,
        about="A sentence came back without words.",
        about_es="Una frase ha vuelto sin palabras.",
    ),
    SentenceCheck(
        code="copied",
        level=Level.HOLD,
        look=symptoms.copied,
        about="A sentence of four words or more was left as it was.",
        about_es="Una frase de cuatro palabras o más ha quedado igual.",
    ),
    SentenceCheck(
        code="numbers",
        level=Level.HOLD,
        look=fidelity.numbers,
        about="A figure was lost, changed or invented.",
        about_es="Se ha perdido, cambiado o inventado una cifra.",
        spanish=True,
        also={language: partial(fidelity.numbers, language=language) for language in ("pt", "fr")},
    ),
    SentenceCheck(
        code="amounts",
        level=Level.HOLD,
        look=fidelity.amounts,
        about="Billions, percentages or a currency were changed.",
        about_es="Se han cambiado millardos, porcentajes o una moneda.",
        spanish=True,
        also=_reading(fidelity.amounts),
    ),
    SentenceCheck(
        code="addresses",
        level=Level.HOLD,
        look=fidelity.addresses,
        about="A web or e-mail address, handle or hashtag was changed.",
        about_es="Se ha alterado una dirección, cuenta o etiqueta.",
    ),
    SentenceCheck(
        code="leftover-english",
        level=Level.HOLD,
        look=symptoms.leftover,
        about="English words were left in a sentence.",
        about_es="Han quedado palabras inglesas en una frase.",
        spanish=True,
    ),
    SentenceCheck(
        code="repetition",
        level=Level.HOLD,
        look=symptoms.repetition,
        about="The engine repeats itself.",
        about_es="El motor se repite.",
    ),
    SentenceCheck(
        code="length",
        level=Level.HOLD,
        look=symptoms.length,
        about="A translation is far shorter or longer than its original.",
        about_es="Una traducción es mucho más corta o más larga que su original.",
    ),
    SentenceCheck(
        code="residue",
        level=Level.HOLD,
        look=symptoms.residue,
        about="Machine marks were left in the text.",
        about_es="Han quedado marcas de máquina en el texto.",
    ),
    SentenceCheck(
        code="quotes",
        level=Level.HOLD,
        look=symptoms.quotes,
        about="Quotation marks do not match the original's.",
        about_es="Las comillas no coinciden con las del original.",
    ),
    SentenceCheck(
        code="negation",
        level=Level.HOLD,
        look=claims.negation,
        about="A denial may have been lost; a plea of “not guilty” that became a confession holds.",
        about_es="Quizá se haya perdido una negación; si «not guilty» pasa a culpable, detiene el artículo.",
        spanish=True,
        also=_reading(claims.negation),
    ),
    SentenceCheck(
        code="hedge",
        level=Level.HOLD,
        look=claims.hedges,
        about="A suspicion became a fact.",
        about_es="Una sospecha se ha vuelto un hecho.",
        spanish=True,
        also=_reading(claims.hedges),
    ),
    SentenceCheck(
        code="attribution-verb",
        level=Level.WARN,
        look=claims.attribution,
        about="A statement or a denial may have lost whoever made it.",
        about_es="Quizá una declaración o un desmentido haya perdido a su autor.",
        spanish=True,
        also=_reading(claims.attribution),
    ),
    SentenceCheck(
        code="back-translation",
        level=Level.WARN,
        look=claims.back_translation,
        about="A quotation of somebody who probably spoke Spanish went through English and back.",
        about_es="Una cita de quien probablemente habló en español ha pasado por el inglés.",
        spanish=True,
    ),
    SentenceCheck(
        code="dates",
        level=Level.HOLD,
        look=calendar.dates,
        about="A date, month or day of the week was changed, or an American date was left month first.",
        about_es="Se ha cambiado una fecha, un mes o un día de la semana, o una fecha quedó con el mes delante.",
        spanish=True,
    ),
    SentenceCheck(
        code="hours",
        level=Level.HOLD,
        look=calendar.hours,
        about="A morning became an afternoon, or the other way round.",
        about_es="Una hora de la mañana ha pasado a la tarde, o al revés.",
        spanish=True,
    ),
    SentenceCheck(
        code="units",
        level=Level.HOLD,
        look=calendar.units,
        about="A figure lost its unit of measure (warns) or took another (holds).",
        about_es="Una cifra ha perdido su unidad de medida (aviso) o ha tomado otra (detiene).",
        spanish=True,
    ),
    SentenceCheck(
        code="acronyms",
        level=Level.WARN,
        look=fidelity.acronyms,
        about="An acronym was lost.",
        about_es="Se han perdido unas siglas.",
        spanish=True,
    ),
    SentenceCheck(
        code="pairs",
        level=Level.WARN,
        look=symptoms.pairs,
        about="A bracket or an opening ¿ or ¡ is missing.",
        about_es="Falta un paréntesis o un signo ¿ o ¡ de apertura.",
        spanish=True,
        also={"pt": symptoms.brackets, "fr": symptoms.brackets},
    ),
    SentenceCheck(
        code="invented-word",
        level=Level.HOLD,
        look=spelling.invented,
        about="A word is in no dictionary and not in the original; inside a quotation that holds.",
        about_es="Una palabra no está en ningún diccionario ni en el original; dentro de una cita, detiene.",
        spanish=True,
    ),
    SentenceCheck(
        code="publisher-doubled-word",
        level=Level.WARN,
        look=symptoms.doubled,
        about="The original doubles a word.",
        about_es="El original repite una palabra.",
    ),
)

ARTICLE_CHECKS: tuple[ArticleCheck, ...] = (
    ArticleCheck(
        code="structure",
        level=Level.HOLD,
        look=structure,
        about="Part of the article is missing.",
        about_es="Falta parte del artículo.",
    ),
    ArticleCheck(
        code="links",
        level=Level.HOLD,
        look=links,
        about="A link was lost or changed.",
        about_es="Se ha perdido o alterado un enlace.",
    ),
    ArticleCheck(
        code="names",
        level=Level.WARN,
        look=names,
        about="A name may be misspelt or missing.",
        about_es="Quizá falte un nombre o esté mal escrito.",
    ),
    ArticleCheck(
        code="confidence",
        level=Level.HOLD,
        look=confidence,
        about="The model was far less sure than it usually is; holds in headlines and quotations.",
        about_es="El modelo estaba mucho menos seguro que de costumbre; detiene en titulares y citas.",
        usual=True,
    ),
    ArticleCheck(
        code="omission",
        level=Level.WARN,
        look=omission,
        about="The model hardly looked at a word: it may be missing. For originals in English.",
        about_es="El modelo apenas ha atendido a una palabra: quizá falte. Para originales en inglés.",
        usual=True,
    ),
    ArticleCheck(
        code="language",
        level=Level.HOLD,
        look=language,
        about="The translation as a whole is not in its language.",
        about_es="La traducción en conjunto no está en su lengua.",
    ),
)


def check(story: Story, draft: Draft) -> tuple[Finding, ...]:
    """Everything these checks find, sentence by sentence, then the whole. The draft's own findings are not repeated.

    Sentences kept in the source language on purpose and those of the glossary are not doubted. An editor's own words
    are, but they stop nothing: whoever wrote them has read the original.
    """
    findings: list[Finding] = []
    for match in draft.matches:
        findings.extend(_sentence(match, draft.language))
    for each in ARTICLE_CHECKS:
        findings.extend(_finding(each.code, place, doubt) for place, doubt in each.look(story, draft))
    theirs = {match.place for match in draft.matches if match.origin is Origin.EDITOR}
    return tuple(
        replace(finding, level=Level.WARN) if finding.place in theirs and finding.level is Level.HOLD else finding
        for finding in findings
    )


def off(language: str) -> list[str]:
    """Codes of the checks that do not look at translations into a language."""
    return [each.code for each in SENTENCE_CHECKS if each.look_at(language) is None]


def _sentence(match: Match, into: str) -> Iterator[Finding]:
    if match.origin is Origin.SOURCE or match.model == GLOSSARY:
        return
    for each in SENTENCE_CHECKS:
        if look := each.look_at(into):
            for doubt in look(match.source, match.target):
                yield _finding(each.code, match.place, doubt)


def _finding(code: str, place: str, doubt: Doubt) -> Finding:
    return Finding(code=code, level=doubt.level, reason=doubt.reason, reason_es=doubt.reason_es, place=place)


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
