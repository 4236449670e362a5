"""Programs that run side by side: real children, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from workers.supervise import Program, Supervisor

pytestmark = [pytest.mark.process]

SLEEPER = Program(name="sleeper", argv=("sleep", "600"))


def shell(name: str, script: str, **env: str) -> Program:
    return Program(name=name, argv=("sh", "-c", script), env=env)


def python(name: str, script: str) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", textwrap.dedent(script)))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def tick_until(supervisor: Supervisor, holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        supervisor.tick()
        if holds():
            return True
        time.sleep(0.02)
    return False


def number_in(path: Path) -> int | None:
    return int(path.read_text()) if path.exists() and path.read_text().endswith("\n") else None


def test_programs_run_with_their_environment_and_their_output_is_kept_and_told(tmp_path: Path) -> None:
    said: list[str] = []
    programs = [shell("greeter", 'echo "buenos días, $WHO"; echo wrong >&2; sleep 600', WHO="mundo"), SLEEPER]
    with Supervisor(programs, log_dir=tmp_path / "log", say=said.append) as supervisor:
        assert tick_until(supervisor, lambda: len(said) >= 2)
        assert said == ["greeter | buenos días, mundo", "greeter | wrong"]
        assert (tmp_path / "log" / "greeter.log").read_text() == "buenos días, mundo\nwrong\n"
        assert all(supervisor.pids().values())
    assert supervisor.pids() == {"greeter": None, "sleeper": None}


@pytest.mark.parametrize(("how", "told"), [("exit 3", "ended with status 3"), ("kill -9 $$", "was ended by SIGKILL")])
def test_a_program_that_dies_is_started_again_after_a_pause(tmp_path: Path, how: str, told: str) -> None:
    marks = tmp_path / "marks"
    program = shell("mortal", f'date +%s%N >> "{marks}"; {how}')
    with Supervisor([program], log_dir=tmp_path, restart_after=0.3) as supervisor:
        assert tick_until(supervisor, lambda: marks.exists() and len(marks.read_text().splitlines()) >= 3)
        assert supervisor.restarts()["mortal"] >= 2
    first, second, third = (int(line) / 1e9 for line in marks.read_text().splitlines()[:3])
    assert second - first >= 0.28
    assert third - second >= 0.58  # the pause doubles
    assert told in (tmp_path / "mortal.log").read_text()


def test_a_program_that_ends_well_is_started_again_too(tmp_path: Path) -> None:
    with Supervisor([shell("short", "exit 0")], log_dir=tmp_path, restart_after=0.1) as supervisor:
        assert tick_until(supervisor, lambda: supervisor.restarts()["short"] >= 1)


def test_the_pause_never_exceeds_its_limit(tmp_path: Path) -> None:
    program = shell("hopeless", "exit 1")
    with Supervisor([program], log_dir=tmp_path, restart_after=0.05, longest_pause=0.1) as supervisor:
        assert tick_until(supervisor, lambda: supervisor.restarts()["hopeless"] >= 5)
    assert "starting again in 0.05 s" in (tmp_path / "hopeless.log").read_text()
    assert "starting again in 0.2 s" not in (tmp_path / "hopeless.log").read_text()


def test_the_death_of_one_leaves_the_others_alone(tmp_path: Path) -> None:
    with Supervisor([SLEEPER, shell("mortal", "exit 1")], log_dir=tmp_path, restart_after=0.1) as supervisor:
        before = supervisor.pids()["sleeper"]
        assert tick_until(supervisor, lambda: supervisor.restarts()["mortal"] >= 2)
        assert supervisor.pids()["sleeper"] == before
        assert supervisor.restarts()["sleeper"] == 0


def test_sigterm_lets_a_program_finish_what_it_does(tmp_path: Path) -> None:
    careful = shell(
        "careful", f'trap "sleep 0.3; echo done > {tmp_path}/done; exit 0" TERM; echo up; while :; do sleep 0.05; done'
    )
    said: list[str] = []
    with Supervisor([careful], log_dir=tmp_path, say=said.append) as supervisor:
        assert tick_until(supervisor, lambda: bool(said))
    assert (tmp_path / "done").read_text() == "done\n"
    assert "killed" not in (tmp_path / "careful.log").read_text()


def test_the_children_of_a_program_are_left_to_it_while_it_stops(tmp_path: Path) -> None:
    """A Celery worker's pool dies of a SIGTERM; only its parent knows how to let it finish."""
    boss = python(
        "boss",
        f"""
        import signal, subprocess, sys, time
        child = subprocess.Popen(["sleep", "600"])
        def stop(number, frame):
            time.sleep(0.3)
            open({str(tmp_path / "seen")!r}, "w").write("alive" if child.poll() is None else "dead")
            sys.exit(0)
        signal.signal(signal.SIGTERM, stop)
        open({str(tmp_path / "child")!r}, "w").write(f"{{child.pid}}\\n")
        while True:
            time.sleep(0.05)
        """,
    )
    with Supervisor([boss], log_dir=tmp_path) as supervisor:
        assert tick_until(supervisor, lambda: number_in(tmp_path / "child") is not None)
    assert (tmp_path / "seen").read_text() == "alive"
    child = number_in(tmp_path / "child")
    assert child is not None
    assert not alive(child)


def test_a_program_that_will_not_stop_is_killed_with_its_group_when_the_grace_is_over(tmp_path: Path) -> None:
    stubborn = shell("stubborn", f'trap "" TERM; sleep 600 & echo $! > {tmp_path}/child; while :; do sleep 0.05; done')
    with Supervisor([stubborn, SLEEPER], log_dir=tmp_path, grace=0.5) as supervisor:
        assert tick_until(supervisor, lambda: number_in(tmp_path / "child") is not None)
        pids = [pid for pid in supervisor.pids().values() if pid is not None]
        began = time.monotonic()
        supervisor.stop()
        took = time.monotonic() - began
    child = number_in(tmp_path / "child")
    assert child is not None
    assert 0.4 <= took < 3
    assert len(pids) == 2
    assert not any(alive(pid) for pid in [*pids, child])
    assert "did not stop in time" in (tmp_path / "stubborn.log").read_text()
    assert "did not stop in time" not in (tmp_path / "sleeper.log").read_text()


def test_what_a_dead_program_left_behind_is_gone_before_its_successor_starts(tmp_path: Path) -> None:
    careless = shell("careless", f"sleep 600 & echo $! >> {tmp_path}/children; sleep 0.2; kill -9 $$")
    with Supervisor([careless], log_dir=tmp_path, restart_after=0.1) as supervisor:
        assert tick_until(supervisor, lambda: supervisor.restarts()["careless"] >= 1)
        first = int((tmp_path / "children").read_text().split()[0])
        assert not alive(first)


def test_a_program_that_does_not_exist_is_an_error_and_nothing_starts(tmp_path: Path) -> None:
    supervisor = Supervisor([SLEEPER, Program(name="ghost", argv=("no-such-program-here",))], log_dir=tmp_path)
    with pytest.raises(ConfigError, match="no-such-program-here"):
        supervisor.start()
    assert supervisor.pids() == {"sleeper": None, "ghost": None}


def test_two_programs_cannot_share_a_log(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="share a name"):
        Supervisor([SLEEPER, SLEEPER], log_dir=tmp_path)


def test_each_tick_is_called_so_that_others_can_be_watched_too(tmp_path: Path) -> None:
    calls: list[int] = []
    supervisor = Supervisor([SLEEPER], log_dir=tmp_path, each_tick=lambda: calls.append(1))
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    time.sleep(1.0)
    supervisor.request_stop()
    thread.join(5)
    assert not thread.is_alive()
    assert len(calls) >= 2
    assert supervisor.pids() == {"sleeper": None}


def test_an_overgrown_log_is_moved_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.supervise._LARGEST_LOG", 100)
    talker = shell("talker", "while :; do echo 'one more line of talk'; sleep 0.02; done")
    said: list[str] = []
    with Supervisor([talker], log_dir=tmp_path, say=said.append) as supervisor:
        assert tick_until(supervisor, lambda: (tmp_path / "talker.log.1").exists() and len(said) > 20)
    assert set(said) == {"talker | one more line of talk"}
    assert (tmp_path / "talker.log.1").read_text().startswith("one more line of talk\n")


RUN = """
    import sys
    from pathlib import Path
    from workers.supervise import Program, Supervisor
    folder = Path(sys.argv[1])
    programs = [
        Program(name="sleeper", argv=("sleep", "600")),
        Program(name="deep", argv=("sh", "-c", f"sleep 600 & echo $! > {folder}/child; wait")),
        Program(name="deaf", argv=("sh", "-c", "trap '' TERM; while :; do sleep 0.05; done")),
    ][: int(sys.argv[2])]
    supervisor = Supervisor(programs, log_dir=folder, grace=float(sys.argv[3]))
    supervisor._each_tick = lambda: (folder / "pids").write_text(
        " ".join(str(pid) for pid in supervisor.pids().values()) + "\\n"
    )
    supervisor.run()
"""


def run_apart(folder: Path, programs: int, grace: float) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A supervisor in a process of its own, once its programs run: the process and every pid below it."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUN), str(folder), str(programs), str(grace)], start_new_session=True
    )
    until = time.monotonic() + 15
    while not ((folder / "pids").exists() and (folder / "child").exists() and number_in(folder / "child")):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    child = number_in(folder / "child")
    assert child is not None
    return process, [*(int(pid) for pid in (folder / "pids").read_text().split()), child]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_orphan(tmp_path: Path, number: signal.Signals) -> None:
    process, pids = run_apart(tmp_path, programs=2, grace=30)
    assert all(alive(pid) for pid in pids)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not any(alive(pid) for pid in pids)


def test_a_second_signal_ends_the_grace(tmp_path: Path) -> None:
    process, pids = run_apart(tmp_path, programs=3, grace=60)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None  # one program is deaf to SIGTERM, so it is waited for
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not any(alive(pid) for pid in pids)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent-death signal is Linux'")
def test_a_killed_supervisor_takes_its_programs_along(tmp_path: Path) -> None:
    process, [sleeper, deep, *rest] = run_apart(tmp_path, programs=2, grace=30)
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while (alive(sleeper) or alive(deep)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(sleeper)
    assert not alive(deep)
    for pid in rest:  # what the programs themselves started is theirs to end; a plain shell does not
        os.kill(pid, signal.SIGKILL)
