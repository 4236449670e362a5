"""The installed translation models, and the words that were translated with each.

Knows: the models folder. Must not know: how a model translates.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.access import needs
from desk.newsroom import config
from desk.words.reasons import reason
from pipeline.translation import calibration
from pipeline.translation import models as store


@needs()
def models(request: HttpRequest) -> HttpResponse:
    """Each model with its digest, origin, whether the newsroom pins it, and which checks are silent for it."""
    pinned = set(config().translation.models.values())
    found = [
        {
            "model": model,
            "pinned": model.name in pinned,
            "silent": ", ".join(str(reason(code)) for code in calibration.silent(model)),
            "possible": calibration.possible(model),
        }
        for model in store.installed(settings.MODELS_DIR)
    ]
    return render(request, "desk/models.html", {"models": found, "folder": settings.MODELS_DIR})
