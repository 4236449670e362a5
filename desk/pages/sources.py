"""Sources and their rights records: what is on file, on what evidence, and what it allows.

Knows: rows that newsroom.toml owns are shown, not edited. Must not know: the rules of rights.
"""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from desk import rights
from desk.access import needs
from pipeline.actions import rights_step, terms_page
from pipeline.clock import now
from pipeline.ledger import catalog, watches
from pipeline.ledger.models import Event, Release, Revision, Source, Watch
from pipeline.rights.evidence import evidence_intact
from pipeline.stages import ReleaseState, RevisionState

MOST_CHANGES = 40  # lines of a page of terms that changed


@needs()
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with what may be done with it."""
    today = now().date()
    rows = Source.objects.annotate(received=Count("articles")).order_by("-active", "publisher")
    listed = [{"source": row, "answers": rights.answers(row, language="es", today=today)} for row in rows]
    return render(request, "desk/sources.html", {"sources": listed})


@needs()
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: facts, rights, evidence, and what hangs on it."""
    row = get_object_or_404(Source, slug=slug)
    record = rights.record(row)
    kept = terms_page.kept(row) if record and record.terms_url else None
    changes = terms_page.differences(kept.text, kept.found.text) if kept and kept.found else ()
    held = Q(state=RevisionState.HELD, permission__isnull=False)
    context = {
        "source": row,
        "rights": record,
        "owned": catalog.file_owns_rights(row),
        "basis": rights.BASES.get(record.basis, record.basis) if record else "",
        "answers": rights.answers(row, language="es", today=now().date()),
        "altered": evidence_intact(record) if record else None,
        "asking": rights_step.progress(row),
        "kept": kept,
        "verdict": rights.VERDICTS.get(kept.verdict, "") if kept else "",
        "changes": changes[:MOST_CHANGES],
        "more_changes": max(0, len(changes) - MOST_CHANGES),
        "received": row.articles.count(),
        "held": Revision.objects.filter(held, article__source=row).count(),
        "refused": Revision.objects.filter(article__source=row, state=RevisionState.REFUSED).count(),
        "out": Release.objects.filter(article__source=row, state=ReleaseState.USABLE).count(),
        "watch": Watch.objects.filter(source=row).first(),
        "announced": watches.counts(row),
        "history": Event.objects.filter(subject=f"source:{row.slug}").order_by("-pk")[:10],
    }
    return render(request, "desk/source.html", context)
