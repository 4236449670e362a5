"""The Celery app of the worker processes.

Knows: Celery's life cycle. Must not know: what a unit does. Settings are in pipeline/nudge.py, which sends what this
receives.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import django
from celery.signals import worker_process_init, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
django.setup()

from django.conf import settings  # noqa: E402  settings exist only after setup

from pipeline import nudge, telemetry  # noqa: E402

STOP_WITHIN = 25.0  # seconds; less than what supervisors wait before they kill

app = nudge.make_app(settings.BROKER_URL)
app.autodiscover_tasks(["workers"], force=True)


@worker_process_init.connect
def _fresh_process(**_: Any) -> None:
    """A forked child starts with nothing of its parent's: no connection, no model, its own log."""
    nudge.reset()
    telemetry.set_up()


@worker_shutting_down.connect
def _stop_in_time(how: str, **_: Any) -> None:
    """SIGTERM lets the unit at hand finish, but not for ever: then the worker drops it, and the ledger gives it to
    another. Celery's own choices are to wait without a limit, or always to wait the whole limit out."""
    if how == "Warm":
        limit = threading.Timer(STOP_WITHIN, os.kill, (os.getpid(), signal.SIGQUIT))
        limit.daemon = True
        limit.start()
