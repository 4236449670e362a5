"""How far campaigns are, and what became of them.

Knows: how items, deliveries and translations hang together. Must not know: how a campaign is run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from pipeline.errors import IllegalTransition
from pipeline.ledger import codec
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Campaign, CampaignItem, Delivery
from pipeline.stages import CampaignVerb, DeliveryState, ItemState, TranslationState

FAILED_DELIVERIES = (DeliveryState.REFUSED, DeliveryState.DEAD)


def get(campaign: int) -> Campaign:
    """IllegalTransition when there is none."""
    row = Campaign.objects.filter(pk=campaign).first()
    if row is None:
        raise IllegalTransition(
            f"there is no campaign {campaign}; tornavoz campaign list shows them",
            es=f"No existe la campaña {campaign}.",
        )
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a campaign stands. Counts are of releases, of deliveries, and of translations that were ordered."""

    campaign: int
    verb: str
    choice: Choice
    state: str
    reason: str
    actor: str
    created_at: datetime
    finished_at: datetime | None
    listed: bool
    items: dict[str, int]
    deliveries: dict[str, int]
    translations: dict[str, int]
    left_out: dict[str, int]  # releases by reason code
    withheld: dict[str, int]  # deliveries by reason code
    no_room: int  # deliveries by feed that no rendering has shown yet: a feed holds only so many entries

    @property
    def total(self) -> int:
        return sum(self.items.values())

    @property
    def handed_over(self) -> int:
        """Releases that need nothing more from the campaign."""
        return self.total - self.items.get(ItemState.PENDING, 0)

    @property
    def on_their_way(self) -> int:
        """Deliveries and translations that have not come to an end yet."""
        deliveries = self.deliveries.get(DeliveryState.PENDING, 0) + self.deliveries.get(DeliveryState.WAITING, 0)
        drafts = self.translations.get(TranslationState.QUEUED, 0) + self.translations.get(TranslationState.DRAFTED, 0)
        return deliveries + drafts

    @property
    def failed(self) -> int:
        return self.items.get(ItemState.FAILED, 0) + sum(self.deliveries.get(each, 0) for each in FAILED_DELIVERIES)

    @property
    def percent(self) -> int:
        """Of the releases; 100 only when all are handed over."""
        return self.handed_over * 100 // self.total if self.total else (100 if self.listed else 0)


def progress(campaign: int) -> Progress:
    """Where it stands, counted from the rows."""
    return _progress([get(campaign)])[0]


def _progress(campaigns: list[Campaign]) -> list[Progress]:
    """Where each stands, in three questions for all of them."""
    items = _counts(CampaignItem.objects.filter(campaign__in=campaigns).values_list("campaign", "state", "reason_code"))
    deliveries = _counts(
        Delivery.objects.filter(campaign__in=campaigns).values_list("campaign", "state", "channel", "reason_code")
    )
    drafts = _counts(
        CampaignItem.objects.filter(campaign__in=campaigns, translation__isnull=False).values_list(
            "campaign", "translation__state"
        )
    )
    return [_counted(row, items[row.pk], deliveries[row.pk], drafts[row.pk]) for row in campaigns]


def _counted(row: Campaign, items: _Counted, deliveries: _Counted, drafts: _Counted) -> Progress:
    waiting = [
        number for (state, channel, _), number in deliveries if (state, channel) == (DeliveryState.PENDING, "feed")
    ]
    return Progress(
        campaign=row.pk,
        verb=row.verb,
        choice=codec.load(Choice, row.choice),
        state=row.state,
        reason=row.reason,
        actor=row.actor,
        created_at=row.created_at,
        finished_at=row.finished_at,
        listed=row.listed,
        items=_summed((state, number) for (state, _), number in items),
        deliveries=_summed((state, number) for (state, _, _), number in deliveries),
        translations=_summed((state, number) for (state,), number in drafts),
        left_out=_summed((code, number) for (state, code), number in items if state == ItemState.LEFT_OUT),
        no_room=sum(waiting),
        withheld=_summed((code, number) for (state, _, code), number in deliveries if state == DeliveryState.WITHHELD),
    )


_Counted = list[tuple[tuple[str, ...], int]]  # how often each combination of columns stands in the rows of a campaign


def _counts(rows: Any) -> dict[int, _Counted]:
    found: dict[int, _Counted] = defaultdict(list)
    for campaign, *columns, number in rows.order_by().annotate(rows=Count("pk")):
        found[campaign].append((tuple(columns), number))
    return found


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for key, number in pairs:
        sums[key] += number
    return dict(sorted(sums.items()))


RESULT = ("release", "article", "product", "version", "partner", "channel", "state", "code", "reason", "settled_at")


def results(campaign: int) -> Iterator[tuple[object, ...]]:
    """The result row by row, under the heads RESULT: what every receiver got of every release, and what none got."""
    row = get(campaign)
    deliveries = row.deliveries.select_related("partner", "release__product").order_by("release", "partner__slug")
    for each in deliveries.iterator(chunk_size=1000):
        release = each.release
        yield (
            *(release.pk, release.article_id, release.product.path, each.version, each.partner.slug, each.channel),
            *(each.state, each.reason_code, each.reason, each.settled_at.isoformat() if each.settled_at else ""),
        )
    items = row.items.select_related("release__product", "translation").order_by("release")
    if row.verb == CampaignVerb.SEND:  # what was sent stands above, receiver by receiver
        items = items.exclude(state=ItemState.SENT, release__deliveries__campaign=row).distinct()
    for item in items.iterator(chunk_size=1000):
        release, made = item.release, item.translation
        state = made.state if made else item.state
        channel = "translation" if row.verb == CampaignVerb.TRANSLATE else ""
        yield (
            *(release.pk, release.article_id, release.product.path, item.version, "", channel),
            *(state, item.reason_code, item.reason, ""),
        )


def listing(*, limit: int) -> tuple[list[Progress], int]:
    """The newest campaigns, and how many more there are."""
    rows = Campaign.objects.order_by("-pk")
    return _progress(list(rows[:limit])), max(0, rows.count() - limit)
