"""A translation exactly as partners will get it, before anybody does.

Knows: the same writers that publish. Must not know: pages of the desk. What is returned is a whole document that the
desk shows in a frame of its own, where no script runs and no form is sent.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Literal

from feeds import addresses, page
from feeds.documents import body_of, summary
from feeds.item import item
from pipeline.config import Config
from pipeline.ledger import articles, credits, translations
from pipeline.ledger.models import CorrectionNote
from pipeline.ledger.permissions import to_publish
from pipeline.rights import attribution as credit
from pipeline.types import Correction, Draft, Entry, Status, UseClass

Form = Literal["reader", "page", "credit"]
FORMS: tuple[Form, ...] = ("reader", "page", "credit")


def document(
    translation: int, form: Form, config: Config, *, draft: Draft, reviewer: str, note: str, now: datetime
) -> str:
    """HTML of a translation with this draft, saved or not: as a feed reader shows it, the page, or the credit alone."""
    entry = _entry(translation, config, draft=draft, reviewer=reviewer, note=note, now=now)
    if form == "page":
        return page.article(entry, {}, site=config.site.name, home_url=f"{config.site.url}/").decode()
    if form == "credit":
        return _plain(entry.language, "", credit.wrap(entry.attribution, "", entry.corrections))
    shown = item(entry)
    return _plain(entry.language, shown.title, shown.html)


def _entry(translation: int, config: Config, *, draft: Draft, reviewer: str, note: str, now: datetime) -> Entry:
    translated = translations.get(translation)
    revision = articles.get(translated.revision)
    story = revision.story
    if story is None:
        raise ValueError(f"translation {translation} has no original")
    language, today = translated.language, now.date()
    licence = to_publish(revision.source, story, UseClass.NON_COMMERCIAL, language=language, today=today).licence
    notes = CorrectionNote.objects.filter(article=revision.article, language=language).order_by("pk")
    corrections = tuple(Correction(on=each.on, note=each.note) for each in notes)
    return Entry(
        guid=f"preview:{translation}",
        version=1,
        status=Status.USABLE,
        url=addresses.article_url(config.site.url, language, revision.article),
        language=language,
        headline=draft.headline,
        summary=summary(draft),
        body=body_of(draft),
        attribution=credits.attribution(
            revision, story, translated, draft, config, licence=licence, reviewer=reviewer, reviewed_on=today
        ),
        published=now,
        updated=now,
        section=story.section,
        keywords=story.keywords,
        corrections=(*corrections, Correction(on=today, note=note)) if note else corrections,
    )


def _plain(language: str, title: str, body: str) -> str:
    """As a feed reader shows it: the text without any style of ours."""
    head = f"<h1>{escape(title)}</h1>" if title else ""
    name = escape(title or "Tornavoz")
    return (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>{name}</title>'
        f"<body>{head}{body}</body></html>"
    )
