"""sources: publishers, and their feeds that are asked for articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ingest.feed import Choice
    from pipeline.ledger.models import Announcement, Source


@click.group()
def sources() -> None:
    """Publishers. They are named in newsroom.toml; with poll_minutes their feeds are asked for articles."""


@sources.command(name="list")
@json_option
def list_sources(as_json: bool) -> None:
    """Every source, when its feed was last looked at, and what it announced."""
    open_ledger()
    from pipeline.ledger import watches
    from workers.spine import newsroom

    rows = watches.overview(newsroom().config)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        out.print(f"{row['slug']}  {row['publisher']}  {_watched(row)}", soft_wrap=True)


def _watched(row: dict[str, Any]) -> str:
    if not row["poll_minutes"]:
        return "feed not watched" if row["feed"] else "no feed"
    counts = f"{row['taken']} taken, {row['due']} to be fetched, {row['passed_over']} passed over"
    if row["failures"]:
        return f"failed {row['failures']} times: {row['reason']}  {counts}"
    looked = f"looked at {row['looked_at']:%Y-%m-%d %H:%M}" if row["looked_at"] else "not looked at yet"
    return f"every {row['poll_minutes']} minutes, {looked}  {counts}"


@sources.command()
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Ask the feed and say what would be taken; change nothing.")
@json_option
def poll(slug: str, dry_run: bool, as_json: bool) -> None:
    """Look at a source's feed now, whenever it is due."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.errors import ConfigError, FetchFailed
    from pipeline.ledger import units
    from pipeline.ledger.models import Watch
    from pipeline.polling import client, look, watched
    from pipeline.stages import Step
    from workers import home
    from workers.spine import newsroom

    config, source = newsroom().config, home.source_named(slug)
    wanted = watched(config, source)
    if wanted is None or wanted.feed is None:
        raise ConfigError(f"the feed of {slug!r} is not watched: give it feed and poll_minutes in newsroom.toml")
    if not dry_run:
        units.arm(Step.POLL, f"source:{source.pk}", now=now())
        print_json({"due": slug}) if as_json else out.print(f"{slug} is due: run or up looks at it")
        return
    watch = Watch.objects.filter(source=source, url=wanted.feed).first() or Watch(source=source, url=wanted.feed)
    watch.etag = watch.modified = ""  # a whole answer, to say what stands in it
    found = look(watch, wanted, client(config), now=now())
    if found.choice is None:
        raise FetchFailed(found.reason or f"{wanted.feed} answers that nothing has changed.")
    _say_choice(found.choice, as_json=as_json)


def _say_choice(choice: Choice, *, as_json: bool) -> None:
    from pipeline.ingest.feed import WORDS

    if as_json:
        print_json(
            {
                "take": [{"url": entry.url, "title": entry.title} for entry in choice.take],
                "pass_over": [
                    {"url": entry.url, "title": entry.title, "code": why, "reason": WORDS[why][0]}
                    for entry, why in choice.pass_over
                ],
                "not_looked_at": choice.not_looked_at,
            }
        )
        return
    for entry in choice.take:
        out.print(f"take  {entry.title}  {entry.url}", soft_wrap=True, markup=False)
    for entry, why in choice.pass_over:
        out.print(f"pass over  {entry.title}  {entry.url}  {WORDS[why][0]}", soft_wrap=True, markup=False)
    more = f"; {choice.not_looked_at} more are not looked at" if choice.not_looked_at else ""
    out.print(f"{len(choice.take)} to take, {len(choice.pass_over)} to pass over{more}; nothing was changed")


@sources.command()
@click.argument("slug")
@click.option("--passed-over", is_flag=True, help="Only what was not taken.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
def announced(slug: str, passed_over: bool, limit: int, as_json: bool) -> None:
    """What a source's feed has announced, newest first, and what became of it."""
    open_ledger()
    from pipeline.stages import AnnouncementState
    from workers import home

    rows = _announced(home.source_named(slug))
    if passed_over:
        rows = rows.filter(state=AnnouncementState.PASSED_OVER)
    shown, total = [_announcement(row) for row in rows[:limit]], rows.count()
    if as_json:
        print_json({"listed": shown, "not_listed": max(0, total - limit)})
        return
    for row in shown:
        what = f"article {row['article']}" if row["article"] else row["reason"]
        out.print(f"{row['id']}  {row['state']}  {row['title']}  {what}", soft_wrap=True, markup=False)
    if total > limit:
        out.print(f"… and {total - limit} more: --limit {total}")


def _announced(source: Source) -> Any:
    from pipeline.ledger.models import Announcement

    return Announcement.objects.filter(watch__source=source).order_by("-seen_at", "-pk")


def _announcement(row: Announcement) -> dict[str, Any]:
    from pipeline.ingest.feed import WORDS, Passed

    return {
        "id": row.pk,
        "state": row.state,
        "title": row.title,
        "url": row.url,
        "code": row.reason_code,
        "reason": WORDS[Passed(row.reason_code)][0] if row.reason_code else "",
        "seen_at": row.seen_at,
        "article": row.article_id,
    }


@sources.command()
@click.argument("slug")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that was passed over for its age.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
def take(slug: str, numbers: tuple[int, ...], everything: bool, dry_run: bool) -> None:
    """Take in what was passed over at the first look: NUMBERS as `announced` lists them, or --all."""
    open_ledger()
    from pipeline.clock import now
    from pipeline.ledger import watches
    from workers import home

    if bool(numbers) == everything:
        raise click.UsageError("Give numbers as `tornavoz sources announced` lists them, or --all.")
    chosen = _announced(home.source_named(slug))
    if numbers:
        chosen = chosen.filter(pk__in=numbers)
    rows = list(watches.takeable(chosen))
    for row in rows:
        out.print(f"take  {row.title}  {row.url}", soft_wrap=True, markup=False)
    left = f"; {len(numbers) - len(rows)} of these cannot be taken" if len(numbers) > len(rows) else ""
    if dry_run:
        out.print(f"{len(rows)} to take{left}; nothing was changed")
        return
    count = watches.take(chosen, now=now(), actor=actor())
    out.print(f"{count} are due{left}: run or up fetches them")
    if left:
        raise SystemExit(1)


COMMANDS = [sources]
