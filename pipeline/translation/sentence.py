"""One sentence on its way through the engine: what is asked, what is made of the answer, and what is tried next.

Knows: segments, answers, the order of attempts. Must not know: blocks, articles, where answers come from.

Attempts, first success wins: the whole sentence; the questions of retry.py, if it lost something that they may save;
its stretches between tags and addresses one by one, if an element could not be placed or an address was altered. What
was never proven is not used: a sentence whose markup cannot be carried over stays in the source language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.text.inline import canonical, crossing
from pipeline.text.integrity import proof
from pipeline.text.markup import project, shift
from pipeline.text.piecewise import join_pieces, piecewise
from pipeline.text.spanish import typography
from pipeline.translation.fidelity import ADDRESS, addresses
from pipeline.translation.glossary import EMPTY, GLOSSARY, Glossary
from pipeline.translation.memory import Known, Remembered
from pipeline.translation.numerals import closed, numerals
from pipeline.translation.omission import faint
from pipeline.translation.pool import Pool
from pipeline.translation.retry import Attempt, Retry
from pipeline.types import Faint, Hypothesis, Match, Origin, Segment, Span

_LETTER = re.compile(r"[^\W\d_]")
_PLAIN = dict(zip("“”„‘’‚", "\"\"\"'''", strict=True))
_UNBROKEN = re.compile(r"\S{200}")
_ENDLESS = 1500  # characters; body sentences are cut before, so this is a title, or one word without end
_OPEN_ENDS = ",;:—–"
_GUARD = ("guard", "")  # attribute of an element that is there only to keep its text from the engine


@dataclass(frozen=True, slots=True)
class Sentence:
    """A segment and the words in which it is put to the engine."""

    segment: Segment
    spoken: Segment  # same place and spans; plain quotes, and a headline lowered from Title Case
    language: str  # of the target
    names: frozenset[str] = frozenset()  # words that are names in this story
    fixed: str | None = None  # the newsroom's own translation
    known: Known | None = None  # a finished translation that wins over the engine's
    begun: bool = False  # it goes on with a sentence that the segment before it began
    open_end: bool = False  # the next segment goes on with it
    glossary: Glossary = EMPTY
    variety: str = ""  # of Spanish, for figures; see numerals.py

    @property
    def silent(self) -> bool:
        """Is there nothing to translate: figures, signs, addresses?"""
        return not _LETTER.search(ADDRESS.sub(" ", self.segment.text))

    @property
    def endless(self) -> bool:
        """Is it so long, or has it a word so long, that an engine would lose its end?"""
        text = ADDRESS.sub(" ", self.segment.text)
        return not self.silent and (len(text) > _ENDLESS or _UNBROKEN.search(text) is not None)

    def settled(self) -> Match | None:
        """The match where there is nothing to ask; None where the engine has to say something."""
        if self.fixed is not None:
            return self._glossary(self.fixed)
        if self.known is not None and (match := self._known(self.known)) is not None:
            return match
        return self.kept() if self.silent or self.endless else None

    def questions(self) -> list[str]:
        """What the first attempt asks: the sentence, and each inline element's text by itself."""
        if self.settled() is not None:
            return []
        return [self.spoken.text, *self._fragments()]

    def first(self, pool: Pool) -> Match | None:
        """The match of the first attempt, or None if it needs another."""
        if (settled := self.settled()) is not None:
            return settled
        if self.refused(pool):
            return None
        match = self._whole(pool)
        return None if match is None or self._altered(match) else match

    def further_questions(self, pool: Pool) -> list[str]:
        """What the attempts after a failed first one ask."""
        if self.refused(pool):
            return []
        asked = [each for attempt in self._attempts(pool) for each in (attempt.question, *attempt.parts)]
        if self._will_do(self._whole(pool)):
            return asked
        return asked + [piece.text for piece in piecewise(self._guarded()) if piece.text]

    def second(self, pool: Pool) -> Match | None:
        """The best of all attempts; None if the engine refused it, or no attempt carried the markup over."""
        if self.refused(pool):
            return None
        whole = self._whole(pool)
        if whole is not None:
            whole = self._asked_again(pool, whole)
        if self._will_do(whole):
            return whole
        answer, origin = pool.answer(self.spoken.text)
        pieces = self._in_pieces(pool)
        return whole if pieces is None else replace(pieces, origin=origin, model=answer.model)

    def faint(self, pool: Pool) -> Iterator[Faint]:
        """English words that the engine hardly looked at in its first answer."""
        if self.settled() is None and not self.refused(pool):
            yield from faint(self.segment.place, self.spoken.text, pool.answer(self.spoken.text)[0])

    def refused(self, pool: Pool) -> bool:
        """Did the engine fail on the very sentence?"""
        return pool.refused(self.spoken.text)

    def kept(self) -> Match:
        """The source sentence as it stands."""
        segment = self.segment
        return Match(
            place=segment.place,
            source=segment.text,
            target=segment.text,
            origin=Origin.SOURCE,
            spans=segment.spans,
            gap=segment.gap,
        )

    def _altered(self, match: Match) -> bool:
        return any(addresses(self.spoken.text, match.target)) or self._retry.faults(match.target) > 0

    @property
    def _retry(self) -> Retry:
        return Retry(self.spoken.text, self.language, self.names, self.glossary)

    def _attempts(self, pool: Pool) -> list[Attempt]:
        return self._retry.attempts(pool.answer(self.spoken.text)[0].text)

    def _whole(self, pool: Pool) -> Match | None:
        """What the first answer makes of the sentence; None if it cannot carry the markup."""
        answer, origin = pool.answer(self.spoken.text)
        match = self._projected(self._said(answer), pool.texts(self._fragments()))
        return match and replace(match, origin=origin, model=answer.model, score=answer.score)

    def _fragments(self) -> list[str]:
        """Texts of the inline elements that do not cover the sentence and have something to translate."""
        text = self.spoken.text
        found = (text[span.start : span.end].strip() for span in self.spoken.spans if span.tag != "code")
        return [
            each for each in dict.fromkeys(found) if each != text.strip() and _LETTER.search(ADDRESS.sub(" ", each))
        ]

    def _asked_again(self, pool: Pool, whole: Match) -> Match:
        """The best answer to another question, if it has fewer faults than the whole one; of equals the first.

        The score stays the whole one's: what is usual was measured on sentences without marks.
        """
        best, fewest = whole, self._retry.faults(whole.target)
        for attempt in self._attempts(pool):
            if any(map(pool.refused, (attempt.question, *attempt.parts))):
                continue
            hypothesis = self._said(pool.answer(attempt.question)[0])
            text = attempt.read(hypothesis.text, pool.texts(attempt.parts))
            match = text and self._projected(replace(hypothesis, text=text), pool.texts(self._fragments()))
            if match and (faults := self._retry.faults(match.target)) < fewest:
                best, fewest = replace(whole, target=match.target, spans=match.spans), faults
        return best

    def _will_do(self, whole: Match | None) -> bool:
        """Whether it carries its links and addresses, whatever else is wrong with it."""
        return whole is not None and not any(addresses(self.segment.text, whole.target))

    def _in_pieces(self, pool: Pool) -> Match | None:
        guarded = self._guarded()
        pieces = piecewise(guarded)
        text, spans = join_pieces(guarded, pieces, pool.texts(piece.text for piece in pieces if piece.text))
        return self._finished(text, tuple(span for span in spans if _GUARD not in span.attributes))

    def _guarded(self) -> Segment:
        """The sentence with its addresses under a tag that keeps them from the engine."""
        found = ADDRESS.finditer(self.spoken.text)
        guards = [Span(tag="code", start=at.start(), end=at.end(), attributes=(_GUARD,)) for at in found]
        spans = self.spoken.spans
        for guard in guards:
            if not crossing(canonical((*spans, guard))):
                spans = (*spans, guard)
        return replace(self.spoken, spans=spans)

    def _said(self, answer: Remembered) -> Hypothesis:
        """The answer, with its attention if anything is to be carried over."""
        return answer.hypothesis() if self.spoken.spans else Hypothesis(text=answer.text)

    def _projected(self, hypothesis: Hypothesis, fragments: Mapping[str, str]) -> Match | None:
        spans = project(self.spoken, hypothesis, fragments=fragments)
        return None if spans is None else self._finished(hypothesis.text, spans)

    def _finished(self, text: str, spans: tuple[Span, ...]) -> Match | None:
        """Typography, headline manners and the proof."""
        code = [text[span.start : span.end] for span in spans if span.tag == "code"]
        dressed = self._fitted(self._spanish(text, code) if self.language == "es" else text)
        if self.segment.place == "headline":
            dressed = headline_manners(dressed, self.segment.text)
        moved = shift(spans, text, dressed)
        if proof(self.segment.spans, moved, dressed):
            return None
        return replace(self.kept(), target=dressed, spans=moved, origin=Origin.ENGINE)

    def _fitted(self, text: str) -> str:
        """A part of a sentence without what engines do because they take it for a whole one: capital, full stop."""
        source = self.segment.text
        if self.begun and source[:1].islower() and text[:1].isupper() and not text[1:2].isupper():
            text = text[0].lower() + text[1:]
        if self.open_end and text.endswith(".") and not text.endswith("..") and text[:-1].strip():
            text = text[:-1].rstrip() + (source[-1] if source[-1] in _OPEN_ENDS else "")
        return text

    def _spanish(self, text: str, code: Sequence[str]) -> str:
        """Typography, and what is taken from the original: closing brackets, figures in the newsroom's style."""
        dressed = closed(typography(text, code), self.spoken.text)
        return numerals(dressed, self.spoken.text, self.variety) if self.variety else dressed

    def _glossary(self, target: str) -> Match:
        spans = project(self.segment, Hypothesis(text=target)) or ()
        match = replace(self.kept(), target=target, spans=spans, origin=Origin.MEMORY, model=GLOSSARY)
        return self.kept() if proof(self.segment.spans, spans, target) else match

    def _known(self, known: Known) -> Match | None:
        """The finished translation with this sentence's links; None if they cannot be placed."""
        spans: tuple[Span, ...] | None = known.spans
        if proof(self.segment.spans, known.spans, known.target):  # then the links are others than when it was made
            spans = project(self.segment, Hypothesis(text=known.target))
        if spans is None:
            return None
        return replace(
            self.kept(),
            target=known.target,
            spans=spans,
            origin=known.origin,
            model=known.model,
            score=known.score,
            provenance=known.provenance,
        )


def plain_quotes(text: str) -> str:
    """Curly quotation marks and apostrophes made straight, character for character, so that spans stay true.

    Small models were trained on straight ones and drop the others; Spanish typography sets «» afterwards either way.
    """
    for curly, straight in _PLAIN.items():  # a tenth of the time of str.translate
        text = text.replace(curly, straight)
    return text


def headline_manners(text: str, source: str) -> str:
    """A capital at the head, and no full stop at the end unless the original has one."""
    if text.endswith(".") and not text.endswith("..") and not source.rstrip().endswith("."):
        text = text[:-1].rstrip()
    first = _LETTER.search(text)
    if first and not any(char.isdigit() for char in text[: first.start()]):
        text = text[: first.start()] + first[0].upper() + text[first.end() :]
    return text
