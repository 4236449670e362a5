"""Receipts: what a partner is known to have moves to the right only, and a withdrawal says who may still show it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from pipeline.actions.withdraw import withdraw
from pipeline.errors import IllegalTransition
from pipeline.ledger import receipts
from pipeline.ledger.models import Event, Partner, Product, Receipt
from tests.make import Office, corrected, other
from workers.cli import main


@pytest.fixture
def faro(office: Office) -> Partner:
    return Partner.objects.get(slug="el-faro")


@pytest.fixture
def everything(office: Office) -> Product:
    return Product.objects.get(language="es", slug="all")


def states(article: int, partner: str = "el-faro") -> list[tuple[int, str]]:
    return [(row["version"], row["state"]) for row in receipts.of_article(article) if row["partner"] == partner]


def take_back(office: Office, article: int) -> None:
    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    office.run()


def test_what_stands_in_a_partners_feed_was_sent_and_a_fetch_makes_it_seen(
    office: Office, faro: Partner, everything: Product
) -> None:
    article = office.publish()
    assert states(article) == [(1, "sent")]
    assert receipts.seen(faro, everything, at=office.clock.forward(minutes=5)) == 1
    assert states(article) == [(1, "seen")]
    assert states(article, "la-voz") == [(1, "sent")], "another partner's fetch says nothing of this one"
    assert receipts.seen(faro, everything, at=office.clock.forward(minutes=5)) == 0
    assert Receipt.objects.get(partner=faro).seen_at == office.clock() - timedelta(minutes=5), "the first time counts"


def test_a_document_read_before_it_was_written_again_shows_nothing_new(
    office: Office, faro: Partner, everything: Product
) -> None:
    read = office.clock()
    office.clock.forward(seconds=1)
    article = office.publish()
    assert receipts.seen(faro, everything, at=read) == 0
    assert states(article) == [(1, "sent")]


def test_a_correction_has_a_receipt_of_its_own(office: Office, faro: Partner, everything: Product) -> None:
    article = office.publish()
    receipts.seen(faro, everything, at=office.clock.forward(minutes=1))
    office.clock.forward(hours=1)
    office.publish(corrected())
    assert states(article) == [(2, "sent"), (1, "seen")]
    receipts.seen(faro, everything, at=office.clock.forward(minutes=1))
    assert states(article) == [(2, "seen"), (1, "seen")]


def test_a_fetch_says_nothing_of_what_no_longer_stands_in_the_feed(
    office: Office, faro: Partner, everything: Product
) -> None:
    office.apply(office.text.replace('tag = "eco.example,2026"', 'tag = "eco.example,2026"\nfeed_size = 1'))
    first = office.publish()
    office.clock.forward(hours=30)  # a feed holds the last day, however many that is
    second = office.publish(other(), url="https://river.example/library")
    receipts.seen(faro, everything, at=office.clock.forward(minutes=1))
    assert (states(first), states(second)) == ([(1, "sent")], [(1, "seen")])


def test_a_receipt_never_moves_back(office: Office, faro: Partner, everything: Product) -> None:
    article = office.publish()
    release = office.release(article)
    now = office.clock.forward(minutes=1)
    assert receipts.removed(faro, release, at=now) == "removed"
    assert receipts.acknowledged(faro, release, 1, at=office.clock.forward(minutes=1)) == "removed"
    assert receipts.seen(faro, everything, at=office.clock.forward(minutes=1)) == 0
    assert receipts.received(faro, {release.pk: 1}, at=office.clock()) == 0
    assert states(article) == [(1, "removed")]
    assert Receipt.objects.get(partner=faro).removed_at == now
    assert Event.objects.filter(action="receipt.removed", actor="partner:el-faro", article=article).count() == 1
    assert not Event.objects.filter(action="receipt.acknowledged").exists()


def test_what_was_given_in_another_way_is_seen_at_once(office: Office, faro: Partner) -> None:
    article = office.publish()
    assert receipts.received(faro, {office.release(article).pk: 1}, at=office.clock()) == 1
    assert states(article) == [(1, "seen")]


def test_a_partner_cannot_speak_of_what_it_was_never_offered(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")  # not for paid use
    release = office.release(article)
    paid = Partner.objects.get(slug="diario-de-pago")
    with pytest.raises(IllegalTransition, match="never offered to diario-de-pago"):
        receipts.acknowledged(paid, release, 1, at=office.clock())
    with pytest.raises(IllegalTransition, match="never offered"):
        receipts.removed(paid, release, at=office.clock())
    faro = Partner.objects.get(slug="el-faro")
    for version in (0, 2):
        with pytest.raises(IllegalTransition, match="versions 1 to 1"):
            receipts.acknowledged(faro, release, version, at=office.clock())


def test_of_a_withdrawn_article_everybody_may_still_show_it_who_has_not_said_otherwise(
    office: Office, faro: Partner, everything: Product
) -> None:
    article = office.publish(section="Bridges")
    assert receipts.may_still_show(article) == [], "nothing is wrong with it yet"
    office.clock.forward(hours=1)
    take_back(office, article)

    def showing() -> set[tuple[str, str, str]]:
        return {(row["product"], row["partner"], row["state"]) for row in receipts.may_still_show(article)}

    assert ("es/all", "el-faro", "sent") in showing()
    receipts.seen(faro, everything, at=office.clock.forward(minutes=1))
    assert ("es/all", "el-faro", "seen") in showing()
    receipts.acknowledged(faro, office.release(article), 2, at=office.clock())
    assert ("es/all", "el-faro", "acknowledged") in showing()
    receipts.removed(faro, office.release(article), at=office.clock())
    assert {partner for _, partner, _ in showing()} == {"la-voz", "diario-de-pago"}


def test_a_withdrawal_that_reached_nobody_yet_says_so(office: Office) -> None:
    article = office.publish()
    withdraw(article, kind="kill", reason="x", actor="ana", now=office.clock())
    assert {row["state"] for row in receipts.may_still_show(article)} == {"waiting"}


def test_the_command_shows_the_same(office: Office, faro: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    article = office.publish()
    office.clock.forward(hours=1)
    take_back(office, article)
    receipts.removed(faro, office.release(article), at=office.clock())
    said = CliRunner().invoke(main, ["receipts", str(article)])
    assert said.exit_code == 0, said.output
    assert "el-faro  es/all  withdrawal: sent 2026-03-14 10:00, removed 2026-03-14 10:00" in said.output
    assert "may still show it: diario-de-pago, la-voz" in said.output
    found = json.loads(CliRunner().invoke(main, ["receipts", str(article), "--json"]).stdout)
    assert {row["partner"] for row in found["may_still_show"]} == {"diario-de-pago", "la-voz"}
    assert len(found["receipts"]) == 6
    assert CliRunner().invoke(main, ["receipts", "4711"]).exit_code == 1
