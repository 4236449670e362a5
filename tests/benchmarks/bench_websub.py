"""How soon a change reaches 1,000 WebSub subscribers when some of their servers are slow or dead.

    python tests/benchmarks/bench_websub.py [--subscribers 1000] [--dead 5] [--slow 5] [--output result.json]

Real parts: a ledger on SQLite with as many subscriptions, our deliver step, HTTP over loopback to a server in a process
of its own, which checks every signature. `--dead` per cent are closed ports and sockets that never answer, half of
each; `--slow` per cent answer after three seconds. Two rounds with documents of one size: one with healthy callbacks
alone, one with the others among them, evenly spread. What counts is the ratio of the times until the last healthy
one is reached.

The numbers are void, and the exit status 1, unless every healthy subscriber got every document once, rightly signed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import multiprocessing
import os
import platform
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SECRET = "one secret for all of them"
SLOW_SECONDS = 3.0
DOCUMENT_BYTES = 360_000  # fifty articles in full
CONFIG = """
[site]
url = "https://eco.example"
[network]
allow_private = ["127.0.0.1"]
[push]
subscriptions_per_host = 100000
"""


# --- the receiving side, in a process of its own ---------------------------------------------------------------------


class Callbacks:
    """Counts what comes in for /fast/N, /slow/N and /never/N."""

    def __init__(self) -> None:
        self.hits: dict[str, list[tuple[float, str]]] = {}  # path -> (when, digest of a rightly signed body or "")

    async def serve(self, pipe: Connection) -> None:
        server = await asyncio.start_server(self._request, "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        while (asked := await loop.run_in_executor(None, pipe.recv)) != "stop":
            pipe.send(dict(self.hits))
            if asked == "clear":
                self.hits.clear()
        server.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            body = await reader.readexactly(int(headers["content-length"]))
            if path.startswith("/never/"):
                await asyncio.sleep(3600)
            if path.startswith("/slow/"):
                await asyncio.sleep(SLOW_SECONDS)
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            right = headers.get("x-hub-signature") == f"sha256={signature}"
            self.hits.setdefault(path, []).append((time.time(), hashlib.sha256(body).hexdigest() if right else ""))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
        writer.close()


def receive(pipe: Connection) -> None:
    asyncio.run(Callbacks().serve(pipe))


@contextmanager
def callbacks() -> Iterator[tuple[int, Connection]]:
    """A port, and a pipe that answers "look" and "clear" with what came in since the last "clear"."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        process.terminate()
        process.join(10)


# --- the sending side ------------------------------------------------------------------------------------------------


def prepare(home: Path) -> Any:
    """A state folder with one product; returns it."""
    os.environ |= {
        "TORNAVOZ_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "pipeline.settings",
        "SECRET_KEY": "a key for this benchmark alone",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    import django

    from pipeline import telemetry

    telemetry.set_up("ERROR")
    django.setup()
    from django.core.management import call_command

    from pipeline.ledger.models import Product

    call_command("migrate", verbosity=0)
    return Product.objects.create(slug="all", language="es", title="Todo", created_at=datetime.now(UTC))


def subscribe(product: Any, addresses: list[str]) -> None:
    from feeds.sealing import seal
    from pipeline.ledger.models import Subscription

    now, secret = datetime.now(UTC), seal(SECRET)
    Subscription.objects.all().delete()
    Subscription.objects.bulk_create(
        Subscription(
            topic=f"feed:{product.pk}:rss",
            callback=address,
            host="127.0.0.1",
            secret=secret,
            lease_until=now + timedelta(days=1),
            verified_at=now,
        )
        for address in addresses
    )


def publish(product: Any, text: bytes) -> str:
    """Write a new document; returns its digest."""
    from django.conf import settings

    from feeds import files
    from feeds.addresses import feed_path

    content = b'<?xml version="1.0"?><rss><!--' + text * (DOCUMENT_BYTES // len(text)) + b"--></rss>"
    files.write(settings.PUBLIC_DIR / feed_path(product.path, "rss"), content, modified=datetime.now(UTC))
    return hashlib.sha256(content).hexdigest()


def deliver(product: Any) -> tuple[float, float]:
    """Run the deliver unit of this topic. Returns when it began (wall clock) and how long it took in all."""
    from feeds import steps as outward
    from pipeline import config, steps
    from pipeline.ledger import units
    from pipeline.runner import Outcome, Runner
    from pipeline.stages import Step

    def nobody(source: str, target: str) -> Any:
        raise AssertionError("nothing is translated here")

    room = steps.Newsroom(config=config.parse(CONFIG), engine_for=nobody)
    runner = Runner(outward.table(room), lambda: datetime.now(UTC))
    unit = units.arm(Step.DELIVER, f"topic:feed:{product.pk}:rss", now=datetime.now(UTC))
    began, started = time.time(), time.monotonic()
    outcome = runner.run(unit)
    if outcome is not Outcome.DONE:
        raise SystemExit(f"the deliver unit ended {outcome}")
    return began, time.monotonic() - started


def spread(healthy: list[str], others: list[str]) -> list[str]:
    """The others evenly among the healthy, the first of them in front: the worst place."""
    every = max(1, len(healthy) // max(1, len(others)))
    mixed: list[str] = []
    left = iter(others)
    for number, address in enumerate(healthy):
        if number % every == 0:
            mixed += [other for other in (next(left, None),) if other]
        mixed.append(address)
    return mixed + list(left)


def run(product: Any, pipe: Connection, name: str, healthy: list[str], others: list[str]) -> dict[str, Any]:
    """One round: subscribe, publish, deliver, count."""
    subscribe(product, spread(healthy, others))
    digest = publish(product, f"{name} {time.time()} ".encode())
    pipe.send("clear")
    pipe.recv()
    began, took = deliver(product)
    pipe.send("look")
    hits: dict[str, list[tuple[float, str]]] = pipe.recv()
    wanted = {"/" + address.split("/", 3)[3] for address in healthy}
    reached = {path: got for path, got in hits.items() if path in wanted}
    once = [path for path, got in reached.items() if [found for _, found in got] == [digest]]
    last = max((at for got in reached.values() for at, _ in got), default=began)
    return {
        "round": name,
        "healthy": len(healthy),
        "others": len(others),
        "reached_once_and_rightly_signed": len(once),
        "slow_reached": sum(path.startswith("/slow/") for path in hits),
        "seconds_until_the_last_healthy_one": round(last - began, 2),
        "seconds_in_all": round(took, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--dead", type=int, default=5, metavar="PER_CENT")
    parser.add_argument("--slow", type=int, default=5, metavar="PER_CENT")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    dead, slow = given.subscribers * given.dead // 100, given.subscribers * given.slow // 100
    with tempfile.TemporaryDirectory(prefix="tvz-bench-") as home, callbacks() as (port, pipe):
        product = prepare(Path(home))
        before = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
            refused = closed.getsockname()[1]
            healthy = [f"http://127.0.0.1:{port}/fast/{n}" for n in range(given.subscribers - dead - slow)]
            others = [f"http://127.0.0.1:{refused}/dead/{n}" for n in range(dead // 2)]
            others += [f"http://127.0.0.1:{port}/never/{n}" for n in range(dead - dead // 2)]
            others += [f"http://127.0.0.1:{port}/slow/{n}" for n in range(slow)]
            rounds = [
                run(product, pipe, "healthy alone", healthy, []),
                run(product, pipe, "with dead and slow", healthy, others),
            ]
    key = "seconds_until_the_last_healthy_one"
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "document_bytes": DOCUMENT_BYTES,
        "memory_before_mb": before,
        "rounds": rounds,
        "ratio": round(rounds[1][key] / rounds[0][key], 2),
    }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    if given.output:
        given.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    whole = all(each["reached_once_and_rightly_signed"] == each["healthy"] for each in rounds)
    if not whole or rounds[1]["slow_reached"] != slow:
        sys.stdout.write("VOID: somebody was not reached, or not once\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
