"""The door of the web server: files are answered at once, the rest is somebody else's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.files import write
from feeds.front import front

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Visit:
    """One request through the door, and who answered it."""

    def __init__(self, root: Path, path: str, **environ: str) -> None:
        self.status, self.headers, self.passed_on = "", {}, False
        whole = {"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}
        self.body = b"".join(front(self._behind, root, max_age=60)(whole, self._start))

    def _behind(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.passed_on = True
        start("299 Somebody else", [])
        return [b"else"]

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "es" / "rss.xml", b"<rss/>", modified=NOON)
    write(tmp_path / "es" / "articles" / "1.gone.html", b"Retirado", modified=NOON)
    write(tmp_path / "index.html", b"<!doctype html>", modified=NOON)
    return tmp_path


def test_a_file_is_answered_at_the_door(root: Path) -> None:
    visit = Visit(root, "/es/rss.xml")
    assert (visit.status, visit.body, visit.passed_on) == ("200 OK", b"<rss/>", False)
    assert visit.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    again = Visit(root, "/es/rss.xml", HTTP_IF_NONE_MATCH=visit.headers["ETag"])
    assert (again.status, again.body) == ("304 Not Modified", b"")
    assert "Content-Type" not in again.headers
    assert Visit(root, "/").body == b"<!doctype html>"
    assert Visit(root, "/es/rss.xml", REQUEST_METHOD="HEAD").body == b""
    assert Visit(root, "/es/articles/1.html").status == "410 Gone"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/health", "GET"),
        ("/api/v1/releases", "GET"),
        ("/p/tvz_x/es/all/rss.xml", "GET"),
        ("/es/rss.xml", "POST"),
        ("/es/rss.xml.gz", "GET"),
        ("//es/rss.xml", "GET"),
        ("/../secret", "GET"),
        ("", "GET"),
    ],
)
def test_everything_else_goes_on(path: str, method: str, root: Path) -> None:
    visit = Visit(root, path, REQUEST_METHOD=method)
    assert visit.passed_on is (path != "")
