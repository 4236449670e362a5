"""What the doctor asks about those outside: publishers' feeds and terms, partners' webhooks.

Knows: what the ledger and the environment say of them. Must not know: the command line; nobody is contacted.
"""

from __future__ import annotations

from datetime import timedelta

from feeds.webhooks import secrets_of
from pipeline.clock import now
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.ledger.models import TermsPage, Watch
from pipeline.rights.terms_page import Verdict
from pipeline.stages import TermsPageState
from workers.check import Check

FEED_FAILURES = 3  # in a row; fewer are a bad hour of somebody's server
TERMS_CHECKED = timedelta(days=90)  # how often somebody should look whether terms are still what was filed
_TERMS_LOST = frozenset({Verdict.GONE, Verdict.UNREACHABLE})


def feeds() -> Check:
    """Feeds of publishers that were there once and have failed several times in a row."""
    watched = Watch.objects.filter(source__active=True).select_related("source").order_by("source__slug")
    down = [f"{watch.source.slug}: {watch.reason}" for watch in watched if watch.failures >= FEED_FAILURES]
    if down:
        repair = "open the address in a browser; mend feed in newsroom.toml, then: tornavoz config"
        return Check(name="feeds", ok=False, says="; ".join(down), repair=repair)
    return Check(name="feeds", ok=True, says=f"{len(watched)} are watched")


def terms() -> Check:
    """Publishers' pages of terms that no longer say what a record rests on, or were not looked at for long."""
    kept = list(TermsPage.objects.filter(state=TermsPageState.KEPT, source__active=True).select_related("source"))
    wrong = sorted(f"{page.source.slug}: {page.verdict}" for page in kept if page.verdict in _TERMS_LOST)
    if wrong:
        repair = "tornavoz rights check; read the page, and file the record again if it says something else"
        return Check(name="terms", ok=False, says="; ".join(wrong), repair=repair)
    since = now() - TERMS_CHECKED
    old = sum((page.checked_at or page.read_at) < since for page in kept)
    changed = sum(page.verdict == Verdict.ELSEWHERE for page in kept)
    says = f"{len(kept)} pages are kept"
    says += f"; {changed} changed around what the record rests on" if changed else ""
    says += f"; {old} not compared for {TERMS_CHECKED.days} days: tornavoz rights check" if old else ""
    return Check(name="terms", ok=True, says=says)


def webhooks(loaded: Config) -> Check:
    """Partners that are pushed to, and whose pushes cannot be signed: they would be parked."""
    wanted = [partner.slug for partner in loaded.partner if partner.webhook]
    wrong: list[str] = []
    for slug in wanted:
        try:
            secrets_of(slug)
        except ConfigError as error:
            wrong.append(str(error))
    if wrong:
        repair = "set it for every process, start them again, then: tornavoz retry (tornavoz status names the units)"
        return Check(name="webhooks", ok=False, says="; ".join(wrong), repair=repair)
    return Check(name="webhooks", ok=True, says=f"{len(wanted)} partners have one, with a secret")
