"""Terms: read a publisher's page of terms as evidence of a rights record, and see later whether it still says so.

Knows: what is kept of a page, how long a person waits for it. Must not know: forms, what terms permit.

A page is read while somebody waits for it, because whoever files a record has to read it before going on. So the look
is short (LIMITS), one page, never a crawl; it goes through the same guarded client as intake. What was read and not
filed is forgotten after a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import unified_diff
from typing import Final

from django.db import transaction

from pipeline.config import Config
from pipeline.errors import FetchFailed, IllegalTransition, PageRefused, SourceError
from pipeline.ingest import pages
from pipeline.ingest.charset import text_of_page, text_of_plain
from pipeline.ingest.http import USER_AGENT, GuardedClient, Limits
from pipeline.ledger import audit, catalog
from pipeline.ledger.models import Source, TermsPage
from pipeline.rights import terms_page
from pipeline.rights.evidence import evidence_sha256
from pipeline.rights.terms_page import Terms, Verdict
from pipeline.stages import TermsPageState
from pipeline.types import Rights

LIMITS: Final = Limits(connect=3.0, read=4.0, whole=6.0, max_bytes=2_000_000, redirects=3)  # somebody waits
FORGOTTEN: Final = timedelta(days=1)
LONGEST: Final = 200_000  # characters; terms are shorter, and somebody has to read them
_PLAIN: Final = "text/plain"
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "", _PLAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at a source's page of terms found. `changes` are lines that left (-) and lines that came (+)."""

    source: str
    url: str
    verdict: Verdict
    reason: str = ""  # why no page could be had
    reason_es: str = ""
    changes: tuple[str, ...] = ()
    page: int | None = None  # the page that was read instead of the kept one; `keep` takes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at a page of terms brought back: its text, or why there is none."""

    source: Source
    url: str
    address: str = ""  # that answered
    terms: Terms | None = None
    error: SourceError | None = None


def client(config: Config) -> GuardedClient:
    """The client that reads terms: the one of intake, with less patience."""
    return GuardedClient(
        limits=LIMITS,
        allow_private=frozenset(config.network.allow_private),
        user_agent=f"{USER_AGENT} (+{config.site.url}/)",
    )


def read(source_slug: str, url: str, visitor: GuardedClient, *, actor: str, now: datetime) -> TermsPage:
    """Read a page for a record that is being written. It is evidence of nothing until the record is filed with it.

    Raises SourceError (FetchFailed, PageRefused, TargetForbidden, TooLarge, …) when there is no page to be read.
    """
    source = _source(source_slug)
    address, terms = _fetched(url, visitor)
    old = TermsPage.objects.filter(source=source, state=TermsPageState.READ, read_at__lt=now - FORGOTTEN)
    old.exclude(pk__in=TermsPage.objects.exclude(found=None).values("found")).delete()
    return _row(source, url, address, terms, actor=actor, now=now)


def pick(source: Source, page: int | None) -> TermsPage | None:
    """A page that was read for this source and may become evidence; None when there is no such page (any longer)."""
    if page is None:
        return None
    return TermsPage.objects.filter(pk=page, source=source).exclude(state=TermsPageState.PAST).first()


def kept(source: Source) -> TermsPage | None:
    """The page that is evidence of the record on file."""
    return TermsPage.objects.filter(source=source, state=TermsPageState.KEPT).select_related("found").first()


def take(source: Source, page: TermsPage | None) -> None:
    """Make a page the evidence of the record that is filed in this transaction; without one, it has none."""
    others = TermsPage.objects.filter(source=source, state=TermsPageState.KEPT).exclude(pk=page.pk if page else 0)
    others.update(state=TermsPageState.PAST, found=None)
    if page is not None:
        TermsPage.objects.filter(pk=page.pk).update(state=TermsPageState.KEPT)


def check(source_slug: str, visitor: GuardedClient, *, actor: str, now: datetime) -> Checked:
    """Compare the page at the record's address with what was kept of it; what cannot be had is a verdict, no error.

    The first look at an address of which nothing was kept keeps the page, to compare with later. IllegalTransition when
    the record names no page.
    """
    return settle(look(_source(source_slug), visitor), actor=actor, now=now)


def look(source: Source, visitor: GuardedClient) -> Seen:
    """What stands at the record's address now; nothing is written. IllegalTransition when the record names no page."""
    _rights, url = _named(source)
    try:
        address, terms = _fetched(url, visitor)
    except SourceError as error:
        return Seen(source=source, url=url, error=error)
    return Seen(source=source, url=url, address=address, terms=terms)


@transaction.atomic
def settle(seen: Seen, *, actor: str, now: datetime) -> Checked:
    """Write down what a look has found. IllegalTransition when the record names another page, or none, by now."""
    source, url, terms = seen.source, seen.url, seen.terms
    rights, named = _named(source)
    if named != url:
        raise IllegalTransition(
            f"the rights record of {source.slug!r} names another page by now",
            es=f"El registro de derechos de {source.publisher} ya nombra otra página.",
        )
    before = kept(source)
    if before is not None and before.url != url:
        before = None
    if terms is None:
        said, spanish = (str(seen.error), seen.error.spanish) if seen.error else ("", "")
        found = Checked(source=source.slug, url=url, verdict=Verdict.UNREACHABLE, reason=said, reason_es=spanish)
        _save(source, found, before, None, actor=actor, now=now)
        return found
    verdict = terms_page.compare(rights, before.text if before else None, terms)
    other = before is None or not terms_page.alike(before.text, terms.text)
    row = _row(source, url, seen.address, terms, actor=actor, now=now) if other else None
    changes = differences(before.text, terms.text) if before and row else ()
    if before is None and row is not None:
        take(source, row)
        before, row = row, None
    found = Checked(
        source=source.slug, url=url, verdict=verdict, changes=changes, page=row.pk if row is not None else None
    )
    _save(source, found, before, row, actor=actor, now=now)
    return found


@transaction.atomic
def keep(source_slug: str, page: int, *, actor: str, now: datetime) -> None:
    """Somebody has read the page as it is now, and the record stays true: compare with this one from now on.

    IllegalTransition when it is not what the last check found, or when what the record rests on is not on it.
    """
    source = _source(source_slug)
    before = kept(source)
    found = before.found if before else None
    if before is None or found is None or found.pk != page:
        raise IllegalTransition(
            "that is not the page that the last check found; check again",
            es="Esa no es la página que encontró la última comparación; compare de nuevo.",
        )
    if before.verdict == Verdict.GONE:
        raise IllegalTransition(
            "what the record rests on is not on that page: file the record again",
            es="Lo que sustenta el registro no está en esa página: registre de nuevo los derechos.",
        )
    take(source, found)
    TermsPage.objects.filter(pk=page).update(checked_at=now, verdict=Verdict.SAME)
    audit.record(
        "rights.page-kept",
        f"source:{source.slug}",
        now=now,
        actor=actor,
        details={"url": found.url, "sha256": found.sha256, "before": before.sha256},
    )


def differences(before: str, after: str) -> tuple[str, ...]:
    """Lines that left a page ("- …") and lines that came to it ("+ …"), in the order of the page."""
    told = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return tuple(f"{line[0]} {line[1:]}" for line in told if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def _source(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        raise IllegalTransition(f"there is no source {slug!r}", es=f"No existe la fuente «{slug}».")
    return source


def _named(source: Source) -> tuple[Rights, str]:
    """The record on file and the page that it names."""
    rights = catalog.rights_of(Source.objects.get(pk=source.pk))
    if rights is None or not rights.terms_url:
        raise IllegalTransition(
            f"the rights record of {source.slug!r} names no page of terms: file one with it",
            es=f"El registro de derechos de {source.publisher} no nombra ninguna página de condiciones: registre "
            "uno que la nombre.",
        )
    return rights, rights.terms_url


def _fetched(url: str, visitor: GuardedClient) -> tuple[str, Terms]:
    """The address that answered, and what people see there."""
    answer = visitor.get(url, headers={"accept": "text/html,application/xhtml+xml,text/plain;q=0.8"})
    if answer.status != 200:
        failure = FetchFailed if answer.status in (408, 425, 429) or answer.status >= 500 else PageRefused
        raise failure(
            f"{url} answers {answer.status}. Open it in a browser, and paste what it says.",
            es=f"{url} responde {answer.status}. Ábrala en un navegador y pegue lo que dice.",
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _PAGES:
        raise PageRefused(
            f"{url} is {kind}, not a page of text. Open it, and paste what it says.",
            es=f"{url} es {kind}, no una página de texto. Ábrala y pegue lo que dice.",
        )
    payload = pages.payload(answer)
    if kind == _PLAIN:
        terms = terms_page.read_plain(text_of_plain(payload))
    else:
        terms = terms_page.read(text_of_page(payload)[0], answer.url)
    if not terms.text.strip():
        raise PageRefused(
            f"{url} shows no text without its scripts. Open it in a browser, and paste what it says.",
            es=f"{url} no muestra texto sin sus programas. Ábrala en un navegador y pegue lo que dice.",
        )
    if len(terms.text) > LONGEST:
        raise PageRefused(
            f"{url} holds {len(terms.text):,} characters. Find the page that has the terms alone.",
            es=f"{url} tiene {len(terms.text):,} caracteres. Busque la página que solo contiene las condiciones.",
        )
    return answer.url, terms


def _row(source: Source, url: str, address: str, terms: Terms, *, actor: str, now: datetime) -> TermsPage:
    return TermsPage.objects.create(
        source=source,
        url=url,
        address=address[:2048],
        text=terms.text,
        licences=list(terms.licences),
        sha256=evidence_sha256(terms.text),
        read_at=now,
        read_by=actor,
    )


@transaction.atomic
def _save(
    source: Source, found: Checked, before: TermsPage | None, row: TermsPage | None, *, actor: str, now: datetime
) -> None:
    if before is not None:
        earlier = before.found if found.verdict is Verdict.UNREACHABLE else row
        TermsPage.objects.filter(pk=before.pk).update(
            checked_at=now, verdict=found.verdict, reason=found.reason, reason_es=found.reason_es, found=earlier
        )
    read_now = row or before
    details = {"url": found.url, "verdict": found.verdict, "sha256": read_now.sha256 if read_now else ""}
    details |= {"reason_es": found.reason_es} if found.reason_es else {}
    audit.record("rights.checked", f"source:{source.slug}", now=now, actor=actor, reason=found.reason, details=details)
