"""editions: publishers' own versions in other languages, and what to do about them."""

from __future__ import annotations

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json
from workers.cli.editing import finish, language_option, reason_option


@click.group()
def editions() -> None:
    """Official translation first: where the publisher has one, link to it instead of translating."""


@editions.command("list")
@click.option("--limit", type=int, default=50, show_default=True)
@json_option
def list_(limit: int, as_json: bool) -> None:
    """Articles that wait because the publisher has its own version, the oldest first."""
    open_ledger()
    from pipeline.ledger import editions as ledger

    rows = ledger.candidates()
    shown = [
        {"article": row.article_id, "language": row.language, "url": row.url, "original": row.article.url}
        for row in rows[:limit]
    ]
    hidden = rows.count() - len(shown)
    if as_json:
        print_json({"listed": shown, "not_listed": hidden})
        return
    for each in shown:
        out.print(f"article {each['article']}  {each['language']}  {each['url']}", soft_wrap=True)
    if not shown:
        out.print("nothing waits")
    if hidden:
        out.print(f"and {hidden} more: --limit {limit + hidden}")


@editions.command()
@click.argument("article", type=int)
@click.option("--headline", required=True, help="The headline under which the publisher has it.")
@click.option("--url", help="Its address; found by itself where the page or the post names it.")
@language_option
@reason_option
def link(article: int, headline: str, url: str | None, language: str, reason: str) -> None:
    """Point partners to the publisher's own version of ARTICLE; no machine translates it."""
    open_ledger()
    from pipeline.actions import official
    from pipeline.clock import now

    official.link(article, language, headline=headline, url=url, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: partners are pointed to the publisher's own version in {language}")
    finish()


@editions.command("pass-over")
@click.argument("article", type=int)
@language_option
@reason_option
def pass_over(article: int, language: str, reason: str) -> None:
    """Translate ARTICLE although the publisher has a version of its own."""
    open_ledger()
    from pipeline.actions import official
    from pipeline.clock import now

    official.pass_over(article, language, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: will be translated into {language}")
    finish()


COMMANDS = [editions]
