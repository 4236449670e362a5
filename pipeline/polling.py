"""Asking publishers' feeds for articles: poll -> fetch -> receive.

Knows: what to do with a feed's and a page's answer. Must not know: how either is read, when a feed is due.

`poll source:3` looks at a feed, writes down what it announces, and is due again after `poll_minutes`. A feed that
cannot be had is a result, not an error: it is told to editors, and no unit is parked because somebody else's server is
down. `fetch announcement:7` hands one page in; a page that cannot be had is tried again and then left to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from pipeline import steps
from pipeline.config import Config
from pipeline.config.tables import SourceTable
from pipeline.errors import PageRefused, SourceError
from pipeline.ingest import feed, pages
from pipeline.ingest.http import Answer, GuardedClient, retry_after
from pipeline.ingest.identity import belongs, story_hash
from pipeline.ingest.read import read
from pipeline.ledger import articles, catalog, watches
from pipeline.ledger.models import Announcement, Source, Watch
from pipeline.ledger.watches import Look
from pipeline.runner import Effect, StepFunction, Work
from pipeline.stages import AnnouncementState, Step
from pipeline.types import Envelope, Format, Incoming

ACTOR = "pipeline"


def table(newsroom: steps.Newsroom) -> Mapping[Step, StepFunction]:
    """The steps of this module, ready to be run."""
    return {Step.POLL: partial(poll, newsroom), Step.FETCH: partial(fetch, newsroom)}


def poll(newsroom: steps.Newsroom, work: Work) -> Effect:
    """Look at a source's feed. One that is no longer to be watched is not looked at again."""
    source = Source.objects.get(pk=_key(work))
    wanted = watched(newsroom.config, source)
    if wanted is None or wanted.poll_minutes is None:
        return _nothing
    watch = watches.of(source, wanted.feed or "")
    every = timedelta(minutes=wanted.poll_minutes)
    found = look(watch, wanted, client(newsroom.config), now=work.now)
    if found.reason:
        return partial(watches.save_failure, watch, found, every=every)

    def save() -> None:
        due = watches.save(watch, found, every=every)
        if not wanted.full_text:
            watches.fetch_soon(due, now=work.now)
            return
        entries = {entry.key: entry for entry in found.choice.take} if found.choice else {}
        for announcement in due:
            payload = feed.intake_form(entries[announcement.key])
            _receive(newsroom, source, announcement, Format.JSON, announcement.url, payload, now=work.now)

    return save


def look(watch: Watch, wanted: SourceTable, visitor: GuardedClient, *, now: datetime) -> Look:
    """Ask a feed what is new. Never raises for what the feed or its server does; changes nothing."""
    asked = {"accept": "application/atom+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.5"}
    asked |= {"if-none-match": watch.etag} if watch.etag else {}
    asked |= {"if-modified-since": watch.modified} if watch.modified else {}
    try:
        answer = visitor.get(watch.url, headers=asked)
        wait = retry_after(answer.headers.get("retry-after"), now=now)
        if answer.status == 304:
            return Look(at=now, asked=wait)
        if answer.status != 200:
            said, spanish = (f"{watch.url} {verb} {answer.status}." for verb in ("answers", "responde"))
            return Look(at=now, reason=said, reason_es=spanish, asked=wait)
        entries = feed.read(answer.content, url=answer.url, kind=answer.headers.get("content-type", ""))
    except SourceError as error:
        return Look(at=now, reason=str(error), reason_es=error.spanish)
    newest = wanted.newest if watch.read_at is None else None
    known = watches.known(watch, (entry.key for entry in entries))
    choice = feed.choose(entries, known, sites=wanted.sites, newest=newest, whole=wanted.full_text)
    return Look(at=now, choice=choice, etag=_kept(answer, "etag", 500), modified=_kept(answer, "last-modified", 100))


def fetch(newsroom: steps.Newsroom, work: Work) -> Effect:
    """Fetch the page of an announced article and hand it in. A page that says what we have is no new version."""
    announcement = Announcement.objects.select_related("watch__source").get(pk=_key(work))
    if announcement.state != AnnouncementState.DUE:
        return _nothing
    source = announcement.watch.source
    url, payload = page_of(source, announcement.url, newsroom.config)
    standing = watches.standing(source, url)
    if standing is not None:
        article, story = standing
        incoming = Incoming(envelope=_envelope(announcement, Format.HTML, url), payload=payload)
        if story_hash(read(incoming, steps.profile_of(source, newsroom.config))) == story_hash(story):
            return partial(watches.took, announcement, None, article)
    return partial(_receive, newsroom, source, announcement, Format.HTML, url, payload, now=work.now)


def page_of(source: Source, url: str, config: Config) -> tuple[str, bytes]:
    """A page of a source's site: its address, and its bytes.

    Raises PageRefused for one on another site: the source's rights record does not speak of it. Also what `pages.page`
    raises.
    """
    answer = pages.page(client(config), url, max_bytes=config.intake.max_bytes)
    sites = catalog.sites_of(source)
    for address in (url, answer.url):
        if not belongs(address, *sites):
            raise PageRefused(
                f"{address} is not on {' or '.join(sites)}, so the terms of {source.slug!r} do not cover it. "
                "Submit it with the source that it belongs to.",
                es=f"{address} no está en {' ni en '.join(sites)}, así que las condiciones de {source.publisher} no la "
                "cubren. Entréguela con la fuente a la que pertenece.",
            )
    return (answer.url if answer.moved else url), pages.payload(answer)


def client(config: Config) -> GuardedClient:
    """The client that visits publishers."""
    return pages.client(config.site.url, frozenset(config.network.allow_private))


def watched(config: Config, source: Source) -> SourceTable | None:
    """What newsroom.toml says of a source whose feed is to be watched; None of any other."""
    found = next((each for each in config.source if each.slug == source.slug), None)
    return found if found and source.active and found.feed and found.poll_minutes else None


def _receive(
    newsroom: steps.Newsroom,
    source: Source,
    announcement: Announcement,
    form: Format,
    url: str,
    payload: bytes,
    *,
    now: datetime,
) -> None:
    if announcement.article_id is not None:
        articles.moved(announcement.article_id, url, now=now, actor=ACTOR)
    incoming = Incoming(envelope=_envelope(announcement, form, url), payload=payload)
    watches.took(announcement, steps.receive(newsroom, incoming, source, now=now, actor=ACTOR))


def _envelope(announcement: Announcement, form: Format, url: str) -> Envelope:
    return Envelope(source=announcement.watch.source.slug, format=form, url=url, licence=announcement.licence or None)


def _kept(answer: Answer, name: str, longest: int) -> str:
    value = answer.headers.get(name, "")
    return value if len(value) <= longest else ""


def _key(work: Work) -> int:
    return int(work.subject.rpartition(":")[2])


def _nothing() -> None:
    """There is nothing to look at any longer."""
