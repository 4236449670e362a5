"""Signed pushes to partners, in the Standard Webhooks form.

Knows: what a push says, how it is signed, what becomes of it. Must not know: who gets what (release/decide.py), which
delivery is next (ledger/deliveries.py).
A push is at-least-once: `webhook-id` is the delivery's, the same on every try, so that the receiver can tell repeats.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import partial

from standardwebhooks.webhooks import Webhook

from feeds.addresses import article_url
from feeds.answers import Reply, Verdict, push
from pipeline.config import Config
from pipeline.errors import ConfigError, IllegalTransition, PartnerRefused, PartnerUnavailable, SourceError
from pipeline.ingest.http import GuardedClient, Limits
from pipeline.ledger import audit, catalog, deliveries, placements, receipts
from pipeline.ledger.models import Attempt, Delivery, Partner, Release
from pipeline.ledger.permissions import to_publish_marked
from pipeline.runner import Effect, Work
from pipeline.settings import env
from pipeline.stages import DeliveryState, ReceiptState, ReleaseState
from pipeline.steps import Newsroom
from pipeline.telemetry import PUSHES
from pipeline.types import Ruling

LIMITS = Limits(connect=5, read=10, whole=15, redirects=0)
CHANNEL = "webhook"
SECRET_BYTES = 24  # the least that Standard Webhooks recommends


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Push the oldest open delivery of one partner, and see to it that the next follows.

    2xx is sent; other 4xx than 408 and 429 are refusals; everything else waits and is tried again, and nothing newer
    goes to this partner before it.
    """
    key = int(work.subject.rpartition(":")[2])
    delivery = deliveries.next_open(key, CHANNEL)
    if delivery is None:
        return _nothing
    if delivery.due_at is not None and delivery.due_at > work.now:
        return partial(deliveries.look_again, key, CHANNEL, delivery.due_at, now=work.now)
    if obstacle := _obstacle(delivery, work.now):
        return partial(_withhold, delivery, *obstacle, now=work.now)
    if deliveries.files_wait(delivery):
        later = work.now + deliveries.FILES_WITHIN
        return partial(deliveries.look_again, key, CHANNEL, later, now=work.now)
    body = json.dumps(message(delivery, newsroom.config), ensure_ascii=False, sort_keys=True)
    headers = _headers(delivery, body, secrets_of(delivery.partner.slug), work.now)
    attempt = deliveries.begin(delivery, now=work.now)
    client = GuardedClient(limits=LIMITS, allow_private=frozenset(newsroom.config.network.allow_private))
    reply = push(client, delivery.partner.webhook, body.encode(), headers, now=work.now)
    give_up_after = timedelta(hours=newsroom.config.push.give_up_hours)
    return partial(_close, delivery, attempt, reply, give_up_after, now=work.clock())


def message(delivery: Delivery, config: Config) -> dict[str, object]:
    """The event as partners receive it; the text itself is in the feed and on the page."""
    release = delivery.release
    return {
        "type": f"release.{delivery.kind}",
        "timestamp": release.updated_at.isoformat(),
        "data": {
            "release": release.pk,
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
    """The environment variable that holds a partner's signing secret, or two of them while one replaces the other."""
    return f"TORNAVOZ_WEBHOOK_{partner.upper().replace('-', '_')}"


def secrets_of(partner: str) -> list[str]:
    """The secrets that sign for this partner. ConfigError when there is none, or one that is no base64 or too short.

    The signing library would take nearly any text for base64, and sign with the few bytes that it finds in it.
    """
    name = secret_name(partner)
    found = (env(name) or "").split()
    if not found:
        raise ConfigError(
            f"{name} is not set; it must hold the signing secret of {partner}",
            es=f"Falta {name}, que debe contener el secreto con que se firma lo que se envía a {partner}.",
        )
    for secret in found:
        try:
            size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
        except ValueError as error:
            raise ConfigError(
                f"{name} does not hold base64, with whsec_ before it or not",
                es=f"{name} no contiene base64, con whsec_ delante o sin él.",
            ) from error
        if size < SECRET_BYTES:
            raise ConfigError(
                f"{name} holds a secret of {size} bytes; it takes {SECRET_BYTES} that nobody can guess",
                es=f"{name} contiene un secreto de {size} bytes; hacen falta {SECRET_BYTES} que nadie pueda adivinar.",
            )
    return found


def _headers(delivery: Delivery, body: str, secrets: list[str], now: datetime) -> dict[str, str]:
    """A receiver takes the push if any signature is right, so both secrets sign while they are exchanged."""
    identity = f"delivery-{delivery.pk}"
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(identity, now, body) for secret in secrets),
    }


def _obstacle(delivery: Delivery, now: datetime) -> tuple[str, str] | None:
    """Why this delivery has lost its point since it was queued. A withdrawal never has: whoever got it hears of it.

    Rights are asked here too: a changed record may not have come to this release yet.
    """
    if not delivery.partner.webhook:
        return "no-webhook", "the partner has no webhook by now; its feed shows the same"
    if delivery.kind == "withdrawn":
        return None
    if not delivery.partner.active:
        return "partner-left", "the partner is no longer active"
    if delivery.release.state != ReleaseState.USABLE:
        return "not-usable", f"the release is {delivery.release.state} by now"
    release = delivery.release
    marks = Release.objects.filter(pk=release.pk).values_list("translation__revision__story__licence_marks", flat=True)
    use, language = catalog.use_of(delivery.partner), release.product.language
    allowed = to_publish_marked(
        release.article.source, tuple(marks.get() or ()), use, language=language, today=now.date()
    )
    return None if allowed.ruling is Ruling.ALLOW else (allowed.code, allowed.reason)


def _withhold(delivery: Delivery, code: str, reason: str, *, now: datetime) -> None:
    deliveries.settle(delivery, DeliveryState.WITHHELD, now=now, code=code, reason=reason)
    _go_on(delivery.partner, now)


def _close(delivery: Delivery, attempt: Attempt, reply: Reply, give_up_after: timedelta, *, now: datetime) -> None:
    """Write down what came of a try, in the transaction that also decides when the partner's turn comes again."""
    deliveries.end(attempt, reply.status, reply.said)
    if reply.verdict is Verdict.TAKEN:
        outcome = DeliveryState.SENT
        receipts.sent(delivery.partner, {delivery.release_id: delivery.release.version}, at=now)
        deliveries.settle(delivery, outcome, now=now)
        said = _said(reply)
        _take_receipt(delivery, said.get("receipt"), now)
        _take_placement(delivery, said.get("url"), now)
    elif reply.verdict is Verdict.REFUSED:
        outcome = DeliveryState.REFUSED
        deliveries.settle(
            delivery, outcome, now=now, code=PartnerRefused.code, reason=str(reply), reason_es=reply.said_es
        )
    else:
        outcome = deliveries.wait(
            delivery,
            code=PartnerUnavailable.code,
            reason=str(reply),
            reason_es=reply.said_es,
            give_up_after=give_up_after,
            asked=reply.asked,
            now=now,
        )
    PUSHES.labels(outcome=outcome).inc()
    _go_on(delivery.partner, now)


def _said(reply: Reply) -> dict[str, object]:
    """The answer as JSON object; empty for whatever else a receiver says, such as "ok"."""
    try:
        said = json.loads(reply.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _take_receipt(delivery: Delivery, state: object, now: datetime) -> None:
    """A receiver may say at once how far it is: {"receipt": "acknowledged"} or {"receipt": "removed"}."""
    if state == ReceiptState.REMOVED:
        receipts.removed(delivery.partner, delivery.release, at=now)
    elif state == ReceiptState.ACKNOWLEDGED:
        receipts.acknowledged(delivery.partner, delivery.release, delivery.release.version, at=now)


def _take_placement(delivery: Delivery, url: object, now: datetime) -> None:
    """It may also name the page where it published: {"url": "https://…"}. What is no address is noted, and no more."""
    if not isinstance(url, str):
        return
    actor, release = f"partner:{delivery.partner.slug}", delivery.release
    try:
        placements.report(release, url, partner=delivery.partner, actor=actor, now=now)
    except (SourceError, IllegalTransition) as error:
        subject, article = f"release:{release.pk}", release.article_id
        details = {"reason_es": error.spanish}
        audit.record(
            "placement.refused", subject, now=now, actor=actor, article=article, reason=str(error), details=details
        )


def _go_on(partner: Partner, now: datetime) -> None:
    following = deliveries.next_open(partner.pk, CHANNEL)
    if following is not None:
        deliveries.look_again(partner.pk, CHANNEL, following.due_at or now, now=now)


def _nothing() -> None:
    """The effect when there is nothing to push."""
