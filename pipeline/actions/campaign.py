"""Re-syndicate: start a campaign that sends releases again, or translates them again; pause, resume, cancel, retry it.

Knows: who may be running beside whom, what is on record. Must not know: how a batch is carried out (campaign_step.py).

Starting is one short transaction, whatever the number of releases: the work is a unit of its own. Pressing a button
twice is starting once, because both presses carry the same key; and the same choice cannot run twice at a time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, campaigns, codec, deliveries, units
from pipeline.ledger.choices import Choice, chosen
from pipeline.ledger.models import Campaign, Unit
from pipeline.stages import CampaignState, CampaignVerb, ItemState, Step, TranslationState, UnitState

RUNS = {CampaignState.RUNNING, CampaignState.PAUSED}
_TO_DO = {"paused": "pausar", "resumed": "reanudar", "canceled": "cancelar", "retried": "reintentar"}
_STANDS = {
    CampaignState.RUNNING: "está en marcha",
    CampaignState.PAUSED: "está en pausa",
    CampaignState.DONE: "ya terminó",
    CampaignState.CANCELED: "se canceló",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The campaign, and whether this call made it."""

    campaign: int
    new: bool


def start(
    verb: CampaignVerb,
    choice: Choice,
    *,
    reason: str,
    actor: str,
    now: datetime,
    key: str | None = None,
    note: str = "",
    per_hour: int | None = None,
) -> Started:
    """Start a campaign. The same key, or the same choice while it runs, gives back the campaign that is there.

    `note` is what readers are told of new versions, in their language. IllegalTransition for a choice of nothing.
    """
    newest = chosen(choice).aggregate(newest=Max("pk"))["newest"] or 0
    if not reason.strip():
        raise IllegalTransition(
            "say why: the reason is kept in the audit trail", es="Indique por qué: el motivo queda en la auditoría."
        )
    same = fingerprint(verb, choice)
    there = _there(same, key)
    if there is not None:
        return Started(campaign=there, new=False)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                verb=verb,
                choice=codec.dump(choice),
                fingerprint=same,
                key=key,
                reason=reason.strip(),
                note=note.strip(),
                per_hour=per_hour,
                actor=actor,
                created_at=now,
                until=newest,
            )
            _record("started", campaign, actor=actor, now=now, reason=reason, choice=choice.words())
            units.arm(Step.CAMPAIGN, f"campaign:{campaign.pk}", now=now)
    except IntegrityError:  # somebody pressed at the very same moment
        there = _there(same, key)
        if there is None:
            raise
        return Started(campaign=there, new=False)
    return Started(campaign=campaign.pk, new=True)


def fingerprint(verb: CampaignVerb, choice: Choice) -> str:
    """Equal for equal campaigns."""
    return hashlib.sha256(f"{verb}:{choice.fingerprint}".encode()).hexdigest()


def _there(fingerprint: str, key: str | None) -> int | None:
    by_key = Campaign.objects.filter(key=key) if key else Campaign.objects.none()
    running = Campaign.objects.filter(fingerprint=fingerprint, state__in=RUNS)
    campaign = by_key.first() or running.first()
    return campaign.pk if campaign else None


@transaction.atomic
def pause(campaign: int, *, actor: str, now: datetime) -> None:
    """Hand over nothing more until it is resumed. What was handed over goes its way."""
    row = _locked(campaign, {CampaignState.RUNNING}, "paused")
    _move(row, CampaignState.PAUSED)
    _record("paused", row, actor=actor, now=now)


@transaction.atomic
def resume(campaign: int, *, actor: str, now: datetime) -> None:
    """Go on where it was paused."""
    row = _locked(campaign, {CampaignState.PAUSED}, "resumed")
    _move(row, CampaignState.RUNNING)
    _record("resumed", row, actor=actor, now=now)
    units.arm(Step.CAMPAIGN, f"campaign:{row.pk}", now=now)


@transaction.atomic
def cancel(campaign: int, *, actor: str, now: datetime) -> None:
    """End it for good. What was handed over stays so; what was not is not."""
    row = _locked(campaign, RUNS, "canceled")
    row.finished_at = now
    _move(row, CampaignState.CANCELED)
    _record("canceled", row, actor=actor, now=now)
    units.arm(Step.CAMPAIGN, f"campaign:{row.pk}", now=now)  # the feeds show what was sent until now


@transaction.atomic
def retry(campaign: int, *, actor: str, now: datetime) -> int:
    """Try its failures again: releases, pushes that were refused or given up, translations that stopped. How many."""
    row = _locked(campaign, {CampaignState.DONE, CampaignState.RUNNING, CampaignState.PAUSED}, "retried")
    again = row.items.filter(state=ItemState.FAILED).update(state=ItemState.PENDING, reason_code="", reason="")
    failed = row.deliveries.filter(state__in=campaigns.FAILED_DELIVERIES, channel="webhook")
    said, spanish = f"campaign {campaign} retried", f"Se reintentó la campaña {campaign}."
    pushes = deliveries.send_again(failed, actor=actor, reason=said, reason_es=spanish, now=now)
    woken = units.wake(_parked(row), now=now)
    if again and row.state == CampaignState.DONE:
        row.finished_at = None
        _move(row, CampaignState.RUNNING)
    if again and row.state == CampaignState.RUNNING:
        units.arm(Step.CAMPAIGN, f"campaign:{row.pk}", now=now)
    total = again + pushes + woken
    if total:
        _record("retried", row, actor=actor, now=now, releases=again, pushes=pushes, units=woken)
    return total


def _parked(campaign: Campaign) -> Any:
    """Units that stopped for good and work for this campaign."""
    subjects = [
        f"{deliveries.SUBJECTS['webhook']}:{partner}"
        for partner in campaign.deliveries.filter(state__in=deliveries.OPEN, channel="webhook")
        .values_list("partner", flat=True)
        .distinct()
    ]
    subjects += [
        f"translation:{pk}"
        for pk in campaign.items.exclude(translation=None)
        .filter(translation__state__in=[TranslationState.QUEUED, TranslationState.DRAFTED])
        .values_list("translation", flat=True)
    ]
    subjects.append(f"campaign:{campaign.pk}")
    parked = Unit.objects.filter(state=UnitState.PARKED).values_list("pk", "subject")
    wanted = set(subjects)
    return Unit.objects.filter(pk__in=[pk for pk, subject in parked if subject in wanted])


def _locked(campaign: int, states: set[CampaignState], verb: str) -> Campaign:
    campaigns.get(campaign)
    row = Campaign.objects.select_for_update().get(pk=campaign)
    if row.state not in states:
        raise IllegalTransition(
            f"campaign {campaign} is {row.state} and cannot be {verb}",
            es=f"La campaña {campaign} no se puede {_TO_DO[verb]}: {_STANDS[CampaignState(row.state)]}.",
        )
    return row


def _move(row: Campaign, to: CampaignState) -> None:
    row.state = to
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "finished_at"])
    except IntegrityError:
        raise IllegalTransition(
            "another campaign with the same choice runs; wait for it or cancel it",
            es="Ya hay en marcha otra campaña con la misma selección; espere a que termine o cancélela.",
        ) from None


def _record(verb: str, row: Campaign, *, actor: str, now: datetime, reason: str = "", **details: object) -> None:
    audit.record(
        f"campaign.{verb}",
        f"campaign:{row.pk}",
        now=now,
        actor=actor,
        reason=reason,
        details={"verb": row.verb, **details},
    )
