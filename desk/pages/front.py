"""The front page: what needs a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.access import needs


@needs()
def front(request: HttpRequest) -> HttpResponse:
    """What needs somebody, oldest first."""
    return render(request, "desk/front.html")
