"""Watched feeds and their announcements as rows: what a look at a feed leaves behind, and when the next one is due.

Knows: which announcement is known, taken or passed over; the units that follow. Must not know: how a feed or a page is
fetched or read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from pipeline.config import Config
from pipeline.config.tables import SourceTable
from pipeline.ingest import identity
from pipeline.ingest.feed import Choice, Entry, Known, Passed
from pipeline.ledger import audit, codec, units
from pipeline.ledger.articles import Receipt
from pipeline.ledger.models import Announcement, Article, Source, Unit, Watch
from pipeline.stages import AnnouncementState, Step, UnitState
from pipeline.types import Story

Row = dict[str, Any]

ACTOR: Final = "pipeline"
ABREAST: Final = 5  # pages of one publisher that may be asked for at the same time ...
APART: Final = timedelta(seconds=5)  # ... and how long before the next ones
LONGEST_PAUSE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a feed. `choice` is None when nothing has changed since the last one, or when it failed."""

    at: datetime
    choice: Choice | None = None
    etag: str = ""
    modified: str = ""
    reason: str = ""  # why it failed
    reason_es: str = ""
    asked: timedelta | None = None  # how long the server wants to be left alone


def keep_up(config: Config, *, now: datetime) -> int:
    """Make sure that every feed to be watched is looked at in its time. Returns how many looks were begun anew."""
    begun = 0
    for table in config.source:
        source = Source.objects.filter(slug=table.slug, active=True).first()
        if source is None or table.feed is None or table.poll_minutes is None:
            continue
        subject = f"source:{source.pk}"
        goes_on = Q(state__in=[UnitState.READY, UnitState.LEASED])
        known = Watch.objects.filter(source=source, url=table.feed).exists()
        if not (known and Unit.objects.filter(goes_on, step=Step.POLL, subject=subject).exists()):
            units.arm(Step.POLL, subject, now=now)
            begun += 1
    return begun


def of(source: Source, url: str) -> Watch:
    """The watch over a source's feed. Another address than before is a feed that was never looked at."""
    watch, _ = Watch.objects.get_or_create(source=source, defaults={"url": url})
    if watch.url != url:
        watch.url, watch.etag, watch.modified, watch.read_at = url, "", "", None
        watch.failures, watch.reason, watch.reason_es = 0, "", ""
    return watch


def known(watch: Watch, keys: Iterable[str]) -> dict[str, Known]:
    """Which of these were announced before. A look costs what stands in the feed, not what ever stood there."""
    before = Announcement.objects.filter(watch__source=watch.source_id, key__in=set(keys))
    rows = before.values_list("key", "digest", "state")
    return {
        key: Known(digest=digest, passed_over=state == AnnouncementState.PASSED_OVER) for key, digest, state in rows
    }


def save_failure(watch: Watch, look: Look, *, every: timedelta) -> None:
    """Say why a look failed, and look again later each time, at most a day. A feed is never given up."""
    watch.failures += 1
    watch.reason, watch.reason_es, watch.looked_at = look.reason, look.reason_es, look.at
    watch.save()
    if watch.failures == 1:
        details = {"reason_es": look.reason_es}
        audit.record("feed.failed", _name(watch), now=look.at, actor=ACTOR, reason=look.reason, details=details)
    doubled = every * 2 ** min(watch.failures - 1, 12)
    _again(watch, look.at + max(every, min(doubled, LONGEST_PAUSE), look.asked or timedelta()), now=look.at)


def save(watch: Watch, look: Look, *, every: timedelta) -> list[Announcement]:
    """Write down what a feed announces. Returns what is to be taken in, oldest first; see `fetch_soon`."""
    if watch.failures:
        audit.record("feed.answers-again", _name(watch), now=look.at, actor=ACTOR)
    watch.failures, watch.reason, watch.reason_es = 0, "", ""
    watch.looked_at = watch.read_at = look.at
    if look.choice is not None:
        watch.etag, watch.modified = look.etag, look.modified
    watch.save()
    due: list[Announcement] = []
    if look.choice is not None:
        due = [_put(watch, entry, AnnouncementState.DUE, "", now=look.at) for entry in look.choice.take]
        for entry, why in look.choice.pass_over:
            _put(watch, entry, AnnouncementState.PASSED_OVER, why, now=look.at)
        if look.choice.take or look.choice.pass_over:
            counts = {"to_take": len(due), "passed_over": len(look.choice.pass_over)}
            hidden = {"not_looked_at": look.choice.not_looked_at} if look.choice.not_looked_at else {}
            audit.record("feed.announced", _name(watch), now=look.at, actor=ACTOR, details={**counts, **hidden})
    _again(watch, look.at + max(every, look.asked or timedelta()), now=look.at)
    return due


def fetch_soon(announcements: Iterable[Announcement], *, now: datetime) -> None:
    """Have their pages fetched, a few at a time: a publisher's server is not ours to load."""
    for number, each in enumerate(announcements):
        units.schedule(Step.FETCH, f"announcement:{each.pk}", now + APART * (number // ABREAST), now=now)


def took(announcement: Announcement, receipt: Receipt | None, article: int | None = None) -> None:
    """It was received, or its page says what we have."""
    announcement.state, announcement.reason_code = AnnouncementState.TAKEN, ""
    announcement.article_id = receipt.article if receipt else article
    announcement.save(update_fields=["state", "reason_code", "article"])


@transaction.atomic
def take(chosen: QuerySet[Announcement], *, now: datetime, actor: str) -> int:
    """Take in after all what was passed over for its age. Returns how many; what is not ours to take stays."""
    rows = list(takeable(chosen).select_for_update(of=("self",)).order_by("seen_at", "pk"))
    Announcement.objects.filter(pk__in=[row.pk for row in rows]).update(state=AnnouncementState.DUE, reason_code="")
    fetch_soon(rows, now=now)
    for row in rows:
        audit.record("announcement.wanted", f"announcement:{row.pk}", now=now, actor=actor, details={"url": row.url})
    return len(rows)


def takeable(chosen: QuerySet[Announcement]) -> QuerySet[Announcement]:
    """Of these, what may be taken although it was passed over."""
    return chosen.filter(state=AnnouncementState.PASSED_OVER, reason_code=Passed.OLDER)


def standing(source: Source, url: str) -> tuple[int, Story] | None:
    """The article at an address of a source, with its newest version that could be read. None if there is none."""
    article = Article.objects.filter(source=source, key=identity.article_key(source.slug, url)).first()
    newest = article.revisions.order_by("-number").first() if article else None
    if article is None or newest is None or newest.story is None:
        return None
    return article.pk, codec.load(Story, newest.story)


def counts(source: Source) -> dict[str, int]:
    """How many announcements of a source are in each state."""
    return _by_state(_counted(Announcement.objects.filter(watch__source=source)), source)


def _counted(rows: QuerySet[Announcement]) -> dict[tuple[int, str], int]:
    counted = rows.values("watch__source", "state").annotate(count=Count("pk"))
    return {(row["watch__source"], row["state"]): row["count"] for row in counted}


def _by_state(counted: dict[tuple[int, str], int], source: Source) -> dict[str, int]:
    return {state.replace("-", "_"): counted.get((source.pk, state), 0) for state in AnnouncementState}


def overview(config: Config) -> list[Row]:
    """Every source with how its feed is watched, for people and programs."""
    tables: dict[str, SourceTable] = {table.slug: table for table in config.source}
    counted = _counted(Announcement.objects.all())
    watches = {watch.source_id: watch for watch in Watch.objects.all()}
    rows = []
    for source in Source.objects.filter(active=True).order_by("slug"):
        table, watch = tables.get(source.slug), watches.get(source.pk)
        rows.append(
            {
                "slug": source.slug,
                "publisher": source.publisher,
                "feed": source.feed,
                "poll_minutes": table.poll_minutes if table else None,
                "looked_at": watch.looked_at if watch else None,
                "read_at": watch.read_at if watch else None,
                "failures": watch.failures if watch else 0,
                "reason": watch.reason if watch else "",
                **_by_state(counted, source),
            }
        )
    return rows


def _put(watch: Watch, entry: Entry, state: AnnouncementState, code: str, *, now: datetime) -> Announcement:
    values = {
        "url": entry.url,
        "title": entry.title[:300],
        "licence": (entry.licence or "")[:500],
        "digest": entry.digest,
        "state": state,
        "reason_code": code,
    }
    row, _ = Announcement.objects.update_or_create(
        watch=watch, key=entry.key, defaults=values, create_defaults={**values, "seen_at": now}
    )
    return row


def _again(watch: Watch, at: datetime, *, now: datetime) -> None:
    units.schedule(Step.POLL, f"source:{watch.source_id}", at, now=now)


def _name(watch: Watch) -> str:
    return f"source:{watch.source.slug}"
