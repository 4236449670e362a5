"""The main job on sample articles, through real workers on a real broker, with the result shown.

Knows: the samples and how to show what became of them. Must not know: any shortcut; articles go in the way `submit`
sends them.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from feeds import outbox
from feeds.addresses import FORMATS, article_path, private_folder
from pipeline import steps
from pipeline.clock import now
from pipeline.errors import PipelineError
from pipeline.ledger import codec, queries, units
from pipeline.ledger.models import Article, Partner, Product, Release, Revision, Source, Unit
from pipeline.rights.attribution import bottom_text, top_text
from pipeline.stages import UnitState
from pipeline.types import Attribution, BlockKind, Draft, Envelope, Format, Incoming
from workers import courtesy
from workers.cli.common import out, talk
from workers.spine import newsroom
from workers.supervise import Supervisor
from workers.together import installation

PATIENCE_SECONDS = 240.0


def samples() -> Traversable:
    """The folder of sample articles."""
    return resources.files("workers").joinpath("samples")


def run() -> None:
    """Take the samples in, wait until nothing is left to do, show what became of them."""
    rows = tomllib.loads(samples().joinpath("samples.toml").read_text(encoding="utf-8"))["article"]
    with installation(web=None) as supervisor, supervisor:
        for label, batch in (
            ("articles", [row for row in rows if "correction" not in row]),
            ("the publisher's correction", [row for row in rows if "correction" in row]),
        ):
            for row in batch:
                _submit(row)
            _wait(supervisor, label)
    moment = now()
    courtesy.draft_day(newsroom().config, moment.date(), now=moment)
    show()


def _submit(row: dict[str, Any]) -> None:
    payload = samples().joinpath(row["file"]).read_bytes()
    incoming = Incoming(
        envelope=Envelope(
            source=row["source"],
            format=Format(row["format"]),
            url=row["url"],
            language=row["language"],
            author=row.get("author"),
            published=row.get("published"),
            section=row.get("section"),
            correction=row.get("correction"),
        ),
        payload=payload,
    )
    if Revision.objects.filter(payload=incoming.sha256).exists():
        talk.print(f"{row['file']}: taken in already")
        return
    source = Source.objects.get(slug=row["source"])
    receipt = steps.receive(newsroom(), incoming, source, now=now(), actor="cli:demo")
    talk.print(f"{row['file']}: article {receipt.article}, {receipt.reception}")


def _wait(supervisor: Supervisor, label: str) -> None:
    """Until no unit is due or running. PipelineError when that takes too long, with what is still waiting."""
    until = time.monotonic() + PATIENCE_SECONDS
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=talk) as progress:
        bar = progress.add_task(label, total=None)
        while True:
            supervisor.tick()
            known = Unit.objects.count()
            soon = now() + units.GATHER  # a feed that was just rendered waits that long for what else is coming
            open_units = Unit.objects.filter(Q(state=UnitState.LEASED) | Q(state=UnitState.READY, due_at__lte=soon))
            left = open_units.count()
            progress.update(bar, completed=known - left, total=known)
            if not left:
                return
            if time.monotonic() > until:
                waiting = ", ".join(f"{unit.step} {unit.subject}" for unit in open_units[:5])
                raise PipelineError(
                    f"the work did not end in {PATIENCE_SECONDS:.0f} s ({waiting}); see {settings.HOME}/log"
                )
            time.sleep(0.2)


def show() -> None:
    """Each article's fate, its Spanish beginning and credit, then every feed file with its size."""
    for article in Article.objects.select_related("source").order_by("pk"):
        _show_article(article)
    out.rule("files")
    for path in _files():
        out.print(f"{path.stat().st_size:>9,} bytes  {path}", soft_wrap=True, markup=False)
    for path in outbox.waiting():
        out.print(
            f"{path.stat().st_size:>9,} bytes  {path}  (to the publisher; sent only when you say so)", markup=False
        )
    out.print()
    out.print(f"Serve them, with workers: tornavoz --home {settings.HOME} up", soft_wrap=True, markup=False)
    out.print(f"What happened to one article: tornavoz --home {settings.HOME} trace 1", soft_wrap=True, markup=False)


def _show_article(article: Article) -> None:
    fate = queries.fate(article)
    out.rule(f"article {article.pk} · {article.source.publisher} · {fate['headline']}", align="left")
    release = (
        Release.objects.filter(article=article, state="usable")
        .select_related("translation", "product")
        .order_by("pk")
        .first()
    )
    for line in _fate_lines(fate):
        out.print(line, soft_wrap=True, markup=False)
    if release is None:
        return
    draft = codec.load(Draft, release.translation.draft)
    credit = codec.load(Attribution, release.attribution)
    first = next(block.text for block in draft.blocks if block.kind is BlockKind.PARAGRAPH)
    text = f"{top_text(credit)}\n\n{first}\n\n[…]\n\n{bottom_text(credit)}"
    out.print(Panel(text, title=escape(draft.headline), title_align="left"), soft_wrap=False)


def _fate_lines(fate: dict[str, Any]) -> Iterator[str]:
    yield f"revision {fate['revision']}: {fate['state']}" + (
        f" ({fate['code']}): {fate['reason']}" if fate["code"] else ""
    )
    for translation in fate["translations"]:
        held = [f"{f['place']} {f['code']}: {f['reason']}" for f in translation["findings"] if f["level"] == "hold"]
        yield f"translation into {translation['language']}: {translation['state']}" + (
            f": {'; '.join(held)}" if held else ""
        )
    for release in fate["releases"]:
        yield f"{release['product']}: {release['state']}, version {release['version']}, {release['guid']}"
        for each in release["withheld"]:
            yield f"  withheld from {each['partner']} ({each['code']}): {each['reason']}"
    for unit in fate["parked"]:
        yield f"parked in {unit['step']} ({unit['code']}): {unit['reason']}"


def _files() -> Iterator[Path]:
    for product in Product.objects.filter(active=True).order_by("pk"):
        yield from (settings.PUBLIC_DIR / "feeds" / product.path / name for name in FORMATS.values())
    for partner in Partner.objects.filter(active=True).order_by("pk"):
        for product in partner.products.order_by("pk"):
            folder = settings.PRIVATE_DIR / private_folder(partner.slug, product.path)
            yield from (folder / name for name in FORMATS.values())
    for release in Release.objects.filter(state="usable", product__slug="all").order_by("article"):
        yield settings.PUBLIC_DIR / article_path("es", release.article_id)
