"""The dry run of a campaign: who gets which version and why, who is left out and why, and what it costs.

Knows: what keeps a release from being sent again or translated again. Must not know: how a campaign is run.

The plan is the truth of its moment and not an estimate: the rows are the ones that a campaign would begin with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.campaign_judge import Facts, Judge, Obstacle, facts
from pipeline.config import Config
from pipeline.ledger import catalog
from pipeline.ledger.choices import Choice, chosen
from pipeline.ledger.models import Segment
from pipeline.stages import CampaignVerb
from pipeline.steps import Newsroom
from pipeline.types import Permission, Ruling, UseClass

PUBLIC = ""  # the receiver that stands for the public feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One release on its way to one receiver, or left out with the reason.

    `partner` is "" for the public feeds. Of a translation that is made again there is one, of channel "translation".
    """

    release: int
    article: int
    guid: str
    version: int
    product: str
    partner: str
    channel: str
    sent: bool
    reason_code: str = ""
    reason: str = ""
    reason_es: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """What one receiver would get."""

    partner: str
    channel: str
    going: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A dry run, counted. `sendings` has the rows that it was counted from."""

    verb: CampaignVerb
    releases: int  # that the choice matches
    articles: int  # of them with something to be sent
    going: int
    left_out: int
    receivers: tuple[Receiver, ...]
    obstacles: tuple[tuple[Obstacle, int], ...]
    versions: tuple[tuple[int, int], ...]  # version -> how many releases go out in it
    pushes: int  # webhook deliveries
    feeds: int  # rendered to files, in three formats each
    pages: int
    sentences: int  # to translate; those that the memory knows cost nothing
    crowded: int  # the most releases that one feed is given beyond what it can hold
    hourly: int  # releases an hour that every feed reader sees, at [site] feed_size and ttl_minutes


def sendings(newsroom: Newsroom, verb: CampaignVerb, choice: Choice, *, now: datetime) -> Iterator[Sending]:
    """Exactly who would get what, and who would not and why; oldest release first. IllegalTransition as `chosen`."""
    judge = Judge(newsroom=newsroom, verb=verb, choice=choice, now=now)
    seen: set[int] = set()
    batch: list[Facts] = []
    for release in facts(chosen(choice)):
        if verb is CampaignVerb.TRANSLATE and release.translation in seen:  # once, in however many products it is
            continue
        seen.add(release.translation)
        batch.append(release)
        if len(batch) == 400:
            yield from _judged(judge, batch)
            batch = []
    yield from _judged(judge, batch)


def _judged(judge: Judge, batch: list[Facts]) -> Iterator[Sending]:
    obstacles = judge.obstacles(batch)
    for release in batch:
        yield from sendings_of(judge, release, obstacles.get(release.pk))


def sendings_of(judge: Judge, release: Facts, obstacle: Obstacle | None) -> Iterator[Sending]:
    """The public feeds first (unless one partner was chosen), then each partner of the product."""
    if judge.verb is CampaignVerb.TRANSLATE:
        yield _sending(judge, release, PUBLIC, "translation", obstacle)
        return
    if judge.choice.partner is None:
        yield _sending(judge, release, PUBLIC, "feed", obstacle, judge.permission(release, UseClass.NON_COMMERCIAL))
    for partner in judge.partners(release.product):
        permission = judge.permission(release, catalog.use_of(partner))
        channel = "webhook" if partner.webhook else "feed"
        yield _sending(judge, release, partner.slug, channel, obstacle, permission)


def _sending(
    judge: Judge,
    release: Facts,
    partner: str,
    channel: str,
    obstacle: Obstacle | None,
    permission: Permission | None = None,
) -> Sending:
    if obstacle is None and permission is not None and permission.ruling is not Ruling.ALLOW:
        obstacle = Obstacle(code=permission.code, reason=permission.reason, reason_es=permission.reason_es)
    return Sending(
        release=release.pk,
        article=release.article,
        guid=release.guid,
        version=release.version,
        product=judge.product(release.product).path,
        partner=partner,
        channel=channel,
        sent=obstacle is None,
        reason_code=obstacle.code if obstacle else "",
        reason=obstacle.reason if obstacle else "",
        reason_es=obstacle.reason_es if obstacle else "",
    )


def plan(newsroom: Newsroom, verb: CampaignVerb, choice: Choice, *, now: datetime) -> Plan:
    """The dry run, counted. Changes nothing."""
    return counted(newsroom.config, verb, sendings(newsroom, verb, choice, now=now))


def counted(config: Config, verb: CampaignVerb, rows: Iterable[Sending]) -> Plan:
    """Count the sendings of a dry run."""
    releases: set[int] = set()
    going: Counter[tuple[str, str]] = Counter()
    kept_back: Counter[tuple[str, str]] = Counter()
    obstacles: Counter[Obstacle] = Counter()
    versions: dict[int, int] = {}
    pages: set[tuple[int, str]] = set()
    feeds: Counter[tuple[str, str]] = Counter()
    for row in rows:
        releases.add(row.release)
        (going if row.sent else kept_back)[row.partner, row.channel] += 1
        if row.sent:
            versions[row.release] = row.version
            pages.add((row.article, row.product.partition("/")[0]))
            feeds[row.partner, row.product] += 1
        else:
            obstacles[Obstacle(code=row.reason_code, reason=row.reason, reason_es=row.reason_es)] += 1
    sends = verb is CampaignVerb.SEND
    public = any(partner == PUBLIC for partner, _ in feeds)
    return Plan(
        verb=verb,
        releases=len(releases),
        articles=len({article for article, _ in pages}),
        going=sum(going.values()),
        left_out=sum(kept_back.values()),
        receivers=tuple(
            Receiver(
                partner=partner, channel=channel, going=going[partner, channel], left_out=kept_back[partner, channel]
            )
            for partner, channel in sorted({*going, *kept_back})
        ),
        obstacles=tuple(sorted(obstacles.items(), key=lambda pair: (-pair[1], pair[0].code))),
        versions=tuple(sorted(Counter(versions.values()).items())),
        pushes=sum(count for (_, channel), count in going.items() if channel == "webhook"),
        feeds=len(feeds) if sends else 0,
        pages=len(pages) if public else 0,
        sentences=0 if sends else _sentences(list(versions)),
        crowded=max(0, max(feeds.values(), default=0) - config.site.feed_size) if sends else 0,
        hourly=max(1, config.site.feed_size * 60 // config.site.ttl_minutes // 2),  # twice as slow as readers look
    )


def _sentences(releases: list[int]) -> int:
    found = 0
    for start in range(0, len(releases), 500):
        some = releases[start : start + 500]
        found += Segment.objects.filter(translation__releases__in=some).count()
    return found
