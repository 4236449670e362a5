"""The step of a rights record: ask again about all that it touches, a batch of articles at a time, newest first.

Knows: how much one transaction may hold, and how far it has come. Must not know: what rights allow.

A record is changed at once, whatever the size of the source; what follows from it is the work of this step. Each run is
one short transaction and arms the next, behind what its own batch has armed, so a source of a hundred thousand articles
is a thousand small units among all others. A worker that is killed loses nothing: the batch and the mark of how far it
has come are saved together. Changing the record again begins from the newest article anew.

Until a batch is through, its releases stand as they were, but no rendering shows them where the new record forbids it:
the gate is asked at each rendering, and the first batch has every feed rendered that has an article of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from pipeline.actions.review import reconsider
from pipeline.ledger import audit, changes, units
from pipeline.ledger.models import Article, Reconsideration, Release, Revision, Source
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import RevisionState, Step

BATCH: Final = 100  # articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far asking again has come."""

    left: int  # articles that are still to be asked about
    total: int

    @property
    def done(self) -> int:
        return self.total - self.left


def table() -> Mapping[Step, StepFunction]:
    """The step of this module, ready to be run."""
    return {Step.RECONSIDER: advance}


@transaction.atomic
def rights_changed(source_slug: str, *, actor: str, now: datetime) -> int:
    """A source's rights record changed: everything it touches will be asked about again. How many articles."""
    source = Source.objects.get(slug=source_slug)
    newest = Article.objects.filter(source=source).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return 0
    begun = {"actor": actor, "begun_at": now, "cursor": newest + 1, "done_at": None}
    Reconsideration.objects.update_or_create(source=source, defaults=begun)
    units.arm(Step.RECONSIDER, f"source:{source.pk}", now=now)
    return _open_articles(source)


def progress(source: Source) -> Progress | None:
    """None when nothing is to be asked again."""
    standing = Reconsideration.objects.filter(source=source, done_at=None).first()
    if standing is None:
        return None
    left = Article.objects.filter(source=source, pk__lt=standing.cursor).count()
    return Progress(left=left, total=source.articles.count())


def advance(work: Work) -> Effect:
    """One batch of a source's articles."""
    return partial(_batch, int(work.subject.rpartition(":")[2]), work)


def _batch(source: int, work: Work) -> None:
    standing = Reconsideration.objects.select_for_update().filter(source=source, done_at=None).first()
    if standing is None:  # through already
        return
    lower = Article.objects.filter(source=source, pk__lt=standing.cursor).order_by("-pk")
    batch = list(lower.values_list("pk", "withdrawn_at")[:BATCH])
    if batch:
        _ask_again([pk for pk, withdrawn in batch if withdrawn is None], actor=standing.actor, now=work.now)
        standing.cursor = batch[-1][0]
    if len(batch) < BATCH:
        standing.done_at = work.now
        _tell(standing, now=work.now)
    else:  # later than what the batch has armed, which was due at the beginning of this run
        units.arm(Step.RECONSIDER, work.subject, now=work.clock())
    standing.save(update_fields=["cursor", "done_at"])


def _ask_again(articles: list[int], *, actor: str, now: datetime) -> None:
    newer = Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    stopped = Revision.objects.filter(
        ~Exists(newer), article__in=articles, state__in=[RevisionState.HELD, RevisionState.REFUSED]
    )
    for revision in stopped.select_related("article").order_by("-pk"):
        reconsider(revision, actor=actor, now=now)
    touched = Release.objects.filter(article__in=articles)
    translations = sorted(set(touched.values_list("translation", flat=True)), reverse=True)
    units.arm_all(Step.RELEASE, (f"translation:{pk}" for pk in translations), now=now)
    changes.note(touched)  # what a use class may see can change alone


def _open_articles(source: Source) -> int:
    """From two indexes, so that a large source takes no longer than it must."""
    mine = Article.objects.filter(source=source)
    return mine.count() - mine.filter(withdrawn_at__isnull=False).count()


def _tell(standing: Reconsideration, *, now: datetime) -> None:
    subject = f"source:{standing.source.slug}"
    audit.record("rights.asked-again", subject, now=now, actor="pipeline", details={"since": str(standing.begun_at)})
