"""Correct: an editor rewrites a sentence; the release keeps its guid and readers see a dated note."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from pipeline.actions.review import reviewer_name
from pipeline.errors import IllegalTransition
from pipeline.ledger import articles, audit, postedits, translations, units, waivers
from pipeline.ledger.models import Article, Translation
from pipeline.stages import Step, TranslationState
from pipeline.text.blocks import inline_from_html
from pipeline.text.segments import rebuild, segments_of
from pipeline.translation.checks import check
from pipeline.types import Block, Draft, Match, Origin, Provenance, Span, Story, TranslationId


@transaction.atomic
def correct(
    article: int, language: str, place: str, html: str, *, note: str, actor: str, now: datetime
) -> TranslationId:
    """A new version of the newest translation, with one segment rewritten.

    `html` is the sentence with its links and emphasis as inline HTML. IllegalTransition when the article is withdrawn,
    has no draft, knows no such place, or when a link of the sentence is missing from the new wording.
    """
    row = translations.newest(article, language)
    if row is None or row.draft is None:
        raise IllegalTransition(f"article {article} has no translation into {language!r} to correct")
    if Article.objects.get(pk=article).withdrawn_at is not None:
        raise IllegalTransition(f"article {article} was withdrawn")
    translated = translations.get(row.pk)
    story = articles.get(translated.revision).story
    if translated.draft is None or story is None:
        raise IllegalTransition(f"translation {row.pk} has no text to correct")
    whose = Provenance(by=actor, at=now, article=article)
    draft = rewrite(story, translated.draft, place, html, whose)
    _remember(story, draft, place, whose)
    version = Translation.objects.create(
        revision_id=translated.revision,
        language=language,
        version=translated.version + 1,
        created_at=now,
        correction=note,
        reviewer=reviewer_name(actor),
        reviewed_on=now.date(),
    )
    pk = TranslationId(version.pk)
    translations.save_draft(pk, draft, now=now, actor=actor)
    others = [finding for finding in translated.findings if finding.place != place]
    again = [finding for finding in check(story, draft) if finding.place == place]
    findings = waivers.stamped(translations.get(pk), (*others, *again))
    translations.save_findings(pk, TranslationState.HELD, findings, now=now, actor=actor, reason="corrected by hand")
    translations.move(pk, TranslationState.APPROVED)
    audit.record(
        "translation.corrected",
        f"translation:{pk}",
        now=now,
        actor=actor,
        article=article,
        reason=note,
        details={"place": place, "from": row.pk},
    )
    units.arm(Step.RELEASE, f"translation:{pk}", now=now)
    return pk


def _remember(story: Story, draft: Draft, place: str, whose: Provenance) -> None:
    """Keep the new wording for wherever the sentence stands again."""
    edited = next(match for match in draft.matches if match.place == place)
    spans = next(segment.spans for segment in segments_of(story) if segment.place == place)
    postedits.keep(story.language, draft.language, edited, spans, whose)


def rewrite(story: Story, draft: Draft, place: str, html: str, whose: Provenance | None = None) -> Draft:
    """The draft with one segment in an editor's words. See `correct` for the errors."""
    places = [match.place for match in draft.matches]
    if place not in places:
        raise IllegalTransition(f"there is no segment {place!r}; the places are {', '.join(places)}")
    text, spans = inline_from_html(html)
    if not text.strip():
        raise IllegalTransition("the new wording is empty")
    old = draft.matches[places.index(place)]
    lost = _links(old.spans) - _links(spans)
    if lost:
        raise IllegalTransition(f"the new wording lacks the link to {', '.join(sorted(lost))}")
    new = replace(old, target=text, spans=spans, origin=Origin.EDITOR, model="", score=None, provenance=whose)
    matches = tuple(new if match.place == place else match for match in draft.matches)
    return replace(
        draft,
        matches=matches,
        headline=text if place == "headline" else draft.headline,
        standfirst=text if place == "standfirst" else draft.standfirst,
        blocks=tuple(_reblock(index, story, draft, matches, place) for index in range(len(draft.blocks))),
    )


def _reblock(index: int, story: Story, draft: Draft, matches: tuple[Match, ...], place: str) -> Block:
    prefix = f"b{index}."
    if not place.startswith(prefix):
        return draft.blocks[index]
    return rebuild(story.blocks[index], [match for match in matches if match.place.startswith(prefix)])


def _links(spans: tuple[Span, ...]) -> set[str]:
    return {value for span in spans for name, value in span.attributes if name == "href"}


def preview(article: int, language: str, place: str, html: str) -> tuple[str, str]:
    """The segment as it stands and as it would read. Same errors as `correct`; changes nothing."""
    row = translations.newest(article, language)
    translated = translations.get(row.pk) if row else None
    story = articles.get(translated.revision).story if translated else None
    if translated is None or translated.draft is None or story is None:
        raise IllegalTransition(f"article {article} has no translation into {language!r} to correct")
    new = rewrite(story, translated.draft, place, html)
    before = next(match.target for match in translated.draft.matches if match.place == place)
    return before, next(match.target for match in new.matches if match.place == place)
