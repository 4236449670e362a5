"""The doorbell: tells a worker that a unit is due.

Knows: how to send one id to one Celery queue, and that a broker may be away. Must not know: the ledger, or what a
unit is. Nothing here may fail or delay its caller: what is not rung now, the sweeper rings or runs later.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import structlog

from pipeline.stages import Queue

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger(__name__)

TASK = "tornavoz.run"  # one task for all steps: it carries a unit's id, and the queue chooses the workers
QUIET_SECONDS = 5.0  # after a failure, leave the bell alone for so long

_quiet_until = 0.0


def make_app(broker_url: str) -> Celery:
    """A Celery app with the settings that every process of this newsroom shares.

    Each value was chosen by measurement; docs/adr/0001 has the reasons. In short: the ledger keeps the work, so
    a message may be lost, doubled or late, and nothing here tries to make Redis more than a bell.
    """
    from celery import Celery  # half a second that most commands need not wait for
    from kombu import Queue as CeleryQueue

    app = Celery("tornavoz")
    app.conf.update(
        broker_url=broker_url,
        broker_transport_options={
            "visibility_timeout": 900,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 25,
            "global_keyprefix": "tornavoz:",
        },
        visibility_timeout=900,  # the manual wants it repeated here
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_publish_retry=False,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[CeleryQueue(name) for name in Queue],
        task_create_missing_queues=False,
        task_default_queue=Queue.INTAKE,
        task_time_limit=600,
        task_soft_time_limit=540,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=60,
        worker_max_tasks_per_child=2000,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        enable_utc=True,
    )
    return app


@cache
def _bell(broker_url: str) -> Celery:
    return make_app(broker_url)


def ring(unit: int, queue: str, *, broker_url: str, wait: float = 0) -> bool:
    """Tell a worker of `queue` that `unit` is due, or will be in `wait` seconds.

    False when nobody could be told, which is not an error.
    """
    global _quiet_until  # noqa: PLW0603  one bell, one silence
    if not broker_url or time.monotonic() < _quiet_until:
        return False
    from kombu.exceptions import OperationalError

    try:
        _bell(broker_url).send_task(
            TASK,
            args=[unit],
            queue=queue,
            countdown=wait if wait > 0 else None,
            retry=False,
            expires=120,
            ignore_result=True,
            serializer="json",
        )
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("broker.silent", unit=unit, queue=queue, error=str(error)[:200])
        return False
    return True


def reset() -> None:
    """Forget connections and silence: for a process that was forked, and for tests."""
    global _quiet_until  # noqa: PLW0603
    _quiet_until = 0.0
    _bell.cache_clear()
