"""The checker is checked: each way of being wrong is made on purpose, and it must be named."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from feeds import files
from feeds import steps as outward
from feeds.agreement import disagreements
from pipeline import config, steps
from pipeline.actions import upkeep, withdraw
from pipeline.config import Config
from pipeline.ledger import articles, catalog, units
from pipeline.ledger.models import Partner, Product, Release, Revision, Source, Translation, Unit
from pipeline.runner import Runner
from pipeline.stages import ReleaseState, RevisionState, Step, UnitState
from pipeline.types import Envelope, Format, Incoming
from tests.fakes import PhraseBook

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
NEWSROOM = """
[site]
name = "Eco Sur"
url = "https://eco.example"
tag = "eco.example,2026"
contact = "redaccion@eco.example"

[[source]]
slug = "river"
publisher = "The River Post"
url = "https://river.example/"

[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by-nc/4.0/"

[[product]]
slug = "all"
title = "Todo"

[[partner]]
slug = "el-faro"
name = "El Faro"
use = "N"

[[partner]]
slug = "diario-de-pago"
name = "Diario de Pago"
use = "P"
"""
PHRASES = {
    "The bridge opens": "El puente abre",
    "The market closes": "El mercado cierra",
    "The river rises": "El río crece",
    "The neighbors crossed the river first.": "Los vecinos cruzaron primero el río.",
    "Nobody charged a toll on the first day.": "Nadie cobró peaje el primer día.",
    "The mayor promised to come back in the spring.": "El alcalde prometió volver en primavera.",
}
BODY = "".join(f"<p>{sentence}</p>" for sentence in list(PHRASES)[3:])


@dataclass(frozen=True)
class Published:
    """A newsroom whose work is done: three articles, the last one withdrawn."""

    config: Config
    runner: Runner
    public: Path
    private: Path

    def wrong(self, *, later: timedelta = timedelta()) -> list[str]:
        return disagreements(self.config, now=NOW + later)

    def submit(self, number: int, headline: str, body: str = BODY) -> articles.Receipt:
        page = f"<html><body><article><h1>{headline}</h1>{body}</article></body></html>"
        url = f"https://river.example/{number}"
        envelope = Envelope(
            source="river", format=Format.HTML, url=url, language="en", headline=headline, published=NOW.date()
        )
        incoming = Incoming(envelope=envelope, payload=page.encode())
        room = steps.Newsroom(config=self.config, engine_for=lambda source, target: PhraseBook(PHRASES))
        return steps.receive(room, incoming, Source.objects.get(slug="river"), now=NOW, actor="test")


@pytest.fixture
def published(empty_ledger: None, tmp_path: Path, settings: Any) -> Published:
    settings.PUBLIC_DIR, settings.PRIVATE_DIR = tmp_path / "public", tmp_path / "private"
    settings.LOCKS_DIR, settings.BROKER_URL = tmp_path / "locks", ""
    loaded = config.parse(NEWSROOM)
    catalog.apply(loaded, now=NOW, actor="test")
    room = steps.Newsroom(config=loaded, engine_for=lambda source, target: PhraseBook(PHRASES))
    runner = Runner({**steps.table(room), **outward.table(room)}, lambda: NOW)
    made = Published(loaded, runner, tmp_path / "public", tmp_path / "private")
    for number, headline in enumerate(list(PHRASES)[:3], 1):
        made.submit(number, headline)
    runner.drain()
    withdraw.withdraw(newest().pk, kind="kill", reason="an error", actor="test", now=NOW)
    runner.drain()
    assert {*Release.objects.values_list("state", flat=True)} == {ReleaseState.USABLE, ReleaseState.CANCELED}
    assert not Unit.objects.exclude(state=UnitState.DONE).exists()
    return made


def newest() -> Any:
    return Release.objects.order_by("-pk")[0].article


def first() -> Release:
    return Release.objects.order_by("pk")[0]


def feed(published: Published, name: str, partner: str | None = None) -> Path:
    return (published.private / partner if partner else published.public / "feeds") / "es/all" / name


def test_files_and_ledger_agree_when_all_work_is_done(published: Published) -> None:
    assert published.wrong() == []
    assert published.wrong(later=timedelta(days=1)) == []


def test_a_stub_may_go_when_it_is_old_and_must_not_stay_for_ever(published: Published) -> None:
    limit = timedelta(days=published.config.site.stub_days)
    assert published.wrong(later=limit + timedelta(hours=1)) == []  # beat has not been round yet
    [first_wrong, *_] = published.wrong(later=limit + timedelta(hours=3))
    assert "which the ledger does not show there" in first_wrong


ENTRY = {"rss.xml": rb"<item>.*?</item>", "atom.xml": rb"<entry .*?</entry>", "feed.json": rb'\{[^{}]*"id": ?"tag.*?\}'}


@pytest.mark.parametrize("partner", [None, "el-faro"])
@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_a_dropped_a_doubled_and_a_foreign_entry_are_named(
    published: Published, name: str, partner: str | None
) -> None:
    path = feed(published, name, partner)
    whole = path.read_bytes()
    found = [m.group() for m in re.finditer(ENTRY[name], whole, re.DOTALL) if first().guid.encode() in m.group()]
    assert len(found) == 1
    for changed, complaint in (
        (whole.replace(found[0], b""), f"lacks {first().guid}"),
        (whole.replace(found[0], found[0] * 2), f"has {first().guid} 2 times"),
        (whole.replace(b"/1/es</", b"/99/es</"), "article/99/es, which the ledger does not show there"),
        (whole.replace("Nadie cobró".encode(), "Alguien cobró".encode()), "is not what the ledger would give"),
        (whole[:-40], "cannot be read"),
    ):
        assert changed != whole
        files.write(path, changed, modified=NOW)
        wrong = published.wrong()
        assert any(complaint in each and name in each for each in wrong), (complaint, wrong)
    files.write(path, whole, modified=NOW)
    assert published.wrong() == []


def test_a_json_feed_without_an_entry_is_named(published: Published) -> None:
    path = feed(published, "feed.json")
    other = path.read_text().replace(f'"{first().guid}"', '"tag:eco.example,2026:article/99/es"')
    files.write(path, other.encode(), modified=NOW)
    assert any(f"feed.json of es/all lacks {first().guid}" in each for each in published.wrong())


def test_a_release_that_never_reached_the_files_is_named(published: Published) -> None:
    Release.objects.filter(pk=first().pk).update(updated_at=NOW - timedelta(days=1))
    assert len(published.wrong()) >= 3  # another order and another date, in every format
    Release.objects.filter(state=ReleaseState.CANCELED).update(state=ReleaseState.USABLE)
    wrong = published.wrong()
    assert any(each.startswith("es/articles/") and each.endswith("is missing") for each in wrong)


def test_a_paying_partner_may_not_have_what_its_use_forbids(published: Published) -> None:
    path = feed(published, "rss.xml", "diario-de-pago")
    files.write(path, feed(published, "rss.xml").read_bytes(), modified=NOW)
    assert any("rss.xml of es/all for diario-de-pago has" in each for each in published.wrong())


def test_a_missing_feed_and_a_stale_twin_are_named(published: Published) -> None:
    files.twin_of(feed(published, "atom.xml")).write_bytes(files.compressed(b"old"))
    files.twin_of(feed(published, "atom.xml"), "br").write_bytes(b"damaged")
    feed(published, "rss.xml").unlink()
    assert published.wrong() == [
        "rss.xml of es/all is missing",
        "the compressed twin atom.xml.br of atom.xml of es/all holds something else",
        "the compressed twin atom.xml.gz of atom.xml of es/all holds something else",
    ]


def test_a_private_feed_left_behind_is_named(published: Published) -> None:
    Partner.objects.get(slug="el-faro").products.clear()
    assert len([each for each in published.wrong() if each.startswith("el-faro/es/all/")]) == 3
    upkeep.refresh_feeds(now=NOW)
    assert published.wrong() == []  # that is due to be mended
    published.runner.drain()
    assert published.wrong() == []
    assert not feed(published, "rss.xml", "el-faro").exists()


def test_a_feed_of_a_product_that_is_off_is_named(published: Published) -> None:
    text = feed(published, "rss.xml").read_bytes()
    Product.objects.update(active=False)
    Partner.objects.get(slug="el-faro").products.clear()
    Partner.objects.get(slug="diario-de-pago").products.clear()
    upkeep.refresh_everything(now=NOW)
    published.runner.drain()
    assert published.wrong() == []
    files.write(feed(published, "rss.xml"), text, modified=NOW)
    assert published.wrong() == ["rss.xml of es/all stands there, but that product is switched off"]


def test_pages_stand_for_usable_articles_and_tombstones_for_withdrawn_ones(published: Published) -> None:
    folder = published.public / "es/articles"
    gone = newest().pk
    page, tombstone = folder / f"{first().article_id}.html", folder / f"{gone}.gone.html"
    text = page.read_bytes()
    files.remove(page)
    assert published.wrong() == [f"es/articles/{page.name} is missing"]
    files.write(page, text, modified=NOW)
    assert published.wrong() == []
    (folder / f"{gone}.html").write_bytes(text)
    assert published.wrong() == [f"es/articles/{gone}.html stands there, but the ledger does not show it"]
    (folder / f"{gone}.html").rename(folder / f"{gone}.html.gz")
    assert published.wrong() == [f"es/articles/{gone}.html.gz stands there without its page"]
    (folder / f"{gone}.html.gz").unlink()
    files.remove(tombstone)
    assert published.wrong() == [f"es/articles/{gone}.gone.html is missing"]


def test_a_temporary_file_left_behind_is_named(published: Published) -> None:
    (published.public / "feeds/es/all/.part-x1").touch()
    (published.private / "el-faro/.part-x2").touch()
    assert len([each for each in published.wrong() if "temporary file" in each]) == 2


def test_work_that_is_still_due_is_no_disagreement(published: Published) -> None:
    feed(published, "rss.xml").unlink()
    files.remove(published.public / f"es/articles/{first().article_id}.html")
    units.arm(Step.PUBLISH, f"feed:{Product.objects.get().pk}", now=NOW)
    units.arm(Step.PUBLISH, f"page:{first().article_id}:es", now=NOW)
    assert published.wrong() == []
    published.runner.drain()
    assert published.wrong() == []
    assert feed(published, "rss.xml").exists()


# --- nothing is lost in silence ----------------------------------------------------------------------------------


def received(published: Published) -> Revision:
    receipt = published.submit(9, "Nobody knows this headline")
    return Revision.objects.get(pk=receipt.revision)


def test_a_revision_without_work_is_lost(published: Published) -> None:
    row = received(published)
    assert published.wrong() == []  # a unit has it
    Unit.objects.filter(subject=f"revision:{row.pk}").delete()
    for state in (RevisionState.RECEIVED, RevisionState.EXTRACTED, RevisionState.CLEARED):
        Revision.objects.filter(pk=row.pk).update(state=state)
        [wrong] = published.wrong()
        assert wrong.startswith(f"revision 1 of article {row.article_id} is {state}")
    for state in (RevisionState.HELD, RevisionState.REFUSED):
        Revision.objects.filter(pk=row.pk).update(state=state, reason="")
        assert published.wrong() == [f"revision 1 of article {row.article_id} is {state}, and nothing says why"]
        Revision.objects.filter(pk=row.pk).update(reason="no licence")
        assert published.wrong() == []


def test_a_superseded_revision_is_not_lost(published: Published) -> None:
    received(published)
    published.submit(9, "Nobody knows this headline", BODY + "<p>More.</p>")
    assert {row.number for row in Revision.objects.filter(article=Revision.objects.latest("pk").article)} == {1, 2}
    Unit.objects.filter(subject=f"revision:{Revision.objects.get(number=1, article__url__endswith='9').pk}").delete()
    assert published.wrong() == []


def test_a_translation_that_stopped_on_its_way_is_lost(published: Published) -> None:
    row = Translation.objects.get(revision__article=first().article)
    made = Translation.objects.create(revision=row.revision, language="es", version=2, draft=row.draft, created_at=NOW)
    for state in ("queued", "drafted", "ready", "approved"):
        Translation.objects.filter(pk=made.pk).update(state=state)
        [wrong] = published.wrong()
        assert f"its translation into es is {state}" in wrong
    units.arm(Step.CHECK, f"translation:{made.pk}", now=NOW)
    assert published.wrong() == []
    Unit.objects.filter(subject=f"translation:{made.pk}").update(state=UnitState.PARKED, last_error="no model")
    assert published.wrong() == []
    Unit.objects.filter(subject=f"translation:{made.pk}").update(last_error="")
    assert [each for each in published.wrong() if "waits for a person, and nothing says why" in each]
    assert [each for each in published.wrong() if "its translation into es is approved" in each]


def test_an_article_that_no_product_takes_is_not_lost(published: Published) -> None:
    first().receipts.all().delete()
    first().deliveries.all().delete()
    first().receipts.all().delete()
    first().delete()
    assert any("is ready and was never released" in each for each in published.wrong())
    Product.objects.update(rules={"sections": ["Ports"]})
    assert not any("was never released" in each for each in published.wrong())


def test_a_unit_held_past_its_lease_is_named(published: Published) -> None:
    pk = units.arm(Step.PUBLISH, "feed:1", now=NOW)
    assert units.claim(pk, now=NOW)
    assert published.wrong(later=units.LEASE + timedelta(seconds=9)) == []
    [wrong] = published.wrong(later=units.LEASE + timedelta(seconds=11))
    assert f"unit {pk} (publish feed:1) is leased past its time" in wrong


def test_a_guid_that_stands_for_two_articles_is_named(published: Published) -> None:
    Release.objects.filter(state=ReleaseState.CANCELED).update(guid=first().guid)
    assert f"{first().guid} stands for 2 articles" in published.wrong()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_points_nowhere_is_named(published: Published) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does not let it happen")
    with sqlite3.connect(connection.settings_dict["NAME"]) as other:  # its foreign keys are off
        other.execute("UPDATE ledger_event SET article_id = 4711 WHERE id = (SELECT min(id) FROM ledger_event)")
    other.close()
    assert any("of ledger_event points to a row of ledger_article" in each for each in published.wrong())


def test_what_mends_itself_meanwhile_is_not_reported(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    left = published.public / ".part-busy"
    left.touch()
    look: Callable[..., set[str]] = disagreements.__globals__["_look"]

    def look_and_finish(*given: Any) -> set[str]:
        seen = look(*given)
        left.unlink(missing_ok=True)
        return seen

    monkeypatch.setitem(disagreements.__globals__, "_look", look_and_finish)
    assert published.wrong() == []
