"""receipts: what partners are known to have, and who may still show what was withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from workers.cli.common import json_option, open_ledger, out, print_json

if TYPE_CHECKING:
    from pipeline.ledger.receipts import Row


@click.command()
@click.argument("article", type=int)
@json_option
def receipts(article: int, as_json: bool) -> None:
    """What each partner is known to have of an article; of a withdrawn one, who may still show it."""
    open_ledger()
    from pipeline.errors import IllegalTransition
    from pipeline.ledger import placements
    from pipeline.ledger import receipts as ledger
    from pipeline.ledger.models import Article

    if not Article.objects.filter(pk=article).exists():
        raise IllegalTransition(f"there is no article {article}")
    rows, showing, pages = ledger.of_article(article), ledger.may_still_show(article), placements.not_rid_of(article)
    if as_json:
        print_json({"article": article, "receipts": rows, "may_still_show": showing, "pages": pages})
        return
    for row in rows:
        out.print(_line(row), soft_wrap=True)
    if not rows:
        out.print(f"article {article}: no partner was offered it")
    elif any(row["withdrawn"] for row in rows):
        names = ", ".join(sorted({row["partner"] for row in showing}))
        out.print(f"may still show it: {names or 'nobody; every partner said that its copy is gone'}", soft_wrap=True)
    for page in pages:
        looked = f"looked at {page['checked_at']:%Y-%m-%d %H:%M}" if page["checked_at"] else "not looked at yet"
        out.print(f"reported page, not known to be rid of it: {page['url']} ({looked})", soft_wrap=True)


def _line(row: Row) -> str:
    what = "withdrawal" if row["withdrawn"] and row["version"] == row["newest"] else f"v{row['version']}"
    steps = [
        f"{name} {row[f'{name}_at']:%Y-%m-%d %H:%M}"
        for name in ("sent", "seen", "acknowledged", "removed")
        if row[f"{name}_at"]
    ]
    return f"{row['partner']}  {row['product']}  {what}: {', '.join(steps) or 'not reached yet'}"


COMMANDS = [receipts]
