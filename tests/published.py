"""A folder of published feeds on a loopback port, answered by our own file server."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from feeds import files
from feeds.front import asked_of
from feeds.jsonfeed import jsonfeed
from feeds.render import atom, rss
from feeds.static import answer
from pipeline.types import FeedDocument

WRITERS = {"rss": (rss, "rss.xml"), "atom": (atom, "atom.xml"), "json": (jsonfeed, "feed.json")}


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Readers' requests are no news."""


class Site:
    """A published folder on a loopback port, answered by our own file server."""

    def __init__(self, root: Path) -> None:
        self.root, self.statuses = root, []  # type: Path, list[int]
        self._server = make_server("127.0.0.1", 0, self._answer, server_class=_Threaded, handler_class=_Silent)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}/"

    def _answer(self, environ: Any, start_response: Any) -> list[bytes]:
        found = answer(asked_of(environ), self.root, environ["PATH_INFO"].lstrip("/"))
        self.statuses.append(found.status)
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", list(found.headers.items()))
        return [found.body]

    def publish(self, shown: FeedDocument) -> None:
        for write, file in WRITERS.values():
            files.write(self.root / file, write(shown), modified=shown.updated)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
