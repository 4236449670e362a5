"""Courtesy mail: one message a publisher a day, sent only when somebody or a setting says so.

Knows: whom to write to of what. Must not know: wording (rights/courtesy.py), how mail is sent (feeds/outbox.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings

from feeds import letters, outbox
from feeds.addresses import article_url, feed_urls
from pipeline.config import Config
from pipeline.ledger import audit, codec
from pipeline.ledger.models import Release, Source
from pipeline.rights.courtesy import CourtesyItem, draft
from pipeline.stages import ReleaseState
from pipeline.types import Story
from workers.spine import newsroom

log = structlog.get_logger(__name__)


def draft_day(config: Config, on: date, *, now: datetime) -> list[Path]:
    """Write the day's message to each publisher that wants to hear of uses; a day with nothing new has none."""
    sender = config.mail.sender or config.site.contact
    written = []
    for source in Source.objects.filter(active=True).exclude(contact=""):
        items = _items(source, config, on)
        path = outbox.path_of(on, source.slug)
        if not items or outbox.was_sent(path):
            continue
        if not sender:
            log.warning("courtesy.no-sender", source=source.slug, repair="set [site] contact in newsroom.toml")
            continue
        message = draft(source.publisher, source.contact, sender, items, on)
        if outbox.put(path, message, now=now):
            written.append(path)
            audit.record("courtesy.drafted", f"source:{source.slug}", now=now, actor="clock", reason=path.name)
    return written


def keep_up(*, now: datetime) -> None:
    """Draft today's and yesterday's messages; send the finished days if the configuration says so."""
    config = newsroom().config
    for day in (now.date() - timedelta(days=1), now.date()):
        draft_day(config, day, now=now)
    if config.mail.send and settings.SMTP_URL:
        for path in outbox.waiting():
            if path.name[:10] < now.date().isoformat():
                letters.send(path, actor="clock", now=now)


def _items(source: Source, config: Config, on: date) -> list[CourtesyItem]:
    """Articles of this source that were first released on this day."""
    rows = (
        Release.objects.filter(article__source=source, published_at__date=on, state=ReleaseState.USABLE)
        .select_related("product", "article", "translation__revision")
        .order_by("article", "product")
    )
    items: dict[int, CourtesyItem] = {}
    for release in rows:
        site = config.site.url
        known = items.get(release.article_id)
        feed = feed_urls(site, release.product.path)["rss"]
        items[release.article_id] = CourtesyItem(
            title=codec.load(Story, release.translation.revision.story).headline,
            original_url=release.article.url,
            our_url=article_url(site, release.product.language, release.article_id),
            feeds=(*(known.feeds if known else ()), feed),
        )
    return list(items.values())
