"""Deliveries on their way: which is next for a partner, what became of each try, which have to be given up.

Knows: order, tries, pauses. Must not know: how a push is made, or what an answer means.

One unit of work stands for one partner on one channel, and takes the oldest delivery that is still open. So a later
event can never overtake an earlier one of the same partner, and partners never wait for each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, QuerySet

from pipeline.ledger import audit, units
from pipeline.ledger.models import Attempt, Delivery, Unit
from pipeline.stages import DeliveryState, Step, UnitState

OPEN = (DeliveryState.PENDING, DeliveryState.WAITING)
SUBJECTS = {"webhook": "partner", "email": "mail"}  # channel -> kind of the unit's subject
FILES_WITHIN = timedelta(minutes=1)  # how soon to look again for files; their rendering rings before that


def ring(partner: int, channel: str, *, now: datetime) -> None:
    """There is something to deliver to this partner, or to look at again."""
    units.arm(Step.DELIVER, _subject(partner, channel), now=now)


def look_again(partner: int, channel: str, at: datetime, *, now: datetime) -> None:
    """Nothing more can be done for this partner before `at`."""
    units.schedule(Step.DELIVER, _subject(partner, channel), at, now=now)


def ring_for(*, article: int | None = None, product: int | None = None, now: datetime) -> None:
    """The page of this article, or a feed of this product, is written: partners may be told who waited for that."""
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING, channel="webhook", tries=0)
    if article is not None:
        waiting = waiting.filter(release__article=article)
    if product is not None:
        waiting = waiting.filter(release__product=product)
    for partner in sorted(set(waiting.values_list("partner", flat=True))):
        ring(partner, "webhook", now=now)


def next_open(partner: int, channel: str) -> Delivery | None:
    """The oldest delivery that is neither settled nor given up.

    Each state is asked by itself, because each has an index in which nothing stands that is settled.
    """
    mine = Delivery.objects.filter(partner=partner, channel=channel)
    firsts = [mine.filter(state=state).aggregate(first=Min("pk"))["first"] for state in OPEN]
    found = [pk for pk in firsts if pk is not None]
    whole = Delivery.objects.select_related("partner", "release__product", "release__article__source")
    return whole.get(pk=min(found)) if found else None


def backlog(*, at_most: int) -> int:
    """Pushes that wait for nothing but their turn, counted up to a number.

    Those behind one that failed are left out: a partner that is away for days must not hold up what goes to others.
    """
    failing = Delivery.objects.filter(state=DeliveryState.WAITING, channel="webhook").values("partner")
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING, channel="webhook").exclude(partner__in=failing)
    return waiting[:at_most].count()


def files_wait(delivery: Delivery) -> bool:
    """Whether a file in which the partner will look is still to be written.

    A withdrawal does not wait for a rendering that failed: the sooner it is known, the better.
    """
    release = delivery.release
    subjects = [
        f"page:{release.article_id}:{release.product.language}",
        f"feed:{release.product_id}",
        f"private:{delivery.partner_id}:{release.product_id}",
    ]
    open_units = Unit.objects.filter(step=Step.PUBLISH, subject__in=subjects)
    if delivery.kind == "withdrawn":
        open_units = open_units.filter(error_code="")
    return open_units.exclude(state=UnitState.DONE).exists()


@transaction.atomic
def begin(delivery: Delivery, *, now: datetime) -> Attempt:
    """A try is about to be made. On record before it is, so that one which kills its worker is counted too."""
    Delivery.objects.filter(pk=delivery.pk).update(tries=F("tries") + 1)
    delivery.tries += 1
    return Attempt.objects.create(delivery=delivery, at=now)


def end(attempt: Attempt, status: int | None, said: str) -> None:
    """What the try came to. `said` is cut at 300 characters."""
    Attempt.objects.filter(pk=attempt.pk).update(status=status, answer=said[:300])


def settle(
    delivery: Delivery, state: DeliveryState, *, now: datetime, code: str = "", reason: str = "", reason_es: str = ""
) -> None:
    """This delivery is over, well or badly; the audit trail says which."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, settled_at=now, due_at=None, reason_code=code, reason=reason, reason_es=reason_es
    )
    audit.record(
        f"delivery.{state}",
        f"delivery:{delivery.pk}",
        now=now,
        actor="pipeline",
        article=delivery.release.article_id,
        reason=reason,
        details={
            "partner": delivery.partner.slug,
            "channel": delivery.channel,
            "version": delivery.version,
            "tries": delivery.tries,
            **({"code": code} if code else {}),
            **({"reason_es": reason_es} if reason_es else {}),
        },
    )


def wait(
    delivery: Delivery,
    *,
    code: str,
    reason: str,
    reason_es: str = "",
    give_up_after: timedelta,
    asked: timedelta | None,
    now: datetime,
) -> DeliveryState:
    """The try failed, and another may not. `asked` is the pause that the partner's server asked for, if it did.

    Once the delivery has been tried for as long as `give_up_after` it is dead, for a person to send again.
    """
    since = delivery.queued_at or delivery.created_at
    if now - since >= give_up_after:
        settle(delivery, DeliveryState.DEAD, now=now, code=code, reason=reason, reason_es=reason_es)
        return DeliveryState.DEAD
    due = now + max(units.pause(delivery.tries), asked or timedelta(0))
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, due_at=due, reason_code=code, reason=reason, reason_es=reason_es
    )
    return DeliveryState.WAITING


def letters(partner: str | None = None, *, everything: bool = False) -> QuerySet[Delivery]:
    """Deliveries that were given up or refused, newest first; `everything` adds those that still wait for their turn.

    Those of feeds are left out: a feed is fetched, not delivered.
    """
    states = [DeliveryState.DEAD, DeliveryState.REFUSED, *(OPEN if everything else ())]
    rows = Delivery.objects.filter(state__in=states).exclude(channel="feed")
    if partner is not None:
        rows = rows.filter(partner__slug=partner)
    return rows.select_related("partner", "release__product").prefetch_related("attempts").order_by("-pk")


@transaction.atomic
def send_again(rows: QuerySet[Delivery], *, actor: str, reason: str, reason_es: str = "", now: datetime) -> int:
    """Put dead and refused deliveries back in their partner's queue, under the same event id. Returns how many."""
    stopped = list(rows.filter(state__in=[DeliveryState.DEAD, DeliveryState.REFUSED]).order_by("pk"))
    for delivery in stopped:
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.PENDING,
            queued_at=now,
            tries=0,
            due_at=None,
            settled_at=None,
            reason_code="",
            reason="",
            reason_es="",
        )
        audit.record(
            "delivery.sent-again",
            f"delivery:{delivery.pk}",
            now=now,
            actor=actor,
            article=delivery.release.article_id,
            reason=reason,
            details={
                "partner": delivery.partner.slug,
                "was": delivery.state,
                "tries": delivery.tries,
                **({"reason_es": reason_es} if reason_es else {}),
            },
        )
        ring(delivery.partner_id, delivery.channel, now=now)
    return len(stopped)


def _subject(partner: int, channel: str) -> str:
    return f"{SUBJECTS[channel]}:{partner}"
