"""Signed pushes to partners, in the Standard Webhooks form.

Knows: what a push says, how it is signed, what an answer means. Must not know: who gets what (release/decide.py).
A push is at-least-once: `webhook-id` is the delivery's, the same on every try, so that the receiver can tell repeats.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from functools import partial

from standardwebhooks.webhooks import Webhook

from feeds.addresses import article_url
from pipeline.config import Config
from pipeline.errors import ConfigError, FetchFailed, PartnerRefused, PartnerUnavailable, SourceError
from pipeline.ingest.http import GuardedClient
from pipeline.ledger import audit, receipts
from pipeline.ledger.models import Attempt, Delivery
from pipeline.runner import Effect, Work
from pipeline.stages import DeliveryState, ReleaseState
from pipeline.steps import Newsroom
from pipeline.telemetry import PUSHES


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Push one delivery. 2xx is sent; 408, 429, 5xx and the network wait and come back; other answers are refusals."""
    delivery = Delivery.objects.select_related("partner", "release__product", "release__article").get(
        pk=int(work.subject.rpartition(":")[2])
    )
    if delivery.state not in {DeliveryState.PENDING, DeliveryState.WAITING}:
        return lambda: None
    if delivery.kind != "withdrawn" and delivery.release.state != ReleaseState.USABLE:
        reason = f"the release is {delivery.release.state} by now"
        return partial(_settle, delivery, DeliveryState.WITHHELD, work.now, "not-usable", reason)
    body = json.dumps(message(delivery, newsroom.config), ensure_ascii=False, sort_keys=True)
    client = GuardedClient(allow_private=frozenset(newsroom.config.network.allow_private))
    try:
        answer = client.post(delivery.partner.webhook, body.encode(), _headers(delivery, body, work.now))
        status, said = answer.status, answer.content[:300].decode("utf-8", "replace")
    except FetchFailed as error:
        status, said = None, str(error)[:300]
    except SourceError as error:  # an address that is not contacted at all
        return partial(_refuse, delivery, work.now, None, str(error)[:300])
    if status is not None and 200 <= status < 300:
        return partial(_sent, delivery, work.now, status)
    if status is not None and 400 <= status < 500 and status not in {408, 429}:
        return partial(_refuse, delivery, work.now, status, said)
    _wait(delivery, work.now, status, said)
    raise PartnerUnavailable(f"{delivery.partner.slug} answered {status or said}")


def message(delivery: Delivery, config: Config) -> dict[str, object]:
    """The event as partners receive it; the text itself is in the feed and on the page."""
    release = delivery.release
    return {
        "type": f"release.{delivery.kind}",
        "timestamp": release.updated_at.isoformat(),
        "data": {
            "guid": release.guid,
            "version": release.version,
            "product": release.product.path,
            "status": "canceled" if delivery.kind == "withdrawn" else "usable",
            "url": article_url(config.site.url, release.product.language, release.article_id),
            "original": release.article.url,
            "updated": release.updated_at.isoformat(),
        },
    }


def secret_name(partner: str) -> str:
    """The environment variable that holds a partner's signing secret."""
    return f"TORNAVOZ_WEBHOOK_{partner.upper().replace('-', '_')}"


def _headers(delivery: Delivery, body: str, now: datetime) -> dict[str, str]:
    name = secret_name(delivery.partner.slug)
    secret = os.environ.get(name)
    if not secret:
        raise ConfigError(f"{name} is not set; it must hold the signing secret of {delivery.partner.slug}")
    identity = f"delivery-{delivery.pk}"
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(identity, now, body),
    }


def _attempt(delivery: Delivery, now: datetime, status: int | None, said: str) -> None:
    Attempt.objects.create(delivery=delivery, at=now, status=status, answer=said[:300])


def _settle(delivery: Delivery, state: DeliveryState, now: datetime, code: str, reason: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, settled_at=now, reason_code=code, reason=reason)
    PUSHES.labels(outcome=state).inc()
    audit.record(
        f"delivery.{state}",
        f"delivery:{delivery.pk}",
        now=now,
        actor="pipeline",
        article=delivery.release.article_id,
        reason=reason,
        details={"partner": delivery.partner.slug, "version": delivery.version},
    )


def _sent(delivery: Delivery, now: datetime, status: int) -> None:
    _attempt(delivery, now, status, "")
    receipts.sent(delivery.partner, {delivery.release_id: delivery.release.version}, at=now)
    _settle(delivery, DeliveryState.SENT, now, "", "")


def _refuse(delivery: Delivery, now: datetime, status: int | None, said: str) -> None:
    _attempt(delivery, now, status, said)
    _settle(delivery, DeliveryState.REFUSED, now, PartnerRefused.code, f"{status or ''} {said}".strip())


def _wait(delivery: Delivery, now: datetime, status: int | None, said: str) -> None:
    """Outside the saving transaction on purpose: a failed try must be on record though the unit is not closed."""
    _attempt(delivery, now, status, said)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, reason_code=PartnerUnavailable.code, reason=f"{status or ''} {said}".strip()
    )
    PUSHES.labels(outcome=DeliveryState.WAITING).inc()
