"""Placements: a reported page is fetched and judged, a failure starts a clock, and the clock is told to editors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from pipeline import clock
from pipeline.actions.correct import correct
from pipeline.actions.withdraw import withdraw
from pipeline.errors import IllegalTransition, SourceError
from pipeline.ledger import placements, receipts
from pipeline.ledger.models import Event, Partner, Placement, Proof, Release, Unit
from pipeline.rights import attribution as credit
from pipeline.stages import QUEUE_OF, Queue, Step
from tests.make import Office, other
from tests.servers import Site, site
from workers import courtesy, spine
from workers.beat import Beat
from workers.cli import main


@pytest.fixture
def outlet() -> Iterator[Site]:
    with site() as outlet:
        yield outlet


@pytest.fixture
def office(office: Office) -> Office:
    """The newsroom may contact this machine: that is where the partner's site is."""
    office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
    office.run()
    return office


@pytest.fixture
def faro(office: Office) -> Partner:
    return Partner.objects.get(slug="el-faro")


def whole(release: Release) -> str:
    """A page that kept everything."""
    shown = placements.shown(release)
    text = "" if shown.withdrawn else credit.wrap(shown.attribution, shown.body, shown.corrections)
    return f"<html><body><h1>{shown.headline}</h1>{text}</body></html>"


def uncredited(release: Release) -> str:
    return f"<html><body><h1>Puente</h1>{placements.shown(release).body}</body></html>"


def reported(office: Office, release: Release, url: str, partner: Partner | None = None) -> Placement:
    placement, _ = placements.report(release, url, partner=partner, actor="cli:ana", now=office.clock())
    office.run()
    placement.refresh_from_db()
    return placement


def look_later(office: Office, placement: Placement, **span: float) -> str:
    """Let time pass, let the sweeper look, and say what became of the placement."""
    office.clock.forward(**span)
    placements.look_again(now=office.clock())
    office.run()
    placement.refresh_from_db()
    return placement.state


def test_a_page_with_the_whole_credit_is_proved_with_its_evidence(office: Office, outlet: Site, faro: Partner) -> None:
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", whole(release)), faro)
    assert (placement.state, placement.cure_by, placement.version) == ("proved", None, 1)
    [proof] = placement.proofs.all()
    assert (proof.verdict, proof.findings, proof.status, proof.coverage) == ("proved", [], 200, 1.0)
    assert (proof.address, len(proof.sha256)) == (outlet.base + "/puente", 64)
    assert "Por Ana Pond, The River Post" in proof.excerpt
    actions = list(Event.objects.filter(subject=f"placement:{placement.pk}").values_list("action", flat=True))
    assert actions == ["placement.reported", "placement.proved"]
    assert look_later(office, placement, days=3) == "proved"
    assert outlet.asked == ["/puente"]  # what is in order is left alone


def test_a_failure_starts_a_clock_of_thirty_days_and_a_cure_stops_it(
    office: Office, outlet: Site, faro: Partner
) -> None:
    release = office.release(office.publish())
    began = office.clock()
    placement = reported(office, release, outlet.put("/puente", uncredited(release)), faro)
    assert (placement.state, placement.found_at, placement.cure_by) == ("failed", began, began + timedelta(days=30))
    assert look_later(office, placement, hours=23) == "failed"
    assert len(outlet.asked) == 1
    assert look_later(office, placement, hours=1) == "failed"
    assert len(outlet.asked) == 2
    assert placement.cure_by == began + timedelta(days=30)  # the clock does not begin anew
    outlet.put("/puente", whole(release))
    assert look_later(office, placement, days=1) == "proved"
    assert (placement.found_at, placement.cure_by) == (None, None)


def test_what_is_not_cured_in_time_is_overdue_and_needs_an_editor(office: Office, outlet: Site) -> None:
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", uncredited(release)))
    assert look_later(office, placement, days=29) == "failed"
    assert look_later(office, placement, days=1) == "overdue"
    outlet.put("/puente", whole(release))
    looks = len(outlet.asked)
    assert look_later(office, placement, days=40) == "overdue"
    assert len(outlet.asked) == looks
    assert reported(office, release, placement.url).state == "overdue"  # a late cure does not bring the rights back
    placements.settle(placement.pk, reason="the publisher forgave it", actor="ana", now=office.clock())
    placement.refresh_from_db()
    assert (placement.state, placement.cure_by) == ("proved", None)
    with pytest.raises(IllegalTransition, match="nothing to settle"):
        placements.settle(placement.pk, reason="x", actor="ana", now=office.clock())


def test_a_clock_goes_on_while_the_page_does_not_answer(office: Office, outlet: Site) -> None:
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", uncredited(release)))
    outlet.put("/puente", "", status=503)
    assert look_later(office, placement, days=1) == "failed"
    assert look_later(office, placement, days=29) == "overdue"


def test_an_older_licence_knows_no_cure(office: Office, outlet: Site) -> None:
    office.apply(office.text.replace("licenses/by/4.0/", "licenses/by/3.0/"))
    office.run()
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", uncredited(release)))
    assert (placement.state, placement.cure_by) == ("overdue", office.clock())


def test_a_page_that_cannot_be_judged_is_unclear_and_asked_for_a_month(office: Office, outlet: Site) -> None:
    release = office.release(office.publish())
    teaser = reported(office, release, outlet.put("/puente", "<p>Suscríbase para leer más.</p>"))
    photo = reported(office, release, outlet.put("/p.jpg", "x", kind="image/jpeg"))
    refused = reported(office, release, outlet.put("/no", "no", status=403))
    closed = reported(office, release, "http://127.0.0.1:9/nobody")
    assert {each.state for each in (teaser, photo, refused, closed)} == {"unclear"}
    said = {row.placement_id: [each["code"] for each in row.findings] for row in Proof.objects.all()}
    assert [said[each.pk] for each in (teaser, photo, refused, closed)] == [
        ["proof-text-missing"], ["proof-no-page"], ["proof-no-page"], ["proof-unreachable"]
    ]  # fmt: skip
    assert not Unit.objects.filter(state="parked").exists()
    outlet.put("/puente", whole(release))
    assert look_later(office, teaser, days=1) == "proved"
    office.clock.forward(days=40)
    assert placements.look_again(now=office.clock()) == 0


def test_a_correction_is_looked_for_a_day_later(office: Office, outlet: Site) -> None:
    article = office.publish()
    release = office.release(article)
    placement = reported(office, release, outlet.put("/puente", whole(release)))
    office.clock.forward(hours=1)
    correct(
        article,
        "es",
        place="b1.0",
        html="La obra costó 14 millones de pesos y duró nueve años.",
        note="La obra costó 14 millones.",
        actor="ana",
        now=office.clock(),
    )
    office.run()
    assert look_later(office, placement, hours=23) == "proved"  # a WordPress site has 12 hours to fetch it
    assert len(outlet.asked) == 1
    assert look_later(office, placement, hours=1) == "failed"
    assert [each["code"] for each in placement.proofs.latest("at").findings] == ["proof-correction"]
    assert placement.cure_by is None  # no licence ends for want of a correction
    assert look_later(office, placement, days=60) == "failed"
    outlet.put("/puente", uncredited(office.release(article)))
    assert look_later(office, placement, days=1) == "failed"
    assert placement.cure_by == office.clock() + timedelta(days=30)  # the breach is new, and so is its clock
    outlet.put("/puente", whole(office.release(article)))
    assert look_later(office, placement, days=1) == "proved"


def test_a_withdrawn_text_is_looked_for_until_it_is_gone(office: Office, outlet: Site) -> None:
    article = office.publish()
    release = office.release(article)
    kept = reported(office, release, outlet.put("/puente", whole(release)))
    stubbed = reported(office, release, outlet.put("/otro", whole(release)))
    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    office.run()
    outlet.put("/otro", "<p>Retirado</p>")
    assert look_later(office, kept, minutes=1) == "overdue"
    assert kept.cure_by == office.clock()
    stubbed.refresh_from_db()
    assert stubbed.state == "removed"
    [page] = placements.not_rid_of(article)
    assert (page["url"], page["state"]) == (kept.url, "overdue")
    assert f"not known to be rid of it: {kept.url}" in run("receipts", str(article)).output
    with pytest.raises(IllegalTransition, match="was withdrawn"):
        placements.settle(kept.pk, reason="x", actor="ana", now=office.clock())
    del outlet.pages["/puente"]
    assert look_later(office, kept, days=1) == "removed"
    assert placements.not_rid_of(article) == []
    looks = len(outlet.asked)
    look_later(office, kept, days=5)
    assert len(outlet.asked) == looks


@pytest.mark.parametrize("status", [404, 410])
def test_a_withdrawn_articles_receipt_is_removed_once_every_page_of_the_partner_is_gone(
    office: Office, outlet: Site, faro: Partner, status: int
) -> None:
    article = office.publish()
    release = office.release(article)
    first, second = (
        reported(office, release, outlet.put(f"/{name}", whole(release)), faro) for name in ("puente", "portada")
    )

    def receipt() -> str:
        [row] = [row for row in receipts.of_article(article) if row["partner"] == "el-faro" and row["version"] == 2]
        return str(row["state"])

    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    office.run()
    outlet.put("/puente", "<h1>No está</h1>", status=status)
    assert look_later(office, first, days=1) == "removed"
    assert receipt() != "removed", "the other page still shows it"
    outlet.put("/portada", "<h1>No está</h1>", status=status)
    assert look_later(office, second, days=1) == "removed"
    assert receipt() == "removed"
    assert "el-faro" not in {row["partner"] for row in receipts.may_still_show(article)}
    assert Event.objects.get(action="receipt.removed").actor == "pipeline", "seen, not said"


def test_a_page_that_was_gone_before_its_article_was_withdrawn_is_looked_at_once_more(
    office: Office, outlet: Site, faro: Partner
) -> None:
    article = office.publish()
    gone = reported(office, office.release(article), outlet.base + "/nunca", faro)
    assert gone.state == "removed"
    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    office.run()
    assert "el-faro" in {row["partner"] for row in receipts.may_still_show(article)}
    look_later(office, gone, minutes=1)
    assert "el-faro" not in {row["partner"] for row in receipts.may_still_show(article)}


def test_a_page_of_an_article_that_stands_says_nothing_of_its_receipt(
    office: Office, outlet: Site, faro: Partner
) -> None:
    article = office.publish()
    assert reported(office, office.release(article), outlet.base + "/nunca", faro).state == "removed"
    assert "removed" not in {row["state"] for row in receipts.of_article(article)}


def test_a_partner_reports_only_what_it_was_offered_and_not_without_end(office: Office, faro: Partner) -> None:
    release = office.release(office.publish())
    article = office.publish(other(), source="harbor-wire", url="https://harbor.example/library")
    paid = Partner.objects.get(slug="diario-de-pago")
    with pytest.raises(IllegalTransition, match="never offered"):
        placements.report(
            office.release(article), "https://pago.example/x", partner=paid, actor="partner:x", now=office.clock()
        )
    with pytest.raises(SourceError):
        placements.report(release, "ftp://el-faro.example/x", partner=faro, actor="partner:x", now=office.clock())
    for number in range(placements.MOST):
        url = f"https://el-faro.example/{number}"
        assert placements.report(release, url, partner=faro, actor="partner:el-faro", now=office.clock())[1]
    again = placements.report(release, url + "#top", partner=faro, actor="partner:el-faro", now=office.clock())
    assert not again[1]
    with pytest.raises(IllegalTransition, match="that is the most"):
        placements.report(release, "https://el-faro.example/x", partner=faro, actor="partner:x", now=office.clock())


def test_a_partner_cannot_make_us_call_on_our_own_network(office: Office, outlet: Site, faro: Partner) -> None:
    release = office.release(office.publish())
    url = outlet.put("/intranet", whole(release))
    placements.report(release, url, partner=faro, actor="api:el-faro:3f9a5c21d077", now=office.clock())
    office.run()
    placement = Placement.objects.get()
    assert (placement.state, outlet.asked) == ("unclear", [])
    Partner.objects.filter(pk=faro.pk).update(webhook="http://127.0.0.1:1/hook")  # its own host, which we push to
    assert look_later(office, placement, days=1) == "proved"


def test_the_sweeper_looks_again_by_itself(office: Office, outlet: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", uncredited(release)))
    office.clock.forward(days=1)
    outlet.put("/puente", whole(release))
    monkeypatch.setattr(courtesy, "newsroom", lambda: office.room)
    Beat(office.runner, "", office.clock).tick()
    placement.refresh_from_db()
    assert placement.state == "proved"


def test_a_look_that_ends_twice_is_kept_once(office: Office, outlet: Site) -> None:
    release = office.release(office.publish())
    placement = reported(office, release, outlet.put("/puente", whole(release)))
    unit = Unit.objects.get(step=Step.PROVE)
    assert QUEUE_OF[Step.PROVE] is Queue.DELIVER
    office.runner.run(unit.pk)
    assert placement.proofs.count() == 1


# --- at the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def told(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The command line works in this very newsroom."""
    monkeypatch.setattr(clock, "now", office.clock)
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    monkeypatch.setattr(spine, "runner", lambda: office.runner)
    return office


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_check_says_what_is_missing_and_records_nothing(told: Office, outlet: Site) -> None:
    release = told.release(told.publish())
    url = outlet.put("/puente", whole(release))
    fine = run("credit", "check", url, "--release", str(release.pk))
    assert fine.exit_code == 0
    assert "proved" in fine.output
    outlet.put("/puente", uncredited(release))
    failed = run("credit", "check", url, "--release", release.guid, "--json")
    assert failed.exit_code == 1
    found = json.loads(failed.output)
    assert found["verdict"] == "failed"
    assert {each["code"] for each in found["findings"]} >= {"proof-byline", "proof-link-above", "proof-licence"}
    assert all(each["reason"] and each["reason_es"] for each in found["findings"])
    assert run("credit", "check", url, "--release", "999").exit_code == 1
    assert not Placement.objects.exists()


def test_report_list_status_and_settle(told: Office, outlet: Site) -> None:
    release = told.release(told.publish())
    url = outlet.put("/puente", uncredited(release))
    assert "no page needs anybody" in run("credit", "list").output
    done = run("credit", "report", url, "--release", str(release.pk), "--partner", "el-faro")
    assert done.exit_code == 0, done.output
    listed = run("credit", "list").output
    assert "failed, to be mended by 2026-04-13" in listed
    assert url in listed
    assert "No byline names The River Post" in listed
    assert "1 failed, the next to be mended by 2026-04-13" in run("status").output
    assert json.loads(run("status", "--json").output)["placements"]["states"] == {"failed": 1}
    assert run("credit", "settle", "1", "--reason", "seen by eye").exit_code == 0
    assert "1 in order or removed" in run("credit", "list").output
    rows = json.loads(run("credit", "list", "--all", "--json").output)
    assert (rows["placements"][0]["state"], rows["not_listed"]) == ("proved", 0)
    assert run("credit", "report", url, "--release", "1", "--partner", "el-fari").exit_code == 2
