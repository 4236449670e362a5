"""Runs the programs of one installation side by side: starts them, restarts what dies, stops them all.

Knows: processes, process groups, signals, log files. Must not know: what the programs are, Celery, Django, Redis.
This is the one-machine stand-in for systemd (Restart=always, KillMode=mixed) behind `tornavoz up`; where a real
service manager exists, use that instead.

Stopping follows KillMode=mixed: SIGTERM goes to the program itself, so that a Celery worker can finish what its pool
is doing; what is left of its process group when the program has ended, or when the grace is over, gets SIGKILL.
If the supervisor itself is killed outright, the kernel sends each program SIGTERM (Linux).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

from pipeline.errors import ConfigError
from workers.tether import tied

_STABLE_AFTER = 60.0  # a program that ran this long has earned a short pause again
_LARGEST_LOG = 10_000_000  # bytes; then the log is moved to NAME.log.1
_TICK = 0.2
_LAST_BREATH = 0.5  # a killed orphan is reaped by init, if there is one; no reason to wait for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to keep running. `env` is added to our own environment."""

    name: str  # [a-z0-9-]+; names the log file and prefixes its lines
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Keeps `programs` running. Either `run()` until a signal, or as a context manager with `tick()` called often.

    `say` receives each line the programs write, prefixed with the name, and our own remarks; everything is in
    `log_dir`/NAME.log anyway. `each_tick` is called about five times a second (to revive the broker, for one).
    Call from one thread that outlives the programs: they are told when the thread that started them ends.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        log_dir: Path,
        say: Callable[[str], None] | None = None,
        each_tick: Callable[[], object] | None = None,
        grace: float = 30.0,
        restart_after: float = 2.0,
        longest_pause: float = 60.0,
    ) -> None:
        names = [program.name for program in programs]
        if len(set(names)) != len(names):
            raise ConfigError(f"two programs share a name: {', '.join(sorted(names))}")
        self._kept = [
            _Kept(program, _Log(log_dir / f"{program.name}.log"), restart_after, longest_pause) for program in programs
        ]
        self._log_dir = log_dir
        self._say = say or (lambda line: None)
        self._each_tick = each_tick or (lambda: None)
        self._grace = grace
        self._asked_to_stop = 0
        self._width = max((len(name) for name in names), default=0)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start every program, in the given order. Raises ConfigError, and starts none, when one does not exist."""
        for kept in self._kept:
            if shutil.which(kept.program.argv[0]) is None:
                raise ConfigError(f"cannot start {kept.program.name}: there is no program {kept.program.argv[0]}")
        self._log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            for kept in self._kept:
                kept.start()
        except BaseException:
            self.stop()
            raise

    def tick(self) -> None:
        """Notice what died, restart what is due, pass new log lines on."""
        now = time.monotonic()
        for kept in self._kept:
            remark = kept.look(now)
            if remark:
                self._tell(kept, f"tornavoz: {remark}")
            self._forward(kept)
            kept.log.keep_small()
        self._each_tick()

    def run(self) -> None:
        """Start, tick until SIGINT, SIGTERM, SIGHUP or `request_stop()`, then stop. A second signal ends the grace."""
        with self._signals():
            try:
                self.start()
                while not self._asked_to_stop:
                    self.tick()
                    time.sleep(_TICK)
            finally:
                self.stop()

    def request_stop(self) -> None:
        """Ask `run()` to end; may be called from another thread or from a signal handler."""
        self._asked_to_stop += 1

    def stop(self) -> None:
        """Stop every program and what is left of its process group; returns soon after the grace at the latest."""
        before = self._asked_to_stop
        until = time.monotonic() + self._grace
        for kept in self._kept:
            kept.terminate()
        while any(kept.lives() for kept in self._kept):
            if time.monotonic() >= until or self._asked_to_stop > max(before, 1):
                break
            time.sleep(0.05)
        for kept in self._kept:
            if kept.lives():
                self._tell(kept, "tornavoz: did not stop in time and was killed")
            kept.kill()
            self._forward(kept)

    def pids(self) -> dict[str, int | None]:
        """Pid of each program, None while it is not running."""
        return {kept.program.name: kept.pid if kept.lives() else None for kept in self._kept}

    def restarts(self) -> dict[str, int]:
        """How often each program had to be started again."""
        return {kept.program.name: kept.restarts for kept in self._kept}

    def _tell(self, kept: _Kept, remark: str) -> None:
        self._forward(kept)
        kept.log.write(remark)

    def _forward(self, kept: _Kept) -> None:
        for line in kept.log.new_lines():
            self._say(f"{kept.program.name:<{self._width}} | {line}")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield  # Python lets only the main thread set handlers; request_stop() is the way then
            return

        def asked(number: int, frame: FrameType | None) -> None:
            self.request_stop()

        before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Kept:
    """One program with its process, its log and its next start."""

    def __init__(self, program: Program, log: _Log, restart_after: float, longest_pause: float) -> None:
        self.program = program
        self.log = log
        self.restarts = 0
        self._restart_after = restart_after
        self._longest_pause = longest_pause
        self._pause = restart_after
        self._started_at = 0.0
        self._due_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        with self.log.path.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  the operator's own programs, no shell
                tied(self.program.argv, on_parent_death=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.program.env},
                start_new_session=True,  # a group of its own; Ctrl-C reaches us alone and we stop it in order
            )
        self._started_at = time.monotonic()
        self._due_at = None

    def look(self, now: float) -> str:
        """Bury a dead process or start the next one when it is due; what happened, or nothing."""
        if self._due_at is not None:
            if now < self._due_at:
                return ""
            self.restarts += 1
            try:
                self.start()
            except OSError as error:  # no memory or no process left just now
                return f"could not be started ({error}); {self._wait(now)}"
            return f"started again (pid {self.pid})"
        if self._process is None or self.lives():
            return ""
        status = self._bury()
        if now - self._started_at >= _STABLE_AFTER:
            self._pause = self._restart_after
        return f"{_how(status)}; {self._wait(now)}"

    def lives(self) -> bool:
        """Is the program itself still running? Leaves a dead one unreaped, so that its group id stays taken."""
        if self._process is None or self._process.returncode is not None:
            return False
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def terminate(self) -> None:
        self._due_at = None
        if self._process is not None and self.lives():
            self._process.terminate()

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._bury()

    def _wait(self, now: float) -> str:
        pause, self._pause = self._pause, min(self._pause * 2, self._longest_pause)
        self._due_at = now + pause
        return f"starting again in {pause:g} s"

    def _bury(self) -> int:
        """Kill what is left of the group, the program included, and only then free its pid by reaping it."""
        assert self._process is not None  # noqa: S101
        group = self._process.pid
        with suppress(ProcessLookupError, PermissionError):  # nobody left; macOS says EPERM of a group of zombies
            os.killpg(group, signal.SIGKILL)
        status = self._process.wait()
        until = time.monotonic() + _LAST_BREATH
        with suppress(ProcessLookupError, PermissionError):  # gone
            while time.monotonic() < until:
                os.killpg(group, 0)
                time.sleep(0.01)
        return status


class _Log:
    """A log file that programs append to and we read along."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = path.stat().st_size if path.exists() else 0
        self._rest = b""

    def write(self, line: str) -> None:
        with self.path.open("ab") as file:
            file.write(line.encode() + b"\n")

    def new_lines(self) -> list[str]:
        """Whole lines written since the last call."""
        if not self.path.exists():  # stopped before anything was started
            return []
        with self.path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def keep_small(self) -> None:
        """Copy an overgrown log to NAME.log.1 and empty it: the programs keep appending to the same open file.
        A line written between the two is lost; a log may be, the ledger's audit trail is elsewhere."""
        if self.path.stat().st_size > _LARGEST_LOG:
            shutil.copyfile(self.path, self.path.with_name(self.path.name + ".1"))
            os.truncate(self.path, 0)
            self._read, self._rest = 0, b""


def _how(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:  # a real-time signal has no name
        return f"was ended by signal {-status}"
