"""A partner's server on this machine: it writes down what it is sent and answers what a test tells it to.

Knows: HTTP, a script of answers. Must not know: what a push means; tests read that from `got`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Got:
    """One request."""

    method: str
    path: str  # with its query
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Answer:
    """What the receiver says."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Receiver:
    """A running server. `answer` is asked for every request, on the thread that serves it."""

    url: str
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Answer] = lambda _: Answer()

    @property
    def posts(self) -> list[Got]:
        return [each for each in self.got if each.method == "POST"]


@contextmanager
def receiver(host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver that stops with the block."""

    class Requests(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """A quiet server."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.command, self.path, headers, body)
            running.got.append(got)
            answer = running.answer(got)
            self.send_response(answer.status)
            for name, value in {"content-length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    with Server((host, 0), Requests) as server:
        running = Receiver(url=f"http://{host}:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()


def query_of(got: Got) -> str:
    return urlsplit(got.path).query
