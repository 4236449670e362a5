"""Requests a second of our own server beside nginx, for the same feed on the same machine in the same minute.

    make bench BENCH=serving        about a minute; needs nginx and wrk (apt install nginx-light wrk)

A feed of 50 articles of about 900 words, asked for packed (200) and by somebody who has it (304), over loopback, in
turns. nginx runs the configuration that is shipped, with one worker; ours is `tornavoz serve`, with one worker.
Absolute numbers are of this machine; what counts is the ratio. Goal: within 3 times of nginx on 304.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATH = "feeds/es/all/rss.xml"
NEEDED = {"nginx": "nginx-light", "wrk": "wrk"}
GOAL = 3.0


@dataclass(frozen=True)
class Measured:
    """One run of the load generator."""

    per_second: float
    p50: float  # milliseconds
    p99: float
    answers: int
    others: int  # answers that were not 2xx or 3xx, and broken connections


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--seconds", type=int, default=4)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--connections", type=int, default=16)
    chosen = asked.parse_args()
    if missing := [package for program, package in NEEDED.items() if not shutil.which(program)]:
        print(f"not measured: sudo apt install {' '.join(missing)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="tornavoz-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        size, packed = _publish(home)
        print(f"{PATH}: {size / 1000:.0f} kB, {packed / 1000:.0f} kB with gzip; {chosen.connections} connections")
        with _ours(home) as ours, _nginx(home) as nginx:
            return _compare({"nginx": nginx, "ours": ours}, chosen)


def _compare(ports: dict[str, int], chosen: argparse.Namespace) -> int:
    headers = {name: {"200 gzip": ["Accept-Encoding: gzip"]} for name in ports}
    for name, port in ports.items():
        headers[name]["304"] = ["Accept-Encoding: gzip", f"If-None-Match: {_tag(port)}"]
    found: dict[tuple[str, str], list[Measured]] = {}
    for _ in range(chosen.rounds):
        for kind in ("200 gzip", "304"):
            for name, port in ports.items():
                run = _load(port, headers[name][kind], seconds=chosen.seconds, connections=chosen.connections)
                found.setdefault((kind, name), []).append(run)
    wrong = 0
    for kind in ("200 gzip", "304"):
        speed = {}
        for name in ports:
            runs = found[kind, name]
            speed[name] = statistics.median(run.per_second for run in runs)
            p50, p99 = (statistics.median(getattr(run, field) for run in runs) for field in ("p50", "p99"))
            wrong += sum(run.others for run in runs)
            print(f"{kind:<9} {name:<6} {speed[name]:9,.0f} requests/s   p50 {p50:6.2f} ms   p99 {p99:7.2f} ms")
        ratio = speed["nginx"] / speed["ours"]
        print(f"{kind:<9} nginx / ours = {ratio:.1f}" + (f" (goal: {GOAL:.0f} at most)" if kind == "304" else ""))
    if wrong:
        print(f"void: {wrong} answers were errors", file=sys.stderr)
    return 1 if wrong else 0


def _publish(home: Path) -> tuple[int, int]:
    """Write a feed of 50 articles; returns its bytes, plain and packed."""
    sys.path.insert(0, str(ROOT))
    from feeds import files
    from feeds.render import rss
    from pipeline.types import Attribution, Entry, FeedDocument, Licence, Status

    sentence = "El puente nuevo sobre el río abrió el lunes {}, tras nueve años de obras y {} cambios de plan. "
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    credit = Attribution(
        publisher="The River Post",
        publisher_url="https://river.example/",
        original_url="https://river.example/bridge",
        original_title="Bridge opens",
        original_language="en",
        language="es",
        licence=Licence(code="by", version="4.0", url="https://creativecommons.org/licenses/by/4.0/", name="CC BY 4.0"),
        outlet="Eco Sur",
    )
    entries = []
    for number in range(50):
        words = "".join(sentence.format(number * 97 + part, (number * 31 + part * 7) % 89) for part in range(50))
        entry = Entry(
            guid=f"tag:eco.example,2026:article/{number}/es",
            version=1,
            status=Status.USABLE,
            url=f"https://eco.example/es/articles/{number}.html",
            language="es",
            headline=f"El puente {number} abre",
            summary="La obra costó más de lo previsto.",
            body=f"<p>{words}</p>",
            attribution=replace(credit, original_url=f"https://river.example/bridge/{number}"),
            published=now - timedelta(hours=number),
            updated=now - timedelta(hours=number),
        )
        entries.append(entry)
    document = FeedDocument(
        id="tag:eco.example,2026:feed/es/all",
        title="Todo",
        subtitle="",
        language="es",
        home_url="https://eco.example/feeds/es/all/",
        urls={"rss": f"https://eco.example/{PATH}"},
        updated=now,
        publisher="Eco Sur",
        contact=None,
        entries=tuple(entries),
    )
    path = home / "public" / PATH
    files.write(path, rss(document), modified=now)
    return path.stat().st_size, files.twin_of(path).stat().st_size


@contextlib.contextmanager
def _ours(home: Path) -> Iterator[int]:
    port = _free_port()
    environment = {**os.environ, "TORNAVOZ_HOME": str(home), "REDIS_URL": ""}
    command = [sys.executable, "-m", "workers.cli"]
    subprocess.run([*command, "init"], env=environment, cwd=ROOT, check=True, capture_output=True)
    with _running([*command, "serve", "--port", str(port)], port, environment):
        yield port


@contextlib.contextmanager
def _nginx(home: Path) -> Iterator[int]:
    port, run = _free_port(), home / "nginx"
    run.mkdir()
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = text.replace("/var/lib/tornavoz/public", str(home / "public"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    (run / "tornavoz.conf").write_text(text)
    shutil.copy(ROOT / "deploy/tornavoz-proxy.conf", run)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {run}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (run / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {run}/pid; error_log {run}/error.log;"
        f"events {{}} http {{ access_log off; sendfile on; keepalive_requests 1000000; {temporary} "
        f"include {run}/tornavoz.conf; }}"
    )
    with _running(["nginx", "-p", str(run), "-c", str(run / "nginx.conf")], port, dict(os.environ)):
        yield port


@contextlib.contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{command[0]} does not answer")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _load(port: int, headers: list[str], *, seconds: int, connections: int) -> Measured:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    said = subprocess.run([*command, f"http://127.0.0.1:{port}/{PATH}"], check=True, capture_output=True, text=True)
    return _read(said.stdout)


def _read(text: str) -> Measured:
    """wrk's report as numbers."""
    errors = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    broken = " ".join(re.findall(r"Socket errors: (.*)", text))
    errors += sum(int(number) for number in re.findall(r"\d+", broken))
    return Measured(
        per_second=float(re.findall(r"Requests/sec:\s+([\d.]+)", text)[0]),
        p50=_milliseconds(re.findall(r"\s50%\s+(\S+)", text)[0]),
        p99=_milliseconds(re.findall(r"\s99%\s+(\S+)", text)[0]),
        answers=int(re.findall(r"(\d+) requests in", text)[0]),
        others=errors,
    )


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def _tag(port: int) -> str:
    """The ETag of the packed feed."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/{PATH}", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    return str(answer.headers["ETag"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(main())
