"""Placements as rows: pages that partners reported, what was found on them, and the clock that runs after a failure.

Knows: how a verdict moves a placement on, and when it is looked at again. Must not know: how a page is fetched or
judged (`pipeline.rights.proof`), or who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from pipeline.errors import IllegalTransition, SourceError
from pipeline.ingest.identity import canonical_url
from pipeline.ledger import audit, codec, receipts, units
from pipeline.ledger.models import CorrectionNote, Partner, Placement, Proof, Release
from pipeline.rights import proof
from pipeline.rights.proof import Shown, Verdict
from pipeline.stages import PlacementState, ReleaseState, Step
from pipeline.text.blocks import to_html
from pipeline.types import Attribution, Correction, Draft

Row = dict[str, Any]

AGAIN: Final = timedelta(days=1)
UNCLEAR_FOR: Final = timedelta(days=30)  # after that a page that shows nothing is a person's matter
MOST: Final = 20  # pages that one partner may report of one release
LONGEST: Final = 1000
_CLOCK: Final = frozenset({PlacementState.FAILED, PlacementState.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a page: the proof, and the evidence it rests on."""

    proof: proof.Proof
    at: datetime
    status: int | None = None
    address: str = ""
    sha256: str = ""


@transaction.atomic
def report(release: Release, url: str, *, partner: Partner | None, actor: str, now: datetime) -> tuple[Placement, bool]:
    """Put a page on record and have it looked at. Returns the placement, and whether it is a new one.

    Reporting a page again has it looked at again. SourceError for an address that is none; IllegalTransition for a
    release that the partner was never offered, or for too many pages.
    """
    address = canonical_url(url)
    if len(address) > LONGEST:
        raise SourceError(
            f"the address is {len(address)} characters long; {LONGEST} is the most that is kept",
            es=f"La dirección tiene {len(address)} caracteres; se guardan {LONGEST} como máximo.",
        )
    if partner is not None:
        receipts.was_offered(partner, release)
        pages = set(Placement.objects.filter(release=release, partner=partner).values_list("url", flat=True))
        if len(pages | {address}) > MOST:
            raise IllegalTransition(
                f"{partner.slug} has reported {MOST} pages of release {release.pk}; that is the most",
                es=f"{partner.name} comunicó ya {MOST} páginas de la publicación {release.pk}; no se admiten más.",
            )
    placement, made = Placement.objects.get_or_create(
        release=release,
        url=address,
        defaults={"partner": partner, "reported_by": actor, "reported_at": now, "since": now},
    )
    if made:
        _record("placement.reported", placement, now=now, actor=actor)
    units.arm(Step.PROVE, f"placement:{placement.pk}", now=now)
    return placement, made


def shown(release: Release) -> Shown:
    """The article as a page has to show it now."""
    draft = codec.load(Draft, release.translation.draft)
    notes = CorrectionNote.objects.filter(
        article=release.article_id, language=release.product.language, on__gte=release.published_at.date()
    )
    return Shown(
        attribution=codec.load(Attribution, release.attribution),
        headline=draft.headline,
        body=to_html(draft.blocks),
        corrections=tuple(Correction(on=note.on, note=note.note) for note in notes.order_by("pk")),
        withdrawn=release.state == ReleaseState.CANCELED,
    )


def save(placement: int, version: int, attribution: Attribution, look: Look, *, actor: str) -> None:
    """Keep what was found, and move the placement on."""
    row = Placement.objects.select_for_update(of=("self",)).select_related("release").get(pk=placement)
    found = look.proof
    kept_proof(row, version, look).save()
    before = PlacementState(row.state)
    if found.verdict is Verdict.FAILED:
        first = row.found_at if row.found_at and row.cure_by else look.at  # the clock begins with the licence's breach
        limit = proof.cure_by(attribution, found.findings, first)
        row.found_at = first if limit else row.found_at or look.at
        row.cure_by = min(limit, row.cure_by or limit) if limit else None
    row.state = _after(before, found.verdict, row.cure_by, look.at)
    if row.state not in _CLOCK:
        row.found_at = row.cure_by = None
    row.checked_at, row.version = look.at, version
    if row.state != before:
        row.since = look.at
        code = ", ".join(finding.code for finding in found.findings)
        _record(f"placement.{row.state}", row, now=look.at, actor=actor, reason=code)
    row.save()
    _settle_receipt(row, look.at, actor)


def _settle_receipt(row: Placement, at: datetime, actor: str) -> None:
    """A partner is rid of a withdrawn article when the last page that was reported of it shows it no longer."""
    if row.partner is None or row.state != PlacementState.REMOVED or row.release.state != ReleaseState.CANCELED:
        return
    pages = Placement.objects.filter(partner=row.partner, release__article=row.release.article_id)
    if not pages.exclude(state=PlacementState.REMOVED).exists():
        receipts.removed(row.partner, row.release, at=at, actor=actor)


def kept_proof(placement: Placement | None, version: int, look: Look) -> Proof:
    """A look as a row; it is not saved yet, so that a look by hand can be shown in the same form."""
    return Proof(
        placement=placement,
        at=look.at,
        version=version,
        verdict=look.proof.verdict,
        findings=codec.dump_each(look.proof.findings),
        status=look.status,
        address=look.address[:2000],
        sha256=look.sha256,
        coverage=look.proof.coverage,
        excerpt=look.proof.excerpt,
    )


def _after(before: PlacementState, verdict: Verdict, cure_by: datetime | None, now: datetime) -> PlacementState:
    """The state that a verdict leads to; `cure_by` is the clock's end, if one runs."""
    late = cure_by is not None and cure_by <= now
    match verdict:
        case Verdict.REMOVED:
            return PlacementState.REMOVED
        case Verdict.PROVED:  # after the term the licence does not come back by itself (4.0 §6(b))
            return before if before is PlacementState.OVERDUE else PlacementState.PROVED
        case Verdict.FAILED:
            return PlacementState.OVERDUE if late or before is PlacementState.OVERDUE else PlacementState.FAILED
        case Verdict.UNCLEAR:  # a page that does not answer stops no clock
            if before in _CLOCK:
                return PlacementState.OVERDUE if late else before
            return PlacementState.UNCLEAR


@transaction.atomic
def settle(placement: int, *, reason: str, actor: str, now: datetime) -> None:
    """An editor takes the credit as given: after a late cure that the licensor accepted, or a look by eye.

    IllegalTransition when there is nothing to decide.
    """
    row = Placement.objects.select_for_update(of=("self",)).select_related("release").filter(pk=placement).first()
    if row is None:
        raise IllegalTransition(
            f"there is no placement {placement}; tornavoz credit list shows them",
            es=f"No existe la página {placement}; véalas con: tornavoz credit list",
        )
    if row.state in {PlacementState.PROVED, PlacementState.REMOVED}:
        raise IllegalTransition(
            f"placement {placement} is {row.state}: there is nothing to settle",
            es=f"En la página {placement} no hay nada que resolver: ya tiene el crédito, o ya no muestra el texto.",
        )
    if row.release.state == ReleaseState.CANCELED:
        raise IllegalTransition(
            "the article was withdrawn: its text has to leave the page, whatever the credit",
            es="El artículo fue retirado: su texto tiene que salir de la página, tenga o no el crédito.",
        )
    row.state, row.since, row.found_at, row.cure_by = PlacementState.PROVED, now, None, None
    row.version = row.release.version
    row.save()
    _record("placement.settled", row, now=now, actor=actor, reason=reason)


@transaction.atomic
def look_again(*, now: datetime) -> int:
    """Arm a look at every placement whose time has come. Returns how many."""
    rows = list(due(now=now).values_list("pk", flat=True))
    for pk in rows:
        units.arm(Step.PROVE, f"placement:{pk}", now=now)
    return len(rows)


def due(*, now: datetime) -> QuerySet[Placement]:
    """Daily: failures until they are mended or due, what was unclear for a month, withdrawn texts until they are gone.

    A corrected article is looked at a day after its correction, because a WordPress site fetches feeds every 12 hours.
    """
    yesterday = now - AGAIN
    clock = Q(state=PlacementState.FAILED) & (Q(checked_at__lte=yesterday) | Q(cure_by__lte=now))
    unclear = Q(state=PlacementState.UNCLEAR, since__gt=now - UNCLEAR_FOR, checked_at__lte=yesterday)
    changed = Q(state=PlacementState.PROVED, release__updated_at__lte=yesterday) & ~Q(version=F("release__version"))
    shown = Q(checked_at__lte=yesterday) & ~Q(state=PlacementState.REMOVED)
    withdrawn = Q(release__state=ReleaseState.CANCELED) & (shown | ~Q(version=F("release__version")))
    return Placement.objects.filter(clock | unclear | changed | withdrawn)


def listed(*, everything: bool = False) -> tuple[list[Row], int]:
    """Placements with their last proof, the most urgent first; and how many more there are that are in order."""
    rows = Placement.objects.select_related("release__product", "partner").order_by(
        F("cure_by").asc(nulls_last=True), "pk"
    )
    wanted = rows if everything else rows.exclude(state__in=[PlacementState.PROVED, PlacementState.REMOVED])
    return [_row(placement) for placement in wanted], rows.count() - wanted.count()


def not_rid_of(article: int) -> list[Row]:
    """Reported pages of a withdrawn article that were not yet seen without its text, whatever their partners said."""
    rows = Placement.objects.filter(release__article=article, release__state=ReleaseState.CANCELED)
    pages = rows.exclude(state=PlacementState.REMOVED).select_related("partner").order_by("url", "pk")
    return [
        {
            "placement": page.pk,
            "partner": page.partner.slug if page.partner else None,
            "url": page.url,
            "state": page.state,
            "checked_at": page.checked_at,
        }
        for page in pages
    ]


def overview() -> Row:
    """How many placements are in each state, and when the next failure has to be mended."""
    counted = Placement.objects.values("state").annotate(rows=Count("pk")).order_by("state")
    waiting = Placement.objects.filter(state=PlacementState.FAILED).order_by("cure_by").first()
    return {
        "states": {row["state"]: row["rows"] for row in counted},
        "next_cure_by": waiting.cure_by if waiting else None,
    }


def _row(placement: Placement) -> Row:
    last = placement.proofs.order_by("-at", "-pk").first()
    return {
        "placement": placement.pk,
        "article": placement.release.article_id,
        "release": placement.release_id,
        "guid": placement.release.guid,
        "product": placement.release.product.path,
        "partner": placement.partner.slug if placement.partner else None,
        "url": placement.url,
        "state": placement.state,
        "since": placement.since,
        "reported_by": placement.reported_by,
        "reported_at": placement.reported_at,
        "checked_at": placement.checked_at,
        "found_at": placement.found_at,
        "cure_by": placement.cure_by,
        "proof": None if last is None else proof_row(last),
    }


def proof_row(row: Proof) -> Row:
    """A proof with its evidence, ready for JSON."""
    findings = [{key: each[key] for key in ("code", "level", "reason", "reason_es")} for each in row.findings]
    kept = ("at", "version", "verdict", "status", "address", "sha256", "coverage", "excerpt")
    return {**{name: getattr(row, name) for name in kept}, "findings": findings}


def _record(action: str, placement: Placement, *, now: datetime, actor: str, reason: str = "") -> None:
    audit.record(
        action,
        f"placement:{placement.pk}",
        now=now,
        actor=actor,
        article=placement.release.article_id,
        reason=reason,
        details={"url": placement.url, "release": placement.release_id, "cure_by": _iso(placement.cure_by)},
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
