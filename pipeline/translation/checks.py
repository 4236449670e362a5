"""The list of checks that every draft goes through.

Knows: which check looks at what, for which languages, at which level it may stop an article, and how to say so in both
languages. Must not know: how a check looks, what becomes of its doubts (findings.py).

A check doubts; it does not judge. One that holds must be nearly always right, so those that are often wrong only warn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from pipeline.translation import calendar, claims, fidelity, spelling, symptoms, whole
from pipeline.translation.doubts import Doubt
from pipeline.translation.vocabularies import VOCABULARIES
from pipeline.types import Draft, Level, Story

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


def _reading(look: Callable[..., Iterator[Doubt]]) -> dict[str, Look]:
    """The check with the words of each other language that has a vocabulary."""
    return {language: partial(look, words=words) for language, words in VOCABULARIES.items() if language != "es"}


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
        look=whole.structure,
        about="Part of the article is missing.",
        about_es="Falta parte del artículo.",
    ),
    ArticleCheck(
        code="links",
        level=Level.HOLD,
        look=whole.links,
        about="A link was lost or changed.",
        about_es="Se ha perdido o alterado un enlace.",
    ),
    ArticleCheck(
        code="names",
        level=Level.WARN,
        look=whole.names,
        about="A name may be misspelt or missing.",
        about_es="Quizá falte un nombre o esté mal escrito.",
    ),
    ArticleCheck(
        code="confidence",
        level=Level.HOLD,
        look=whole.confidence,
        about="The model was far less sure than it usually is; holds in headlines and quotations.",
        about_es="El modelo estaba mucho menos seguro que de costumbre; detiene en titulares y citas.",
        usual=True,
    ),
    ArticleCheck(
        code="omission",
        level=Level.WARN,
        look=whole.omission,
        about="The model hardly looked at a word: it may be missing. For originals in English.",
        about_es="El modelo apenas ha atendido a una palabra: quizá falte. Para originales en inglés.",
        usual=True,
    ),
    ArticleCheck(
        code="language",
        level=Level.HOLD,
        look=whole.language,
        about="The translation as a whole is not in its language.",
        about_es="La traducción en conjunto no está en su lengua.",
    ),
)


def off(language: str) -> list[str]:
    """Codes of the checks that do not look at translations into a language."""
    return [each.code for each in SENTENCE_CHECKS if each.look_at(language) is None]
