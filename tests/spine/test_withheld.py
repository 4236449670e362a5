"""The editor is told what a partner does not get, and why; and how much of the list is cut."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from pipeline.actions import upkeep
from pipeline.actions.review import reject
from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import Partner
from pipeline.ledger.withheld import of_partner
from tests.make import NEWSROOM, Office, other, story
from workers.cli import main


def told(office: Office, slug: str) -> list[tuple[int, str, str, str]]:
    rows, total = of_partner(Partner.objects.get(slug=slug), limit=None, now=office.clock())
    assert len(rows) == total
    assert all(row.reason and row.reason_es for row in rows)
    return [(row.article, row.product, row.cause, row.code) for row in rows]


def test_what_everybody_gets_is_not_in_the_list(office: Office) -> None:
    office.publish()
    assert told(office, "el-faro") == told(office, "diario-de-pago") == []


def test_a_use_that_the_licence_does_not_cover(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")
    assert told(office, "el-faro") == []
    assert told(office, "diario-de-pago") == [(article, "es/all", "use-class", "nc-paid-use")]


def test_a_licence_that_stops_it_for_everybody(office: Office) -> None:
    silent = office.receive(source="silent-times", url="https://silent.example/1").article
    article = office.publish()
    office.run()
    office.apply(NEWSROOM.replace("licenses/by/4.0", "licenses/by-nd/4.0"))
    office.run()
    found = told(office, "el-faro")
    assert (silent, "es/all", "licence", "rights-unknown") in found
    assert {(row[0], row[2]) for row in found} == {(silent, "licence"), (article, "licence")}


def test_an_embargo_with_its_end_the_partners_own_or_a_products(office: Office) -> None:
    office.apply(
        NEWSROOM.replace('slug = "la-voz"', 'slug = "la-voz"\ndelay_minutes = 30')
        .replace('slug = "el-faro"', 'slug = "el-faro"\nproducts = ["es/puentes"]')
        .replace('sections = ["Bridges"]', "delay_minutes = 60")
    )
    article = office.publish()
    assert told(office, "la-voz") == [(article, "es/all", "embargo", "embargo")]
    assert told(office, "el-faro") == [(article, "es/puentes", "embargo", "embargo-product")]
    [row], _ = of_partner(Partner.objects.get(slug="la-voz"), limit=None, now=office.clock())
    assert row.until is not None
    assert (row.until - office.clock()).total_seconds() == 1800
    office.clock.forward(minutes=60)
    upkeep.lift_embargoes(now=office.clock())
    office.run()
    assert told(office, "la-voz") == told(office, "el-faro") == []


def test_a_finding_that_waits_for_an_editor_and_a_rejection(office: Office) -> None:
    office.engine.phrases.clear()
    office.engine.mark = ""  # gives every sentence back as it came
    article = office.receive().article
    office.run()
    [(found, product, cause, code)] = told(office, "el-faro")
    assert (found, product, cause) == (article, "es/all", "finding")
    assert code
    reject(article, "es", reason="no", actor="ana", now=office.clock())
    assert [row[3] for row in told(office, "el-faro")] == ["rejected"]


def test_what_could_not_be_read_and_what_a_product_would_not_take(office: Office) -> None:
    office.apply(NEWSROOM.replace('slug = "el-faro"', 'slug = "el-faro"\nproducts = ["es/puentes"]'))
    held = office.receive(story(section="Bridges"), url=None).article
    unreadable = office.receive(b"{ not json", url="https://river.example/2").article
    elsewhere = office.receive(other(section="Prisons"), source="silent-times", url="https://silent.example/3").article
    office.run()
    assert {(row[0], row[3]) for row in told(office, "el-faro")} == {(held, "url-missing"), (unreadable, "unreadable")}
    assert elsewhere in {row[0] for row in told(office, "la-voz")}
    withdraw(elsewhere, kind="takedown", reason="asked", actor="ana", now=office.clock())
    assert elsewhere not in {row[0] for row in told(office, "la-voz")}


def test_the_command_says_how_much_it_does_not_show(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    for number in range(3):
        office.publish(source="harbor-wire", url=f"https://harbor.example/{number}")
    said = CliRunner().invoke(main, ["partners", "withheld", "diario-de-pago", "--limit", "2"])
    assert said.exit_code == 0, said.output
    assert said.output.count("use-class nc-paid-use") == 2
    assert "2 of 3 shown; all with --limit 0" in said.output
    found = json.loads(CliRunner().invoke(main, ["partners", "withheld", "diario-de-pago", "--json"]).stdout)
    assert (found["total"], found["not_shown"], len(found["withheld"])) == (3, 0, 3)
    assert CliRunner().invoke(main, ["partners", "withheld", "diario-de-paga"]).exit_code == 2
