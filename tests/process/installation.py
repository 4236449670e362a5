"""A whole installation in a folder of its own, run by the real programs, that a test may hurt as it likes.

What is asked of it is asked from outside: by its own command line, or by reading the ledger file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg

from workers.broker import EmbeddedBroker, find
from workers.supervise import Program, Supervisor

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
LEASE_SECONDS = 8  # of the product's 120: a test waits for leases to run out
CONFIG = """
[site]
name = "Eco Sur"
url = "https://eco.example"
tag = "eco.example,2026"
contact = "redaccion@eco.example"

[[source]]
slug = "river"
publisher = "The River Post"
url = "https://river.example/"

[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by/4.0/"

[[product]]
slug = "all"
title = "Todo"

[[partner]]
slug = "el-faro"
name = "El Faro"
use = "P"
"""
PROGRAMS = {
    "beat": ["beat"],
    "translate": ["worker", "translate"],
    "intake": ["worker", "intake", "publish"],
    "deliver": ["worker", "deliver"],
}


class Installation:
    """One state folder and whatever runs on it. The supervisor, the broker and the home end with `close`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.broker = EmbeddedBroker(find(None, home), home, persistent=False)
        self.supervisor: Supervisor | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TORNAVOZ_")}
        for name in ("REDIS_URL", "DATABASE_URL", "SECRET_KEY"):
            kept.pop(name, None)
        self.env = {
            **kept,
            "TORNAVOZ_HOME": str(home),
            "TORNAVOZ_LEASE_SECONDS": str(LEASE_SECONDS),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "one key for every process of an installation in a test",
        }

    # --- asking it -------------------------------------------------------------------------------------------

    def run(self, *argv: str, seconds: float = 60) -> str:
        """Standard output of one of our programs, which must succeed."""
        done = self._ran(argv, seconds)
        assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refused(self, *argv: str, seconds: float = 60) -> str:
        """What one of our programs says on standard error that must stop at once, being asked wrongly."""
        done = self._ran(argv, seconds)
        assert done.returncode == 2, f"{argv} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return " ".join(done.stderr.split())

    def _ran(self, argv: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *argv],
            cwd=ROOT,
            env=self.env,
            check=False,
            timeout=seconds,
            capture_output=True,
            text=True,
        )

    def tornavoz(self, *words: str, seconds: float = 60) -> str:
        return self.run("workers.cli", "--home", str(self.home), *words, seconds=seconds)

    def init(self) -> None:
        config = self.home / "sample.toml"
        config.write_text(CONFIG, encoding="utf-8")
        self.tornavoz("init", "--config", str(config))

    def submit(self, count: int, *, first: int = 1, sentences: int = 3) -> list[int]:
        """Articles handed in by another process; their ids."""
        said = self.run("tests.process.newswire", str(first), str(count), str(sentences))
        return [int(word) for word in said.split()]

    def ask(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """Rows of the ledger, read from its file, or from the server that it is on."""
        if url := self.env.get("DATABASE_URL"):
            with psycopg.connect(url) as server:
                return server.execute(query.replace("?", "%s"), given).fetchall()
        with closing(sqlite3.connect(f"file:{self.home}/ledger.db?mode=ro", uri=True, timeout=30)) as ledger:
            return ledger.execute(query, given).fetchall()

    def open_units(self) -> int:
        """Units that some process still has to run; parked ones wait for a person."""
        [(count,)] = self.ask("SELECT count(*) FROM ledger_unit WHERE state IN ('ready', 'leased')")
        return int(count)

    def translating(self, article: int) -> int | None:
        """The unit that translates an article, while a worker holds it."""
        found = self.ask(
            "SELECT u.id FROM ledger_unit u JOIN ledger_translation t ON u.subject = 'translation:' || t.id "
            "JOIN ledger_revision r ON r.id = t.revision_id "
            "WHERE u.step = 'translate' AND u.state = 'leased' AND r.article_id = ?",
            article,
        )
        return int(found[0][0]) if found else None

    def fence(self, unit: int) -> int:
        """How often a unit was claimed."""
        [(fence,)] = self.ask("SELECT fence FROM ledger_unit WHERE id = ?", unit)
        return int(fence)

    def disagreements(self) -> str:
        """What the doctor says of the files; empty when they agree with the ledger."""
        done = self._ran(["workers.cli", "doctor", "--json"], 60)
        [check] = [check for check in json.loads(done.stdout) if check["name"] == "files"]
        return "" if check["ok"] else str(check["says"])

    def note(self, what: str, value: float) -> None:
        """A figure worth keeping; `pytest -rA` shows it."""
        sys.stdout.write(f"FIGURE {what}: {value:.1f}\n")

    def log(self, name: str) -> str:
        path = self.home / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # --- running and hurting it ------------------------------------------------------------------------------

    def start(self, *names: str, broker_url: str) -> None:
        """Start these programs under supervision, with the broker at this URL (may be empty, or not there yet)."""
        env = {**self.env, "REDIS_URL": broker_url}
        self.supervisor = Supervisor(
            [
                Program(name=name, argv=(sys.executable, "-m", "workers.cli", *PROGRAMS[name]), env=env)
                for name in names
            ],
            log_dir=self.home / "log",
            each_tick=self.broker.revive,
        )
        self.env["REDIS_URL"] = broker_url  # whoever hands something in rings the same bell
        self.supervisor.start()

    def pid(self, name: str) -> int:
        """The pid of a program, which leads its own process group."""
        assert self.supervisor is not None
        pid = self.supervisor.pids()[name]
        assert pid is not None, f"{name} does not run"
        return pid

    def signal_group(self, name: str, number: signal.Signals) -> None:
        os.killpg(self.pid(name), number)

    def until(self, holds: Callable[[], Any], seconds: float, what: str) -> Any:
        """Supervise until something holds; its value. Fails, saying what did not come true, after `seconds`."""
        end = time.monotonic() + seconds
        while not (value := holds()):
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}; open: {self._open()}"
            if self.supervisor is not None:
                self.supervisor.tick()
            time.sleep(0.02)
        return value

    def drain(self, seconds: float = 90) -> float:
        """Supervise until no unit is open; how long that took."""
        started = time.monotonic()
        self.until(lambda: not self.open_units(), seconds, "all work done")
        return time.monotonic() - started

    def approve_held(self) -> int:
        """Let an editor take what the checks held, whatever model wrote it; how many."""
        held = self.ask(
            "SELECT r.article_id FROM ledger_translation t JOIN ledger_revision r ON r.id = t.revision_id "
            "WHERE t.state = 'held' ORDER BY 1"
        )
        for (article,) in held:
            self.tornavoz("approve", str(article), "--reason", "this test is not about the model's words")
        return len(held)

    def finish(self, seconds: float = 90) -> float:
        """Supervise until no unit is open and no translation waits for an editor; how long the first round took."""
        took = self.drain(seconds)
        if self.approve_held():
            self.drain(seconds)
        return took

    def _open(self) -> list[tuple[Any, ...]]:
        return self.ask("SELECT step, subject, state, attempts, last_error FROM ledger_unit WHERE state <> 'done'")[:10]

    def processes(self) -> dict[int, str]:
        """Every process that was started for this state folder, with its command line."""
        if not PROC.is_dir():
            return {}  # macOS: nobody can be asked
        mark = f"TORNAVOZ_HOME={self.home}".encode()
        found = {}
        for folder in PROC.iterdir():
            if folder.name.isdigit():
                with suppress(OSError):  # it ended, or is somebody else's
                    if mark in (folder / "environ").read_bytes().split(b"\0"):
                        words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                        found[int(folder.name)] = words.decode(errors="replace")
        return found

    def close(self) -> None:
        """Stop what was started, show the logs (pytest prints them only of a test that failed), remove the home."""
        try:
            if self.supervisor is not None:
                self.supervisor.stop()
            self.broker.stop()
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for path in sorted((self.home / "log").glob("*.log")):
                sys.stdout.write(f"--- {path.name}\n{path.read_text(errors='replace')[-6000:]}\n")
        finally:
            shutil.rmtree(self.home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def ended(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float) -> tuple[int, float]:
    """Send a signal; exit status and how long the process took to end."""
    started = time.monotonic()
    process.send_signal(number)
    return process.wait(seconds), time.monotonic() - started


def started(argv: Sequence[str], installation: Installation, log: str) -> subprocess.Popen[bytes]:
    """A program in a session of its own, as from a terminal; its output goes to the installation's logs."""
    folder = installation.home / "log"
    folder.mkdir(exist_ok=True)
    with (folder / f"{log}.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *argv],
            cwd=ROOT,
            env=installation.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
