"""The outbox: one courtesy message a publisher a day, sent only when somebody or a setting says so.

Knows: files in the outbox, an SMTP server. Must not know: wording (rights/courtesy.py).
"""

from __future__ import annotations

import smtplib
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings

from feeds import files
from feeds.addresses import article_url, feed_urls
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.ledger import audit, codec
from pipeline.ledger.models import Release, Source
from pipeline.rights.courtesy import CourtesyItem, draft
from pipeline.stages import ReleaseState
from pipeline.types import Story
from workers.spine import newsroom

log = structlog.get_logger(__name__)

SMTP_PORTS = {"smtp": 587, "smtps": 465}


def outbox() -> list[Path]:
    """Messages that wait to be sent, oldest day first."""
    return sorted(settings.OUTBOX_DIR.glob("*.eml"))


def draft_day(config: Config, on: date, *, now: datetime) -> list[Path]:
    """Write the day's message to each publisher that wants to hear of uses; a day with nothing new has none."""
    sender = config.mail.sender or config.site.contact
    written = []
    for source in Source.objects.filter(active=True).exclude(contact=""):
        items = _items(source, config, on)
        path = settings.OUTBOX_DIR / f"{on.isoformat()}-{source.slug}.eml"
        if not items or (path.parent / "sent" / path.name).exists():
            continue
        if not sender:
            log.warning("courtesy.no-sender", source=source.slug, repair="set [site] contact in newsroom.toml")
            continue
        message = draft(source.publisher, source.contact, sender, items, on)
        if files.write(path, message.as_bytes(), modified=now, twins=False):
            written.append(path)
            audit.record("courtesy.drafted", f"source:{source.slug}", now=now, actor="clock", reason=path.name)
    return written


def keep_up(*, now: datetime) -> None:
    """Draft today's and yesterday's messages; send the finished days if the configuration says so."""
    config = newsroom().config
    for day in (now.date() - timedelta(days=1), now.date()):
        draft_day(config, day, now=now)
    if config.mail.send and settings.SMTP_URL:
        for path in outbox():
            if path.name[:10] < now.date().isoformat():
                send(path, actor="clock", now=now)


def send(path: Path, *, actor: str, now: datetime) -> None:
    """Send one drafted message and put it with the sent ones. ConfigError without SMTP_URL."""
    if not settings.SMTP_URL:
        raise ConfigError("no mail server is configured; set SMTP_URL, or send the .eml file with your mail program")
    address = urlsplit(settings.SMTP_URL)
    if address.scheme not in SMTP_PORTS or not address.hostname:
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:587 or smtps://host")
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    port = address.port or SMTP_PORTS[address.scheme]
    connect = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with connect(address.hostname, port, timeout=30) as server:
        if address.username:
            if address.scheme == "smtp":
                server.starttls()
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)
    sent = path.parent / "sent"
    sent.mkdir(exist_ok=True)
    path.rename(sent / path.name)
    audit.record("courtesy.sent", f"mail:{path.name}", now=now, actor=actor, reason=str(message["To"]))


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
