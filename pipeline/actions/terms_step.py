"""The step that compares publishers' pages of terms with what was kept of them, without anybody asking.

Knows: how often, how many at a time, when a page counts as unreachable. Must not know: what a page says, or permits.

It is one request for each kept page in `[terms] check_days` days, at most AT_ONCE pages an hour, as any reader would
make it. A server that does not answer is asked again a little later, a few times; then that is the verdict, and the
page is looked at daily until it can be read. Nothing is withheld by itself: what changed waits for a person, on the
desk's front page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import Q
from django.db.models.functions import Coalesce

from pipeline.actions import terms_page
from pipeline.errors import Retry
from pipeline.ingest.http import GuardedClient
from pipeline.ledger import catalog, units
from pipeline.ledger.models import Source, TermsPage, Unit
from pipeline.rights.terms_page import Verdict
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import Step, TermsPageState, UnitState

ACTOR: Final = "clock"
AT_ONCE: Final = 10  # pages that one sweep has read; the sweeper comes by hourly
AGAIN: Final = timedelta(days=1)  # when a page that could not be read is tried again


def table(visitor: GuardedClient) -> Mapping[Step, StepFunction]:
    """The step of this module, ready to be run."""
    return {Step.COMPARE: partial(compare, visitor)}


def look_again(check_days: int, *, now: datetime) -> int:
    """Arm a look at the pages whose time has come, the longest unseen first. Returns how many; 0 days means never."""
    if not check_days:
        return 0
    seen = Coalesce("checked_at", "read_at")
    kept = TermsPage.objects.filter(state=TermsPageState.KEPT, source__active=True).annotate(seen=seen)
    late = Q(seen__lte=now - timedelta(days=check_days))
    unread = Q(verdict=Verdict.UNREACHABLE, seen__lte=now - AGAIN)
    sources = kept.filter(late | unread).order_by("seen", "pk").values_list("source", flat=True)
    goes_on = Unit.objects.filter(step=Step.COMPARE, state__in=[UnitState.READY, UnitState.LEASED])
    asked = set(goes_on.values_list("subject", flat=True))  # arming one that is to be tried again would try it for ever
    due = [subject for subject in (f"source:{pk}" for pk in sources) if subject not in asked][:AT_ONCE]
    units.arm_all(Step.COMPARE, due, now=now)
    return len(due)


def compare(visitor: GuardedClient, work: Work) -> Effect:
    """Read a source's page of terms and write down what became of it."""
    source = Source.objects.get(pk=int(work.subject.partition(":")[2]))
    rights = catalog.rights_of(source)
    if rights is None or not rights.terms_url or terms_page.kept(source) is None:
        return _nothing  # the record was replaced meanwhile
    seen = terms_page.look(source, visitor)
    if seen.error is not None and seen.error.retry is Retry.LATER and work.claim.attempt < units.MAX_ATTEMPTS:
        raise seen.error
    return partial(_settle, seen, now=work.now)


def _settle(seen: terms_page.Seen, *, now: datetime) -> None:
    rights = catalog.rights_of(Source.objects.get(pk=seen.source.pk))
    if rights is not None and rights.terms_url == seen.url:  # else the look was at a page that counts no more
        terms_page.settle(seen, actor=ACTOR, now=now)


def _nothing() -> None:
    """There is nothing to be written down."""
