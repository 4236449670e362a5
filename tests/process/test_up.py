"""`tornavoz up`: one command runs everything, serves it as the web expects, and leaves nothing behind."""

from __future__ import annotations

import gzip
import http.client
import signal
from contextlib import closing

import pytest

from tests.process.installation import PROC, Installation, ended, free_port, started

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not PROC.is_dir(), reason="orphans are looked for in /proc"),
]

FEED = "/feeds/es/all/atom.xml"
Answer = tuple[int, dict[str, str], bytes]


def get(port: int, path: str, *, method: str = "GET", **headers: str) -> Answer:
    """Status, headers (names in lower case) and body as sent. Nobody listening counts as status 0."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        except ConnectionRefusedError:
            return 0, {}, b""
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_one_command_serves_what_another_process_submits(installation: Installation) -> None:
    port = free_port()
    command = ["workers.cli", "--home", str(installation.home), "up", "--port", str(port)]
    with started(command, installation, "up") as process:
        installation.until(lambda: get(port, "/health")[0] == 200, 60, "the server answers")
        [article] = installation.submit(1)
        guid = f"tag:eco.example,2026:article/{article}/es".encode()
        installation.until(lambda: not installation.open_units(), 60, "the article is published")
        installation.approve_held()
        installation.until(lambda: guid in get(port, FEED)[2], 60, "the article is in the feed")
        assert len(installation.processes()) >= 6  # up, beat, translate, intake, web, and what they started
        for rival in ("up", "serve"):
            said = installation.refused("workers.cli", "--home", str(installation.home), rival, "--port", str(port))
            assert f"cannot listen at 127.0.0.1:{port}" in said

        status, headers, body = get(port, FEED)
        assert (status, headers["content-type"].partition(";")[0]) == (200, "application/atom+xml")
        assert body == (installation.home / "public" / FEED[1:]).read_bytes()
        assert get(port, FEED, If_None_Match=headers["etag"])[::2] == (304, b"")
        assert get(port, FEED, If_Modified_Since=headers["last-modified"])[::2] == (304, b"")
        status, told, nothing = get(port, FEED, method="HEAD")
        assert (status, nothing, told["etag"]) == (200, b"", headers["etag"])
        assert int(told["content-length"]) == len(body)
        status, packed, twin = get(port, FEED, Accept_Encoding="gzip")
        assert (status, packed["content-encoding"]) == (200, "gzip")
        assert len(twin) < len(body)
        assert gzip.decompress(twin) == body
        assert get(port, f"/es/articles/{article}.html")[0] == 200
        assert get(port, "/es/articles/4711.html")[0] == 404

        status, seconds = ended(process, signal.SIGINT, 60)
        installation.note("seconds from Ctrl-C to the end", seconds)
        assert status == 0
        assert installation.processes() == {}
        assert get(port, "/health")[0] == 0

    with started(command, installation, "up-again") as process:
        installation.until(lambda: get(port, "/health")[0] == 200, 60, "the server answers again")
        assert guid in get(port, FEED)[2]
        installation.until(lambda: "unit.ran" in installation.log("beat") + installation.log("intake"), 60, "work")
        assert ended(process, signal.SIGTERM, 60)[0] == 0
        assert installation.processes() == {}
    installation.tornavoz("run", "--until-idle", seconds=120)  # what it was stopped in the middle of
    assert installation.disagreements() == ""
