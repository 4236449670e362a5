"""THE SPINE: what happens to an article, one function for each verb.

    receive -> extract -> clear -> translate -> check -> release -> (publish -> deliver, in feeds/steps.py)

Knows: the order of things and who decides each. Must not know: HTTP, Celery, how files look.

Every step but `receive` is run by runner.py as a unit of work: it loads, decides outside any transaction, and returns
the effect that saves. Running a step twice equals running it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pipeline.config import Config
from pipeline.drafting import Drafting
from pipeline.errors import SourceError
from pipeline.ingest.checks import unlikely_date
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.read import read
from pipeline.ledger import articles, catalog, changes, credits, editions, releases, translations, units, waivers
from pipeline.ledger.models import Product, Release, Source
from pipeline.ledger.permissions import doubts as evidence_doubts
from pipeline.ledger.permissions import to_publish, to_translate
from pipeline.release.decide import Action, Candidate, decide, default_note
from pipeline.release.products import Selection
from pipeline.runner import Effect, PooledStep, StepFunction, Work
from pipeline.stages import EditionState, ReleaseState, RevisionState, Step, TranslationState
from pipeline.text.blocks import to_html
from pipeline.translation.engine import Engine
from pipeline.translation.findings import check as check_draft
from pipeline.translation.glossary import EMPTY, Glossary
from pipeline.translation.models import Installed
from pipeline.types import Draft, EngineIdentity, Finding, Incoming, Level, Licence, Permission, Ruling, Story, UseClass

ACTOR = "pipeline"
REVIEW = Finding(
    code="review-wanted",
    level=Level.HOLD,
    reason="This newsroom publishes nothing unread. Read the translation and approve it.",
    reason_es="Esta redacción no publica nada sin leerlo. Lea la traducción y apruébela.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """What the steps need besides the ledger."""

    config: Config
    engine_for: Callable[[str, str], Engine]  # (source language, target language) -> engine; raises ModelMissing
    # (slug of the source, source language, target language) -> glossary; raises FileRefused
    glossary_for: Callable[[str, str, str], Glossary] = lambda source, given, wanted: EMPTY
    # an engine's identity -> its model, with what is usual for it; None where nothing is installed under that name
    model_of: Callable[[EngineIdentity], Installed | None] = lambda engine: None


def table(newsroom: Newsroom) -> Mapping[Step, StepFunction]:
    """The steps of this module, ready to be run."""
    return {
        Step.EXTRACT: partial(extract, newsroom),
        Step.CLEAR: partial(clear, newsroom),
        Step.TRANSLATE: partial(translate, newsroom),
        Step.CHECK: partial(check, newsroom),
        Step.RELEASE: partial(release, newsroom),
    }


def pools(newsroom: Newsroom) -> Mapping[Step, PooledStep]:
    """The steps of this module that are cheaper for several articles at once."""
    return {Step.TRANSLATE: Drafting.of(newsroom.engine_for, newsroom.glossary_for, newsroom.config.translation)}


def receive(newsroom: Newsroom, incoming: Incoming, source: Source, *, now: datetime, actor: str) -> articles.Receipt:
    """Accept an article: after this returns, nothing can lose it."""
    return articles.accept(incoming, source, max_bytes=newsroom.config.intake.max_bytes, now=now, actor=actor)


def extract(newsroom: Newsroom, work: Work) -> Effect:
    """Payload -> story. What is missing holds the revision, with the reason."""
    revision = articles.get(_key(work))
    if revision.state is not RevisionState.RECEIVED:
        return _nothing
    incoming = Incoming(envelope=revision.envelope, payload=articles.payload_of(revision.id))
    try:
        story = read(incoming, profile_of(revision.source, newsroom.config))
        story = replace(story, findings=(*story.findings, *unlikely_date(story, work.now.date())))
    except SourceError as error:
        return partial(articles.hold, revision.id, error.code, str(error), error.spanish, now=work.now, actor=ACTOR)

    def save() -> None:
        articles.save_story(revision.id, story, now=work.now, actor=ACTOR)
        blocking = _blocking(story.findings)
        if blocking:
            articles.hold(revision.id, blocking[0].code, *_said(blocking), now=work.now, actor=ACTOR)
        else:
            units.arm(Step.CLEAR, f"revision:{revision.id}", now=work.now, urgent=units.urgent(work.claim))

    return save


def clear(newsroom: Newsroom, work: Work) -> Effect:
    """Rights first: may a translation of this be made at all? Unknown rights are held, never guessed."""
    revision = articles.get(_key(work))
    if revision.story is None or revision.state not in {RevisionState.EXTRACTED, RevisionState.CLEARED}:
        return _nothing
    story = revision.story
    permissions = {
        language: to_translate(revision.source, story, language=language, today=work.now.date())
        for language in _targets(story.language)
    }
    cleared = [language for language, permission in permissions.items() if permission.ruling is Ruling.ALLOW]
    doubts = _blocking(evidence_doubts(revision.source, story))

    def save() -> None:
        if revision.withdrawn:
            reason = "the article was withdrawn; a withdrawal is final, so its new versions are kept but not published"
            spanish = "El artículo fue retirado, y eso es definitivo: sus versiones nuevas se guardan y no se publican."
            articles.hold(revision.id, "article-withdrawn", reason, spanish, now=work.now, actor=ACTOR)
            return
        if doubts:
            articles.hold(revision.id, doubts[0].code, *_said(doubts), now=work.now, actor=ACTOR)
            return
        if not permissions:
            reason = f"no product takes articles in a language other than {story.language}; add one to newsroom.toml"
            spanish = f"Ningún producto está en otro idioma que «{story.language}»; añada uno a newsroom.toml."
            articles.hold(revision.id, "no-product", reason, spanish, now=work.now, actor=ACTOR)
            return
        if not cleared:
            refusal = _gravest(permissions)
            state = RevisionState.REFUSED if refusal.ruling is Ruling.REFUSE else RevisionState.HELD
            articles.save_permission(revision.id, state, refusal, now=work.now, actor=ACTOR)
            return
        official = editions.untranslated(revision.article, story, cleared, now=work.now, actor=ACTOR)
        wanted = [language for language in cleared if language not in official]
        if not wanted and EditionState.LINKED not in editions.states(revision.article):
            own = ", ".join(sorted(official))
            reason = f"The publisher has a version of its own in {own}. Link to it, or pass it over and translate."
            spanish = f"El medio tiene una versión propia en «{own}». Enlácela, o descártela y traduzca."
            articles.hold(revision.id, "official-edition", reason, spanish, now=work.now, actor=ACTOR)
            return
        articles.save_permission(revision.id, RevisionState.CLEARED, permissions[cleared[0]], now=work.now, actor=ACTOR)
        for language in wanted:
            queued = translations.queue(
                revision.id, language, correction=revision.envelope.correction or "", now=work.now
            )
            units.arm(Step.TRANSLATE, f"translation:{queued}", now=work.now, urgent=units.urgent(work.claim))

    return save


def translate(newsroom: Newsroom, work: Work) -> Effect:
    """Story -> draft, of one article by itself. A runner pools them instead, through `pools`."""
    [(_, result)] = Drafting.of(newsroom.engine_for, newsroom.glossary_for, newsroom.config.translation).run([work])
    if isinstance(result, Exception):
        raise result
    return result


def check(newsroom: Newsroom, work: Work) -> Effect:
    """Judge a draft. A finding at level hold stops it until an editor decides."""
    translation = translations.get(_key(work))
    if translation.state is not TranslationState.DRAFTED or translation.draft is None:
        return _nothing
    story = _story(articles.get(translation.revision))
    draft, model = translation.draft, newsroom.model_of(translation.draft.engine)
    if model is not None:
        draft = replace(draft, doubt_below=model.doubt_below, faint_below=model.faint_below)
    lenient = newsroom.config.translation.only_warn
    findings = tuple(
        replace(finding, level=Level.WARN) if finding.code in lenient and finding.level is Level.HOLD else finding
        for finding in (*draft.findings, *check_draft(story, draft))
    )
    if newsroom.config.translation.review == "always":
        findings = (*findings, REVIEW)
    findings = waivers.stamped(translation, findings)
    blocking = _blocking(findings)

    def save() -> None:
        state = TranslationState.HELD if blocking else TranslationState.READY
        translations.save_findings(
            translation.id, state, findings, now=work.now, actor=ACTOR, reason=_reasons(blocking)
        )
        if not blocking:
            units.arm(Step.RELEASE, f"translation:{translation.id}", now=work.now, urgent=units.urgent(work.claim))

    return save


def release(newsroom: Newsroom, work: Work) -> Effect:
    """Decide who gets this translation, and tell them. Rights are asked again, for each use."""
    translation = translations.get(_key(work))
    if translation.state not in {TranslationState.READY, TranslationState.APPROVED} or translation.draft is None:
        return _nothing
    draft = translation.draft
    revision = articles.get(translation.revision)
    story = _story(revision)

    def permission(use: UseClass) -> Permission:
        return to_publish(revision.source, story, use, language=translation.language, today=work.now.date())

    public = permission(UseClass.NON_COMMERCIAL)
    attribution = credits.attribution(revision, story, translation, draft, newsroom.config, licence=public.licence)
    candidate = Candidate(
        revision=translation.revision_number, version=translation.version, text_sha256=_text_sha256(draft)
    )

    def save() -> None:
        touched = []
        moved = []  # products in which something changed, whether or not anybody is told
        withdrawn = articles.lock(revision.article)  # an editor may have been faster than this step
        for product in Product.objects.filter(active=True, language=translation.language):
            row, stands = releases.standing(revision.article, product.pk)
            wanted = _belongs(revision, story, public.licence, product)
            if not wanted and stands is None:
                continue
            decision = decide(candidate, stands, public, withdrawn=withdrawn)
            moved += [product.pk] if releases.changes_anything(decision, row, translation.id) else []
            if decision.action is Action.REVISE and stands is not None and stands.state is ReleaseState.USABLE:
                note = translation.correction or default_note(translation.language)
                releases.note_correction(revision.article, translation.language, translation.id, note, now=work.now)
            carried = releases.carry_out(
                decision,
                row,
                article=revision.article,
                product=product,
                translation=translation.id,
                candidate=candidate,
                attribution=attribution,
                tag=newsroom.config.site.tag,
                now=work.now.replace(microsecond=0),
                actor=ACTOR,
            )
            if carried is not None:
                touched.append(carried)
                _tell_partners(carried, decision.action, permission, now=work.now)
        if moved:
            translations.supersede_before(translation)
        changes.note(Release.objects.filter(article=revision.article, product__in=moved))
        releases.arm_publications(touched, now=work.now)

    return save


def _nothing() -> None:
    """The effect of a step whose work was done already."""


def _key(work: Work) -> int:
    return int(work.subject.rpartition(":")[2])


def _story(revision: articles.Received) -> Story:
    if revision.story is None:
        raise SourceError(
            f"revision {revision.id} has not been extracted", es=f"La revisión {revision.id} aún no se ha leído."
        )
    return revision.story


def _tell_partners(
    release: Release, action: Action, permission: Callable[[UseClass], Permission], *, now: datetime
) -> None:
    if release.state != ReleaseState.USABLE:
        return  # of what waits for the end of an embargo they hear when it ends
    kind = "corrected" if action is Action.REVISE else "published"
    for partner in release.product.partners.filter(active=True):
        releases.queue_delivery(release, partner, permission(catalog.use_of(partner)), kind, now=now)


def _belongs(revision: articles.Received, story: Story, licence: Licence | None, product: Product) -> bool:
    return Selection.of(product.rules).takes(
        source=revision.source.slug,
        section=story.section,
        keywords=story.keywords,
        licence=licence.code if licence else None,
    )


def _targets(language: str) -> list[str]:
    """Languages that any product is published in, but for the article's own."""
    wanted = Product.objects.filter(active=True).exclude(language=language)
    return sorted(set(wanted.values_list("language", flat=True)))


def _gravest(permissions: Mapping[str, Permission]) -> Permission:
    """A hold if any language is only held: somebody can still mend that. Else the first refusal."""
    return min(permissions.values(), key=lambda permission: permission.ruling is Ruling.REFUSE)


def _blocking(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.blocks]


def _reasons(findings: list[Finding]) -> str:
    return "; ".join(f"{finding.place}: {finding.reason}" if finding.place else finding.reason for finding in findings)


def _said(findings: list[Finding]) -> tuple[str, str]:
    """The same in English and in Spanish."""
    return _reasons(findings), " ".join(finding.reason_es for finding in findings)


def _text_sha256(draft: Draft) -> str:
    """Digest of what readers would see change: another model's name is no new version, another word is."""
    text = "\x1f".join((draft.headline, draft.standfirst or "", to_html(draft.blocks)))
    return hashlib.sha256(text.encode()).hexdigest()


def profile_of(source: Source, config: Config) -> SourceProfile:
    """How to read what comes from a source."""
    profile = source.profile  # as catalog.py wrote it
    return SourceProfile(
        publisher=source.publisher,
        language=source.language,
        authors=profile["authors"],
        analysis_headings=tuple(profile["analysis_headings"]),
        furniture=tuple(profile["furniture"]),
        body_ends=tuple(profile["body_ends"]),
        rights_starts=tuple(profile["rights_starts"]),
        max_bytes=config.intake.max_bytes,
    )
