"""glossary: terms with the translation they must have."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json
from workers.cli.memory import pair


@click.group()
def glossary() -> None:
    """Terms with the translation they must have."""


@glossary.command()
@pair
@click.option("--source", "slug", default="", help="With the terms of this source.")
@click.option("--text", help="A sentence of an original: which terms stand in it?")
@click.option("--translation", help="And which of them are missing from this translation of it?")
@json_option
def check(
    source_language: str, language: str, slug: str, text: str | None, translation: str | None, as_json: bool
) -> None:
    """Read every glossary file and say what is wrong; or look for terms in a sentence."""
    open_ledger()
    from workers.spine import glossaries, newsroom

    terms = glossaries(newsroom().config)(slug, source_language, language)
    if text is None:
        summary = {"terms": len(terms.terms), "version": terms.version}
        if as_json:
            print_json(summary)
        else:
            out.print(
                f"{len(terms.terms)} terms {source_language}→{language}, version {terms.version or 'none'}: sound"
            )
        return
    missing = terms.missed(text, translation) if translation is not None else []
    rows = [
        {"found": each.text, "wanted": each.term.wanted, "variants": each.term.variants, "note": each.term.note}
        | ({"missing": each.term in [lack.term for lack in missing]} if translation is not None else {})
        for each in terms.found(text)
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "" if translation is None else ("MISSING  " if row["missing"] else "there    ")
        out.print(f"{state}{row['found']} → {row['wanted']}  {row['note']}".rstrip(), soft_wrap=True)
    if not rows:
        out.print("no terms in this sentence")
    if missing:
        raise SystemExit(1)


@glossary.command()
@click.option("--language", default="es", show_default=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Of translations made since this day.")
@click.option("--limit", default=30, show_default=True, help="Terms to show.")
@json_option
def report(language: str, since: datetime | None, limit: int, as_json: bool) -> None:
    """Which terms the engine missed, and which the texts still lack."""
    open_ledger()
    from pipeline.ledger.terms import usage
    from workers.spine import glossaries, newsroom

    rows = usage(language, glossaries(newsroom().config), since=since.replace(tzinfo=UTC) if since else None)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    out.print(f"{'term':40} {'seen':>5} {'missed by the engine':>21} {'lacking now':>12}")
    for row in rows[:limit]:
        out.print(f"{row.source[:40]:40} {row.seen:5} {row.missed:21} {row.lacking:12}")
        for article, place, target in row.examples:
            out.print(f"    article {article} {place}: {target}", soft_wrap=True)
    out.print(f"{len(rows)} terms stood in the articles; {max(0, len(rows) - limit)} are not shown")


@glossary.command(name="import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--into",
    "name",
    default="glossary.toml",
    show_default=True,
    help="File beside newsroom.toml; terms that are there already are replaced, others stay.",
)
@pair
@click.option("--dry-run", is_flag=True, help="Only show what would happen.")
def import_terms(file: Path, name: str, source_language: str, language: str, dry_run: bool) -> None:
    """Take the terms of FILE (TOML, CSV or TBX) into a glossary of yours."""
    open_ledger()
    from django.conf import settings

    from pipeline.clock import now
    from pipeline.ledger import audit
    from pipeline.translation.glossary_merge import merge
    from workers.spine import newsroom

    path = settings.CONFIG_FILE.parent / name
    merged = merge(path, file, source_language, language, write=not dry_run)
    verb = "would take in" if dry_run else "took in"
    out.print(f"{verb} {merged.new} new and {merged.changed} changed terms; {merged.same} are the same", soft_wrap=True)
    if not dry_run:
        details = {"new": merged.new, "changed": merged.changed, "from": file.name}
        audit.record("glossary.imported", f"file:{name}"[:80], now=now(), actor=actor(), details=details)
    if name not in newsroom().config.glossary.files:
        out.print(f'it is used once newsroom.toml says: [glossary] files = ["{name}"]', soft_wrap=True)


@glossary.command()
@click.argument("source")
@click.argument("target", default="")
@pair
@click.option("--keep", is_flag=True, help="It is never translated; then it needs no TARGET.")
@click.option("--also", multiple=True, help="Another wording of the original. May be given several times.")
@click.option("--variant", "variants", multiple=True, help="Another right translation. May be given several times.")
@click.option("--gender", type=click.Choice(["m", "f", "mp", "fp"]), help="Of the translation.")
@click.option("--choose", is_flag=True, help="Which translation is right depends on the country: report it only.")
@click.option("--note", default="", help="For editors.")
@click.option("--reason", default="", help="Why; it is kept in the audit trail.")
def add(source: str, target: str, source_language: str, language: str, reason: str, **facts: Any) -> None:
    """Add a term beside the files, as the desk does, or change one that was added so."""
    open_ledger()
    from pipeline.actions import glossary as acting
    from pipeline.clock import now

    entry = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items() if value}
    entry |= {"source": source} | ({"target": target} if target else {})
    given = {"source_language": source_language, "language": language}
    changed = acting.add(entry, **given, reason=reason, actor=actor(), now=now())
    out.print(f"{source} → {target or source}" if changed else f"{source} is there already", soft_wrap=True)


@glossary.command()
@click.argument("source")
@pair
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def retire(source: str, source_language: str, language: str, reason: str) -> None:
    """Take a term out, whether the desk added it or a file has it."""
    open_ledger()
    from pipeline.actions import glossary as acting
    from pipeline.clock import now

    given = {"source_language": source_language, "language": language}
    acting.retire(source, **given, reason=reason, actor=actor(), now=now())
    out.print(f"{source} is retired")


@glossary.command()
@click.argument("source")
@pair
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def restore(source: str, source_language: str, language: str, reason: str) -> None:
    """Forget what was said of a term at the desk, or by `add` and `retire`; the files count again."""
    open_ledger()
    from pipeline.actions import glossary as acting
    from pipeline.clock import now

    given = {"source_language": source_language, "language": language}
    acting.restore(source, **given, reason=reason, actor=actor(), now=now())
    out.print(f"{source}: the files count again")


COMMANDS = [glossary]
