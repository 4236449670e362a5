"""One article on its way through the engine: its sentences, what they ask, and the draft they become.

Knows: stories, sentences, findings of the translate step. Must not know: engines, who else is in the pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import groupby, pairwise

from pipeline.text.headline import lower_title_case
from pipeline.text.integrity import proof
from pipeline.text.markup import shift
from pipeline.text.quotation import paired_quotes
from pipeline.text.segments import is_see_also, rebuild, segments_of, unfinished
from pipeline.translation.glossary import EMPTY, GLOSSARY, Glossary, spelled_out
from pipeline.translation.memory import Known
from pipeline.translation.names import names_in
from pipeline.translation.pool import Pool
from pipeline.translation.sentence import Sentence, plain_quotes
from pipeline.translation.vocabularies import VOCABULARIES
from pipeline.types import Block, BlockKind, Draft, EngineIdentity, Faint, Finding, Level, Match, Origin, Segment, Story


class Article:
    """A story cut into sentences. Ask `questions`, then `further_questions`, then take the `draft`."""

    def __init__(
        self,
        story: Story,
        language: str,
        fixed: Mapping[str, str],
        known: Mapping[str, Known],
        glossary: Glossary = EMPTY,
        variety: str = "",
    ) -> None:
        self._story = story
        self._glossary = glossary
        self._language = language
        body = "\n".join(block.text for block in story.blocks)
        names = names_in(story)
        segments = segments_of(story)
        parts = [False, *(unfinished(one, following) for one, following in pairwise(segments)), False]
        self._sentences = [
            Sentence(
                segment,
                _spoken(segment, body),
                language,
                names=names,
                fixed=fixed.get(segment.text) or _set_phrase(segment, language),
                known=known.get(segment.text),
                begun=begun,
                open_end=open_end,
                glossary=glossary,
                variety=variety,
            )
            for segment, (begun, open_end) in zip(segments, pairwise(parts), strict=True)
        ]
        self._matches: dict[str, Match | None] = {}

    def questions(self) -> list[str]:
        """What the first attempts ask."""
        return [question for sentence in self._sentences for question in sentence.questions()]

    def further_questions(self, pool: Pool) -> list[str]:
        """Judge the answers to `questions`; what the sentences that need another attempt ask. Empty: none does."""
        self._matches = {sentence.segment.place: sentence.first(pool) for sentence in self._sentences}
        return [question for sentence in self._again() for question in sentence.further_questions(pool)]

    def draft(self, pool: Pool, engine: EngineIdentity) -> Draft:
        """The draft, once everything asked has been answered."""
        again = self._again()
        self._matches |= {sentence.segment.place: sentence.second(pool) for sentence in again}
        refused = {sentence.segment.place for sentence in again if sentence.refused(pool)}
        done = tuple(self._matches[sentence.segment.place] or sentence.kept() for sentence in self._sentences)
        if self._glossary.expand_acronyms:
            done = tuple(self._spelled_out(done))
        if self._language == "es":
            done = tuple(_quoted_across(done))
        by_place = {match.place: match for match in done}
        standfirst = by_place.get("standfirst")
        return Draft(
            language=self._language,
            headline=by_place["headline"].target,
            standfirst=standfirst.target if standfirst else None,
            blocks=_blocks(self._story, done),
            matches=done,
            engine=engine,
            glossary=self._glossary.version,
            findings=tuple(self._findings(by_place, refused)),
            faint=tuple(self._faint(pool, again)),
        )

    def _findings(self, by_place: Mapping[str, Match], refused: Set[str]) -> Iterator[Finding]:
        for sentence in self._sentences:
            place = sentence.segment.place
            if sentence.endless:
                if by_place[place].origin is Origin.SOURCE:
                    yield _finding("too-long", place)
            elif sentence.open_end and sentence.segment.text[-1:].isalnum():
                yield _finding("cut", place)
            if self._matches[place] is None:
                yield _finding("engine-failed" if place in refused else "markup", place)
            elif by_place[place].origin in {Origin.ENGINE, Origin.MEMORY}:
                yield from self._terms(by_place[place])

    def _faint(self, pool: Pool, again: Sequence[Sentence]) -> Iterator[Faint]:
        """Of sentences that were asked once: of the others the words may come from another answer."""
        if self._story.language == "en":
            asked_again = {sentence.segment.place for sentence in again}
            for sentence in self._sentences:
                if sentence.segment.place not in asked_again:
                    yield from sentence.faint(pool)

    def _terms(self, match: Match) -> Iterator[Finding]:
        """What the glossary wants and the sentence lacks. A common noun has more forms than an entry can list."""
        for found in self._glossary.missed(match.source, match.target) if match.model != GLOSSARY else ():
            term = found.term
            note, spanish = (f" {said}." if said else "" for said in (term.note, term.note_es or term.note))
            yield Finding(
                code="glossary",
                level=Level.WARN if term.fixed else Level.INFO,
                reason=f"The glossary has “{term.wanted}” for “{found.text}”.{note}",
                reason_es=f"El glosario traduce «{found.text}» como «{term.wanted}».{spanish}",
                place=match.place,
            )

    def _spelled_out(self, matches: tuple[Match, ...]) -> Iterator[Match]:
        """The sentences of the body with each acronym spelled out where it is first met; editors' words stay."""
        terms = [term for term in self._glossary.terms if term.expand]
        told: set[str] = set()
        for match in matches:
            text = match.target
            if match.place.startswith("b") and match.origin in {Origin.ENGINE, Origin.MEMORY}:
                text = spelled_out(text, terms, told)
            spans = shift(match.spans, match.target, text)
            fits = text != match.target and not proof(match.spans, spans, text)
            yield replace(match, target=text, spans=spans) if fits else match

    def _again(self) -> list[Sentence]:
        return [sentence for sentence in self._sentences if self._matches[sentence.segment.place] is None]


def _set_phrase(segment: Segment, language: str) -> str | None:
    """The one translation of words that sites print before a pointer to other stories."""
    words = VOCABULARIES.get(language)
    if words is None or not is_see_also(segment):
        return None
    return words.see_also.upper() if segment.text.isupper() else words.see_also


def _spoken(segment: Segment, body: str) -> Segment:
    """What the engine is given: English Title Case lowered, since models copy words that shout, and plain quotes."""
    text = lower_title_case(segment.text, body) if segment.place == "headline" else segment.text
    return replace(segment, text=plain_quotes(text))


def _quoted_across(matches: tuple[Match, ...]) -> Iterator[Match]:
    """The same sentences, with the marks of a quotation that runs over several of them set as a pair.

    A block in which an editor has words of their own stays as it is.
    """
    for _, group in groupby(matches, lambda match: match.place.partition(".")[0]):
        members = list(group)
        joined = "".join(match.target + match.gap for match in members)
        theirs = any(match.origin is Origin.EDITOR for match in members)
        dressed = joined if theirs else paired_quotes(joined, list(_code(members)))
        start = 0
        for match in members:
            end = start + len(match.target)
            yield match if dressed == joined else replace(match, target=dressed[start:end])
            start = end + len(match.gap)


def _code(matches: Iterable[Match]) -> Iterator[tuple[int, int]]:
    """Where code stands in the block that these sentences make."""
    start = 0
    for match in matches:
        yield from ((start + span.start, start + span.end) for span in match.spans if span.tag == "code")
        start += len(match.target + match.gap)


def _blocks(story: Story, matches: tuple[Match, ...]) -> tuple[Block, ...]:
    inside = [match for match in matches if match.place.startswith("b")]
    parts = {int(block): tuple(group) for block, group in groupby(inside, lambda match: match.place[1:].split(".")[0])}
    return tuple(
        block if block.kind is BlockKind.VERBATIM else rebuild(block, parts.get(place, ()))
        for place, block in enumerate(story.blocks)
    )


_FINDINGS = {
    "markup": (
        Level.HOLD,
        "The links of this sentence could not be carried over safely, so it was left in English. Translate it.",
        "No se pudieron trasladar con seguridad los enlaces de esta frase; sigue en inglés. Tradúzcala.",
    ),
    "engine-failed": (
        Level.HOLD,
        "The engine failed on this sentence each time, so it was left in English. Translate it.",
        "El motor ha fallado con esta frase cada vez; sigue en inglés. Tradúzcala.",
    ),
    "too-long": (
        Level.HOLD,
        "This is too long for any engine, or holds a word without end, so it was left as it is. Translate or cut it.",
        "Es demasiado largo para cualquier motor, o contiene una palabra sin fin; sigue igual. Tradúzcalo o córtelo.",
    ),
    "cut": (
        Level.WARN,
        "The sentence was too long for the engine and was cut here, where no sign stands. Read both parts as one.",
        "La frase era demasiado larga para el motor y se cortó aquí, donde no hay signo. Lea ambas partes como una.",
    ),
}


def _finding(code: str, place: str) -> Finding:
    level, reason, reason_es = _FINDINGS[code]
    return Finding(code=code, level=level, reason=reason, reason_es=reason_es, place=place)
