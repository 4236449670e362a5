"""Subscriptions of the hub as rows: asked for, confirmed, renewed, ended.

Knows: leases, limits for each host, who is due for a document. Must not know: HTTP, signatures, addresses in the clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from pipeline.ledger import audit, units
from pipeline.ledger.models import Subscription, SubscriptionRequest
from pipeline.stages import Step

ACTOR = "hub"
PENDING_PER_HOST = 20  # requests of one host that wait for its confirmation


def crowded(host: str, *, callback: str, topic: str, most: int) -> bool:
    """Whether this host has as many subscriptions and open requests as it may. The same one again is free."""
    same = Q(callback=callback, topic=topic)
    pending = SubscriptionRequest.objects.filter(host=host).exclude(same)[: PENDING_PER_HOST + 1].count()
    held = Subscription.objects.filter(host=host).exclude(same)[: most + 1].count()
    return pending >= PENDING_PER_HOST or held + pending >= most


@transaction.atomic
def ask(request: SubscriptionRequest, *, now: datetime) -> None:
    """Take a request down and have its intent verified. The newest of one callback and topic is the one that counts."""
    row, _ = SubscriptionRequest.objects.update_or_create(
        topic=request.topic,
        callback=request.callback,
        defaults={
            "host": request.host,
            "mode": request.mode,
            "lease_seconds": request.lease_seconds,
            "token": request.token,
            "address": request.address,
            "secret": request.secret,
            "etag": request.etag,
            "asked_at": now,
            "tries": 0,
        },
    )
    units.arm(Step.DELIVER, f"verify:{row.pk}", now=now)


def confirmed(request: SubscriptionRequest, *, now: datetime) -> None:
    """The callback said that it wants what was asked for. A renewal keeps its place; a new secret counts from now."""
    SubscriptionRequest.objects.filter(pk=request.pk, asked_at=request.asked_at).delete()
    if request.mode == "unsubscribe":
        Subscription.objects.filter(topic=request.topic, callback=request.callback).delete()
        _record("websub.unsubscribed", request.topic, request.host, now)
        return
    values = {
        "host": request.host,
        "token": request.token,
        "address": request.address,
        "secret": request.secret,
        "lease_until": now + timedelta(seconds=request.lease_seconds),
        "verified_at": now,
    }
    _, made = Subscription.objects.update_or_create(
        topic=request.topic,
        callback=request.callback,
        defaults=values,
        create_defaults={**values, "sent_etag": request.etag},
    )
    _record("websub.subscribed" if made else "websub.renewed", request.topic, request.host, now)
    units.arm(Step.DELIVER, f"topic:{request.topic}", now=now)  # what changed between asking and confirming


def dropped(request: SubscriptionRequest, reason: str, reason_es: str, *, now: datetime) -> None:
    """Nobody confirmed it."""
    SubscriptionRequest.objects.filter(pk=request.pk, asked_at=request.asked_at).delete()
    _record("websub.not-confirmed", request.topic, request.host, now, reason, reason_es)


def tried(request: SubscriptionRequest, *, again_at: datetime, now: datetime) -> None:
    """The callback gave no answer that counts; it is asked once more later."""
    SubscriptionRequest.objects.filter(pk=request.pk, asked_at=request.asked_at).update(tries=F("tries") + 1)
    units.schedule(Step.DELIVER, f"verify:{request.pk}", again_at, now=now)


def drop_expired(*, now: datetime) -> int:
    """End subscriptions whose lease ran out. Returns how many."""
    gone, _ = Subscription.objects.filter(lease_until__lte=now).delete()
    return gone


def ended(rows: Iterable[Subscription], reason: str, reason_es: str = "", *, now: datetime, actor: str = ACTOR) -> None:
    """End these subscriptions and put on record why; a person says it in one language."""
    for row in rows:
        Subscription.objects.filter(pk=row.pk).delete()
        _record("websub.ended", row.topic, row.host, now, reason, reason_es, actor=actor)


def listed(*, host: str | None = None) -> QuerySet[Subscription]:
    """Everybody who is subscribed, or the callbacks of one host: those that fail first, then by topic."""
    rows = Subscription.objects.all() if host is None else Subscription.objects.filter(host=host.lower())
    return rows.order_by("-tries", "topic", "pk")


def of_topic(topic: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(topic=topic)


def behind(topic: str, etag: str, *, now: datetime) -> QuerySet[Subscription]:
    """Who has not taken this document yet and may be tried now; those that failed before come last."""
    ready = Q(due_at=None) | Q(due_at__lte=now)
    return of_topic(topic).filter(ready, lease_until__gt=now).exclude(sent_etag=etag).order_by("tries", "pk")


def next_due(topic: str, etag: str) -> datetime | None:
    """When the first of those that failed is to be tried again."""
    rows = of_topic(topic).exclude(sent_etag=etag).exclude(due_at=None)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def took(keys: Iterable[int], etag: str, *, now: datetime) -> None:
    """These took the document."""
    Subscription.objects.filter(pk__in=list(keys)).update(
        sent_etag=etag, took_at=now, tries=0, due_at=None, failing_since=None
    )


def failed(row: Subscription, *, asked: timedelta | None, now: datetime) -> None:
    """This one did not; it is tried again after a growing pause, or the one that it asked for."""
    pause = max(units.pause(row.tries + 1), asked or timedelta(0))
    Subscription.objects.filter(pk=row.pk).update(
        tries=F("tries") + 1, due_at=now + pause, failing_since=row.failing_since or now
    )


def ring_topics(prefix: str, *, now: datetime) -> None:
    """A file was written: the topics below this prefix that anybody subscribed to have something to send."""
    found = Subscription.objects.filter(topic__startswith=prefix).values_list("topic", flat=True).distinct()
    for topic in sorted(found):
        units.arm(Step.DELIVER, f"topic:{topic}", now=now)


def _record(
    action: str, topic: str, host: str, now: datetime, reason: str = "", reason_es: str = "", *, actor: str = ACTOR
) -> None:
    details = {"host": host} | ({"reason_es": reason_es} if reason_es else {})
    audit.record(action, f"topic:{topic}", now=now, actor=actor, reason=reason, details=details)
