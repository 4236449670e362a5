"""The page of numbers: charts drawn from the ledger, with the same numbers beside them, usable by everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import lxml.etree
import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from desk import charts
from desk.charts import Series
from desk.roles import Role
from pipeline.actions.withdraw import withdraw
from pipeline.ledger import credit_health, statistics
from pipeline.ledger.models import Partner, Placement, Proof
from tests.desk.browser import Desk
from tests.make import PARAGRAPHS, Office, corrected, other


def history(office: Office) -> None:
    """Two days: an article published after 30 minutes and corrected, another held, another withdrawn."""
    article = office.receive().article
    office.clock.forward(minutes=30)
    office.run()
    office.clock.forward(days=1)
    office.receive(corrected())
    office.run()
    gone = office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    withdraw(gone, kind="kill", reason="x", actor="ana", now=office.clock())
    office.run()
    del office.engine.phrases[PARAGRAPHS[2]]
    office.engine.mark = ""
    office.receive(url="https://river.example/held")
    office.run()
    assert article


def test_days_are_counted_and_none_is_missing(office: Office) -> None:
    history(office)
    old, today = statistics.days(until=office.clock(), count=3)[1:]
    assert (old.received, old.published, old.corrected, old.withdrawn, old.median_minutes) == (1, 1, 0, 0, 30.0)
    assert (today.received, today.published, today.corrected, today.withdrawn) == (3, 1, 1, 1)
    assert (today.median_minutes, today.slowest_minutes) == (0.0, 0.0)
    empty = statistics.days(until=office.clock(), count=3)[0]
    assert (empty.received, empty.median_minutes) == (0, None)


def test_a_day_that_is_over_is_counted_once_and_says_the_same(office: Office) -> None:
    history(office)
    counted = statistics.days(until=office.clock(), count=14)
    assert statistics.close_days(now=office.clock()) == statistics.LONGEST  # all but today
    assert statistics.close_days(now=office.clock()) == 0
    with CaptureQueriesContext(connection) as asked:
        assert statistics.days(until=office.clock(), count=14) == counted
    assert all(str(office.clock().date()) in each["sql"] for each in asked if "DayFigures" not in each["sql"])
    tomorrow = office.clock.forward(days=1)
    assert statistics.days(until=tomorrow, count=15)[:14] == counted, "today is over, and was not closed yet"
    assert statistics.close_days(now=datetime.combine(tomorrow.date(), time(0, 30), tzinfo=UTC)) == 0
    assert statistics.close_days(now=datetime.combine(tomorrow.date(), time(1, 30), tzinfo=UTC)) == 1
    assert statistics.days(until=tomorrow, count=15)[:14] == counted


def test_an_article_is_published_once_in_however_many_products(office: Office) -> None:
    article = office.publish(section="Bridges")
    later = office.release(article, "es/puentes")
    later.published_at += timedelta(days=2)
    later.save()
    office.clock.forward(days=3)
    assert [day.published for day in statistics.days(until=office.clock(), count=4)] == [1, 0, 0, 0]


def test_held_reasons_and_deliveries_are_counted(office: Office) -> None:
    history(office)
    since = office.clock() - timedelta(days=7)
    found, more = statistics.held_for(days := statistics.days(until=office.clock(), count=7))
    assert dict(found)["copied"] == 1
    assert more == 0
    assert statistics.held_for(days, limit=0)[1] == sum(count for _, count in found)
    served = {each.partner: each for each in statistics.deliveries(statistics.told(since=since))}
    assert (served["el-faro"].sent, served["el-faro"].failed) == (4, 0)
    assert served["diario-de-pago"].withheld == 1


def test_a_chart_is_a_picture_with_a_name_and_true_proportions() -> None:
    drawn = charts.bars("Uno <dos>", ["a", "b"], [Series(name="x", values=(10, 5)), Series(name="y", values=(0, None))])
    tree = lxml.etree.fromstring(drawn)
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == "Uno <dos>"
    tall, low = (float(rect.get("height", "0")) for rect in tree.iter("rect"))
    assert tall == pytest.approx(2 * low, abs=0.2)
    assert "style=" not in drawn


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (3, 4), (5, 10), (11, 20), (21, 40), (100, 100), (0.3, 0.4)]
)
def test_scales_end_at_a_round_number(highest: float, top: float) -> None:
    with translation.override("en"):
        assert f">{top:g}</text>" in charts.lines("x", ["a"], [Series(name="x", values=(highest,))])


def test_a_scale_is_written_as_the_page_writes_and_says_its_unit() -> None:
    one = Series(name="x", values=(0.3,))
    with translation.override("es"):
        assert ">0,4</text>" in charts.lines("x", ["a"], [one])
        assert ">0,2 %</text>" in charts.bars("x", ["a"], [one], unit=" %")


def test_a_gap_is_a_gap() -> None:
    drawn = charts.lines("x", ["a", "b", "c"], [Series(name="x", values=(1, None, 2))])
    assert drawn.count("<circle") == 2


def test_on_a_phone_nothing_of_a_partner_stands_beyond_the_edge(open_desk: Callable[..., Desk], office: Office) -> None:
    office.clock.at = datetime.now(UTC) - timedelta(days=2)
    history(office)
    page = open_desk(Role.VIEWER, width=390).go("/desk/numbers")
    for cell in page.locator("table.cells tbody td").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        assert cell.get_attribute("data-label")
    assert page.locator("#credit svg text", has_text="100 %").count() == 1


def test_the_page_has_every_chart_with_its_table(office: Office, signed_in: Callable[[Role | None], Client]) -> None:
    history(office)
    shown = signed_in(Role.VIEWER).get("/desk/numbers?days=90").content.decode()
    assert shown.count("<svg") >= 3
    assert shown.count("<table") >= 2
    assert signed_in(Role.VIEWER).get("/desk/numbers?days=1e9").status_code == 200


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_can_be_used_by_everybody(open_desk: Callable[..., Desk], office: Office, width: int) -> None:
    office.clock.at = datetime.now(UTC) - timedelta(days=2)
    history(office)
    desk = open_desk(Role.VIEWER, width=width)
    desk.go("/desk/numbers")
    assert not desk.complaints()
    assert not desk.overflows()
    desk.picture(f"numbers-{width}")


def placed(office: Office) -> None:
    """El Faro was sent three articles: of one the credit is on its page, of one it is missing, of one nothing is known.

    An editor found a page that nobody reported.
    """
    now = office.clock()
    faro = Partner.objects.get(slug="el-faro")
    releases = [office.release(office.publish(url=f"https://river.example/{number}")) for number in range(3)]
    cure_by = now + timedelta(days=30)
    for partner, release, state, verdict in (
        (faro, releases[0], "proved", "proved"),
        (faro, releases[1], "failed", "failed"),
        (None, releases[2], "unclear", "unclear"),
    ):
        page = Placement.objects.create(
            release=release,
            partner=partner,
            url=f"https://faro.example/{state}",
            reported_by="test",
            reported_at=now,
            since=now,
            state=state,
            cure_by=cure_by if state == "failed" else None,
        )
        for day in range(2 if verdict == "failed" else 1):
            Proof.objects.create(placement=page, at=now - timedelta(days=day), version=1, verdict=verdict)


def test_credit_is_counted_by_partner_and_day(office: Office) -> None:
    placed(office)
    now = office.clock()
    since = now - timedelta(days=7)
    counts = statistics.told(since=since)
    standing = {each.partner: each for each in credit_health.standing(since=since, counts=counts)}
    faro = standing["el-faro"]
    assert (faro.proved, faro.failing, faro.overdue, faro.unknown, faro.unreported) == (1, 1, 0, 0, 1)
    assert faro.cure_by == now + timedelta(days=30)
    assert faro.share(faro.proved) == 33.3
    assert (standing["la-voz"].total, standing["la-voz"].unreported) == (3, 3)
    assert standing[""].unknown == 1
    before, today = credit_health.looks(until=now, count=2)
    assert (before.proved, before.failed, before.unclear) == (0, 1, 0)
    assert (today.proved, today.failed, today.unclear) == (1, 1, 1)
    [of_faro] = credit_health.looks(until=now, count=1, partner="el-faro")
    assert (of_faro.proved, of_faro.failed, of_faro.unclear) == (1, 1, 0)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Credit on partners' pages"), ("es", "El crédito en las páginas de los socios")]
)
def test_the_credit_charts_have_their_numbers_beside_them(
    office: Office, signed_in: Callable[[Role | None], Client], language: str, words: str
) -> None:
    office.clock.at = datetime.now(UTC) - timedelta(hours=1)
    placed(office)
    answer = signed_in(Role.VIEWER).get("/desk/numbers?partner=el-faro", headers={"Accept-Language": language})
    section = lxml.html.fromstring(answer.content).get_element_by_id("credit")
    assert section.findtext("h2") == words
    assert len(section.findall(".//svg")) == 2
    rows = [[cell.text_content() for cell in row] for row in section.find(".//table/tbody")]
    [faro] = [row for row in rows if row[0] == "El Faro"]
    assert [faro[n] for n in (1, 2, 4, 5, 6)] == ["1", "1", "0", "0", "1"]
    assert section.xpath("string(.//option[@selected])") == "El Faro"
    assert signed_in(Role.VIEWER).get("/desk/numbers?partner=nobody").status_code == 200
