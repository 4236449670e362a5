"""What a publisher's feed announced, and what became of it; what was passed over for its age can be taken after all.

Knows: announcements as rows. Must not know: how a feed is looked at, or a page fetched.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext

from desk.access import needs
from desk.paging import turned
from desk.roles import Role, actor
from pipeline.clock import now
from pipeline.ingest.feed import WORDS, Passed
from pipeline.ledger import watches
from pipeline.ledger.models import Announcement, Source
from pipeline.stages import AnnouncementState


@needs(change=Role.EDITOR)
def announced(request: HttpRequest, slug: str) -> HttpResponse:
    """A source's announcements, newest first; POST takes one, or everything that may be taken."""
    row = get_object_or_404(Source, slug=slug)
    rows = Announcement.objects.filter(watch__source=row).order_by("-seen_at", "-pk")
    if request.method == "POST":
        _take(request, row)
        return HttpResponseRedirect(reverse("desk:announced", args=[slug]))
    state = next((each for each in AnnouncementState if each == request.GET.get("state")), "")
    if state:
        rows = rows.filter(state=state)
    page = turned(request, rows)
    listed = page.rows.select_related("article")
    may_be_taken = set(
        watches.takeable(Announcement.objects.filter(pk__in=[each.pk for each in listed])).values_list("pk", flat=True)
    )
    context = {
        "source": row,
        "page": page,
        "rows": [_row(each, takeable=each.pk in may_be_taken) for each in listed],
        "state": state,
        "counts": watches.counts(row),
        "takeable": watches.takeable(Announcement.objects.filter(watch__source=row)).count(),
    }
    return render(request, "desk/announced.html", context)


def _row(row: Announcement, *, takeable: bool) -> dict[str, Any]:
    why, why_es = WORDS[Passed(row.reason_code)] if row.reason_code else ("", "")
    return {"row": row, "takeable": takeable, "reason": why, "reason_es": why_es}


def _take(request: HttpRequest, source: Source) -> None:
    chosen = Announcement.objects.filter(watch__source=source)
    wanted = request.POST.get("announcement", "")
    if request.POST.get("all") != "1":
        chosen = chosen.filter(pk=int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else 0)
    count = watches.take(chosen, now=now(), actor=actor(request.user))
    said = ngettext("%(n)s article is being fetched.", "%(n)s articles are being fetched.", count) % {"n": count}
    (messages.success if count else messages.error)(request, said)
