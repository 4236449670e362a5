"""Our WebSub hub at work: asking callbacks whether they mean it, and sending them documents that changed.

Knows: the W3C Recommendation, sections 5.3 and 7; what answers mean. Must not know: how requests come in (hub.py), how
rows are kept (ledger/subscriptions.py).

What is sent is the feed itself, byte for byte as it stands at its address. Of several changes a subscriber that was
away gets the newest only: the document has them all.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

import structlog
from django.db import transaction

from feeds import endings, files, tokens, topics
from feeds.addresses import FORMATS
from feeds.answers import Reply, Verdict, push
from feeds.endings import Ending
from feeds.fanout import fan_out
from feeds.fetches import fetched
from feeds.sealing import unseal
from feeds.topics import Topic
from pipeline.config import Config
from pipeline.errors import FetchFailed, SourceError
from pipeline.ingest.http import GuardedClient, Limits
from pipeline.ledger import subscriptions, units
from pipeline.ledger.models import Subscription, SubscriptionRequest
from pipeline.runner import Effect, Work
from pipeline.stages import Step
from pipeline.steps import Newsroom
from pipeline.telemetry import PUSHES

log = structlog.get_logger(__name__)

LIMITS = Limits(connect=5, read=10, whole=15, redirects=0, max_bytes=4_096, answer_bytes=300)
VERIFY_TRIES = 3
SAVE_EVERY = 1.0  # seconds
CHUNK = 200  # subscriptions that are in memory at a time, besides those being sent


# --- asking ----------------------------------------------------------------------------------------------------------


def verify(newsroom: Newsroom, work: Work) -> Effect:
    """Ask a callback whether it wants what was asked for in its name: it repeats the challenge if it does."""
    request = SubscriptionRequest.objects.filter(pk=int(work.subject.rpartition(":")[2])).first()
    if request is None:
        return _nothing
    topic, address = topics.of(request.topic), _address(request, newsroom.config)
    client = _client(newsroom.config)
    if topic is None or address is None or not _open([request], work.now):
        _deny(client, request, address, "This feed is no longer served, or not to you.")
        return partial(subscriptions.dropped, request, *endings.FEED_ENDED, now=work.now)
    return _asked(client, request, address, work.now)


def _asked(client: GuardedClient, request: SubscriptionRequest, address: str, now: datetime) -> Effect:
    challenge = secrets.token_urlsafe(32)
    asked = {"hub.mode": request.mode, "hub.topic": address, "hub.challenge": challenge}
    if request.mode == "subscribe":
        asked["hub.lease_seconds"] = str(request.lease_seconds)
    try:
        answer = client.get(_with_query(request.callback, asked))
    except FetchFailed:
        return _not_now(request, now)
    except SourceError as error:  # an address that is not contacted at all
        return partial(subscriptions.dropped, request, *endings.refused(error, address), now=now)
    if 200 <= answer.status < 300 and hmac.compare_digest(answer.content, challenge.encode()):
        return partial(subscriptions.confirmed, request, now=now)
    if answer.status >= 500 or answer.status == 429:
        return _not_now(request, now)
    ending = endings.answered if answer.status >= 300 else endings.without_challenge
    return partial(subscriptions.dropped, request, *ending(answer.status), now=now)


def _not_now(request: SubscriptionRequest, now: datetime) -> Effect:
    if request.tries + 1 >= VERIFY_TRIES:
        return partial(subscriptions.dropped, request, *endings.unanswered(VERIFY_TRIES), now=now)
    log.info("websub.unanswered", topic=request.topic, host=request.host, tries=request.tries + 1)
    return partial(subscriptions.tried, request, again_at=now + units.pause(request.tries + 1), now=now)


def _deny(client: GuardedClient, row: Subscription | SubscriptionRequest, address: str | None, reason: str) -> None:
    """Tell a callback that it gets nothing (section 5.2). A courtesy: whether it hears of it changes nothing."""
    told = {"hub.mode": "denied", "hub.topic": address or "", "hub.reason": reason}
    try:
        client.get(_with_query(row.callback, told))
    except SourceError as error:
        log.info("websub.denial-unheard", topic=row.topic, host=row.host, error=type(error).__name__)


def _with_query(callback: str, asked: dict[str, str]) -> str:
    """The callback's own query is kept as it is (section 5.3.1)."""
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(asked)}"


# --- sending ---------------------------------------------------------------------------------------------------------


class Job(NamedTuple):
    """A push that is ready to go."""

    row: Subscription
    headers: dict[str, str]


@dataclass(slots=True)
class Outcomes:
    """What became of pushes and is not in the ledger yet."""

    etag: str
    give_up_after: timedelta
    took: list[int] = field(default_factory=list)
    failed: list[tuple[Subscription, Reply]] = field(default_factory=list)
    gone: list[tuple[Subscription, Ending]] = field(default_factory=list)
    reached: int = 0

    def add(self, row: Subscription, reply: Reply, now: datetime) -> None:
        """Sort one answer in."""
        PUSHES.labels(outcome=f"websub-{reply.verdict}").inc()
        if reply.verdict is Verdict.TAKEN:
            self.took.append(row.pk)
            self.reached += 1
        elif reply.status == 410:
            self.gone.append((row, endings.answered(410)))
        elif reply.status is None and reply.verdict is Verdict.REFUSED:
            self.gone.append((row, endings.NOT_CONTACTED))
        elif row.failing_since is not None and now - row.failing_since >= self.give_up_after:
            self.gone.append((row, endings.failed(self.give_up_after.total_seconds() / 3600)))
        else:
            self.failed.append((row, reply))

    @transaction.atomic
    def save(self, now: datetime) -> None:
        """Write it down. Repeating it after a crash, or somebody else's having done it, changes nothing."""
        subscriptions.took(self.took, self.etag, now=now)
        for row, reply in self.failed:
            subscriptions.failed(row, asked=reply.asked, now=now)
            # what it said is not logged: it may repeat the topic's address
            log.info("websub.failed", topic=row.topic, host=row.host, status=reply.status, tries=row.tries + 1)
        for row, ending in self.gone:
            subscriptions.ended([row], *ending, now=now)
        self.took, self.failed, self.gone = [], [], []


def send(newsroom: Newsroom, work: Work) -> Effect:
    """Send a feed to everybody who subscribed to it and has not taken this very document yet."""
    key = work.subject.partition(":")[2]
    topic, client, read_at = topics.of(key), _client(newsroom.config), work.clock()
    if topic is None:
        return _end_all(key, newsroom, client, work)
    try:
        body = topic.path.read_bytes()
    except FileNotFoundError:  # not written yet: its writing rings again
        return _nothing
    etag = files.etag(body)
    waiting = list(subscriptions.behind(key, etag, now=work.now).values_list("pk", flat=True))
    outcomes = Outcomes(etag=etag, give_up_after=timedelta(hours=newsroom.config.push.give_up_hours))
    saved = time.monotonic()
    pushed = fan_out(
        _jobs(waiting, topic, body, newsroom.config, client, work),
        lambda job: push(client, job.row.callback, body, job.headers, now=work.now),
        on_pulse=work.renew,
    )
    for job, reply in pushed:
        outcomes.add(job.row, reply, work.now)
        if time.monotonic() - saved > SAVE_EVERY:
            outcomes.save(work.clock())
            saved = time.monotonic()
    if waiting:
        log.info("websub.sent", topic=key, subscribers=len(waiting), reached=outcomes.reached)

    def save() -> None:
        outcomes.save(work.clock())
        if topic.partner is not None and outcomes.reached:
            fetched(topic.partner, topic.product, topic.form, at=read_at)  # it has the very document
        again = subscriptions.next_due(key, etag)
        if again is not None:
            units.schedule(Step.DELIVER, work.subject, again, now=work.now)

    return save


def _jobs(
    keys: list[int], topic: Topic, body: bytes, config: Config, client: GuardedClient, work: Work
) -> Iterator[Job]:
    """Signed pushes, a chunk at a time. Who lost the right to a private feed meanwhile is told so and left out."""
    for start in range(0, len(keys), CHUNK):
        found = Subscription.objects.in_bulk(keys[start : start + CHUNK])
        rows = [found[key] for key in keys[start : start + CHUNK] if key in found]
        may = _open(rows, work.now)
        for row in rows:
            address, secret = _address(row, config), unseal(row.secret)
            if address is None or secret is None or row.pk not in may:
                subscriptions.ended([row], *endings.NO_LONGER_MAY, now=work.now)
                _deny(client, row, address, "This feed is no longer served to you.")
                continue
            yield Job(row, _headers(topic, address, secret, body, config))


def _headers(topic: Topic, address: str, secret: str, body: bytes, config: Config) -> dict[str, str]:
    """Section 7: the topic's content type, both links, and the signature over the exact body."""
    headers = {
        "content-type": topic.content_type,
        "link": f'<{config.hub_url}>; rel="hub", <{address}>; rel="self"',
    }
    if secret:
        headers["x-hub-signature"] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return headers


def _end_all(key: str, newsroom: Newsroom, client: GuardedClient, work: Work) -> Effect:
    """The feed is no longer served: everybody who subscribed hears it once."""
    rows = list(subscriptions.of_topic(key))
    _tell_end(rows, newsroom.config, client, "This feed is no longer served.", on_pulse=work.renew)
    return partial(subscriptions.ended, rows, *endings.FEED_ENDED, now=work.now)


def end(
    rows: list[Subscription], config: Config, *, reason: str, actor: str, now: datetime, limits: Limits = LIMITS
) -> None:
    """End subscriptions by an operator's word. Each callback is told so once; it may subscribe again."""
    _tell_end(rows, config, _client(config, limits), "The operator of this hub ended the subscription.")
    subscriptions.ended(rows, reason, now=now, actor=actor)


def _tell_end(
    rows: list[Subscription],
    config: Config,
    client: GuardedClient,
    reason: str,
    *,
    on_pulse: Callable[[], None] = lambda: None,
) -> None:
    told = fan_out(
        [(row, _address(row, config)) for row in rows], lambda one: _deny(client, *one, reason), on_pulse=on_pulse
    )
    for _ in told:
        pass


# --- both ------------------------------------------------------------------------------------------------------------


def ping(newsroom: Newsroom, work: Work) -> Effect:
    """Tell somebody else's hub that our public feeds of a product have changed; it fetches them itself."""
    config = newsroom.config
    product = work.subject.partition(":")[2]
    if config.hub_url is None or config.site.hub == "own":
        return _nothing
    urls = [topics.public_address(f"feed:{product}:{form}", config) for form in FORMATS]
    body = urlencode([("hub.mode", "publish"), *(("hub.url", url) for url in urls)]).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = push(_client(config), config.hub_url, body, headers, now=work.now)
    if reply.verdict is Verdict.TAKEN:
        return _nothing
    raise FetchFailed(
        f"the hub {config.hub_url} did not take the ping: {reply}",
        es=f"El concentrador {config.hub_url} no aceptó el aviso: {reply}",
    )


def _client(config: Config, limits: Limits = LIMITS) -> GuardedClient:
    return GuardedClient(limits=limits, allow_private=frozenset(config.network.allow_private))


def _address(row: Subscription | SubscriptionRequest, config: Config) -> str | None:
    """The topic's address as the subscriber knows it; None when it was sealed under another key."""
    return unseal(row.address) if row.address else topics.public_address(row.topic, config)


def _open(rows: list[Subscription] | list[SubscriptionRequest], now: datetime) -> set[int]:
    """Keys of the rows whose token, if they need one, is still good."""
    needed = {row.token_id for row in rows if row.token_id is not None}
    good = set(tokens.standing(now).filter(pk__in=needed).values_list("pk", flat=True)) if needed else set()
    return {row.pk for row in rows if row.token_id is None or row.token_id in good}


def _nothing() -> None:
    """The effect when there is nothing to do."""
