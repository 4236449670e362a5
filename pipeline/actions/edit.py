"""Edit: an editor rewords sentences of a translation; each save is a new version that nobody overwrites unseen.

Knows: versions, what two editors may do at once, what is checked. Must not know: pages.

A save names the version that was read (`base`). If the sentence has changed since, the save is refused with both texts;
changes of other sentences do not matter. Undoing is saving the old words again. What was saved is remembered for other
articles only when the translation is approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from pipeline.errors import IllegalTransition
from pipeline.ledger import articles, audit, postedits, translations, waivers, wordings
from pipeline.ledger.models import Article, Translation
from pipeline.ledger.translations import Translated
from pipeline.stages import TranslationState
from pipeline.text.inline import inline_html
from pipeline.text.segments import segments_of
from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS
from pipeline.translation.findings import check
from pipeline.translation.rewording import dressed, match_at, put, rewrite
from pipeline.types import Draft, Finding, Match, Origin, Provenance, Story, TranslationId

# What is checked again at each edit; what rests on the model's habits was said for good, unless the sentence changes
_CHECKED_AGAIN = {each.code for each in SENTENCE_CHECKS} | {each.code for each in ARTICLE_CHECKS if not each.usual}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A wording as it would be kept, and what the checks say of it. Nothing was saved."""

    html: str
    findings: tuple[Finding, ...]
    problem: IllegalTransition | None = None  # why it could not be saved at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Somebody else has changed this sentence since it was read."""

    place: str
    before: str  # as inline HTML: what was read, what stands there now, what was to be saved
    theirs: str
    mine: str
    by: str
    newest: TranslationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The new version, or the sentences that were in conflict; then there is none."""

    translation: TranslationId | None
    conflicts: tuple[Conflict, ...] = ()


def look(translation: int, place: str, html: str) -> Look:
    """What typography and checks make of a wording; for every pause in typing."""
    translated, story, draft = _text(translation)
    better = dressed(html, translated.language)
    try:
        new = rewrite(story, draft, place, better)
    except IllegalTransition as error:
        return Look(html=better, findings=(), problem=error)
    here = tuple(finding for finding in _findings(translated, story, new, {place}) if finding.place == place)
    return Look(html=better, findings=here)


@transaction.atomic
def edit(article: int, language: str, changes: Mapping[str, str], *, base: int, actor: str, now: datetime) -> Edited:
    """Save wordings (place -> inline HTML) of a held translation as a new version, which stays held.

    IllegalTransition when it is not held (then correct it), or a wording cannot be kept.
    """
    newest = _newest(article, language)
    if newest.state != TranslationState.HELD:
        raise _not_held(article, newest.state)
    translated, story, draft = _text(newest.pk)
    changes = {place: dressed(html, language) for place, html in changes.items()}
    conflicts = conflicts_with(translated, draft, changes, base=base)
    if conflicts:
        return Edited(translation=None, conflicts=conflicts)
    whose = Provenance(by=actor, at=now, article=article)
    for place, html in changes.items():
        draft = rewrite(story, draft, place, html, whose)
    pk = _save(translated, story, draft, set(changes), "translation.edited", actor=actor, now=now)
    wordings.drop(article, language, actor, places=list(changes))
    return Edited(translation=pk)


@transaction.atomic
def undo(article: int, language: str, place: str, *, version: int, actor: str, now: datetime) -> TranslationId:
    """Put a sentence back as it was in another version (its key), whoever made it then. That is a new version, too.

    IllegalTransition when the original's sentence was another one then.
    """
    newest = _newest(article, language)
    if newest.state != TranslationState.HELD:
        raise _not_held(article, newest.state)
    translated, story, draft = _text(newest.pk)
    then, _, old = _text(version)
    match = match_at(old, place)
    if then.article != article or then.language != language or match.source != match_at(draft, place).source:
        raise IllegalTransition(
            f"version {version} has another sentence at {place}",
            es=f"En la versión {version} hay otra frase en ese lugar ({place}).",
        )
    draft = put(story, draft, match)
    return _save(translated, story, draft, {place}, "translation.undone", actor=actor, now=now)


def conflicts_with(
    translated: Translated, draft: Draft, changes: Mapping[str, str], *, base: int
) -> tuple[Conflict, ...]:
    """Which of the changed sentences are not what they were in `base` any more."""
    if base == translated.id:
        return ()
    then, _, old = _text(base)
    if (then.article, then.language) != (translated.article, translated.language):
        raise IllegalTransition(
            f"translation {base} belongs to another article", es=f"La traducción {base} es de otro artículo."
        )
    found = []
    for place, mine in changes.items():
        before = next((match for match in old.matches if match.place == place), None)
        now_there = match_at(draft, place)
        if before is None or (before.source, html_of(before)) != (now_there.source, html_of(now_there)):
            found.append(
                Conflict(
                    place=place,
                    before=html_of(before) if before else "",
                    theirs=html_of(now_there),
                    mine=mine,
                    by=now_there.provenance.by if now_there.provenance else "",
                    newest=translated.id,
                )
            )
    return tuple(found)


def html_of(match: Match) -> str:
    """A sentence with its links and emphasis, as editors get it."""
    return inline_html(match.target, match.spans)


def remember(translated: Translated) -> None:
    """Keep the wordings of an approved translation for wherever these sentences stand again."""
    if translated.draft is None:
        return
    story = articles.get(translated.revision).story
    spans = {segment.place: segment.spans for segment in segments_of(story)} if story else {}
    for match in translated.draft.matches:
        own = match.provenance is not None and match.provenance.article == translated.article
        if story is not None and match.origin is Origin.EDITOR and match.provenance is not None and own:
            postedits.keep(story.language, translated.language, match, spans.get(match.place, ()), match.provenance)


def _newest(article: int, language: str) -> Translation:
    row = translations.newest(article, language)
    if row is None or row.draft is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} to edit",
            es=f"El artículo {article} no tiene traducción en «{language}» que editar.",
        )
    if Article.objects.select_for_update().get(pk=article).withdrawn_at is not None:
        raise IllegalTransition(f"article {article} was withdrawn", es=f"El artículo {article} fue retirado.")
    return row


def _not_held(article: int, state: str) -> IllegalTransition:
    return IllegalTransition(
        f"the translation of article {article} is {state}; correct it instead",
        es=f"La traducción del artículo {article} ya no está retenida; envíe una corrección.",
    )


def _text(translation: int) -> tuple[Translated, Story, Draft]:
    if not Translation.objects.filter(pk=translation).exists():
        raise IllegalTransition(f"there is no translation {translation}", es=f"No existe la traducción {translation}.")
    translated = translations.get(translation)
    story = articles.get(translated.revision).story
    if translated.draft is None or story is None:
        raise IllegalTransition(
            f"translation {translation} has no text yet", es=f"La traducción {translation} aún no tiene texto."
        )
    return translated, story, translated.draft


def _findings(translated: Translated, story: Story, draft: Draft, changed: set[str]) -> tuple[Finding, ...]:
    """What the checks say now, and what others have said of sentences that were not touched."""
    others = [each for each in translated.findings if each.code not in _CHECKED_AGAIN and each.place not in changed]
    return (*others, *check(story, draft))


def _save(
    translated: Translated, story: Story, draft: Draft, places: set[str], action: str, *, actor: str, now: datetime
) -> TranslationId:
    pk = translations.queue_again(translated.revision, translated.language, correction=translated.correction, now=now)
    translations.save_draft(pk, draft, now=now, actor=actor)
    findings = waivers.stamped(translations.get(pk), _findings(translated, story, draft, places))
    translations.save_findings(pk, TranslationState.HELD, findings, now=now, actor=actor, reason="edited by hand")
    translations.move(translated.id, TranslationState.SUPERSEDED)
    audit.record(
        action,
        f"translation:{pk}",
        now=now,
        actor=actor,
        article=translated.article,
        details={"places": sorted(places), "from": translated.id},
    )
    return pk
