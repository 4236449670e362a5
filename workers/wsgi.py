"""The WSGI application, for granian or any other server."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from feeds.front import Application, front
from pipeline import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
telemetry.set_up(os.environ.get("TORNAVOZ_LOG", "INFO"))  # each server process is new: nobody has done it there


def build() -> Application:
    """The whole web server, over the public folder that the settings name when this is called."""
    django = get_wsgi_application()
    from feeds.views import poll_seconds

    return front(django, settings.PUBLIC_DIR, max_age=poll_seconds())


application = build()
