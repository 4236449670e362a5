"""The Celery app of the worker processes.

Knows: Celery's life cycle. Must not know: what a unit does. Settings are in pipeline/nudge.py, which sends what this
receives.
"""

from __future__ import annotations

import os
from typing import Any

import django
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
django.setup()

from django.conf import settings  # noqa: E402  settings exist only after setup

from pipeline import nudge, telemetry  # noqa: E402

app = nudge.make_app(settings.BROKER_URL)
app.autodiscover_tasks(["workers"], force=True)


@worker_process_init.connect
def _fresh_process(**_: Any) -> None:
    """A forked child starts with nothing of its parent's: no connection, no model, its own log."""
    nudge.reset()
    telemetry.set_up()
