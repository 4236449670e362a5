"""Published files over HTTP: conditional requests, twins, what is refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from feeds.files import compressed, twin_of, write
from feeds.shelf import Held, Shelf
from feeds.static import Answer, Asked, answer, codings
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


def get(root: Path, path: str = "es/rss.xml", *, method: str = "GET", private: bool = False, **asked: str) -> Answer:
    return answer(Asked(method=method, **asked), root, path, private=private)


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
    assert (response.status, response.headers["Content-Type"]) == (200, kind)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=900, stale-while-revalidate=600"
    assert response.headers["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"


def test_twin_is_sent_to_those_who_take_it_under_its_own_tag(root: Path) -> None:
    plain, packed = get(root), get(root, accept_encoding="zstd;q=1, gzip;q=0.8")
    assert plain.body == TEXT
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == TEXT
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert packed.headers["Content-Length"] == str(len(packed.body))


def test_twin_of_another_time_is_not_sent(root: Path) -> None:
    twin = twin_of(root / "es" / "rss.xml")
    twin.write_bytes(gzip.compress(b"old"))
    assert "Content-Encoding" not in get(root, accept_encoding="gzip").headers


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
    assert ("gzip" in codings(header)) is wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip, deflate, br, zstd", ("br", "gzip")),
        ("br;q=0.5, gzip;q=0.8", ("gzip", "br")),
        ("*", ("br", "gzip")),
        ("*;q=0.1, br;q=0", ("gzip",)),
    ],
)
def test_the_smaller_coding_is_preferred_and_weights_go_before(header: str, wanted: tuple[str, ...]) -> None:
    assert codings(header) == wanted


def test_brotli_is_sent_to_those_who_take_it(root: Path) -> None:
    packed = get(root, accept_encoding="gzip, deflate, br")
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.body) == TEXT
    assert packed.headers["ETag"] == f'{get(root).headers["ETag"][:-1]}-br"'
    assert get(root, if_none_match=packed.headers["ETag"]).status == 304
    twin_of(root / "es" / "rss.xml", "br").write_bytes(compressed(b"old", "br"))
    assert get(root, accept_encoding="gzip, br").headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "{gzipped}", "W/{gzipped}", "*"])
def test_known_tag_gets_not_modified_however_a_proxy_wrote_it(root: Path, form: str) -> None:
    tag = get(root).headers["ETag"]
    known = form.format(tag=tag, gzipped=f'{tag[:-1]}-gzip"')
    for accepted in ("gzip", "identity"):
        response = get(root, if_none_match=known, accept_encoding=accepted)
        assert (response.status, response.body) == (304, b"")
        assert "Content-Type" not in response.headers
        assert response.headers["ETag"]
        assert response.headers["Cache-Control"]


def test_tag_wins_over_date(root: Path) -> None:
    assert get(root, if_modified_since="Sun, 01 Mar 2026 12:00:00 GMT").status == 304
    assert get(root, if_modified_since="Sun, 01 Mar 2026 11:59:59 GMT").status == 200
    assert get(root, if_modified_since="yesterday").status == 200
    assert get(root, if_none_match='"x"', if_modified_since="Sun, 01 Mar 2026 12:00:00 GMT").status == 200


def test_replaced_file_is_seen_even_with_the_same_size_and_time(root: Path) -> None:
    first = get(root)
    write(root / "es" / "rss.xml", b"<RSS/>" * 40, modified=NOON)
    second = get(root)
    assert second.body == b"<RSS/>" * 40
    assert second.headers["ETag"] != first.headers["ETag"]


def test_head_is_get_without_a_body(root: Path) -> None:
    head, full = get(root, method="HEAD"), get(root)
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(full.body))
    assert head.headers["ETag"] == full.headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(root: Path, method: str) -> None:
    response = get(root, method=method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


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
        "a" * 3000,
        "es/ñ.html",
        "es/program.py",
    ],
)
def test_nothing_but_published_files_is_served(root: Path, path: str) -> None:
    assert get(root, path).status == 404


def test_folder_without_its_slash_leads_to_the_page_with_it(root: Path) -> None:
    response = get(root, "es")
    assert (response.status, response.headers["Location"]) == (301, "es/")
    write(root / "es" / "obras" / "index.html", b"<!doctype html>", modified=NOON)
    assert get(root, "es/obras").headers["Location"] == "obras/"
    assert get(root, "/es").status == 404  # "//host" would be another site


def test_link_out_of_the_folder_is_not_followed(root: Path) -> None:
    (root / "es" / "out.txt").symlink_to(root.parent / "secret.txt")
    assert get(root, "es/out.txt").status == 404


def test_withdrawn_page_is_gone_with_its_notice(root: Path) -> None:
    response = get(root, "es/1.html")
    assert response.status == 410
    assert b"Retirado" in response.body
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_pages_may_run_nothing_and_only_our_style_counts(root: Path) -> None:
    policy = get(root, "es/").headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_json_may_be_read_from_any_site(root: Path) -> None:
    assert get(root, "es/feed.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in get(root).headers


def test_secret_addresses_stay_out_of_shared_caches_and_indexes(root: Path) -> None:
    response = get(root, private=True)
    assert response.headers["Cache-Control"] == "private, max-age=900"
    assert response.headers["X-Robots-Tag"] == "noindex"


FEED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://eco.example/a?b&amp;c"/>'
    b'<link rel="hub" href="https://eco.example/hub"/><link rel="license" href="https://cc.example/by"/>'
    b'<entry><link rel="license" href="https://cc.example/other"/></entry></feed>'
)
LINK = (
    '<https://eco.example/a?b&c>; rel="self", <https://eco.example/hub>; rel="hub", '
    '<https://cc.example/by>; rel="license"'
)


def test_headers_name_what_the_document_says_of_itself(root: Path) -> None:
    write(root / "es" / "atom.xml", FEED, modified=NOON)
    assert get(root, "es/atom.xml").headers["Link"] == LINK
    assert get(root, "es/atom.xml", if_none_match="*").headers["Link"] == LINK
    rss = FEED.replace(b"<link", b"<atom:link").replace(b"<entry>", b"<item>").replace(b"</entry>", b"</item>")
    write(root / "es" / "rss.xml", rss, modified=NOON)
    assert get(root).headers["Link"] == LINK
    said = {
        "feed_url": "https://eco.example/a?b&c",
        "hubs": [{"type": "WebSub", "url": "https://eco.example/hub"}],
        "_rights": {"licence_url": "https://cc.example/by"},
    }
    write(root / "es" / "feed.json", json.dumps(said).encode(), modified=NOON)
    assert get(root, "es/feed.json").headers["Link"] == LINK
    page = b'<!doctype html><head><link rel="license" href="https://cc.example/by"></head><body></body>'
    write(root / "es" / "index.html", page, modified=NOON)
    assert get(root, "es/").headers["Link"] == '<https://cc.example/by>; rel="license"'
    assert "Link" not in get(root, "es/1.txt").headers


def test_a_feed_may_load_its_stylesheet_and_nothing_else(root: Path) -> None:
    for path in ("es/rss.xml", "es/atom.xml"):
        policy = get(root, path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; base-uri 'none'")


@pytest.mark.parametrize("path", ["es/rss.xml", "es/atom.xml"])
def test_programs_get_a_feeds_own_type_and_people_one_that_browsers_show(root: Path, path: str) -> None:
    program, person = get(root, path), get(root, path, destination="document")
    kind = path.removeprefix("es/").removesuffix(".xml")
    assert program.headers["Content-Type"] == f"application/{kind}+xml; charset=utf-8"
    assert person.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert "Sec-Fetch-Dest" in program.headers["Vary"]
    assert program.headers.items() ^ person.headers.items() == {
        ("Content-Type", answered.headers["Content-Type"]) for answered in (program, person)
    }
    assert get(root, "es/feed.json", destination="document").headers["Content-Type"].startswith("application/feed+json")


def test_old_pages_of_a_feed_never_change_and_are_kept_for_ever(root: Path) -> None:
    write(root / "feeds/es/all/archive/7/rss.xml", TEXT, modified=NOON)
    response = get(root, "feeds/es/all/archive/7/rss.xml")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_old_page_that_was_made_anew_is_found_at_its_old_address(root: Path) -> None:
    for folder in ("7-2", "70", "71-3"):
        write(root / "feeds/es/all/archive" / folder / "rss.xml", TEXT, modified=NOON)
    for old in ("7", "7-1"):
        response = get(root, f"feeds/es/all/archive/{old}/rss.xml")
        assert (response.status, response.headers["Location"]) == (301, "../7-2/rss.xml")
        assert "immutable" not in response.headers["Cache-Control"]
    for never in ("7/atom.xml", "8/rss.xml", "7-2/atom.xml"):
        assert get(root, f"feeds/es/all/archive/{never}").status == 404


def test_links_may_be_given(root: Path) -> None:
    links = (("self", "https://eco.example/es/rss.xml"), ("hub", "https://eco.example/hub\r\nX: <y>"))
    response = answer(Asked(), root, "es/rss.xml", links=links)
    assert (
        response.headers["Link"]
        == '<https://eco.example/es/rss.xml>; rel="self", <https://eco.example/hubX:y>; rel="hub"'
    )


def test_shelf_keeps_what_was_asked_for_last() -> None:
    shelf, held = Shelf(10), Held(b"1234", '"t"', 0)
    for name in "ab":
        shelf.put((name,), held)
    assert shelf.take(("a",)) is held
    shelf.put(("c",), held)
    assert shelf.take(("b",)) is None
    assert shelf.take(("a",)) is held
    shelf.put(("big",), Held(b"x" * 11, '"t"', 0))
    assert shelf.take(("big",)) is None
