"""Servers of other people, on the loopback: web sites of publishers and partners, and translation servers.

Of translation servers: a real LibreTranslate where one is at hand, else a small one that speaks its API.

The real one is used when TORNAVOZ_LIBRETRANSLATE_PYTHON names a Python that has it installed; it cannot come with our
own tools, since its licence (AGPL) and its pinned packages do not go with ours. The small one serves the bundled Argos
model over the same paths, with the same shapes and refusals as LibreTranslate 1.9.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.translation.argos import ArgosEngine
from pipeline.translation.models import Installed

LAUNCHER = Path(__file__).parent / "benchmarks" / "libretranslate_server.py"


class Site:
    """A web site: pages by path, with what each answers, and what was asked for."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []  # of each request, names in lower case

    def put(
        self,
        path: str,
        body: str | bytes = "",
        *,
        status: int = 200,
        kind: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> str:
        """Serve this at a path. Returns the address. Underscores in the names of headers stand for hyphens."""
        content = body if isinstance(body, bytes) else body.encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": kind, **more}, content)
        return self.base + path


@contextmanager
def site() -> Iterator[Site]:
    """A web site while the block lasts. It answers 304 to whoever shows the ETag of a page."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = found.pages.get(self.path, (404, {"Content-Type": "text/html"}, b"<h1>404</h1>"))
            if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A visit is no news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    found = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def libretranslate(model: Installed, folder: Path) -> Iterator[str]:
    """The address of a server that translates with this model; real if there is one."""
    python = os.environ.get("TORNAVOZ_LIBRETRANSLATE_PYTHON")
    with real(python, model, folder) if python else small(model) as url:
        yield url


@contextmanager
def real(python: str, model: Installed, folder: Path) -> Iterator[str]:
    """LibreTranslate itself."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [python, str(LAUNCHER), str(port), str(model.path), str(folder / "packages")]
    with (folder / "libretranslate.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, "HOME": str(folder)}, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + 120
            while True:
                assert server.poll() is None, (folder / "libretranslate.log").read_text()[-2000:]
                assert time.monotonic() < until, "LibreTranslate does not answer"
                try:
                    urllib.request.urlopen(f"{url}/languages", timeout=5).close()  # noqa: S310  our own server
                    break
                except OSError:
                    time.sleep(0.2)
            yield url
        finally:
            server.kill()
            server.wait()


@contextmanager
def small(model: Installed, *, api_key: str = "") -> Iterator[str]:
    """A server of our own with the same API."""
    engine = ArgosEngine(model, inter_threads=1)

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            languages = [{"code": model.from_code, "name": "", "targets": [model.to_code]}]
            self._answer(200, {"info": {"version": "1.9-like"}} if self.path == "/spec" else languages)

        def do_POST(self) -> None:
            asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if api_key and asked.get("api_key") != api_key:
                self._answer(403, {"error": "Invalid API key"})
            elif (asked["source"], asked["target"]) != (model.from_code, model.to_code):
                self._answer(400, {"error": f"{asked['target']} is not supported"})
            else:
                texts = [engine.translate([text])[0].text for text in asked["q"]]
                self._answer(200, {"translatedText": texts})

        def _answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Silent: tests read answers, not logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
