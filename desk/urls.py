"""Every address of the desk, in one list. Each view carries its access (desk/access.py); a test sees to that."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from desk import assets
from desk.pages import account, errors, front

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", front.front, name="front"),
    path("sign-in", account.login, name="login"),
    path("sign-out", account.logout, name="logout"),
    path("language", account.language, name="language"),
    path("assets/<slug:digest>/<str:name>", assets.asset, name="asset"),
    re_path(r"^(?P<rest>.+)$", errors.nowhere, name="nowhere"),  # last
]
