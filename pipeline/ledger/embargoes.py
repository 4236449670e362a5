"""A partner's own embargo: it gets new articles later than everybody else.

Knows: that a delivery which waits is the fact, written with the release itself. Must not know: who ends it, feeds.

An embargo is laid on an article when it is first offered, and never afterwards: a change of newsroom.toml cannot take
back what a partner has. Corrections and withdrawals of what it has come at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from pipeline.ledger.models import Delivery, Partner, Release
from pipeline.stages import DeliveryState

WAITS: Final = "embargo"
PAST: Final = "embargo-overtaken"  # a newer version was there when the embargo ended, and went out instead
CANCELED: Final = "embargo-canceled"  # withdrawn before the partner ever had it


def ends(release: Release, partner: Partner) -> datetime:
    """When the partner may have a release that is public since `published_at`."""
    return release.published_at + timedelta(minutes=partner.delay_minutes)


def applies(release: Release, partner: Partner, *, now: datetime) -> bool:
    """Whether the partner has to wait: its time has not come, and it never had any version."""
    if not partner.delay_minutes or ends(release, partner) <= now:
        return False
    return not release.deliveries.filter(partner=partner).exclude(state=DeliveryState.WITHHELD).exists()


def hidden_from(partner: Partner) -> QuerySet[Delivery, int]:
    """Releases that the partner may not see yet, or was spared for good; for use as a subquery."""
    rows = Delivery.objects.filter(partner=partner, state=DeliveryState.WITHHELD, reason_code__in=[WAITS, CANCELED])
    return rows.values_list("release", flat=True)


def waiting(*, lock: bool = False) -> QuerySet[Delivery]:
    """Every delivery that an embargo holds back, a partner's versions of a release in their order."""
    rows = Delivery.objects.filter(state=DeliveryState.WITHHELD, reason_code=WAITS).select_related(
        "partner", "release__product", "release__article__source", "release__translation__revision"
    )
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return rows.order_by("partner", "release", "version", "sending")
