"""The partner API as its documentation sees it; sets up Django first, which is what the API stands on.

Knows: where the API's description is. Must not know: pages.
"""

from __future__ import annotations

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.settings")
if not apps.ready:
    django.setup()

from feeds.api.outline import Part, operations, shapes
from feeds.api.problems import CODES

__all__ = ["CODES", "Part", "operations", "shapes"]
