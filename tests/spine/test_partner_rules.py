"""What a partner's own entry in newsroom.toml changes: its formats, its embargo, its products by licence."""

from __future__ import annotations

import json

import pytest

from pipeline.actions import upkeep
from pipeline.actions.withdraw import withdraw
from pipeline.ledger import receipts
from pipeline.ledger.models import Delivery, Event
from tests.make import GUID, NEWSROOM, Office, corrected, other

LATE = NEWSROOM.replace('slug = "la-voz"', 'slug = "la-voz"\ndelay_minutes = 30')


@pytest.fixture
def late(office: Office) -> Office:
    """La Voz gets new articles half an hour later."""
    office.apply(LATE)
    office.run()
    return office


def later(office: Office, **span: float) -> None:
    """Time goes by, and the sweeper comes round."""
    office.clock.forward(**span)
    upkeep.lift_embargoes(now=office.clock())
    office.run()


def of(partner: str) -> list[tuple[str, str, int, str]]:
    rows = Delivery.objects.filter(partner__slug=partner).order_by("version", "sending")
    return [(row.kind, row.state, row.version, row.reason_code) for row in rows]


def test_a_new_article_enters_the_partners_own_feed_when_its_embargo_ends(late: Office) -> None:
    guid = GUID.format(late.publish())
    assert guid in late.bodies()
    assert guid in late.bodies(partner="el-faro")
    assert guid not in late.bodies(partner="la-voz")
    assert of("la-voz") == [("published", "withheld", 1, "embargo")]
    later(late, minutes=29)
    assert guid not in late.bodies(partner="la-voz")
    later(late, minutes=1)
    assert guid in late.bodies(partner="la-voz")
    assert of("la-voz") == [("published", "sent", 1, "")]
    assert Event.objects.filter(action="delivery.embargo-ended").count() == 1
    later(late, hours=1)
    assert Event.objects.filter(action="delivery.embargo-ended").count() == 1


def test_a_correction_within_the_embargo_goes_out_instead_and_once(late: Office) -> None:
    article = late.publish()
    late.clock.forward(minutes=10)
    late.publish(corrected())
    assert [row[1:] for row in of("la-voz")] == [("withheld", 1, "embargo"), ("withheld", 2, "embargo")]
    later(late, minutes=20)
    assert of("la-voz") == [("published", "withheld", 1, "embargo-overtaken"), ("published", "sent", 2, "")]
    assert "14 millones" in late.bodies(partner="la-voz")[GUID.format(article)]


def test_a_correction_of_what_the_partner_has_comes_at_once(late: Office) -> None:
    article = late.publish()
    later(late, minutes=30)
    late.clock.forward(minutes=1)
    late.publish(corrected())
    assert "14 millones" in late.bodies(partner="la-voz")[GUID.format(article)]
    assert of("la-voz")[-1] == ("corrected", "sent", 2, "")


def test_of_what_was_withdrawn_within_the_embargo_the_partner_never_hears(late: Office) -> None:
    article = late.publish()
    late.clock.forward(minutes=10)
    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=late.clock())
    late.run()
    later(late, hours=1)
    assert of("la-voz") == [("published", "withheld", 1, "embargo-canceled")]
    assert GUID.format(article) not in late.bodies(partner="la-voz")
    assert GUID.format(article) in late.bodies(partner="el-faro"), "those who had it get the stub"
    assert "la-voz" not in {row["partner"] for row in receipts.may_still_show(article)}


def test_what_a_partner_has_is_not_taken_back_by_a_new_embargo(office: Office) -> None:
    guid = GUID.format(office.publish())
    office.apply(LATE)
    office.run()
    assert guid in office.bodies(partner="la-voz")
    office.clock.forward(minutes=1)
    office.publish(corrected())
    assert "14 millones" in office.bodies(partner="la-voz")[guid]


def test_a_newcomer_waits_for_what_is_new_and_gets_what_is_old(office: Office) -> None:
    old = GUID.format(office.publish(other(), url="https://river.example/library"))
    office.clock.forward(minutes=40)
    new = GUID.format(office.publish())
    office.apply(NEWSROOM + '\n[[partner]]\nslug = "nuevo"\nname = "Nuevo"\nuse = "N"\ndelay_minutes = 30\n')
    office.run()
    assert set(office.bodies(partner="nuevo")) == {old}
    later(office, minutes=30)
    assert set(office.bodies(partner="nuevo")) == {old, new}


def test_an_embargo_that_is_taken_away_ends_at_once(late: Office) -> None:
    guid = GUID.format(late.publish())
    late.apply(NEWSROOM)
    later(late, seconds=1)
    assert guid in late.bodies(partner="la-voz")


def test_a_partner_gets_the_formats_it_asked_for(office: Office) -> None:
    office.publish()
    folder = office.home / "private" / "el-faro" / "es" / "all"
    assert {path.name for path in folder.iterdir() if path.suffix != ".gz"} >= {"rss.xml", "atom.xml", "feed.json"}
    office.apply(NEWSROOM.replace('slug = "el-faro"', 'slug = "el-faro"\nformats = ["atom"]'))
    office.run()
    assert {path.name.partition(".")[0] for path in folder.iterdir()} == {"atom"}


def test_a_product_can_be_chosen_by_licence(office: Office) -> None:
    office.apply(NEWSROOM.replace('sections = ["Bridges"]', 'licences = ["by-nc", "by-nc-sa"]'))
    office.run()
    free = office.publish()
    bound = office.publish(source="harbor-wire", url="https://harbor.example/1")
    assert set(office.bodies()) == {GUID.format(free), GUID.format(bound)}
    assert set(office.bodies(product="es/puentes")) == {GUID.format(bound)}
    assert json.loads(office.feed(product="es/puentes"))["items"][0]["_rights"]["licence"] == "CC BY-NC 4.0"
