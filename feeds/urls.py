"""Every address of what partners and readers ask for, in one list."""

from __future__ import annotations

import re

from django.urls import URLPattern, URLResolver, path, re_path

from feeds import hub, views
from feeds.addresses import OPML
from feeds.api.application import api
from feeds.api.page import page

_FEED = r"(?P<product>[a-z-]+/[a-z0-9-]+)/(?P<name>(?:archive/[0-9]{1,9}/)?[a-z.]+)$"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.published, {"path": "index.html"}),
    path("health", views.health),
    path("metrics", views.metrics),
    path("hub", hub.hub),
    path("api/v1/", page),
    path("api/v1/", api.urls),
    re_path(r"^api/", views.no_operation),
    re_path(rf"^private/(?P<partner>[a-z0-9-]+)/{_FEED}", views.private_basic),
    path(f"private/<slug:partner>/{OPML}", views.private_list_basic),
    re_path(rf"^p/(?P<token>[A-Za-z0-9_-]{{8,100}})/{_FEED}", views.private),
    re_path(rf"^p/(?P<token>[A-Za-z0-9_-]{{8,100}})/{re.escape(OPML)}$", views.private_list),
    re_path(r"^(?P<path>.+)$", views.published),
]
