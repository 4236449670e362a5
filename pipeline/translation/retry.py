"""What a first answer got wrong that another question could save, and those questions.

Knows: one sentence in the words in which it is put to an engine, the checks that count what was lost, the marks. Must
not know: engines, markup, where answers come from.

Whatever is asked again is asked in words that small engines keep better: figures, names and terms under marks; a doubt
in plainer words; a quotation by itself, so that nothing of it can leak out and nothing around it can leak in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pipeline.text.piecewise import fitted
from pipeline.translation.claims import hedges, plainer_doubts
from pipeline.translation.doubts import Doubt
from pipeline.translation.fidelity import amounts, numbers
from pipeline.translation.glossary import Glossary, Term
from pipeline.translation.marks import has_figures, marked, quotations, unmarked
from pipeline.translation.names import mangled
from pipeline.translation.symptoms import quotes
from pipeline.translation.vocabularies import VOCABULARIES


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another way to ask.

    `read(answer, said)` makes a translation of the sentence out of the engine's answer to `question` and of what it
    said of the `parts`; None if the answer cannot be used.
    """

    question: str
    read: Callable[[str, Mapping[str, str]], str | None]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """The ladder of one sentence."""

    text: str
    language: str  # of the target
    names: frozenset[str]
    glossary: Glossary

    def faults(self, target: str) -> int:
        """How many figures, names, terms, doubts and quotations another question could still save."""
        return (
            self._figures_changed(target)
            + len(self._doubts_lost(target))
            + len(mangled(self.text, target, self.names))
            + len(self._missed(target))
            + sum(1 for _ in quotes(self.text, target))
        )

    def attempts(self, said: str) -> list[Attempt]:
        """What is worth asking, given what the engine said of the sentence as it is."""
        return [*self._marked(said), *self._plainer(said), *self._framed(said)]

    def _marked(self, said: str) -> list[Attempt]:
        """Where a name was wrong the figures are marked too in a second question: under marks an engine is less sure of
        what lies between them."""
        terms = self._missed(said)
        names = [*mangled(self.text, said, self.names), *terms]
        wrong = self._figures_changed(said) > 0
        wordings = (self.text, *self._plainer_words(said))
        variants = [
            marked(wording, figures=figures, names=names)
            for wording in wordings
            for figures in ([True] if wrong else [False, True])
        ]
        return [
            Attempt(question, partial(_unmarked, originals=originals, terms=terms))
            for question, originals in dict.fromkeys(variants)
            if originals and (names or wrong)
        ]

    def _plainer(self, said: str) -> list[Attempt]:
        return [Attempt(wording, _as_it_is) for wording in self._plainer_words(said)]

    def _framed(self, said: str) -> list[Attempt]:
        """Each quotation by itself, and the sentence around them with marks in their places."""
        text, quoted = quotations(self.text) if any(quotes(self.text, said)) else (self.text, ())
        terms = self._missed(said)
        names = [*mangled(self.text, said, self.names), *terms]
        figures = self._figures_changed(said) > 0
        frame, originals = marked(text, figures=figures, names=[*quoted, *names])
        if not set(quoted) & set(originals):
            return []
        parts = {each: marked(each[1:-1], figures=figures, names=names) for each in quoted}
        return [
            Attempt(
                frame,
                partial(_unframed, originals=originals, quoted=parts, terms=terms),
                tuple(question for question, _ in parts.values()),
            )
        ]

    def _plainer_words(self, said: str) -> list[str]:
        return plainer_doubts(self.text) if self._doubts_lost(said) else []

    def _doubts_lost(self, target: str) -> list[Doubt]:
        words = VOCABULARIES.get(self.language)
        return list(hedges(self.text, target, words)) if words else []

    def _missed(self, target: str) -> dict[str, Term]:
        """Terms that the target lacks and that may be put in, by the words that stand for them in the source."""
        found = self.glossary.missed(self.text, target) if self.glossary else []
        return {each.text: each.term for each in found if each.term.fixed}

    def _figures_changed(self, target: str) -> int:
        if self.language != "es" or not has_figures(self.text):
            return 0
        return sum(1 for check in (numbers, amounts) for _ in check(self.text, target))


def _unmarked(
    answer: str, said: Mapping[str, str], *, originals: tuple[str, ...], terms: Mapping[str, Term]
) -> str | None:
    return unmarked(answer, originals, terms)


def _as_it_is(answer: str, said: Mapping[str, str]) -> str | None:
    return answer


def _unframed(
    answer: str,
    said: Mapping[str, str],
    *,
    originals: tuple[str, ...],
    quoted: Mapping[str, tuple[str, tuple[str, ...]]],
    terms: Mapping[str, Term],
) -> str | None:
    """`quoted` maps each quotation to its own question and what stands under the marks in that."""
    made: dict[str, str] = {}
    for quotation, (question, inner) in quoted.items():
        text = unmarked(said.get(question, ""), inner, terms)
        if not text:
            return None
        made[quotation] = f'"{fitted(quotation[1:-1], text)}"'
    return unmarked(answer, originals, terms, made)
