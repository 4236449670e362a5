"""Withdrawals by e-mail, to partners that have an address on file.

Knows: what becomes of a message: sent, drafted into the outbox, tried again. Must not know: its wording
(rights/recall.py), how mail is sent (outbox.py), who is told (actions/withdraw.py).

The Message-ID is the same on every try, so that a repeat after a crash can be told from a second withdrawal.
"""

from __future__ import annotations

import re
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from django.conf import settings

from feeds import outbox
from feeds.addresses import article_url
from feeds.answers import Reply, Verdict
from pipeline.config import Config
from pipeline.errors import ConfigError, PartnerRefused, PartnerUnavailable
from pipeline.ledger import deliveries, receipts
from pipeline.ledger.models import Attempt, Delivery
from pipeline.rights.recall import Recall, draft
from pipeline.runner import Effect, Work
from pipeline.stages import DeliveryState
from pipeline.steps import Newsroom

CHANNEL = "email"
_DRAFT = re.compile(r"-withdrawal-(\d+)-")


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Write to one partner, oldest withdrawal first; draft the message where no mail server is configured."""
    key = int(work.subject.rpartition(":")[2])
    delivery = deliveries.next_open(key, CHANNEL)
    if delivery is None:
        return _nothing
    if delivery.due_at is not None and delivery.due_at > work.now:
        return partial(deliveries.look_again, key, CHANNEL, delivery.due_at, now=work.now)
    letter = message(delivery, newsroom.config)
    if not settings.SMTP_URL:
        path = outbox.path_of(work.now.date(), f"withdrawal-{delivery.pk}-{delivery.partner.slug}")
        outbox.put(path, letter, now=work.now)
        return partial(_drafted, delivery, path, now=work.now)
    attempt = deliveries.begin(delivery, now=work.now)
    reply = _transmitted(letter)
    give_up_after = timedelta(hours=newsroom.config.push.give_up_hours)
    return partial(_close, delivery, attempt, reply, give_up_after, now=work.clock())


def message(delivery: Delivery, config: Config) -> EmailMessage:
    """The message for one delivery. ConfigError when an address is none, or nobody is named as its sender."""
    sender = config.mail.sender or config.site.contact
    if not sender:
        raise ConfigError(
            "nobody is named as the sender of mail; set [site] contact in newsroom.toml",
            es="Nadie figura como remitente del correo; indique [site] contact en newsroom.toml.",
        )
    release, partner = delivery.release, delivery.partner
    recall = Recall(
        guid=release.guid,
        kind=release.reason_code,
        url=article_url(config.site.url, release.product.language, release.article_id),
        original_url=release.article.url,
        published=release.published_at,
        withdrawn=release.canceled_at or delivery.created_at,
    )
    return draft(recall, outlet=config.site.name, partner=partner.name, to=partner.email, sender=sender)


def note_sent(path: Path, *, now: datetime) -> None:
    """A person, or the clock, sent a drafted message: the delivery it stands for is done. Other messages: nothing."""
    found = _DRAFT.search(path.name)
    rows = Delivery.objects.filter(pk=int(found[1]), state=DeliveryState.DRAFTED) if found else Delivery.objects.none()
    for delivery in rows.select_related("partner", "release"):
        _sent(delivery, now)


def _transmitted(letter: EmailMessage) -> Reply:
    """A mail server's 5xx is a refusal (RFC 5321 section 4.2.1), everything else may go better later."""
    try:
        outbox.transmit(letter)
    except smtplib.SMTPRecipientsRefused as error:
        [(status, said)] = error.recipients.values()
        return _refused(status, said)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        return Reply(verdict=Verdict.LATER, said=f"{type(error).__name__}: {error}"[:300])
    return Reply(verdict=Verdict.TAKEN)


def _refused(status: int, said: bytes | str) -> Reply:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Reply(verdict=Verdict.REFUSED if status >= 500 else Verdict.LATER, status=status, said=text[:300])


def _drafted(delivery: Delivery, path: Path, *, now: datetime) -> None:
    reason = f"no mail server is configured; the message waits as {path.name}"
    deliveries.settle(delivery, DeliveryState.DRAFTED, now=now, code="no-mail-server", reason=reason)
    _go_on(delivery, now)


def _close(delivery: Delivery, attempt: Attempt, reply: Reply, give_up_after: timedelta, *, now: datetime) -> None:
    deliveries.end(attempt, reply.status, reply.said)
    if reply.verdict is Verdict.TAKEN:
        _sent(delivery, now)
    elif reply.verdict is Verdict.REFUSED:
        deliveries.settle(
            delivery,
            DeliveryState.REFUSED,
            now=now,
            code=PartnerRefused.code,
            reason=str(reply),
            reason_es=reply.said_es,
        )
    else:
        deliveries.wait(
            delivery,
            code=PartnerUnavailable.code,
            reason=str(reply),
            reason_es=reply.said_es,
            give_up_after=give_up_after,
            asked=None,
            now=now,
        )
    _go_on(delivery, now)


def _sent(delivery: Delivery, now: datetime) -> None:
    receipts.sent(delivery.partner, {delivery.release_id: delivery.version}, at=now)
    deliveries.settle(delivery, DeliveryState.SENT, now=now)


def _go_on(delivery: Delivery, now: datetime) -> None:
    following = deliveries.next_open(delivery.partner_id, CHANNEL)
    if following is not None:
        deliveries.look_again(delivery.partner_id, CHANNEL, following.due_at or now, now=now)


def _nothing() -> None:
    """The effect when there is nothing to write."""
