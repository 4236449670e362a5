"""Everything on one machine: a broker of our own, web server, workers and beat as one supervised command.

Knows: which programs make an installation. Must not know: what they do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from workers.broker import EmbeddedBroker, find
from workers.cli.common import talk
from workers.supervise import Program, Supervisor


def programs(broker_url: str | None, *, web: tuple[str, int] | None) -> list[Program]:
    """The programs of an installation. Without a broker beat is the worker too."""
    env = {
        "TORNAVOZ_HOME": str(settings.HOME),
        "REDIS_URL": broker_url or "",
        "OMP_NUM_THREADS": "1",  # the translator runs several sentences at once, each on one thread
    }
    kept = [_program("beat", ["beat"], env)]
    if broker_url:
        kept += [
            _program("translate", ["worker", "translate"], env),
            _program("intake", ["worker", "intake", "publish"], env),
            _program("deliver", ["worker", "deliver"], env),
        ]
    if web:
        kept.append(_program("web", ["serve", "--host", web[0], "--port", str(web[1])], env))
    return kept


def _program(name: str, words: list[str], env: dict[str, str]) -> Program:
    return Program(name=name, argv=(sys.executable, "-m", "workers.cli", *words), env=env)


@contextmanager
def installation(
    *, web: tuple[str, int] | None, say: Callable[[str], None] | None = None, persistent: bool = True
) -> Iterator[Supervisor]:
    """A supervisor with its broker, not yet started; the broker stops with the block.

    Meanwhile this process rings that broker too.
    """
    plan = find(settings.CONFIGURED_BROKER_URL, settings.HOME)
    talk.print(plan.explanation)
    with EmbeddedBroker(plan, settings.HOME, persistent=persistent) as broker:
        before = settings.BROKER_URL
        settings.BROKER_URL = broker.url or ""
        try:
            yield Supervisor(
                programs(broker.url, web=web), log_dir=settings.HOME / "log", say=say, each_tick=broker.revive
            )
        finally:
            settings.BROKER_URL = before


def up(host: str, port: int) -> None:
    """Run until Ctrl-C."""
    with installation(web=(host, port), say=lambda line: talk.print(line, markup=False, soft_wrap=True)) as supervisor:
        talk.print(f"http://{host}:{port}/   (Ctrl-C stops everything)")
        supervisor.run()
    talk.print("stopped")
