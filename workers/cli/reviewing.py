"""review: what waits for an editor, sentence by sentence, and what an editor does about it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json, print_table, talk
from workers.cli.editing import approve, language_option, reason_option, reject, waive


@click.group()
def review() -> None:
    """Read a translation beside its original, edit it, and decide about it."""


@review.command("list")
@click.option("--limit", default=50, show_default=True)
@json_option
def list_held(limit: int, as_json: bool) -> None:
    """Translations that are held, the longest waiting first, and why."""
    open_ledger()
    from pipeline.ledger.models import Translation

    rows = Translation.objects.filter(state="held", revision__article__withdrawn_at=None)
    held = rows.select_related("revision").order_by("created_at", "pk")
    found = [
        {
            "article": row.revision.article_id,
            "language": row.language,
            "translation": row.pk,
            "version": row.version,
            "headline": (row.draft or {}).get("headline", ""),
            "since": row.created_at,
            "codes": sorted({each["code"] for each in row.findings if each["level"] == "hold" and not each["waiver"]}),
        }
        for row in held[:limit]
    ]
    more = max(0, rows.count() - limit)
    if as_json:
        print_json({"held": found, "not_listed": more})
        return
    print_table(
        ("article", "language", "version", "headline", "held for"),
        (
            (str(each["article"]), each["language"], str(each["version"]), each["headline"], ", ".join(each["codes"]))
            for each in found
        ),
    )
    if more:
        out.print(f"… and {more} more: --limit {limit + more}")


@review.command()
@click.argument("article", type=int)
@language_option
@json_option
def show(article: int, language: str, as_json: bool) -> None:
    """The newest translation beside its original, with the findings of each sentence."""
    open_ledger()
    from pipeline.actions.edit import html_of
    from pipeline.actions.review import newest
    from pipeline.ledger import translations

    translated = translations.get(newest(article, language).pk)
    matches = translated.draft.matches if translated.draft else ()
    rows: list[dict[str, Any]] = [
        {
            "place": match.place,
            "source": match.source,
            "html": html_of(match),
            "origin": match.origin,
            "findings": [asdict(each) for each in translated.findings if each.place == match.place],
        }
        for match in matches
    ]
    whole = [asdict(each) for each in translated.findings if each.place not in {match.place for match in matches}]
    if as_json:
        print_json(
            {
                "article": article,
                "translation": translated.id,
                "version": translated.version,
                "state": translated.state,
                "segments": rows,
                "findings": whole,
            }
        )
        return
    out.print(
        f"article {article}, {language}: version {translated.version} (translation {translated.id}), {translated.state}"
    )
    for row in rows:
        out.print(f"{row['place']}\n  {row['source']}\n  {row['html']}", soft_wrap=True)
        for each in row["findings"]:
            out.print(f"  ! {_finding(each)}", soft_wrap=True)
    for each in whole:
        out.print(f"! {_finding(each)}", soft_wrap=True)


def _finding(finding: dict[str, Any]) -> str:
    waived = " (waived)" if finding["waiver"] else ""
    return f"{finding['level']} {finding['code']}{waived}: {finding['reason']}"


@review.command()
@click.argument("article", type=int)
@click.option("--place", required=True, help="The segment, such as headline or b3.0; review show names them.")
@click.option("--text", required=True, help="The new sentence, as inline HTML.")
@click.option("--base", type=int, help="Key of the translation you have read; a newer text there is never overwritten.")
@language_option
@click.option("--dry-run", is_flag=True, help="Only show the sentence as it would be kept, and its findings.")
def edit(article: int, place: str, text: str, base: int | None, language: str, dry_run: bool) -> None:
    """Reword one sentence of a held translation. It stays held until it is approved."""
    open_ledger()
    from pipeline.actions import edit as editing
    from pipeline.actions.review import newest
    from pipeline.clock import now

    read = base or newest(article, language).pk
    looked = editing.look(read, place, text)
    out.print(looked.html, soft_wrap=True)
    for finding in looked.findings:
        out.print(f"! {_finding(asdict(finding))}", soft_wrap=True)
    if looked.problem:
        talk.print(str(looked.problem))
        sys.exit(1)
    if dry_run:
        return
    edited = editing.edit(article, language, {place: text}, base=read, actor=actor(), now=now())
    for conflict in edited.conflicts:
        talk.print(f"not saved: {place} was changed since by {conflict.by or 'somebody'}", soft_wrap=True)
        talk.print(
            f"you read:  {conflict.before}\nit is now: {conflict.theirs}\nyours:     {conflict.mine}", soft_wrap=True
        )
        sys.exit(1)
    out.print(f"article {article}: {place} saved as translation {edited.translation}")


@review.command()
@click.argument("article", type=int)
@language_option
@reason_option
def hold(article: int, language: str, reason: str) -> None:
    """Leave a held translation held, and tell colleagues what it waits for."""
    open_ledger()
    from pipeline.actions import review as reviewing
    from pipeline.clock import now

    reviewing.hold(article, language, reason=reason, actor=actor(), now=now())
    out.print(f"article {article}: translation into {language} waits")


@review.command()
@click.argument("article", type=int)
@language_option
def history(article: int, language: str) -> None:
    """Who changed which sentence in which version."""
    open_ledger()
    from pipeline.ledger import history as past

    for version in past.versions(article, language):
        who = version.by or "engine"
        out.print(
            f"translation {version.translation}: revision {version.revision}, version {version.number}, "
            f"{version.state}; {version.kind} by {who}, {version.made_at:%Y-%m-%d %H:%M} {version.reason}".rstrip(),
            soft_wrap=True,
        )
        for change in version.changes:
            out.print(f"  {change.place}\n  - {change.before}\n  + {change.after}", soft_wrap=True)


@review.command()
@click.argument("article", type=int)
@click.option("--place", required=True, help="The segment, such as headline or b3.0.")
@click.option("--version", type=int, required=True, help="Key of the translation that has the old words.")
@language_option
def undo(article: int, place: str, version: int, language: str) -> None:
    """Put one sentence of a held translation back as it was in another version."""
    open_ledger()
    from pipeline.actions import edit as editing
    from pipeline.clock import now

    made = editing.undo(article, language, place, version=version, actor=actor(), now=now())
    out.print(f"article {article}: {place} is as it was, in translation {made}")


for command in (approve, reject, waive):  # the same commands as without "review"
    review.add_command(command)

COMMANDS: list[click.Command] = [review]
