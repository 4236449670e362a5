"""Rules of the one client that leaves this machine, against a real server on this machine."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.errors import FetchFailed, SourceError, TargetForbidden, TooLarge
from pipeline.ingest.addresses import is_public
from pipeline.ingest.bodies import inflated
from pipeline.ingest.http import GuardedClient, Limits

LOCAL = frozenset({"127.0.0.1"})


@dataclass
class Server:
    """A running server; `seen` holds the requests it got, as (method, path, headers, body)."""

    port: int
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


class _Answers(BaseHTTPRequestHandler):
    server: _Listening

    def log_message(self, format: str, *args: object) -> None:
        """A quiet server."""

    def do_GET(self) -> None:
        self.server.told.seen.append((self.command, self.path, dict(self.headers), b""))
        getattr(self, f"_{self.path.split('?')[0].strip('/').replace('-', '_') or 'page'}")()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.told.seen.append((self.command, self.path, dict(self.headers), body))
        getattr(self, f"_{self.path.strip('/').replace('-', '_')}")()

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self) -> None:
        self._send(200, b"hello", set_cookie="a=b", etag='"1"')

    def _gone(self) -> None:
        self._send(410, b"gone")

    def _squeezed(self) -> None:
        self._send(200, gzip.compress(b"hello ") + gzip.compress(b"twice"), content_encoding="gzip")

    def _bomb(self) -> None:
        self._send(200, gzip.compress(b"\0" * 50_000_000), content_encoding="gzip")

    def _big(self) -> None:
        self._send(200, b"x" * 200_000)

    def _onward(self) -> None:
        self._send(301, b"", location="/page")

    def _round(self) -> None:
        self._send(302, b"", location="/round")

    def _inside(self) -> None:
        self._send(302, b"", location=f"http://localhost:{self.server.told.port}/page")

    def _script(self) -> None:
        self._send(302, b"", location="file:///etc/passwd")

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b"x")
            except OSError:
                return
            time.sleep(0.1)

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b"x")


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    told: Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listening = _Listening(("127.0.0.1", 0), _Answers)
    listening.told = Server(port=listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield listening.told
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def client() -> GuardedClient:
    return GuardedClient(allow_private=LOCAL, limits=Limits(connect=1, read=1, whole=1.5, max_bytes=100_000))


def test_this_machine_is_refused_unless_listed(server: Server, client: GuardedClient) -> None:
    closed = GuardedClient(ports=frozenset({server.port}))
    before = len(server.seen)
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises((TargetForbidden, FetchFailed)):
            closed.get(server.url("/page", host))
    with pytest.raises(TargetForbidden, match="not a public address"):
        closed.post(server.url("/page"), b"x")
    assert len(server.seen) == before
    assert client.get(server.url("/page")).content == b"hello"


def test_unusual_port_is_refused_before_anything_is_looked_up() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    with pytest.raises(TargetForbidden, match="Port 6379"):
        GuardedClient(resolver=never).get("http://news.example:6379/")


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    client = GuardedClient(resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(TargetForbidden, match=r"10\.0\.0\.1"):
        client.get("http://news.example/")


def test_name_is_resolved_once_and_the_checked_address_is_contacted(server: Server) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.1"]

    client = GuardedClient(allow_private=frozenset({"intranet.example"}), resolver=rebinding)
    assert client.get(server.url("/page", "intranet.example")).status == 200
    assert asked == ["intranet.example"]
    assert server.seen[-1][2]["Host"] == f"intranet.example:{server.port}"


def test_redirect_is_followed_and_told(server: Server, client: GuardedClient) -> None:
    answer = client.get(server.url("/onward"))
    assert (answer.url, answer.content, answer.moved) == (server.url("/page"), b"hello", True)
    assert client.get(server.url("/page")).moved is False


def test_redirect_to_this_machine_is_refused(server: Server) -> None:
    client = GuardedClient(allow_private=LOCAL, ports=frozenset({server.port}))
    before = [path for _, path, _, _ in server.seen].count("/page")
    with pytest.raises(TargetForbidden, match=r"localhost is at .* not a public address"):
        client.get(server.url("/inside"))
    with pytest.raises(SourceError, match="http"):
        client.get(server.url("/script"))
    assert [path for _, path, _, _ in server.seen].count("/page") == before


def test_public_host_never_redirects_into_a_listed_private_one(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # nothing public is within a test's reach, so one loopback address plays the public part
    monkeypatch.setattr("pipeline.ingest.network.is_public", lambda address: address == "127.0.0.1")
    places = {"public.example": "127.0.0.1", "localhost": "127.0.0.2"}
    client = GuardedClient(
        allow_private=frozenset({"localhost"}),
        ports=frozenset({server.port}),
        resolver=lambda host, port: [places[host]],
    )
    assert client.get(server.url("/page", "public.example")).status == 200
    with pytest.raises(TargetForbidden, match=r"127\.0\.0\.2"):
        client.get(server.url("/inside", "public.example"))
    with pytest.raises(FetchFailed, match="does not accept"):  # asked for directly it is tried
        client.get(server.url("/page", "localhost"))


def test_endless_redirects_end(server: Server, client: GuardedClient) -> None:
    before = len(server.seen)
    with pytest.raises(FetchFailed, match="more than 5 times"):
        client.get(server.url("/round"))
    assert len(server.seen) == before + 6


def test_secret_headers_stay_at_the_host_they_were_meant_for(server: Server) -> None:
    client = GuardedClient(allow_private=frozenset({"127.0.0.1", "localhost"}))
    client.get(server.url("/inside"), headers={"Authorization": "secret", "If-None-Match": '"1"'})
    (first, second) = server.seen[-2:]
    assert first[2]["authorization"] == "secret"
    assert "authorization" not in second[2]
    assert second[2]["if-none-match"] == '"1"'


def test_post_sends_the_body_and_follows_nothing(server: Server, client: GuardedClient) -> None:
    answer = client.post(server.url("/onward"), b"{}", {"content-type": "application/json"})
    assert answer.status == 301
    method, path, headers, body = server.seen[-1]
    assert (method, path, headers["content-type"], body) == ("POST", "/onward", "application/json", b"{}")


def test_post_keeps_the_beginning_of_a_long_answer(server: Server, client: GuardedClient) -> None:
    assert client.post(server.url("/big"), b"").content == b"x" * 2_048


def test_status_codes_are_answers_and_not_errors(server: Server, client: GuardedClient) -> None:
    answer = client.get(server.url("/gone"))
    assert (answer.status, answer.content) == (410, b"gone")


def test_no_cookie_is_kept_and_no_proxy_is_believed(
    server: Server, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client.get(server.url("/page"))
    assert client.get(server.url("/page")).headers["etag"] == '"1"'
    assert "cookie" not in {name.lower() for name in server.seen[-1][2]}


def test_gzip_is_undone_member_by_member(server: Server, client: GuardedClient) -> None:
    assert client.get(server.url("/squeezed")).content == b"hello twice"


def test_gzip_bomb_and_large_page_are_stopped(server: Server, client: GuardedClient) -> None:
    with pytest.raises(TooLarge):
        client.get(server.url("/bomb"))
    with pytest.raises(TooLarge, match="100000 bytes"):
        client.get(server.url("/big"))
    assert len(client.get(server.url("/big"), max_bytes=300_000).content) == 200_000
    with pytest.raises(TooLarge, match="100 times"):
        client.get(server.url("/bomb"), max_bytes=100_000_000)


def test_dripping_server_is_cut_off_at_the_deadline(server: Server, client: GuardedClient) -> None:
    started = time.monotonic()
    with pytest.raises(FetchFailed):
        client.get(server.url("/drip"))
    assert time.monotonic() - started < 3


def test_slow_look_up_is_cut_off() -> None:
    woken = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        woken.wait(10)
        return ["127.0.0.1"]

    client = GuardedClient(resolver=slow, limits=Limits(connect=0.2, whole=0.5))
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="was not answered for"):
        client.get("http://slow.example/")
    assert time.monotonic() - started < 3
    woken.set()


def test_broken_answer_closed_port_and_unknown_name_fail_for_later(server: Server, client: GuardedClient) -> None:
    with pytest.raises(FetchFailed):
        client.get(server.url("/cut"))
    with pytest.raises(FetchFailed, match="does not accept connections"):
        client.get("http://127.0.0.1:1/")

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(FetchFailed, match="cannot be looked up"):
        GuardedClient(resolver=unknown).get("http://nowhere.example/")


def test_plain_server_behind_https_fails_and_does_not_crash(server: Server) -> None:
    client = GuardedClient(allow_private=LOCAL, ssl_context=ssl.create_default_context())
    with pytest.raises(FetchFailed):
        client.get(server.url("/page").replace("http:", "https:"))


def test_header_with_a_line_break_is_refused(server: Server, client: GuardedClient) -> None:
    with pytest.raises(SourceError, match="line break"):
        client.get(server.url("/page"), headers={"x": "a\r\nHost: evil.example"})


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://user:pass@127.0.0.1/", "gopher://127.0.0.1/", "http:///"]
)
def test_only_plain_web_addresses_are_contacted(url: str, client: GuardedClient) -> None:
    with pytest.raises(SourceError):
        client.get(url)


@pytest.mark.parametrize("chunk", [1, 7, 1_000])
def test_inflating_gives_the_same_bytes_however_they_arrive(chunk: int) -> None:
    text = bytes(range(256)) * 20
    for packed, name in ((gzip.compress(text), "gzip"), (zlib.compress(text), "deflate"), (text, "identity")):
        pieces = [packed[at : at + chunk] for at in range(0, len(packed), chunk)]
        assert inflated(pieces, name, len(text)) == text
        with pytest.raises(TooLarge):
            inflated(pieces, name, len(text) - 1)
    with pytest.raises(FetchFailed, match="too early"):
        inflated([gzip.compress(text)[:-9]], "gzip", 10_000)
    with pytest.raises(FetchFailed, match="damaged"):
        inflated([b"no gzip at all"], "gzip", 10_000)
    with pytest.raises(FetchFailed, match="not asked for"):
        inflated([b"x"], "br", 10_000)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


NOT_PUBLIC = (
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.0.1 192.0.0.8 192.168.1.1 198.18.0.1 203.0.113.9 "
    "224.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::ffff:8.8.8.8 "
    "::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:1::1 2001:db8::1 localhost 1.2.3"
)


@pytest.mark.parametrize("address", NOT_PUBLIC.split(" "))
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)
