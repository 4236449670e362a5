"""campaign, resyndicate: the same versions again, or new ones, for one release or ten thousand."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json, print_table, talk
from workers.cli.editing import finish, reason_option

if TYPE_CHECKING:
    from pipeline.actions.campaign_plan import Plan
    from pipeline.ledger.campaigns import Progress
    from pipeline.ledger.choices import Choice
    from pipeline.stages import CampaignVerb

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])
_CHOICES = (
    click.option("--article", "articles", type=int, multiple=True, help="This article; may be given more than once."),
    click.option("--product", help="Path of a product, such as es/all."),
    click.option("--partner", help="What this partner gets, and send it to this partner only."),
    click.option("--source", help="Slug of a source."),
    click.option("--section", help="Section of the original."),
    click.option("--since", type=DAY, help="First published on or after this day."),
    click.option("--until", type=DAY, help="First published on or before this day."),
    click.option("--model", help="Translated by this model."),
    click.option("--glossary", help="Translated with this version of the glossary."),
    click.option("--rights", help="Released on this licence (by-nc), basis (house-terms) or permission reference."),
)


def choice_options(command: Command) -> Command:
    """Every way to say which releases are meant."""
    return reduce(lambda decorated, option: option(decorated), reversed(_CHOICES), command)


def _choice(given: dict[str, Any], *, reviewed: bool = False) -> Choice:
    from pipeline.ledger.choices import Choice

    days = {name: given[name].date() if given[name] else None for name in ("since", "until")}
    return Choice(**{**given, **days}, reviewed=reviewed)


def _verb(again: bool) -> CampaignVerb:
    from pipeline.stages import CampaignVerb

    return CampaignVerb.TRANSLATE if again else CampaignVerb.SEND


@click.group()
def campaign() -> None:
    """Send many releases again, or translate them again, with a dry run first and progress meanwhile."""


translate_option = click.option(
    "--translate", is_flag=True, help="Make new versions with the model of today; without it the same ones are sent."
)
reviewed_option = click.option(
    "--reviewed", is_flag=True, help="Translate again also what a person has read or edited."
)


@campaign.command()
@choice_options
@translate_option
@reviewed_option
@click.option("--csv", "as_csv", is_flag=True, help="Every sending as a line of CSV.")
@json_option
def plan(translate: bool, reviewed: bool, as_csv: bool, as_json: bool, **given: Any) -> None:
    """Dry run: who gets which version and why, who is left out and why, and what it costs. Changes nothing."""
    open_ledger()
    from pipeline.actions import campaign_plan
    from pipeline.clock import now
    from workers.spine import newsroom

    verb, choice = _verb(translate), _choice(given, reviewed=reviewed)
    rows = list(campaign_plan.sendings(newsroom(), verb, choice, now=now()))
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(campaign_plan.Sending.__dataclass_fields__)
        writer.writerows(asdict(row).values() for row in rows)
        return
    planned = campaign_plan.counted(newsroom().config, verb, rows)
    if as_json:
        print_json({"dry_run": True, **asdict(planned), "sendings": [asdict(row) for row in rows]})
        return
    _print_plan(planned)


def _print_plan(planned: Plan) -> None:
    out.print(
        f"{planned.releases} releases of {planned.articles} articles: {planned.going} go out, {planned.left_out} do not"
    )
    for receiver in planned.receivers:
        to = receiver.partner or ("all readers" if receiver.channel == "translation" else "public feeds")
        out.print(f"  {to} by {receiver.channel}: {receiver.going} go out, {receiver.left_out} left out")
    for obstacle, count in planned.obstacles:
        out.print(f"  left out {count}: {obstacle.code}: {obstacle.reason}", soft_wrap=True)
    cost = [f"{planned.pushes} pushes", f"{planned.feeds} feeds rendered", f"{planned.pages} pages"]
    if planned.sentences:
        cost = [f"up to {planned.sentences} sentences to translate", "a new version for whoever is sent it today"]
    out.print("cost: " + ", ".join(cost))
    if planned.crowded:
        out.print(
            f"A feed cannot hold all at once: {planned.crowded} would leave it again before every reader has come by. "
            f"Give readers time with --per-hour {planned.hourly}.",
            soft_wrap=True,
        )


@campaign.command()
@choice_options
@translate_option
@reviewed_option
@reason_option
@click.option("--note", default="", help="What readers are told of new versions, in their language.")
@click.option(
    "--per-hour", type=click.IntRange(min=1), help="Releases an hour. Default: as fast as feeds are rendered."
)
@click.option("--key", help="Your name for this start: the same key again gives back the same campaign.")
@json_option
def start(
    translate: bool,
    reviewed: bool,
    reason: str,
    note: str,
    per_hour: int | None,
    key: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Start it. The same choice cannot run twice at a time: you get the campaign that runs."""
    open_ledger()
    from pipeline.actions import campaign as running
    from pipeline.clock import now
    from pipeline.ledger import campaigns

    started = running.start(
        _verb(translate),
        _choice(given, reviewed=reviewed),
        reason=reason,
        actor=actor(),
        now=now(),
        key=key,
        note=note,
        per_hour=per_hour,
    )
    if not as_json:
        out.print(
            f"campaign {started.campaign} "
            + ("started" if started.new else "was started before; nothing is sent twice")
        )
    finish()
    if as_json:
        print_json({"campaign": started.campaign, "new": started.new, **_asdict(campaigns.progress(started.campaign))})
    else:
        _print_progress(campaigns.progress(started.campaign))


@campaign.command()
@click.argument("number", type=int)
@click.option("--csv", "as_csv", is_flag=True, help="The result, one line for each release and receiver.")
@json_option
def status(number: int, as_csv: bool, as_json: bool) -> None:
    """How far a campaign is, and what became of it."""
    open_ledger()
    from pipeline.ledger import campaigns

    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(campaigns.RESULT)
        writer.writerows(campaigns.results(number))
    elif as_json:
        print_json(_asdict(campaigns.progress(number)))
    else:
        _print_progress(campaigns.progress(number))


def _asdict(progress: Progress) -> dict[str, Any]:
    return {
        **asdict(progress),
        "choice": progress.choice.words(),
        "total": progress.total,
        "handed_over": progress.handed_over,
        "on_their_way": progress.on_their_way,
        "failed": progress.failed,
        "percent": progress.percent,
    }


def _print_progress(progress: Progress) -> None:
    out.print(
        f"campaign {progress.campaign} ({progress.verb}: {progress.choice.words()}) is {progress.state}: "
        f"{progress.handed_over} of {progress.total}{'' if progress.listed else '+'} releases, {progress.percent} %",
        soft_wrap=True,
    )
    for name, counts in (
        ("releases", progress.items),
        ("left out", progress.left_out),
        ("deliveries", progress.deliveries),
        ("withheld", progress.withheld),
        ("translations", progress.translations),
    ):
        if counts:
            out.print(f"  {name}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    if progress.failed:
        out.print(f"  {progress.failed} failed; try them again with: tornavoz campaign retry {progress.campaign}")


def _cells(row: Progress) -> tuple[str, ...]:
    handed_over = f"{row.handed_over} of {row.total}"
    return str(row.campaign), row.verb, row.choice.words(), row.state, handed_over, str(row.failed), row.actor


@campaign.command("list")
@click.option("--limit", default=20, show_default=True)
@json_option
def list_campaigns(limit: int, as_json: bool) -> None:
    """The newest campaigns."""
    open_ledger()
    from pipeline.ledger import campaigns

    rows, more = campaigns.listing(limit=limit)
    if as_json:
        print_json({"campaigns": [_asdict(row) for row in rows], "not_listed": more})
        return
    print_table(("campaign", "does", "choice", "state", "releases", "failed", "by"), map(_cells, rows))
    if more:
        out.print(f"… and {more} more: --limit {limit + more}")


def _control(verb: str, help_text: str, *, then_work: bool) -> click.Command:
    """pause, resume, cancel: the same shape."""

    def control(number: int) -> None:
        open_ledger()
        from pipeline.actions import campaign as running
        from pipeline.clock import now
        from pipeline.ledger import campaigns

        getattr(running, verb)(number, actor=actor(), now=now())
        if then_work:
            finish()
        _print_progress(campaigns.progress(number))

    return click.command(verb, help=help_text)(click.argument("number", type=int)(control))


@campaign.command()
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Try its failures again: releases, refused or dead pushes, translations that stopped."""
    open_ledger()
    from pipeline.actions import campaign as running
    from pipeline.clock import now
    from pipeline.ledger import campaigns

    out.print(f"{running.retry(number, actor=actor(), now=now())} started again")
    finish()
    _print_progress(campaigns.progress(number))


campaign.add_command(_control("pause", "Hand over nothing more until it is resumed.", then_work=False))
campaign.add_command(_control("resume", "Go on where it was paused.", then_work=True))
campaign.add_command(_control("cancel", "End it for good; what was handed over stays so.", then_work=True))


@click.command()
@choice_options
@reason_option
@click.option("--dry-run", is_flag=True, help="Only show what would happen.")
@json_option
def resyndicate(reason: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Send the same version again: same guid, new `updated`, one delivery a partner. Short for campaign start."""
    open_ledger()
    from pipeline.actions import campaign as running
    from pipeline.actions import campaign_plan
    from pipeline.clock import now
    from workers.spine import newsroom

    verb, choice = _verb(again=False), _choice(given)
    rows = list(campaign_plan.sendings(newsroom(), verb, choice, now=now()))
    made: int | None = None
    if not dry_run:
        made = running.start(verb, choice, reason=reason, actor=actor(), now=now()).campaign
    if as_json:
        print_json({"dry_run": dry_run, "campaign": made, "sendings": [asdict(row) for row in rows]})
    else:
        for row in rows:
            to = row.partner or "public feeds"
            what = f"v{row.version} to {to} by {row.channel}" if row.sent else f"not to {to}: {row.reason_code}"
            out.print(f"article {row.article} in {row.product}: {what}")
        sent = sum(row.sent for row in rows)
        out.print(f"{'would send' if dry_run else 'sent'} {sent}, left out {len(rows) - sent}")
    if not dry_run:
        talk.print(f"this is campaign {made}")
        finish()


COMMANDS: list[click.Command] = [campaign, resyndicate]
