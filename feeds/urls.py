"""Every address of what partners and readers ask for, in one list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from feeds import hub, views
from feeds.api.application import api
from feeds.api.page import page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.published, {"path": "index.html"}),
    path("health", views.health),
    path("metrics", views.metrics),
    path("hub", hub.hub),
    path("api/v1/", page),
    path("api/v1/", api.urls),
    re_path(r"^api/", views.no_operation),
    re_path(
        r"^private/(?P<partner>[a-z0-9-]+)/(?P<product>[a-z-]+/[a-z0-9-]+)/(?P<name>[a-z.]+)$", views.private_basic
    ),
    re_path(r"^p/(?P<token>[A-Za-z0-9_-]{8,100})/(?P<product>[a-z-]+/[a-z0-9-]+)/(?P<name>[a-z.]+)$", views.private),
    re_path(r"^(?P<path>.+)$", views.published),
]
