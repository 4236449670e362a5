"""Every address of the web server: the desk below /desk/, all else is what partners and readers ask for.

Knows: which package answers below which prefix. Must not know: any single page.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("desk.urls")),
    path("", include("feeds.urls")),  # last: its final pattern takes whatever is left
]
handler403 = "desk.pages.errors.forbidden"
handler404 = "desk.pages.errors.missing"
handler500 = "desk.pages.errors.broken"
