"""A sentence of a draft in an editor's words: dressed by the rules of typography, and put in its place.

Knows: drafts, matches, what an editor's sentence must keep. Must not know: versions, who may edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import IllegalTransition
from pipeline.text.inline import collapse_spans, inline_from_html, inline_html
from pipeline.text.markup import shift
from pipeline.text.segments import rebuild
from pipeline.text.spanish import typography
from pipeline.types import Block, Draft, Match, Origin, Provenance, Span, Story


def dressed(html: str, language: str) -> str:
    """The sentence as it will be kept: allowed inline elements only, white space and typography set right."""
    text, spans = collapse_spans(*inline_from_html(html))
    code = [text[span.start : span.end] for span in spans if span.tag == "code"]
    better = typography(text, code) if language == "es" else text
    return inline_html(better, shift(spans, text, better))


def match_at(draft: Draft, place: str) -> Match:
    """The sentence at a place. IllegalTransition when there is none."""
    found = next((match for match in draft.matches if match.place == place), None)
    if found is None:
        places = ", ".join(match.place for match in draft.matches)
        raise IllegalTransition(
            f"there is no segment {place!r}; the places are {places}",
            es=f"No hay ninguna frase en «{place}». Vuelva a abrir la página.",
        )
    return found


def rewrite(story: Story, draft: Draft, place: str, html: str, whose: Provenance | None = None) -> Draft:
    """The draft with one sentence in an editor's words.

    `html` is the sentence with its links and emphasis as inline HTML. IllegalTransition for a place that is not there,
    an empty wording, and a link of the sentence that is missing from the new wording.
    """
    old = match_at(draft, place)
    text, spans = inline_from_html(html)
    if not text.strip():
        raise IllegalTransition("the new wording is empty", es="El texto nuevo está vacío.")
    lost = _links(old.spans) - _links(spans)
    if lost:
        raise IllegalTransition(
            f"the new wording lacks the link to {', '.join(sorted(lost))}",
            es=f"En el texto nuevo falta el enlace a {', '.join(sorted(lost))}.",
        )
    new = replace(old, target=text, spans=spans, origin=Origin.EDITOR, model="", score=None, provenance=whose)
    return put(story, draft, new)


def put(story: Story, draft: Draft, new: Match) -> Draft:
    """The draft with this match in its place."""
    match_at(draft, new.place)
    matches = tuple(new if match.place == new.place else match for match in draft.matches)
    return replace(
        draft,
        matches=matches,
        headline=new.target if new.place == "headline" else draft.headline,
        standfirst=new.target if new.place == "standfirst" else draft.standfirst,
        blocks=tuple(_reblock(index, story, draft, matches, new.place) for index in range(len(draft.blocks))),
    )


def _reblock(index: int, story: Story, draft: Draft, matches: tuple[Match, ...], place: str) -> Block:
    prefix = f"b{index}."
    if not place.startswith(prefix):
        return draft.blocks[index]
    return rebuild(story.blocks[index], [match for match in matches if match.place.startswith(prefix)])


def fitted(spans: Sequence[Span], own: Sequence[Span]) -> tuple[Span, ...]:
    """What stands in the translation of another sentence, for the sentence that holds `own`: never another's links.

    One link becomes the one link of the sentence in hand. Of several nobody knows which is which: they are left out,
    unless they are the same.
    """
    if _links(tuple(spans)) == _links(tuple(own)):
        return tuple(spans)
    theirs, ours = ([span for span in each if span.tag == "a"] for each in (spans, own))
    if (len(theirs), len(ours)) == (1, 1):
        return tuple(replace(each, attributes=ours[0].attributes) if each.tag == "a" else each for each in spans)
    return tuple(span for span in spans if span.tag != "a")


def _links(spans: tuple[Span, ...]) -> set[str]:
    return {value for span in spans for name, value in span.attributes if name == "href"}
