"""What the review page shows of a translation: sentence beside sentence, with all that is to be said of each.

Knows: rows of the ledger as an editor wants them. Must not know: HTTP, HTML pages; the only markup made here is that of
single sentences, in which links are inert.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe

from desk.words.sentences import because
from pipeline.actions.edit import Conflict, html_of
from pipeline.errors import IllegalTransition
from pipeline.ledger import articles, translations, wordings
from pipeline.ledger.models import Article, Revision, Wording
from pipeline.ledger.translations import Translated
from pipeline.stages import TranslationState
from pipeline.steps import REVIEW
from pipeline.text.difference import Piece, sentences, words
from pipeline.text.inline import canonical, crossing, inline_html
from pipeline.text.segments import segments_of
from pipeline.translation.glossary import Glossary, Term
from pipeline.translation.rewording import rewrite
from pipeline.types import Draft, Finding, Match, Segment, Span, Story

_QUOTED = re.compile(r"[“«]([^”»]{1,80})[”»]|: ([^.:]{1,120})\.")
EDIT, CORRECT, READ = "edit", "correct", "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding in the reader's language."""

    code: str
    level: str
    reason: str
    place: str
    waived_by: str = ""
    waived_because: str = ""

    @property
    def blocks(self) -> bool:
        return self.level == "hold" and not self.waived_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence."""

    place: str
    source: SafeString
    target: SafeString
    html: str  # for the text field
    origin: str
    by: str  # person or model
    remarks: tuple[Remark, ...]
    english: tuple[Piece, ...]  # what changed in the original since the revision before; empty when nothing
    unsaved: str | None  # what this editor has typed and not saved
    change: tuple[Piece, ...]  # from what stands to what was typed
    others: tuple[str, ...]  # colleagues with something unsaved here
    editing: bool
    conflict: Conflict | None

    @property
    def anchor(self) -> str:
        return self.place.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A term of the glossary that stands in the original's sentence, and whether the translation has it."""

    text: str  # as it stands there
    term: Term
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A translation beside its original."""

    article: int
    source: str  # the slug of where it comes from
    language: str
    source_language: str
    translation: int
    version: int
    revision: int
    state: str
    mode: str
    headline: str
    rows: tuple[Row, ...]
    whole: tuple[Remark, ...]  # about the article, not about one sentence
    blocking: int  # findings that stop it, besides that nobody has read it
    gone: tuple[str, ...]  # sentences of the revision before that the new one has not
    withdrawn: datetime | None
    url: str

    @property
    def unsaved(self) -> list[Row]:
        return [row for row in self.rows if row.change]

    @property
    def changed_in_english(self) -> int:
        return sum(bool(row.english) for row in self.rows)


def terms_of(match: Match, glossary: Glossary) -> list[Wanted]:
    """The terms of a sentence, each once, in order."""
    lacking = {found.term.source for found in glossary.missed(match.source, match.target)}
    found = {each.term.source: each for each in reversed(glossary.found(match.source))}
    return [Wanted(text=each.text, term=each.term, there=name not in lacking) for name, each in reversed(found.items())]


def sheet(
    article: int,
    language: str,
    editor: str,
    *,
    now: datetime,
    editing: Sequence[str] = (),
    conflicts: Iterable[Conflict] = (),
) -> Sheet:
    """The newest translation as this editor sees it. IllegalTransition when there is none with a text."""
    row = translations.newest(article, language)
    if row is None or row.draft is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} yet",
            es=f"El artículo {article} aún no tiene traducción en «{language}».",
        )
    translated = translations.get(row.pk)
    revision = articles.get(translated.revision)
    draft, story = translated.draft, revision.story
    if draft is None or story is None:
        raise IllegalTransition(f"translation {row.pk} has no text", es=f"La traducción {row.pk} no tiene texto.")
    typed = wordings.of(article, language, editor)
    theirs = wordings.others(article, language, editor, now=now)
    english, gone = _english(article, translated.revision_number, story)
    clashes = {conflict.place: conflict for conflict in conflicts}
    withdrawn = Article.objects.get(pk=article).withdrawn_at
    mode = _mode(translated, withdrawn)
    originals = {segment.place: segment for segment in segments_of(story)}
    rows = tuple(
        _row(
            match,
            originals.get(match.place),
            translated.findings,
            typed.get(match.place),
            english=english.get(match.place, ()),
            others=tuple(name for name, places in theirs.items() if match.place in places),
            editing=mode != READ and (match.place in editing or match.place in clashes),
            conflict=clashes.get(match.place),
        )
        for match in draft.matches
    )
    places = {match.place for match in draft.matches}
    return Sheet(
        article=article,
        source=revision.source.slug,
        language=language,
        source_language=story.language,
        translation=translated.id,
        version=translated.version,
        revision=translated.revision_number,
        state=translated.state,
        mode=mode,
        headline=draft.headline,
        rows=rows,
        whole=tuple(remark(each) for each in translated.findings if each.place not in places),
        blocking=sum(each.blocks and each.code != REVIEW.code for each in translated.findings),
        gone=gone,
        withdrawn=withdrawn,
        url=revision.url,
    )


def _mode(translated: Translated, withdrawn: datetime | None) -> str:
    if withdrawn is not None:
        return READ
    if translated.state is TranslationState.HELD:
        return EDIT
    return CORRECT if translated.state in {TranslationState.READY, TranslationState.APPROVED} else READ


def _row(
    match: Match,
    original: Segment | None,
    findings: tuple[Finding, ...],
    typed: Wording | None,
    *,
    english: tuple[Piece, ...],
    others: tuple[str, ...],
    editing: bool,
    conflict: Conflict | None,
) -> Row:
    remarks = tuple(remark(each) for each in findings if each.place == match.place)
    told = [each for each in findings if each.place == match.place and each.waiver is None]
    html = html_of(match)
    unsaved = typed.html if typed is not None and typed.html != html else None
    return Row(
        place=match.place,
        source=inert(match.source, original.spans if original else (), told),
        target=inert(match.target, match.spans, told),
        html=html,
        origin=match.origin,
        by=match.provenance.by if match.provenance else match.model,
        remarks=remarks,
        english=english,
        unsaved=unsaved,
        change=words(html, unsaved) if unsaved is not None else (),
        others=others,
        editing=editing,
        conflict=conflict,
    )


def remark(finding: Finding) -> Remark:
    """A finding in the language of the page."""
    return Remark(
        code=finding.code,
        level=finding.level,
        reason=because(finding),
        place=finding.place,
        waived_by=finding.waiver.by if finding.waiver else "",
        waived_because=finding.waiver.reason if finding.waiver else "",
    )


def inert(text: str, spans: Sequence[Span], findings: Sequence[Finding] = ()) -> SafeString:
    """A sentence as HTML: its links do nothing, and the words that findings speak of are marked."""
    shown = tuple(_inert(span) for span in spans)
    for finding in findings:
        for word in _named(finding.reason):
            at = text.casefold().find(word.casefold())
            mark = Span(tag="mark", start=at, end=at + len(word))
            if at >= 0 and not crossing(canonical((*shown, mark))):
                shown = (*shown, mark)
    return mark_safe(inline_html(text, shown))  # noqa: S308  inline_html escapes; its tags are ours


def _inert(span: Span) -> Span:
    if span.tag != "a":
        return replace(span, attributes=())
    href = next((value for name, value in span.attributes if name == "href"), "")
    return replace(span, tag="span", attributes=(("class", "link"), ("title", href)))


def _named(reason: str) -> list[str]:
    """Words that a reason speaks of: in quotation marks, or listed after a colon."""
    found: list[str] = []
    for quoted, listed in _QUOTED.findall(reason):
        found += [quoted] if quoted else listed.split(", ")
    return [word.strip() for word in found if word.strip()]


def _english(article: int, number: int, story: Story) -> tuple[dict[str, tuple[Piece, ...]], tuple[str, ...]]:
    """Place -> what changed in its sentence since the revision before, and what was taken out."""
    earlier = (
        Revision.objects.filter(article=article, number__lt=number).exclude(story=None).order_by("-number").first()
    )
    old = articles.get(earlier.pk).story if earlier else None
    if old is None:
        return {}, ()
    segments = segments_of(story)
    changed, gone = sentences([each.text for each in segments_of(old)], [each.text for each in segments])
    return {segments[at].place: words(before, segments[at].text) for at, before in changed.items()}, gone


def draft_with(article: int, language: str, editor: str) -> tuple[int, Draft]:
    """The newest translation and its draft with what this editor has typed, for a preview."""
    row = translations.newest(article, language)
    translated = translations.get(row.pk) if row is not None else None
    if translated is None or translated.draft is None:
        raise IllegalTransition(
            f"article {article} has no translation into {language!r} yet",
            es=f"El artículo {article} aún no tiene traducción en «{language}».",
        )
    story, draft = articles.get(translated.revision).story, translated.draft
    for place, typed in wordings.of(article, language, editor).items():
        if story is not None and any(match.place == place for match in draft.matches):
            try:
                draft = rewrite(story, draft, place, typed.html)
            except IllegalTransition:  # half-typed: the preview shows what stands
                continue
    return translated.id, draft
