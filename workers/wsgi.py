"""The WSGI application, for granian or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from pipeline import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
telemetry.set_up(os.environ.get("TORNAVOZ_LOG", "INFO"))  # each server process is new: nobody has done it there

application = get_wsgi_application()
