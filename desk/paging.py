"""Long lists, a page at a time, with the count of all.

Knows: `?page=`. Must not know: what is listed. The template part is desk/parts/pages.html.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

SIZE = 25


def turned(request: HttpRequest, rows: Any, *, size: int = SIZE) -> Page[Any]:
    """The page that is asked for; a number out of range, or no number at all, is the nearest that there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
