"""All steps together, with this installation's configuration: what every process runs.

Knows: how the parts are put together. Must not know: what any part does.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings

from feeds import steps as outward
from pipeline import clock, config, opening, polling, steps
from pipeline.actions import campaign_step, rights_step, terms_page, terms_step
from pipeline.runner import Runner
from pipeline.translation.glossary_files import Glossaries


@cache
def newsroom() -> steps.Newsroom:
    """Configuration and engines of this process. Raises ConfigError."""
    loaded = config.load(settings.CONFIG_FILE)
    return opening.newsroom(
        loaded, folder=settings.CONFIG_FILE.parent, models=settings.MODELS_DIR, server_key=settings.LIBRETRANSLATE_KEY
    )


def glossaries(loaded: config.Config) -> Glossaries:
    """The glossaries that newsroom.toml names, beside it."""
    return opening.glossaries(loaded, settings.CONFIG_FILE.parent)


@cache
def runner() -> Runner:
    """The runner of this process."""
    room = newsroom()
    table = {**steps.table(room), **outward.table(room), **polling.table(room)}
    table |= {**campaign_step.table(room), **rights_step.table()}
    table |= terms_step.table(terms_page.client(room.config))
    return Runner(table, clock.now, pooled=steps.pools(room))
