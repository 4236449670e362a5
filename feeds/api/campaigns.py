"""Operations of the newsroom's own automation: the dry run of a campaign, starting it, following it, steering it.

Knows: how campaigns look as JSON. Must not know: what a campaign does (pipeline/actions/campaign.py); the command line
and the desk run the same code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status

from feeds.api import campaign_schemas as schemas
from feeds.api.callers import Bearer, actor_of
from feeds.api.problems import Problem
from feeds.api.schemas import idempotency_header
from feeds.newsroom import room
from feeds.tokens import Scope
from pipeline.actions import campaign as acting
from pipeline.actions import campaign_plan
from pipeline.errors import IllegalTransition
from pipeline.ledger import campaigns
from pipeline.ledger.models import Campaign
from pipeline.stages import CampaignVerb

router = Router(tags=["campaigns"])
Key = Annotated[int, Path(ge=1, le=2**63 - 1, description="Key of a campaign.")]


@router.post("/campaigns/plan", response=schemas.Plan, auth=Bearer(Scope.CAMPAIGNS_READ))
def plan_campaign(request: HttpRequest, campaign: schemas.CampaignIn) -> schemas.Plan:
    """The dry run: who would get what, who is left out and why, and what it costs. Nothing is changed."""
    with _refusals("invalid"):
        seen = campaign_plan.plan(room(), CampaignVerb(campaign.verb), campaign.choice.chosen(), now=timezone.now())
    return schemas.Plan(
        verb=campaign.verb,
        releases=seen.releases,
        articles=seen.articles,
        going=seen.going,
        left_out=seen.left_out,
        receivers=[schemas.Receiver(**asdict(each)) for each in seen.receivers],
        obstacles=[schemas.Obstacle(code=each.code, reason=each.reason, count=count) for each, count in seen.obstacles],
        pushes=seen.pushes,
        feeds=seen.feeds,
        pages=seen.pages,
        sentences=seen.sentences,
    )


@router.post("/campaigns", response={200: schemas.Campaign, 201: schemas.Campaign}, auth=Bearer(Scope.CAMPAIGNS_WRITE))
def start_campaign(
    request: HttpRequest,
    campaign: schemas.CampaignStart,
    idempotency_key: Annotated[str | None, idempotency_header("campaign")] = None,
) -> Status[schemas.Campaign]:
    """Start a campaign. 201 for a new one; 200 when it is there already, by its key or because the same choice runs."""
    verb, choice, who = CampaignVerb(campaign.verb), campaign.choice.chosen(), actor_of(request)
    key = hashlib.sha256(f"{who}:{idempotency_key}".encode()).hexdigest() if idempotency_key else None
    with _refusals("invalid"):
        started = acting.start(
            verb,
            choice,
            reason=campaign.reason,
            actor=who,
            now=timezone.now(),
            key=key,
            note=campaign.note,
            per_hour=campaign.per_hour,
        )
    there = campaigns.get(started.campaign)
    if key is not None and there.key == key and there.fingerprint != acting.fingerprint(verb, choice):
        raise Problem("idempotency-key-reused")
    return Status(201 if started.new else 200, _campaign(started.campaign))


@router.get("/campaigns", response=schemas.Campaigns, auth=Bearer(Scope.CAMPAIGNS_READ))
def list_campaigns(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=100, description="The most campaigns in the answer.")] = 20,
) -> schemas.Campaigns:
    """The newest campaigns."""
    shown, more = campaigns.listing(limit=limit)
    return schemas.Campaigns(campaigns=[_told(each) for each in shown], more=more)


@router.get("/campaigns/{campaign}", response=schemas.Campaign, auth=Bearer(Scope.CAMPAIGNS_READ))
def get_campaign(request: HttpRequest, campaign: Key) -> schemas.Campaign:
    """How far a campaign is."""
    _there(campaign)
    return _campaign(campaign)


@router.post("/campaigns/{campaign}/{order}", response=schemas.Campaign, auth=Bearer(Scope.CAMPAIGNS_WRITE))
def steer_campaign(
    request: HttpRequest, campaign: Key, order: Literal["pause", "resume", "cancel", "retry"]
) -> schemas.Campaign:
    """Pause, resume or cancel a campaign, or try its failures again."""
    _there(campaign)
    with _refusals("conflict"):
        _ORDERS[order](campaign, actor=actor_of(request), now=timezone.now())
    return _campaign(campaign)


_ORDERS: dict[str, Callable[..., object]] = {
    "pause": acting.pause,
    "resume": acting.resume,
    "cancel": acting.cancel,
    "retry": acting.retry,
}


@contextmanager
def _refusals(code: str) -> Iterator[None]:
    """What the actions refuse becomes a problem with this code."""
    try:
        yield
    except IllegalTransition as error:
        raise Problem(code, f"{error}.") from error


def _there(campaign: int) -> None:
    if not Campaign.objects.filter(pk=campaign).exists():
        raise Problem("not-found")


def _campaign(campaign: int) -> schemas.Campaign:
    return _told(campaigns.progress(campaign))


def _told(seen: campaigns.Progress) -> schemas.Campaign:
    return schemas.Campaign(
        id=seen.campaign,
        verb=seen.verb,
        choice=seen.choice.words(),
        state=seen.state,
        reason=seen.reason,
        actor=seen.actor,
        created=seen.created_at,
        finished=seen.finished_at,
        listed=seen.listed,
        releases=seen.total,
        handed_over=seen.handed_over,
        percent=seen.percent,
        on_their_way=seen.on_their_way,
        failed=seen.failed,
        items=seen.items,
        deliveries=seen.deliveries,
        translations=seen.translations,
        left_out=seen.left_out,
        withheld=seen.withheld,
    )
