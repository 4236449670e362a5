"""courtesy: telling publishers that their work was used."""

from __future__ import annotations

import click

from workers.cli.common import actor, open_ledger, out


@click.group()
def courtesy() -> None:
    """Messages to publishers that ask to hear of a use. Drafted daily; sent when you say so."""


@courtesy.command()
def draft() -> None:
    """Draft today's messages now, without waiting for beat."""
    open_ledger()
    from pipeline.clock import now
    from workers import courtesy as box
    from workers.spine import newsroom

    moment = now()
    for path in box.draft_day(newsroom().config, moment.date(), now=moment):
        out.print(str(path), soft_wrap=True)


@courtesy.command(name="list")
def list_messages() -> None:
    """Messages that wait in the outbox."""
    open_ledger()
    from feeds import outbox

    waiting = outbox.waiting()
    for path in waiting:
        out.print(str(path), soft_wrap=True)
    if not waiting:
        out.print("the outbox is empty")


@courtesy.command()
@click.argument("name")
def send(name: str) -> None:
    """Send the message called NAME (see list)."""
    open_ledger()
    from feeds import letters, outbox
    from pipeline.clock import now
    from pipeline.errors import ConfigError

    for path in outbox.waiting():
        if name in (path.name, str(path)):
            letters.send(path, actor=actor(), now=now())
            out.print(f"{path.name} sent")
            return
    raise ConfigError(f"there is no message {name!r} in the outbox")


COMMANDS = [courtesy]
