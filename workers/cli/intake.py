"""init, submit: how things get in."""

from __future__ import annotations

import os
from datetime import datetime
from importlib import resources
from pathlib import Path

import click

from workers.cli.common import actor, json_option, open_ledger, open_newsroom, out, print_json, talk

SUFFIXES = {".html": "html", ".htm": "html", ".json": "json"}


@click.command()
@click.option(
    "--config", "sample", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Take this newsroom.toml."
)
def init(sample: Path | None) -> None:
    """Make or upgrade the state folder: newsroom.toml, ledger, starter model. Safe to run again."""
    from workers import home

    for line in home.prepare(sample, actor=actor()):
        talk.print(line)


@click.command()
def demo() -> None:
    """Sample articles through the whole newsroom, in a state folder of their own (default: ./var/demo)."""
    os.environ["TORNAVOZ_HOME"] = os.environ.get("TORNAVOZ_HOME") or str(Path("var/demo").resolve())
    from workers import home

    home.refuse_another(_demo_config())
    for line in home.prepare(_demo_config(), actor=actor()):
        talk.print(line, soft_wrap=True)
    from workers import demo as show

    show.run()


def _demo_config() -> Path:
    return Path(str(resources.files("workers").joinpath("samples/demo.toml")))


@click.command()
@click.argument("file", metavar="FILE_OR_URL")
@click.option("--url", help="Canonical URL of the original. Without it a file is held.")
@click.option("--source", required=True, help="Slug of a source in newsroom.toml.")
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), help="Default: by the file's name.")
@click.option("--language", help="Language of the text, if not the source's.")
@click.option("--headline", help="Wins over the page's.")
@click.option("--author", help="Wins over the page's, which often shouts it in capitals.")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="Date of first publication, YYYY-MM-DD.")
@click.option("--section", help="Section of the original.")
@click.option("--keyword", "keywords", multiple=True, help="May be given several times.")
@click.option("--licence", help="Licence URL of this one article, if it differs from the source's.")
@click.option("--correction", help="What this version puts right, in the readers' language.")
@click.option("--urgent", is_flag=True, help="Breaking news: goes first, and waits for no other article.")
@json_option
def submit(
    file: str,
    url: str | None,
    source: str,
    form: str | None,
    language: str | None,
    headline: str | None,
    author: str | None,
    published: datetime | None,
    section: str | None,
    keywords: tuple[str, ...],
    licence: str | None,
    correction: str | None,
    urgent: bool,
    as_json: bool,
) -> None:
    """Hand in an article: a file, or the address of its page. It is written down before this returns; run or up does
    the rest."""
    open_ledger()
    from pipeline import steps
    from pipeline.clock import now
    from pipeline.errors import SourceError
    from pipeline.ledger.articles import Reception
    from pipeline.polling import page_of
    from pipeline.types import Envelope, Format, Incoming
    from workers import home
    from workers.spine import newsroom

    row = home.source_named(source)
    if file.startswith(("http://", "https://")):
        address, payload = page_of(row, file, newsroom().config)
        url, form = url or address, form or Format.HTML
    else:
        try:
            payload = Path(file).read_bytes()
        except OSError as error:
            raise SourceError(f"{file} cannot be read: {error.strerror}") from error
    envelope = Envelope(
        source=source,
        format=Format(form or SUFFIXES.get(Path(file).suffix.lower(), "text")),
        url=url,
        language=language,
        headline=headline,
        author=author,
        published=published.date() if published else None,
        section=section,
        keywords=keywords,
        licence=licence,
        correction=correction,
        urgent=urgent,
    )
    incoming = Incoming(envelope=envelope, payload=payload)
    receipt = steps.receive(newsroom(), incoming, row, now=now(), actor=actor())
    if as_json:
        told = {"reception": receipt.reception, "article": receipt.article, "revision": receipt.number}
        print_json({**told, "reason": receipt.reason})
    else:
        reason = f": {receipt.reason}" if receipt.reason else ""
        out.print(f"article {receipt.article}, revision {receipt.number}: {receipt.reception}{reason}", soft_wrap=True)
    if receipt.reception is Reception.HELD:
        raise SystemExit(1)


@click.command(name="config")
@click.option("--check", is_flag=True, help="Only say whether newsroom.toml can be used.")
def configure(check: bool) -> None:
    """Apply newsroom.toml to the ledger, and say what changed."""
    (open_newsroom if check else open_ledger)()  # a file can be judged before there is a ledger
    from workers import home

    if check:
        home.check_config()
        out.print("newsroom.toml can be used")
        return
    applied = home.apply_config(actor=actor())
    out.print("\n".join(applied) if applied else "nothing changed")


COMMANDS = [init, demo, submit, configure]
