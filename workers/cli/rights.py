"""rights: what is on file of a source's reuse terms, filing it, and whether the publisher's page still says so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json
from workers.cli.editing import finish, reason_option

if TYPE_CHECKING:
    from pipeline.actions.rights import Effect
    from pipeline.actions.terms_page import Checked
    from pipeline.ledger.models import TermsPage
    from pipeline.types import Rights

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def rights() -> None:
    """Rights records: what may be done with a source's articles, on what evidence."""


@rights.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """The record on file, what it allows, and the page that is its evidence."""
    open_ledger()
    from pipeline.actions import terms_page
    from pipeline.ledger import catalog, codec
    from workers import home

    source = home.source_named(slug)
    record, page = catalog.rights_of(source), terms_page.kept(source)
    answers = _answers(record)
    if as_json:
        told = codec.dump(record) if record else None
        print_json({"source": slug, "record": told, "origin": source.rights_origin, "allows": answers, **_page(page)})
        return
    if record is None:
        out.print(f"{slug} has no rights record: every article of it is held")
    else:
        where = "newsroom.toml" if source.rights_origin == "file" else "the desk"
        out.print(f"{slug}: {record.basis}, filed in {where}" + (f"  {record.licence}" if record.licence else ""))
        if record.terms_text:
            out.print(f"  «{record.terms_text}»", soft_wrap=True)
    for row in answers:
        out.print(f"  {row['question']}: {row['ruling']}  {row['code']}  {row['reason']}", soft_wrap=True)
    if page is not None:
        out.print(f"  page: {page.url}  read {page.read_at:%Y-%m-%d %H:%M} by {page.read_by}  {page.sha256}")
        if page.checked_at:
            out.print(f"  compared {page.checked_at:%Y-%m-%d %H:%M}: {page.verdict} {page.reason}".rstrip())


def _answers(record: Rights | None) -> list[dict[str, str]]:
    from pipeline.clock import now
    from pipeline.rights import gate
    from pipeline.types import UseClass

    today = now().date()
    asked = [("translate", gate.may_translate(record, None, language="es", today=today))]
    asked += [(use.value, gate.may_publish(record, None, use, language="es", today=today)) for use in UseClass]
    return [{"question": q, "ruling": str(a.ruling), "code": a.code, "reason": a.reason} for q, a in asked]


def _page(page: TermsPage | None) -> dict[str, Any]:
    if page is None:
        return {"page": None}
    names = ("url", "address", "sha256", "licences", "read_at", "read_by", "checked_at", "verdict", "reason", "text")
    return {"page": {name: getattr(page, name) for name in names}}


@rights.command()
@click.argument("slug")
@click.option("--basis", required=True, type=click.Choice(["licence", "house-terms", "permission", "none"]))
@click.option("--licence", help="Its full address, such as https://creativecommons.org/licenses/by/4.0/")
@click.option("--terms-url", help="The publisher's page of terms.")
@click.option("--terms-text", help="What the page says, word for word.")
@click.option("--terms-file", type=click.File(encoding="utf-8"), help="The same from a file; - is standard input.")
@click.option("--read", "reads", is_flag=True, help="Read the page now and keep its text as evidence.")
@click.option("--translation", type=click.Choice(["yes", "no"]), help="May a translation be made and shared?")
@click.option("--use", "uses", multiple=True, type=click.Choice(["N", "A", "P"]), help="A use that it covers.")
@click.option("--language", "languages", multiple=True, help="A language that it covers. Default: any.")
@click.option("--reference", help="Of a permission: which letter, of which day.")
@click.option("--expires", type=DAY, help="The last day that it is good for.")
@click.option("--ads-allowed", is_flag=True, help="The publisher accepts advertisements beside it.")
@click.option("--confirmed", is_flag=True, help="The publisher confirmed the declaration.")
@click.option("--unsystematic", is_flag=True, help="The publisher bars systematic republication.")
@reason_option
@click.option("--dry-run", is_flag=True, help="Only show what would happen.")
@json_option
def file(slug: str, reason: str, reads: bool, dry_run: bool, as_json: bool, **given: Any) -> None:
    """File a record for a source that has none in newsroom.toml, and ask again about all that it touches."""
    open_ledger()
    from dataclasses import asdict

    from pipeline.actions import rights as filing
    from pipeline.actions import terms_page
    from pipeline.clock import now
    from workers import home
    from workers.spine import newsroom

    if given["terms_text"] and given["terms_file"]:
        raise click.UsageError("Give --terms-text or --terms-file, not both.")
    if reads and not given["terms_url"]:
        raise click.UsageError("--read needs --terms-url.")
    source = home.source_named(slug)
    record = filing.sound(_record(given), declared_by=f"{actor().partition(':')[2]}, {now():%Y-%m-%d}")
    page = None
    if reads:
        visitor = terms_page.client(newsroom().config)
        page = terms_page.read(slug, given["terms_url"], visitor, actor=actor(), now=now())
    at_most = None if dry_run else filing.LOOKED_AT
    effect = filing.effect(source, record, today=now().date(), page=page.pk if page else None, at_most=at_most)
    asked = 0
    if not dry_run:
        asked = filing.file(
            slug,
            record,
            token=effect.token,
            reason=reason,
            actor=actor(),
            now=now(),
            page=page.pk if page else None,
        )
    if as_json:
        print_json({"dry_run": dry_run, "source": slug, "effect": asdict(effect), "asked_again": asked, **_page(page)})
    else:
        _print_effect(effect)
        _print_page(record, page)
        out.print("nothing was changed" if dry_run else f"filed; {asked} articles are asked about again")
    if not dry_run:
        finish()


def _record(given: dict[str, Any]) -> Rights:
    from pipeline.types import Rights, UseClass

    text = given["terms_file"].read().strip() if given["terms_file"] else given["terms_text"]
    expires: datetime | None = given["expires"]
    return Rights(
        basis=given["basis"],
        licence=given["licence"],
        terms_url=given["terms_url"],
        terms_text=text or None,
        translation={"yes": True, "no": False}.get(given["translation"] or ""),
        uses=tuple(UseClass(use) for use in given["uses"]),
        ads_allowed=given["ads_allowed"],
        systematic=not given["unsystematic"],
        confirmed=given["confirmed"],
        reference=given["reference"],
        languages=tuple(given["languages"]),
        expires=expires.date() if expires else None,
    )


def _print_effect(effect: Effect) -> None:
    if effect.older:
        out.print(f"of the newest {effect.looked_at} articles; {effect.older} older ones follow, uncounted")
    out.print(
        f"articles that rights have stopped: {effect.cleared} would be translated, {effect.held} held, "
        f"{effect.refused} refused"
    )
    out.print(f"releases: {effect.stay} stay, {effect.restored} come back, {effect.withheld} leave every feed")
    for why, count in effect.reasons:
        out.print(f"  {count}: {why.code}: {why.reason}", soft_wrap=True)
    for each in effect.partners:
        out.print(f"  {each.slug}: gains {each.gains}, loses {each.loses}, keeps {each.keeps}")


def _print_page(record: Rights, page: TermsPage | None) -> None:
    from pipeline.rights.terms_page import stands

    if page is None:
        return
    out.print(f"page: {page.url}  {len(page.text)} characters  {page.sha256}", soft_wrap=True)
    if record.terms_text and not stands(record.terms_text, page.text):
        out.print("the sentence does not stand on the page that was read: compare them", soft_wrap=True)


@rights.command()
@click.argument("slugs", nargs=-1)
@json_option
def check(slugs: tuple[str, ...], as_json: bool) -> None:
    """Compare pages of terms with what was kept of them: those of SLUGS, or of every source whose record names one.

    What was never kept is kept now. Exit code 1 when a page no longer says what was filed, or cannot be read.
    """
    open_ledger()
    from dataclasses import asdict

    from pipeline.actions import terms_page
    from pipeline.clock import now
    from pipeline.ledger.models import Source
    from pipeline.rights.terms_page import Verdict
    from workers import home
    from workers.spine import newsroom

    wanted = [home.source_named(slug).slug for slug in slugs]
    if not slugs:
        found = Source.objects.filter(active=True, rights__terms_url__isnull=False).order_by("slug")
        wanted = [source.slug for source in found if (source.rights or {}).get("terms_url")]
    visitor = terms_page.client(newsroom().config)
    looks = [terms_page.check(slug, visitor, actor=actor(), now=now()) for slug in wanted]
    if as_json:
        print_json({"checked": [asdict(look) for look in looks]})
    for look in [] if as_json else looks:
        _print_look(look)
    if not looks and not as_json:
        out.print("no record names a page of terms")
    if any(look.verdict in (Verdict.GONE, Verdict.UNREACHABLE) for look in looks):
        raise SystemExit(1)


_SAID = {
    "same": "still says what was filed",
    "elsewhere": "has changed; what the record rests on still stands on it. Read it, then: tornavoz rights keep",
    "gone": "no longer says what the record rests on: read it, and file the record again",
    "unreachable": "could not be read:",
}


def _print_look(look: Checked) -> None:
    out.print(f"{look.source}  {look.url}  {_SAID[look.verdict]} {look.reason}".rstrip(), soft_wrap=True)
    for line in look.changes:
        out.print(f"  {line}", soft_wrap=True)


@rights.command()
@click.argument("slug")
def keep(slug: str) -> None:
    """You have read what the last check found, and the record stays true: compare with that page from now on."""
    open_ledger()
    from pipeline.actions import terms_page
    from pipeline.clock import now
    from pipeline.errors import IllegalTransition
    from workers import home

    page = terms_page.kept(home.source_named(slug))
    if page is None or page.found_id is None:
        raise IllegalTransition(f"nothing has changed on the page of {slug!r} since it was kept")
    terms_page.keep(slug, page.found_id, actor=actor(), now=now())
    out.print(f"{slug}: the page is compared with this one from now on")


COMMANDS = [rights]
