"""Looking at the pages where partners published, and the step that does it.

Knows: the guarded client, and what an answer is worth as evidence. Must not know: what a credit needs
(`pipeline.rights.proof`), or what follows from a verdict (`pipeline.ledger.placements`).

A page that cannot be had is a result, not an error: it is told to editors and tried again the next day, and no unit is
parked because somebody else's server is down.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from pipeline.config import Config
from pipeline.errors import SourceError
from pipeline.ingest import pages
from pipeline.ingest.charset import text_of_page
from pipeline.ingest.http import Answer, GuardedClient
from pipeline.ledger import placements
from pipeline.ledger.models import Partner, Placement
from pipeline.ledger.placements import Look
from pipeline.rights.proof import Proof, Shown, Verdict, judge
from pipeline.runner import Effect, Work
from pipeline.steps import Newsroom
from pipeline.telemetry import PROOFS
from pipeline.types import Finding, Level

ACTOR = "pipeline"
PAGE_BYTES = 3_000_000
GONE = frozenset({404, 410})
_PAGES = ("text/html", "application/xhtml+xml", "")


def prove(newsroom: Newsroom, work: Work) -> Effect:
    """Fetch a placement's page, judge the credit on it, and keep the proof."""
    placement = Placement.objects.select_related(
        "partner", "release__product", "release__translation", "release__article"
    ).get(pk=int(work.subject.rpartition(":")[2]))
    shown = placements.shown(placement.release)
    look = look_at(placement.url, shown, client_for(newsroom.config, placement), now=work.now)
    PROOFS.labels(verdict=look.proof.verdict).inc()
    return partial(placements.save, placement.pk, placement.release.version, shown.attribution, look, actor=ACTOR)


def look_at(url: str, shown: Shown, client: GuardedClient, *, now: datetime) -> Look:
    """One look at a page. Never raises for what the page or its server does."""
    try:
        answer = client.get(url, headers={"accept": "text/html,application/xhtml+xml"}, max_bytes=PAGE_BYTES)
    except SourceError as error:
        return Look(proof=Proof(verdict=Verdict.UNCLEAR, findings=(_unreachable(error),)), at=now)
    return Look(
        proof=_judged(answer, shown),
        at=now,
        status=answer.status,
        address=answer.url,
        sha256=hashlib.sha256(answer.content).hexdigest(),
    )


def client_for(config: Config, placement: Placement) -> GuardedClient:
    """Hosts inside the own network only for what an operator reported here, or for the host of the partner's webhook.

    A partner must not be able to have this machine call on its intranet.
    """
    allowed = frozenset(config.network.allow_private)
    if not placement.reported_by.startswith("cli:"):
        allowed &= _own_hosts(placement.partner)
    return GuardedClient(allow_private=allowed)


def _own_hosts(partner: Partner | None) -> frozenset[str]:
    host = urlsplit(partner.webhook).hostname if partner else None
    return frozenset({host}) if host else frozenset()


def _judged(answer: Answer, shown: Shown) -> Proof:
    if answer.status in GONE:
        return Proof(verdict=Verdict.REMOVED, findings=(_gone(answer.status),))
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200 or kind not in _PAGES:
        return Proof(verdict=Verdict.UNCLEAR, findings=(_no_page(answer.status, kind or "no content type"),))
    try:
        return judge(text_of_page(pages.payload(answer))[0], shown, address=answer.url)
    except SourceError as error:
        return Proof(verdict=Verdict.UNCLEAR, findings=(_unreachable(error),))


def _unreachable(why: SourceError) -> Finding:
    return Finding(
        code="proof-unreachable",
        level=Level.WARN,
        reason=f"The page could not be fetched. It is tried again tomorrow. {why}",
        reason_es=f"No se pudo obtener la página. Se intentará de nuevo mañana. {why.spanish}",
    )


def _no_page(status: int, kind: str) -> Finding:
    return Finding(
        code="proof-no-page",
        level=Level.WARN,
        reason=f"The address answers {status} with {kind}, which is no page that can be judged.",
        reason_es=f"La dirección responde {status} con {kind}, que no es una página que se pueda juzgar.",
    )


def _gone(status: int) -> Finding:
    return Finding(
        code="proof-page-gone",
        level=Level.INFO,
        reason=f"The page is gone ({status}).",
        reason_es=f"La página ya no está ({status}).",
    )
