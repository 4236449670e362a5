"""What a partner's token opens, by a secret address and over HTTP Basic, and when it stops."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from feeds import tokens
from pipeline import telemetry
from pipeline.errors import ConfigError
from pipeline.ledger import receipts
from pipeline.ledger.models import Event, Fetch, Partner, Product, Source, Token

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.make import Office

Get = Callable[[str, str], "HttpResponse"]


@pytest.fixture
def faro(office: Office) -> Partner:
    office.publish()
    return Partner.objects.get(slug="el-faro")


def issue(holder: Partner | Source, **more: object) -> str:
    return tokens.issue(holder, actor="test", now=timezone.now(), **more)  # type: ignore[arg-type]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


@pytest.fixture(params=["address", "basic"])
def get(request: pytest.FixtureRequest, client: Client) -> Get:
    """Fetch one of El Faro's feeds with a token, either way."""

    def by_address(token: str, feed: str) -> HttpResponse:
        return client.get(f"/p/{token}/{feed}")

    def by_password(token: str, feed: str) -> HttpResponse:
        return client.get(f"/private/el-faro/{feed}", headers=basic("el-faro", token))

    return by_address if request.param == "address" else by_password


def test_either_way_gives_the_same_bytes(office: Office, faro: Partner, get: Get) -> None:
    for form, name in (("rss", "rss.xml"), ("atom", "atom.xml"), ("json", "feed.json")):
        answer = get(issue(faro), f"es/all/{name}")
        assert (answer.status_code, answer.content) == (200, office.feed(form, partner="el-faro"))
        assert answer["Cache-Control"].startswith("private")


def test_a_revoked_token_stops_within_one_request_and_the_other_goes_on(faro: Partner, get: Get) -> None:
    old, new = issue(faro), issue(faro, name="the next one")
    assert get(old, "es/all/rss.xml").status_code == 200
    tokens.revoke(old.split("_")[1], actor="ana", reason="replaced", now=timezone.now())
    assert get(old, "es/all/rss.xml").status_code in (404, 401)
    assert get(new, "es/all/rss.xml").status_code == 200
    event = Event.objects.get(action="token.revoked")
    assert (event.subject, event.reason, event.details) == ("partner:el-faro", "replaced", {"key": old.split("_")[1]})
    with pytest.raises(ConfigError, match="was revoked on"):
        tokens.revoke(old, actor="ana", reason="again", now=timezone.now())


def test_a_token_opens_feeds_only_until_its_end_and_only_with_that_scope(faro: Partner, get: Get) -> None:
    token = issue(faro, expires_at=timezone.now() + timedelta(hours=1))
    assert get(token, "es/all/rss.xml").status_code == 200
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert get(token, "es/all/rss.xml").status_code in (404, 401)
    assert get(issue(faro, scopes=["releases:read"]), "es/all/rss.xml").status_code in (404, 401)
    Partner.objects.filter(pk=faro.pk).update(active=False)
    assert get(issue(faro), "es/all/rss.xml").status_code in (404, 401)


def test_an_address_stops_at_once_when_the_partner_loses_the_product(office: Office, faro: Partner, get: Get) -> None:
    token = issue(faro)
    assert get(token, "es/all/rss.xml").status_code == 200
    faro.products.clear()
    assert office.feed("rss", partner="el-faro")  # the file goes when publishing comes round
    assert get(token, "es/all/rss.xml").status_code == 404


def test_an_address_stops_at_once_when_the_product_is_switched_off(faro: Partner, get: Get) -> None:
    token = issue(faro)
    assert get(token, "es/all/atom.xml").status_code == 200
    Product.objects.filter(slug="all").update(active=False)
    assert get(token, "es/all/atom.xml").status_code == 404


def test_a_token_of_another_partner_or_of_a_source_opens_nothing_here(faro: Partner, client: Client) -> None:
    voz = issue(Partner.objects.get(slug="la-voz"))
    automation = issue(Source.objects.get(slug="river-post"))
    for user in ("el-faro", "la-voz"):
        assert client.get("/private/el-faro/es/all/rss.xml", headers=basic(user, voz)).status_code == 401
    assert client.get("/private/el-faro/es/all/rss.xml", headers=basic("la-voz", issue(faro))).status_code == 401
    assert client.get(f"/p/{automation}/es/all/rss.xml").status_code == 404


# --- guessing ------------------------------------------------------------------------------------------------------


def test_whatever_is_guessed_at_a_secret_address_is_answered_like_nothing(faro: Partner, client: Client) -> None:
    token = issue(faro)
    nothing = client.get("/feeds/es/never-was/rss.xml")
    assert nothing.status_code == 404
    guesses = [
        f"/p/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/es/all/rss.xml",  # a known key, another secret
        f"/p/tvz_{'0' * 12}_{'x' * 43}/es/all/rss.xml",
        "/p/tvz_short/es/all/rss.xml",
        f"/p/{token}/es/never-was/rss.xml",
        f"/p/{token}/es/all/other.xml",
        f"/p/{token}/",
    ]
    for guess in guesses:
        answer = client.get(guess)
        assert (answer.status_code, answer.content, dict(answer.headers)) == (404, nothing.content, nothing.headers)


def test_guessing_costs_the_ledger_the_same_whatever_is_wrong(faro: Partner, client: Client) -> None:
    token = issue(faro)
    client.get(f"/p/{token}/es/all/rss.xml")  # its use is on record from here on

    def asked(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 404
        return [query["sql"].split(" WHERE ")[0] for query in captured]

    unknown = asked(f"/p/tvz_{'0' * 12}_{'x' * 43}/es/all/rss.xml")
    wrong_secret = asked(f"/p/{token[:-2]}AA/es/all/rss.xml")
    wrong_product = asked(f"/p/{token}/es/never-was/rss.xml")
    assert unknown == wrong_secret == wrong_product
    assert len(unknown) == 2


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer x", "Basic ZWwtZmFybw=="])
@pytest.mark.parametrize("partner", ["el-faro", "nobody"])
def test_who_does_not_say_who_he_is_learns_nothing(faro: Partner, client: Client, header: str, partner: str) -> None:
    answer = client.get(f"/private/{partner}/es/all/rss.xml", headers={"Authorization": header} if header else {})
    first = client.get("/private/somebody/xx/else/rss.xml")
    assert (answer.status_code, answer.content, dict(answer.headers)) == (401, first.content, dict(first.headers))
    assert answer["WWW-Authenticate"] == 'Basic realm="Tornavoz", charset="UTF-8"'


# --- what is kept of a token ---------------------------------------------------------------------------------------


def test_a_token_stands_nowhere_once_it_was_shown(
    office: Office, faro: Partner, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    configured = structlog.get_config()
    try:
        telemetry.set_up("DEBUG", json=True)
        token = issue(faro)
        client.get(f"/p/{token}/es/all/rss.xml")
        client.get(f"/p/{token}/es/never-was/rss.xml")  # Django logs the path of what is not found
        client.get("/private/el-faro/es/all/rss.xml", headers=basic("el-faro", token))
        client.get("/private/el-faro/es/all/rss.xml", headers=basic("la-voz", token))
        structlog.get_logger().warning("somebody wrote", header=f"Bearer {token}", path=f"/p/{token}/x", odd=[token])
        office.runner.drain()
    finally:
        root.handlers = handlers
        structlog.configure(**configured)
    said = "".join(capsys.readouterr())
    key, secret = token.split("_", 2)[1:]
    assert "Not Found: /p/tvz_" in said, "the log was looked at"
    assert key in said, "and says which token it was"
    assert secret not in said
    for name, content in office.files().items():
        assert secret.encode() not in content, name
        assert secret not in name
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (names of our own tables)
            assert secret not in str(cursor.fetchall()), table


def test_use_is_written_down_once_a_minute_at_most(faro: Partner) -> None:
    token, now = issue(faro), timezone.now()
    for seconds, written in ((0, 0), (59, 0), (61, 61), (100, 61)):
        assert tokens.find(token, now=now + timedelta(seconds=seconds))
        assert Token.objects.get().last_used_at == now + timedelta(seconds=written)


def test_a_fetch_is_on_record_and_makes_the_receipt_seen(faro: Partner, get: Get) -> None:
    release = faro.receipts.get().release
    get("tvz_wrong", "es/all/rss.xml")
    assert not Fetch.objects.exists()
    first = get(issue(faro), "es/all/rss.xml")
    assert first.status_code == 200
    fetch = Fetch.objects.get(partner=faro)
    assert (fetch.form, fetch.product.path) == ("rss", "es/all")
    assert [row["state"] for row in receipts.of_article(release.article_id) if row["partner"] == "el-faro"] == ["seen"]


def test_a_scope_of_the_wrong_kind_is_refused_with_those_there_are(faro: Partner) -> None:
    with pytest.raises(ConfigError, match=r"partner's token cannot have the scope 'articles:write'.*feeds, releases"):
        issue(faro, scopes=["feeds", "articles:write"])
    with pytest.raises(ConfigError, match=r"the scope 'nonsense'\. It may have: "):
        issue(faro, scopes=["nonsense"])
    with pytest.raises(ConfigError, match="'article:write'; did you mean 'articles:write'"):
        issue(Source.objects.get(slug="river-post"), scopes=["article:write"])
    assert not Token.objects.exists()


def test_a_token_from_before_tokens_had_keys_goes_on_working(faro: Partner, get: Get) -> None:
    """As migration 0007 carries it over: found by its digest, for feeds alone."""
    old = "tvz_" + "o" * 43
    sha256 = tokens.digest(old)
    Token.objects.create(key=sha256[:12], sha256=sha256, partner=faro, scopes=["feeds"], created_at=timezone.now())
    assert get(old, "es/all/rss.xml").status_code == 200
    tokens.revoke(sha256[:12], actor="ana", reason="old", now=timezone.now())
    assert get(old, "es/all/rss.xml").status_code != 200


def listed(answer: HttpResponse) -> list[tuple[str | None, str | None]]:
    """Titles and addresses of an OPML list."""
    assert answer["Content-Type"] == "text/x-opml; charset=utf-8"
    return [(one.get("title"), one.get("xmlUrl")) for one in etree.fromstring(answer.content).iterfind("body/outline")]


def test_a_partners_list_names_its_own_feeds_alone_and_each_address_works(faro: Partner, client: Client) -> None:
    token = issue(faro)
    [(title, address)] = listed(client.get(f"/p/{token}/feeds.opml"))  # type: ignore[arg-type]
    assert (title, address) == ("Todo · El Faro", f"https://eco.example/p/{token}/es/all/rss.xml")
    assert client.get(str(address).removeprefix("https://eco.example")).status_code == 200
    answer = client.get("/private/el-faro/feeds.opml", headers=basic("el-faro", token))
    assert listed(answer) == [(title, "https://eco.example/private/el-faro/es/all/rss.xml")]  # type: ignore[arg-type]
    assert token not in answer.content.decode()
    assert "Authorization" in answer["Vary"]


def test_the_list_takes_the_best_format_that_the_partner_gets(office: Office, faro: Partner, client: Client) -> None:
    Partner.objects.filter(pk=faro.pk).update(formats=["json", "atom"])
    [(_, address)] = listed(client.get(f"/p/{issue(faro)}/feeds.opml"))  # type: ignore[arg-type]
    assert str(address).endswith("/es/all/atom.xml")


def test_a_list_is_private_and_costs_nothing_when_it_did_not_change(faro: Partner, get: Get, client: Client) -> None:
    token = issue(faro)
    answer = get(token, "feeds.opml")
    assert answer["Cache-Control"].startswith("private")
    assert answer["X-Robots-Tag"] == "noindex"
    again = client.get(f"/p/{token}/feeds.opml")
    assert client.get(f"/p/{token}/feeds.opml", headers={"If-None-Match": again["ETag"]}).status_code == 304
    tokens.revoke(token.split("_")[1], actor="test", reason="x", now=timezone.now())
    assert get(token, "feeds.opml").status_code in (401, 404)


def test_a_guessed_list_looks_like_a_guessed_feed(faro: Partner, client: Client) -> None:
    guess = f"{tokens.PREFIX}0123456789ab_{'x' * 43}"
    for way in (f"/p/{guess}", "/private/el-faro"):
        feed, several = client.get(f"{way}/es/all/rss.xml"), client.get(f"{way}/feeds.opml")
        assert (feed.status_code, feed.content) == (several.status_code, several.content)
        assert {name: feed[name] for name in feed.headers} == {name: several[name] for name in several.headers}
