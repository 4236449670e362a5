"""The shipped nginx configuration and our own server give the same answers for the same files."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from feeds import files
from feeds.front import front
from tests.judges import absent, program

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = "Sun, 01 Mar 2026 13:00:00 GMT"
RSS = b'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>%s</channel></rss>' % (b"<item>x</item>" * 200)
SELF = b'<atom:link rel="self" href="https://news.example/feeds/es/all/rss.xml"/>'
HUB = b'<atom:link rel="hub" href="https://news.example/hub"/>'
FILES = {
    "index.html": b"<!doctype html><title>Eco</title>",
    "feeds.opml": b"<opml/>",
    "feeds/feed-es.css": b"item{display:block}",
    "feeds/es/all/index.html": b"<!doctype html><title>Todo</title>",
    "feeds/es/all/rss.xml": RSS.replace(b"<channel>", b"<channel>" + SELF + HUB),
    "feeds/es/all/atom.xml": b"<feed>" + b" " * 500 + b"</feed>",
    "feeds/es/all/feed.json": b'{"items":[]}',
    "feeds/es/all/archive/7-2/rss.xml": RSS,
    "es/articles/1.html": b"<!doctype html><title>Uno</title>",
    "es/articles/2.gone.html": b"<!doctype html><title>Retirado</title>",
}
PAGES = (
    "/",
    "/feeds.opml",
    "/feeds/feed-es.css",
    "/feeds/es/all/",
    "/feeds/es/all/rss.xml",
    "/feeds/es/all/atom.xml",
    "/feeds/es/all/feed.json",
    "/feeds/es/all/archive/7-2/rss.xml",
    "/es/articles/1.html",
    "/es/articles/2.html",
)
SAME = (
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Cache-Control",
    "Last-Modified",
    "Vary",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Access-Control-Allow-Origin",
    "X-Content-Type-Options",
)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    port: int

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Host": "news.example", **named})
            answer = connection.getresponse()
            said = {name: ", ".join(answer.headers.get_all(name, ())) for name in answer.headers}
            return Reply(answer.status, said, answer.read())


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def _application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """What stands behind the files: it says which path it was asked for."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Application", environ["PATH_INFO"])])
    return [b"application"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served")
    home.chmod(0o755)
    for parent in home.parents[:2]:  # nginx's workers may be another user
        parent.chmod(0o755)
    for name, content in FILES.items():
        files.write(home / "public" / name, content, modified=NOON)
    (home / "private/el-faro/es/all").mkdir(parents=True)
    (home / "private/el-faro/es/all/rss.xml").write_bytes(b"<rss>secret</rss>")
    (home / "public/feeds/es/all/.part-x").write_bytes(b"half")
    return home


@pytest.fixture(scope="module")
def ours(folder: Path) -> Iterator[Server]:
    server = make_server(
        "127.0.0.1",
        0,
        front(_application, folder / "public", max_age=900),
        handler_class=_Silent,  # type: ignore[arg-type]
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield Server(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def nginx(folder: Path, ours: Server) -> Iterator[Server]:
    binary, port = program("nginx"), _free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    for shipped, here in (
        ("/var/lib/tornavoz/public", str(folder / "public")),
        ("127.0.0.1:8000", f"127.0.0.1:{ours.port}"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    ):
        assert shipped in text
        text = text.replace(shipped, here)
    module = ""
    if BROTLI.exists():  # Debian's nginx has it in a package of its own; the shipped line is commented out
        assert "# brotli_static on;" in text
        text, module = text.replace("# brotli_static on;", "brotli_static on;"), f"load_module {BROTLI};"
    run = folder / "nginx"
    run.mkdir()
    shutil.copy(DEPLOY / "tornavoz-proxy.conf", run)
    (run / "tornavoz.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {run}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (run / "nginx.conf").write_text(
        f"{module} {user} daemon off; worker_processes 1; pid {run}/pid; error_log {run}/error.log;"
        f"events {{}} http {{ access_log {run}/access.log; {temporary} include {run}/tornavoz.conf; }}"
    )
    process = subprocess.Popen([binary, "-p", str(run), "-c", str(run / "nginx.conf")], stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stderr
        process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            assert process.stderr
            raise AssertionError(process.stderr.read().decode())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not answer")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_bytes_types_and_headers_are_the_same(path: str, coding: str, ours: Server, nginx: Server) -> None:
    mine, theirs = (server.get(path, Accept_Encoding=coding) for server in (ours, nginx))
    assert theirs.status == mine.status == (410 if "/2.html" in path else 200)
    assert theirs.body == mine.body
    told = [name for name in SAME if mine.status == 200 or name != "Last-Modified"]  # of a notice, nobody asks
    assert {name: theirs.headers.get(name) for name in told} == {name: mine.headers.get(name) for name in told}


@pytest.mark.parametrize("path", [path for path in PAGES if path.endswith(("rss.xml", "atom.xml"))])
def test_both_send_the_brotli_twin_to_whoever_takes_it(path: str, ours: Server, nginx: Server) -> None:
    if not BROTLI.exists():
        absent("the package libnginx-mod-http-brotli-static")
    mine, theirs = (server.get(path, Accept_Encoding="gzip, br") for server in (ours, nginx))
    assert theirs.body == mine.body
    assert {name: theirs.headers.get(name) for name in SAME} == {name: mine.headers.get(name) for name in SAME}
    assert theirs.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("path", [path for path in PAGES if path.endswith(("rss.xml", "atom.xml"))])
def test_both_send_a_person_what_a_browser_can_show(path: str, ours: Server, nginx: Server) -> None:
    mine, theirs = (server.get(path, Accept_Encoding="gzip", Sec_Fetch_Dest="document") for server in (ours, nginx))
    assert theirs.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert theirs.body == mine.body
    assert {name: theirs.headers.get(name) for name in SAME} == {name: mine.headers.get(name) for name in SAME}
    asked = {"Accept_Encoding": "gzip", "Sec_Fetch_Dest": "document", "If_None_Match": theirs.headers["ETag"]}
    assert nginx.get(path, **asked).status == 304


@pytest.mark.parametrize("path", [path for path in PAGES if "/2.html" not in path])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_both_say_304_to_whoever_has_it(path: str, coding: str, ours: Server, nginx: Server) -> None:
    for server in (ours, nginx):
        first = server.get(path, Accept_Encoding=coding)
        tag = first.headers["ETag"]
        assert tag.startswith('"'), "a strong one"
        for asked in ({"If_None_Match": tag}, {"If_None_Match": f"W/{tag}"}, {"If_Modified_Since": LATER}):
            again = server.get(path, Accept_Encoding=coding, **asked)
            assert (again.status, again.body) == (304, b""), asked
            assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert server.get(path, If_None_Match='"other"', If_Modified_Since=LATER).status == 200
        assert server.get(path, "HEAD").status == 200
    plain, packed = (nginx.get(path, Accept_Encoding=coding).headers["ETag"] for coding in ("", "gzip"))
    assert plain != packed


def test_a_changed_file_has_another_tag_in_both(folder: Path, ours: Server, nginx: Server) -> None:
    before = [server.get("/feeds/es/all/feed.json").headers["ETag"] for server in (ours, nginx)]
    files.write(folder / "public/feeds/es/all/feed.json", b'{"items":[1]}'[:12], modified=NOON)
    files.write(folder / "public/feeds/es/all/feed.json", b'{"items":[]}', modified=NOON)
    after = [server.get("/feeds/es/all/feed.json").headers["ETag"] for server in (ours, nginx)]
    assert before[0] == after[0], "our tag is of the bytes"
    assert before[1] != after[1], "nginx's is of the time, which always moves"


def test_hub_and_own_address_are_in_the_headers_of_both(ours: Server, nginx: Server) -> None:
    wanted = '<https://news.example/feeds/es/all/rss.xml>; rel="self", <https://news.example/hub>; rel="hub"'
    for server in (ours, nginx):
        assert server.get("/feeds/es/all/rss.xml").headers["Link"] == wanted


@pytest.mark.parametrize(
    "path",
    ["/p/tvz_x/es/all/rss.xml", "/private/el-faro/es/all/rss.xml", "/api/v1/releases", "/desk/", "/hub", "/health"],
)
def test_the_rest_is_the_applications(path: str, nginx: Server) -> None:
    answer = nginx.get(path)
    assert (answer.status, answer.body, answer.headers["X-Application"]) == (200, b"application", path)


def test_an_old_address_of_an_archive_page_leads_to_the_new_one(nginx: Server) -> None:
    answer = nginx.get("/feeds/es/all/archive/7/rss.xml")
    assert (answer.status, answer.headers["Location"]) == (301, "../7-2/rss.xml")
    assert nginx.get("/feeds/es/all").status == 301


@pytest.mark.parametrize(
    "path",
    [
        "/../private/el-faro/es/all/rss.xml",
        "/feeds/../../private/el-faro/es/all/rss.xml",
        "/feeds/%2e%2e/%2e%2e/private/el-faro/es/all/rss.xml",
        "/feeds/es/all/.part-x",
        "/feeds/es/all/rss.xml.gz",
        "/feeds/es/all/rss.xml.br",
        "/es/articles/2.gone.html",
        "/metrics",
    ],
)
def test_no_path_leads_to_what_is_not_public(path: str, nginx: Server) -> None:
    answer = nginx.get(path)
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body


def test_no_token_is_written_to_a_log(folder: Path, nginx: Server) -> None:
    assert nginx.get("/p/tvz_in-no-log/es/all/rss.xml").status == 200
    assert nginx.get("/feeds.opml").status == 200
    logged = (folder / "nginx/access.log").read_text() + (folder / "nginx/error.log").read_text()
    assert "feeds.opml" in logged
    assert "tvz_in-no-log" not in logged
