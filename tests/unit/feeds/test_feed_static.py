"""Published files over HTTP: conditional requests, twins, what is refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from feeds.files import twin_of, write
from feeds.static import _Held, _Shelf, accepts_gzip, serve
from feeds.style import STYLE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = b"<rss/>" * 40


@pytest.fixture
def root(tmp_path: Path) -> Path:
    public = tmp_path / "public"
    write(public / "es" / "rss.xml", TEXT, modified=NOON)
    write(public / "es" / "atom.xml", b"<feed/>", modified=NOON)
    write(public / "es" / "feed.json", b"{}", modified=NOON)
    write(public / "es" / "index.html", b"<!doctype html>", modified=NOON)
    write(public / "es" / "1.gone.html", b"<!doctype html>Retirado", modified=NOON)
    (tmp_path / "secret.txt").write_text("secret")
    return public


def get(
    root: Path, path: str = "es/rss.xml", *, method: str = "get", private: bool = False, **headers: str
) -> HttpResponse:
    named: dict[str, Any] = {name.replace("_", "-"): value for name, value in headers.items()}
    request = getattr(RequestFactory(), method)("/" + path, headers=named)
    return serve(request, root, path, private=private)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("es/rss.xml", "application/rss+xml; charset=utf-8"),
        ("es/atom.xml", "application/atom+xml; charset=utf-8"),
        ("es/feed.json", "application/feed+json; charset=utf-8"),
        ("es/index.html", "text/html; charset=utf-8"),
        ("es/", "text/html; charset=utf-8"),
    ],
)
def test_each_kind_has_its_type_and_is_not_to_be_guessed(root: Path, path: str, kind: str) -> None:
    response = get(root, path)
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600"
    assert response["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"


def test_twin_is_sent_to_those_who_take_it_under_its_own_tag(root: Path) -> None:
    plain, packed = get(root), get(root, Accept_Encoding="br;q=1, gzip;q=0.8")
    assert plain.content == TEXT
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == TEXT
    assert plain["ETag"] != packed["ETag"]
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert packed["Content-Length"] == str(len(packed.content))


def test_twin_of_another_time_is_not_sent(root: Path) -> None:
    twin = twin_of(root / "es" / "rss.xml")
    twin.write_bytes(gzip.compress(b"old"))
    assert "Content-Encoding" not in get(root, Accept_Encoding="gzip")


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("gzip, deflate, br", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *;q=1", False),
        ("identity", False),
        ("", False),
        ("gzip;q=nonsense", False),
        ("*;q=0", False),
    ],
)
def test_weights_decide_about_gzip(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "{gzipped}", "W/{gzipped}", "*"])
def test_known_tag_gets_not_modified_however_a_proxy_wrote_it(root: Path, form: str) -> None:
    tag = get(root)["ETag"]
    known = form.format(tag=tag, gzipped=f'{tag[:-1]}-gzip"')
    for accepted in ("gzip", "identity"):
        response = get(root, If_None_Match=known, Accept_Encoding=accepted)
        assert (response.status_code, response.content) == (304, b"")
        assert "Content-Type" not in response
        assert response["ETag"]
        assert response["Cache-Control"]


def test_tag_wins_over_date(root: Path) -> None:
    assert get(root, If_Modified_Since="Sun, 01 Mar 2026 12:00:00 GMT").status_code == 304
    assert get(root, If_Modified_Since="Sun, 01 Mar 2026 11:59:59 GMT").status_code == 200
    assert get(root, If_Modified_Since="yesterday").status_code == 200
    assert get(root, If_None_Match='"x"', If_Modified_Since="Sun, 01 Mar 2026 12:00:00 GMT").status_code == 200


def test_replaced_file_is_seen_even_with_the_same_size_and_time(root: Path) -> None:
    first = get(root)
    write(root / "es" / "rss.xml", b"<RSS/>" * 40, modified=NOON)
    second = get(root)
    assert second.content == b"<RSS/>" * 40
    assert second["ETag"] != first["ETag"]


def test_head_is_get_without_a_body(root: Path) -> None:
    head, full = get(root, method="head"), get(root)
    assert head.content == b""
    assert head["Content-Length"] == str(len(full.content))
    assert head["ETag"] == full["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_other_methods_are_refused(root: Path, method: str) -> None:
    response = get(root, method=method)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "es/../../secret.txt",
        "es/..%2f../secret.txt",
        "/etc/passwd.txt",
        "es//rss.xml",
        "es\\..\\rss.xml",
        "es/.part-abc.html",
        ".hidden/rss.xml",
        "es/rss.xml.gz",
        "es/1.gone.html",
        "es/\0.html",
        "en",
        "es/none.xml",
        "es/rss.xml/more.xml",
        "a" * 3000 + ".html",
        "es/program.py",
    ],
)
def test_nothing_but_published_files_is_served(root: Path, path: str) -> None:
    request = RequestFactory().get("/")
    assert serve(request, root, path).status_code == 404


def test_folder_without_its_slash_leads_to_the_page_with_it(root: Path) -> None:
    response = get(root, "es")
    assert (response.status_code, response["Location"]) == (301, "es/")
    write(root / "es" / "obras" / "index.html", b"<!doctype html>", modified=NOON)
    assert get(root, "es/obras")["Location"] == "obras/"
    assert get(root, "/es").status_code == 404  # "//host" would be another site


def test_link_out_of_the_folder_is_not_followed(root: Path) -> None:
    (root / "es" / "out.txt").symlink_to(root.parent / "secret.txt")
    assert get(root, "es/out.txt").status_code == 404


def test_withdrawn_page_is_gone_with_its_notice(root: Path) -> None:
    response = get(root, "es/1.html")
    assert response.status_code == 410
    assert b"Retirado" in response.content
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_pages_may_run_nothing_and_only_our_style_counts(root: Path) -> None:
    policy = get(root, "es/")["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_json_may_be_read_from_any_site(root: Path) -> None:
    assert get(root, "es/feed.json")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in get(root)


def test_secret_addresses_stay_out_of_shared_caches_and_indexes(root: Path) -> None:
    response = get(root, private=True)
    assert response["Cache-Control"] == "private, max-age=300"
    assert response["X-Robots-Tag"] == "noindex"


def test_hub_and_self_can_be_found_in_the_headers(root: Path) -> None:
    links = (("self", "https://eco.example/es/rss.xml"), ("hub", "https://eco.example/hub\r\nX: <y>"))
    response = serve(RequestFactory().get("/"), root, "es/rss.xml", links=links)
    assert response["Link"] == '<https://eco.example/es/rss.xml>; rel="self", <https://eco.example/hubX:y>; rel="hub"'


def test_shelf_keeps_what_was_asked_for_last() -> None:
    shelf, held = _Shelf(10), _Held(b"1234", '"t"', 0)
    for name in "ab":
        shelf.put((name,), held)
    assert shelf.take(("a",)) is held
    shelf.put(("c",), held)
    assert shelf.take(("b",)) is None
    assert shelf.take(("a",)) is held
    shelf.put(("big",), _Held(b"x" * 11, '"t"', 0))
    assert shelf.take(("big",)) is None
