"""run, up, serve, worker, beat, publish: the processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workers.cli.common import actor, json_option, open_ledger, out, print_json, talk

Report = TypeVar("Report")
QUEUES = ["intake", "translate", "publish", "deliver"]


@click.command()
@click.option("--until-idle", is_flag=True, help="Stop when nothing is due any more.")
@json_option
def run(until_idle: bool, as_json: bool) -> None:
    """Do all due work in this process, without a broker."""
    open_ledger()
    from workers import embedded

    if not until_idle:
        _started("beat")
        embedded.sweep_for_ever(_stop_on_signals().is_set)
        return
    report = with_progress("working", embedded.until_idle)
    if as_json:
        print_json(report)
    else:
        out.print(embedded.sentence(report))
    if report["parked"] or report["failed"]:
        raise SystemExit(1)


def with_progress(label: str, work: Callable[[Callable[[int, int], None]], Report]) -> Report:
    """Run `work(on_step)` with a bar on standard error that counts units done of those known."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=talk, transient=True) as progress:
        task = progress.add_task(label, total=None)
        return work(lambda done, total: progress.update(task, completed=done, total=total))


@click.command()
@click.argument("queues", nargs=-1, required=True, type=click.Choice(QUEUES))
@click.option("--concurrency", type=int, help="Default: 1 process for translate, 16 threads for deliver, else 2.")
def worker(queues: tuple[str, ...], concurrency: int | None) -> None:
    """Serve one or more queues as a Celery worker."""
    open_ledger(level="INFO")
    _started(*queues)
    from django.conf import settings

    from pipeline.errors import ConfigError

    if not settings.BROKER_URL:
        raise ConfigError("no broker is configured; set REDIS_URL, or use: tornavoz up, tornavoz run")
    if "translate" in queues and len(queues) > 1:
        raise ConfigError("the translate queue wants a worker of its own: its model is large, and the others are many")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from workers.abreast import THREADS
    from workers.app import app

    only_waits = queues == ("deliver",)  # pushes wait for other people's servers, so many fit into one process
    default = THREADS if only_waits else 1 if "translate" in queues else 2

    app.worker_main(
        [
            "--quiet",
            "worker",
            "--queues=" + ",".join(queues),
            f"--pool={'threads' if only_waits else 'prefork'}",
            f"--concurrency={concurrency or default}",
            f"--hostname={'-'.join(queues)}-{os.getpid()}@%h",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=WARNING",
        ]
    )


@click.command()
def beat() -> None:
    """Ring what is due, end embargoes, keep files true; do the work itself where nobody answers."""
    open_ledger(level="INFO")
    _started("beat")
    from workers import embedded

    embedded.sweep_for_ever(_stop_on_signals().is_set)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535))
@click.option("--workers", default=1, show_default=True, help="Processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the desk, the published files and partners' private feeds over HTTP."""
    from workers.doorway import refuse_taken

    open_ledger(level="INFO")
    refuse_taken(host, port)
    _started("web")
    from granian import Granian
    from granian.constants import Interfaces

    talk.print(f"http://{host}:{port}/")
    server = Granian(
        "workers.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_access=False,
    )
    server.serve()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535))
def up(host: str, port: int) -> None:
    """Run everything until Ctrl-C: web server, workers, beat, and a broker of our own if none is configured."""
    from workers import home
    from workers.doorway import refuse_taken

    refuse_taken(host, port)
    for line in home.prepare(None, actor=actor()):
        talk.print(line, soft_wrap=True)
    from workers import together

    together.up(host, port)


@click.command()
@click.option("--all", "everything", is_flag=True, required=True, help="Every feed and every page.")
def publish(everything: bool) -> None:
    """Render files again from the ledger. Files whose bytes would not change are left alone."""
    open_ledger()
    from pipeline.actions import upkeep
    from pipeline.clock import now
    from workers import embedded

    talk.print(f"{upkeep.refresh_everything(now=now())} publications to render")
    report = with_progress("publishing", embedded.until_idle)
    out.print(embedded.sentence(report))
    if report["failed"]:
        raise SystemExit(1)


def _started(*programs: str) -> None:
    """Leave word with which key a program runs: what one seals another has to open, and the doctor compares."""
    from feeds import sealing
    from pipeline.clock import now
    from pipeline.ledger import pulse

    for program in programs:
        pulse.started(program, sealing.fingerprint(), now=now())


def _stop_on_signals() -> threading.Event:
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopped.is_set():
            sys.exit(128 + number)
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopped


COMMANDS = [run, worker, beat, serve, up, publish]
