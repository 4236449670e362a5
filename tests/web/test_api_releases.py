"""What partners read over the API: exactly what they may have, and the end of what they may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from pipeline.actions.withdraw import withdraw
from pipeline.ledger import receipts
from pipeline.ledger.models import Event, Partner, Placement
from tests.make import GUID, NEWSROOM, Office, corrected, other
from tests.web.conftest import Caller, problem

Partners = Callable[..., Caller]


def take_back(office: Office, article: int) -> None:
    withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    office.run()


def test_a_release_has_the_whole_text_with_its_credit_in_place(office: Office, partner: Partners) -> None:
    article = office.publish(section="Bridges", keywords=("Tolls",))
    releases, _ = partner().everything()
    assert [release["product"] for release in releases] == ["es/all"], "el-faro has that product and no other"
    [release] = releases
    item = office.items(partner="el-faro")[GUID.format(article)]
    assert release["content_html"] == item["content_html"]
    assert (release["guid"], release["headline"], release["url"]) == (item["id"], item["title"], item["url"])
    assert (release["status"], release["version"], release["sending"]) == ("usable", 1, 1)
    assert release["licence"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    assert release["original"]["url"] == "https://river.example/2026/bridge"
    assert release["original"]["authors"] == ["Ana Pond"]
    assert (release["section"], release["keywords"], release["corrections"]) == ("Bridges", ["Tolls"], [])


def test_whoever_has_an_answer_already_is_not_sent_it_again(office: Office, partner: Partners) -> None:
    office.publish()
    faro = partner()
    [release], cursor = faro.everything()
    bearer = {"Authorization": f"Bearer {faro.token}"}
    for path in ("/releases", f"/releases/{release['id']}", f"/releases?cursor={cursor}", "/openapi.json"):
        whole = faro.get(path)
        assert (whole.status_code, whole["Cache-Control"], whole["Vary"]) == (200, "private, no-cache", "Authorization")
        known = faro.client.get(f"/api/v1{path}", headers={**bearer, "If-None-Match": whole["ETag"]})
        assert (known.status_code, known.content, known["ETag"]) == (304, b"", whole["ETag"])
        assert known["Cache-Control"] == whole["Cache-Control"]
        stale = faro.client.get(f"/api/v1{path}", headers={**bearer, "If-None-Match": '"other"'})
        assert stale.content == whole.content
    office.clock.forward(hours=1)
    office.publish(corrected())
    old = faro.get("/releases")["ETag"]
    office.clock.forward(hours=1)
    office.publish(other(), url="https://river.example/library")
    changed = faro.client.get("/api/v1/releases", headers={**bearer, "If-None-Match": old})
    assert (changed.status_code, len(changed.json()["releases"])) == (200, 2)


def test_a_refusal_has_no_tag_and_is_kept_by_nobody(office: Office, partner: Partners) -> None:
    refused = partner().get("/releases/4711")
    assert (refused["Cache-Control"], refused.has_header("ETag")) == ("no-store", False)


def test_the_same_release_alone(office: Office, partner: Partners) -> None:
    office.publish()
    faro = partner()
    [release], _ = faro.everything()
    assert faro.get(f"/releases/{release['id']}").json() == release
    for nothing in (4711, 2**62):
        problem(faro.get(f"/releases/{nothing}"), 404, "not-found")
    problem(faro.get("/releases/0"), 422, "invalid")


def test_a_correction_and_a_withdrawal_come_after_the_cursor_and_nothing_else(
    office: Office, partner: Partners
) -> None:
    article = office.publish()
    office.publish(other(), url="https://river.example/library")
    faro = partner()
    _, cursor = faro.everything()
    assert faro.everything(cursor) == ([], cursor)
    office.clock.forward(hours=1)
    office.publish(corrected())
    [release], cursor = faro.everything(cursor)
    assert (release["version"], "14 millones" in release["content_html"]) == (2, True)
    assert [note["on"] for note in release["corrections"]] == ["2026-03-14"]
    take_back(office, article)
    [stub], cursor = faro.everything(cursor)
    assert (stub["status"], stub["version"], stub["withdrawn_on"]) == ("canceled", 3, "2026-03-14")
    assert "original" not in stub
    for word in ("puente", "Ana Pond", "millones", "bridge"):
        assert word not in str(stub)


def test_a_partner_sees_only_what_its_use_class_may_have(office: Office, partner: Partners) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")  # not for paid use
    [seen], _ = partner("el-faro").everything()
    assert seen["status"] == "usable"
    paid = partner("diario-de-pago")
    [notice], _ = paid.everything()
    assert notice == {
        "id": seen["id"],
        "guid": GUID.format(article),
        "product": "es/all",
        "status": "withheld",
        "version": 1,
        "sending": 1,
        "updated": seen["updated"],
    }
    assert "content_html" not in paid.get(f"/releases/{seen['id']}").json()


def test_what_a_partner_may_no_longer_have_is_taken_back_by_the_same_cursor(office: Office, partner: Partners) -> None:
    office.publish()
    paid = partner("diario-de-pago")
    [release], cursor = paid.everything()
    assert release["status"] == "usable"
    office.apply(NEWSROOM.replace("licenses/by/4.0", "licenses/by-nc/4.0"))
    office.run()
    [notice], cursor = paid.everything(cursor)
    assert (notice["id"], notice["status"]) == (release["id"], "withheld")
    office.apply(NEWSROOM)
    office.run()
    [again], _ = paid.everything(cursor)
    assert (again["id"], again["status"]) == (release["id"], "usable")


def test_a_change_of_products_starts_the_mirror_over_and_ends_what_was_left(office: Office, partner: Partners) -> None:
    office.publish(section="Bridges")
    faro = partner()
    _, cursor = faro.everything()
    office.apply(NEWSROOM.replace('slug = "el-faro"', 'slug = "el-faro"\nproducts = ["es/puentes"]'))
    office.run()
    told, cursor = faro.everything(cursor)
    assert {(each["product"], each["status"]) for each in told} == {("es/all", "withheld"), ("es/puentes", "usable")}
    assert faro.everything(cursor)[0] == []


def test_an_embargo_keeps_it_back_until_it_ends(office: Office, partner: Partners) -> None:
    from pipeline.actions import upkeep

    office.apply(NEWSROOM.replace('slug = "la-voz"', 'slug = "la-voz"\ndelay_minutes = 30'))
    office.publish()
    voz = partner("la-voz")
    nothing, cursor = voz.everything()
    assert nothing == []
    office.clock.forward(minutes=30)
    upkeep.lift_embargoes(now=office.clock())
    [release], _ = voz.everything(cursor)
    assert release["status"] == "usable"


def test_a_cursor_of_somebody_else_or_of_nobody_is_refused(office: Office, partner: Partners) -> None:
    office.publish()
    _, cursor = partner("el-faro").everything()
    voz = partner("la-voz")
    for wrong in (cursor, "x", "WzFd", "W10", "é", "bnVsbA", "W251bGwsMCwwLDBd", cursor[:-1]):
        problem(voz.get("/releases", cursor=wrong), 400, "cursor-unknown")


def test_a_cursor_from_before_the_ledger_was_restored_starts_over(office: Office, partner: Partners) -> None:
    from feeds.api.cursor import Cursor

    office.publish()
    faro = partner()
    row = Partner.objects.get(slug="el-faro")
    ahead = Cursor(partner=row.pk, epoch=row.epoch, change=10**6, release=1).text()
    assert len(faro.everything(ahead)[0]) == 1


def test_reading_is_a_receipt_and_the_partner_may_say_more(office: Office, partner: Partners) -> None:
    article = office.publish()
    faro = partner()
    [release], _ = faro.everything()

    def states() -> list[tuple[int, str]]:
        return [(row["version"], row["state"]) for row in receipts.of_article(article) if row["partner"] == "el-faro"]

    assert states() == [(1, "seen")]
    path = f"/releases/{release['id']}/receipts"
    answer = faro.post(path, {"state": "acknowledged", "version": 1})
    assert answer.json() == {"release": release["id"], "version": 1, "state": "acknowledged"}
    problem(faro.post(path, {"state": "acknowledged", "version": 2}), 409, "conflict")
    take_back(office, article)
    assert faro.post(path, {"state": "removed"}).json()["state"] == "removed"
    assert faro.post(path, {"state": "acknowledged"}).json()["state"] == "removed", "never back"
    assert "el-faro" not in {row["partner"] for row in receipts.may_still_show(article)}
    assert Event.objects.filter(action="receipt.removed", actor="partner:el-faro").exists()
    for wrong in ({}, {"state": "lost"}, {"state": "removed", "versoin": 1}, {"state": "removed", "version": 0}):
        assert problem(faro.post(path, wrong), 422, "invalid")["errors"]
    problem(faro.post(path, "{"), 400, "bad-request")


def test_nobody_speaks_of_what_it_may_not_see(office: Office, partner: Partners) -> None:
    office.publish(source="harbor-wire", url="https://harbor.example/1")
    [seen], _ = partner("el-faro").everything()
    paid = partner("diario-de-pago")
    problem(paid.post(f"/releases/{seen['id']}/receipts", {"state": "acknowledged"}), 409, "conflict")
    problem(paid.post("/releases/4711/receipts", {"state": "acknowledged"}), 404, "not-found")


def test_a_page_that_a_partner_reports_is_on_record(office: Office, partner: Partners) -> None:
    office.publish()
    faro = partner()
    [release], _ = faro.everything()
    path = f"/releases/{release['id']}/placements"
    answer = faro.post(path, {"url": "https://faro.example/n/1?utm_source=x"})
    assert answer.status_code == 202
    assert answer.json()["url"] == "https://faro.example/n/1"
    assert Placement.objects.get().partner == Partner.objects.get(slug="el-faro")
    told = problem(faro.post(path, {"url": "ftp://faro.example/"}), 422, "invalid")
    assert told["errors"][0]["place"] == "body.placement.url"


# --- who may ask -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "tvz_x"])
def test_without_a_good_token_nothing_is_answered(office: Office, client: Client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("releases", "releases/1", "status", f"submissions/{'0' * 8}-0000-4000-8000-{'0' * 12}"):
        answer = client.get(f"/api/v1/{path}", headers=headers)
        problem(answer, 401, "unauthorized")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_stops_within_one_request(office: Office, partner: Partners) -> None:
    from feeds import tokens

    faro = partner()
    assert faro.get("/releases").status_code == 200
    tokens.revoke(faro.token, actor="ana", reason="lost", now=timezone.now())
    problem(faro.get("/releases"), 401, "unauthorized")


def test_a_scope_opens_its_operations_and_no_other(office: Office, partner: Partners, automation: Partners) -> None:
    reader = partner(scopes=["releases:read"])
    assert reader.get("/releases").status_code == 200
    told = problem(reader.post("/releases/1/receipts", {"state": "removed"}), 403, "forbidden")
    assert "releases:acknowledge" in told["detail"]
    problem(reader.get("/status"), 403, "forbidden")
    problem(reader.post("/articles", {}), 403, "forbidden")
    monitor = automation(scopes=["status:read"])
    assert monitor.get("/status").json()["status"] == "ok"
    problem(monitor.get("/releases"), 403, "forbidden")


def test_what_is_not_there_has_the_same_shape(office: Office, client: Client, partner: Partners) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not-found")
    problem(client.get("/api/"), 404, "not-found")
    answer = client.delete("/api/v1/releases")
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer["Allow"]
    for limit in ("0", "501", "x"):
        told = problem(partner().get("/releases", limit=limit), 422, "invalid")
        assert told["errors"][0]["place"] == "query.limit"


def test_what_breaks_says_so_in_the_same_shape_and_is_logged(
    office: Office, partner: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.api.mirror.since", lambda *_, **__: 1 / 0)
    with capture_logs() as logged:
        told = problem(partner().get("/releases"), 500, "internal")
    assert "division" not in str(told)
    [broken] = [line for line in logged if line["event"] == "api.broken"]
    assert broken["exc_info"], "the traceback goes into the log"


# --- how often -------------------------------------------------------------------------------------------------------


def test_a_token_that_asks_too_often_is_told_how_long_to_wait(office: Office, partner: Partners) -> None:
    office.apply(NEWSROOM + "\n[api]\nrequests_per_minute = 3\n")
    faro, other_token = partner(), partner()
    answers = [faro.get("/releases") for _ in range(7)]  # a minute may end among them
    refused = [answer for answer in answers if answer.status_code != 200]
    assert 1 <= len(refused) <= 4
    problem(refused[0], 429, "too-many-requests")
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert other_token.get("/releases").status_code == 200, "the limit is each token's own"


def test_an_address_that_guesses_is_stopped_and_good_tokens_from_there_are_not(
    office: Office, client: Client, partner: Partners
) -> None:
    office.apply(NEWSROOM + "\n[api]\nfailures_per_minute = 2\n")
    codes = [client.get("/api/v1/releases", headers={"Authorization": "Bearer x"}).status_code for _ in range(6)]
    assert codes[0] == 401
    assert 429 in codes
    assert partner().get("/releases").status_code == 200
    there = client.get("/api/v1/releases", REMOTE_ADDR="198.51.100.7")
    problem(there, 401, "unauthorized")


def test_what_a_proxy_says_counts_only_if_it_is_ours(office: Office, client: Client, settings: object) -> None:
    from django.test import RequestFactory

    from feeds.api.callers import _trusted, address_of

    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.5", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert address_of(request) == "10.0.0.5"
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]  # type: ignore[attr-defined]
    _trusted.cache_clear()
    try:
        assert address_of(request) == "203.0.113.9", "what the sender wrote further left is not believed"
    finally:
        _trusted.cache_clear()


def test_the_limit_holds_over_processes(office: Office) -> None:
    from feeds.api.allowances import Allowances, forget

    now = timezone.now().replace(second=0)
    processes = [Allowances() for _ in range(4)]
    granted = sum(processes[turn % 4].take("token:a", 100, now=now) == 0 for turn in range(400))
    assert granted == 100
    assert processes[0].take("token:a", 100, now=now + timedelta(seconds=15)) == 45
    assert processes[0].take("token:a", 100, now=now + timedelta(seconds=60)) == 0
    assert processes[1].take("token:b", 1, now=now) == 0
    assert processes[2].take("token:b", 1, now=now) == 60
    assert forget(now=now + timedelta(hours=2)) == 2


def test_a_text_without_its_credit_is_not_given_out(
    office: Office, partner: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.publish()
    monkeypatch.setattr("pipeline.rights.attribution.wrap", lambda attribution, body, corrections: body)
    [notice], _ = partner().everything()
    assert notice["status"] == "withheld"
    assert "content_html" not in notice
