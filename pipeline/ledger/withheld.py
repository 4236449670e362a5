"""What a partner does not get, and why: the answer to "where is the article?".

Knows: everything that can stand between an article and a partner. Must not know: who asks.

    licence     the rights gate refused or holds it, for everybody
    use-class   others may have it, this partner's use may not
    embargo     it comes later: to everybody in a product, or to this partner
    finding     a check or an editor stopped it, and a person has to see to it

A withdrawn article is in none of these: whoever had it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db.models import F

from pipeline.ledger import catalog, codec, embargoes
from pipeline.ledger.models import Partner, Product, Release, Revision, Source, Translation
from pipeline.release.products import Selection
from pipeline.rights import gate
from pipeline.rights.licences import parse, single
from pipeline.rights.table import REASONS
from pipeline.stages import ReleaseState, RevisionState, TranslationState
from pipeline.types import Permission, Ruling, UseClass


class Cause(StrEnum):
    """What keeps an article from a partner."""

    LICENCE = "licence"
    USE_CLASS = "use-class"
    EMBARGO = "embargo"
    FINDING = "finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """One article that a partner does not get in one product."""

    article: int
    release: int | None
    product: str
    headline: str  # the translation's, else the original's
    source: str
    cause: Cause
    code: str
    reason: str
    reason_es: str
    since: datetime
    until: datetime | None = None  # the end of an embargo


def of_partner(partner: Partner, *, limit: int | None, now: datetime) -> tuple[list[Withheld], int]:
    """What this partner does not get, the newest first, and how many there are in all. `limit` None: every one."""
    products = list(partner.products.filter(active=True))
    found = [*_released(partner, products, now), *_stopped(products), *_unreleased(products)]
    found.sort(key=attrgetter("since", "article", "product"), reverse=True)
    return found[:limit], len(found)


# --- releases --------------------------------------------------------------------------------------------------------


def _released(partner: Partner, products: list[Product], now: datetime) -> Iterator[Withheld]:
    waits = dict(embargoes.waiting().filter(partner=partner).values_list("release", "reason"))
    judge = _Judge(catalog.use_of(partner), now.date())
    shown = (ReleaseState.USABLE, ReleaseState.SCHEDULED, ReleaseState.WITHHELD)
    rows = (
        Release.objects.filter(product__in=products, state__in=shown)
        .select_related("product", "article__source")
        .annotate(  # of each text no more than this is read
            marks=F("translation__revision__story__licence_marks"), headline=F("translation__draft__headline")
        )
        .defer("attribution")
    )
    for row in rows.iterator(chunk_size=500):
        why = _embargo(row, partner, waits) or _refusal(row, judge, row.marks or [])
        if why is not None:
            yield Withheld(
                article=row.article_id,
                release=row.pk,
                product=row.product.path,
                headline=row.headline or "",
                source=row.article.source.slug,
                since=row.published_at,
                **why,
            )


def _embargo(row: Release, partner: Partner, waits: Mapping[int, str]) -> dict[str, Any] | None:
    if row.state == ReleaseState.SCHEDULED:
        who, minutes, until, code = row.product.path, row.product.delay_minutes, row.embargo_until, "embargo-product"
    elif row.state == ReleaseState.USABLE and row.pk in waits:
        who, minutes, until, code = partner.slug, partner.delay_minutes, embargoes.ends(row, partner), embargoes.WAITS
    else:
        return None
    return {
        "cause": Cause.EMBARGO,
        "until": until,
        "code": code,
        "reason": f"{who} gets new articles {minutes} minutes later",
        "reason_es": f"{who} recibe los artículos nuevos {minutes} minutos después",
    }


def _refusal(row: Release, judge: _Judge, marks: list[str]) -> dict[str, Any] | None:
    if row.state == ReleaseState.WITHHELD:
        return {"cause": Cause.LICENCE, **_words(row.reason_code, row.reason)}
    refusal = judge.refusal(row.article.source, tuple(marks), row.product.language)
    if refusal is None:
        return None
    cause, said = refusal
    return {"cause": cause, "code": said.code, "reason": said.reason, "reason_es": said.reason_es}


class _Judge:
    """The rights gate for one use, asked once for each source, mark and language."""

    def __init__(self, use: UseClass, today: date) -> None:
        self._use, self._today = use, today
        self._known: dict[tuple[int, tuple[str, ...], str], tuple[Cause, Permission] | None] = {}

    def refusal(self, source: Source, marks: tuple[str, ...], language: str) -> tuple[Cause, Permission] | None:
        key = (source.pk, marks, language)
        if key not in self._known:
            self._known[key] = self._ask(source, marks, language)
        return self._known[key]

    def _ask(self, source: Source, marks: tuple[str, ...], language: str) -> tuple[Cause, Permission] | None:
        rights, mark = catalog.rights_of(source), single(marks)
        mine, public = (
            gate.may_publish(rights, mark, use, language=language, today=self._today)
            for use in (self._use, UseClass.NON_COMMERCIAL)
        )
        if mine.ruling is Ruling.ALLOW:
            return None
        return (Cause.USE_CLASS if public.ruling is Ruling.ALLOW else Cause.LICENCE), mine


# --- what was never released -----------------------------------------------------------------------------------------


def _stopped(products: list[Product]) -> Iterator[Withheld]:
    """Newest revisions that rights or a finding stopped before anything was translated."""
    rows = Revision.objects.filter(
        state__in=[RevisionState.HELD, RevisionState.REFUSED], article__withdrawn_at=None
    ).select_related("article__source")
    for row in rows.iterator(chunk_size=200):
        if Revision.objects.filter(article=row.article_id, number__gt=row.number).exists():
            continue
        story = row.story or {}
        rights = row.permission is not None
        for product in _taking(products, row, story, row.article.source):
            yield Withheld(
                article=row.article_id,
                release=None,
                product=product.path,
                headline=story.get("headline", ""),
                source=row.article.source.slug,
                cause=Cause.LICENCE if rights else Cause.FINDING,
                since=row.received_at,
                code=row.reason_code,
                reason=row.reason,
                reason_es=row.reason_es or row.reason,
            )


def _unreleased(products: list[Product]) -> Iterator[Withheld]:
    """Translations that wait for an editor, or that one rejected."""
    rows = (
        Translation.objects.filter(
            state__in=[TranslationState.HELD, TranslationState.REJECTED],
            language__in={product.language for product in products},
            revision__article__withdrawn_at=None,
        )
        .exclude(revision__state=RevisionState.SUPERSEDED)
        .select_related("revision__article__source")
    )
    for row in rows.iterator(chunk_size=200):
        story = row.revision.story or {}
        holds = [each for each in row.findings if each["level"] == "hold" and not each.get("waiver")]
        first = holds[0] if holds else {"code": "rejected", "reason": "an editor rejected the translation"}
        if row.state == TranslationState.REJECTED:
            first = {"code": "rejected", "reason": "an editor rejected the translation"}
        same = [product for product in products if product.language == row.language]
        for product in _taking(same, row.revision, story, row.revision.article.source):
            yield Withheld(
                article=row.revision.article_id,
                release=None,
                product=product.path,
                headline=(row.draft or {}).get("headline", "") or story.get("headline", ""),
                source=row.revision.article.source.slug,
                cause=Cause.FINDING,
                since=row.created_at,
                code=first["code"],
                reason=first["reason"],
                reason_es=first.get("reason_es") or "un editor rechazó la traducción",
            )


def _taking(products: list[Product], revision: Revision, story: dict[str, Any], source: Source) -> Iterator[Product]:
    """Products that would take it. Of a text that could not be read only its source is known."""
    if revision.permission:
        licence = codec.load(Permission, revision.permission).licence
    else:
        licence = parse(single(story.get("licence_marks", ())) or "")
    for product in products:
        chosen = Selection.of(product.rules)
        if not story:
            if not chosen.sources or source.slug in chosen.sources:
                yield product
        elif product.language != story.get("language") and chosen.takes(
            source=source.slug,
            section=story.get("section"),
            keywords=story.get("keywords", ()),
            licence=licence.code if licence else None,
        ):
            yield product


def _words(code: str, reason: str) -> dict[str, Any]:
    """The reason in both languages, where the code is one of the rights gate's."""
    known = REASONS.get(code)
    return {"code": code, "reason": reason, "reason_es": known.spanish if known else reason}
