"""newsroom.toml as the web server knows it: read again when the file changes, so that nobody need restart it.

Knows: the file. Must not know: what is done with it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from pipeline import config, opening
from pipeline.config import Config
from pipeline.steps import Newsroom


def newsroom() -> Config:
    """The configuration as it stands; the defaults until there is a file. Raises ConfigError."""
    file: Path = settings.CONFIG_FILE
    try:
        state = file.stat()
    except FileNotFoundError:
        return _DEFAULTS
    return _read(file, state.st_mtime_ns, state.st_size)


def room() -> Newsroom:
    """What the dry run of a campaign asks: the configuration, and which model would translate today."""
    return opening.newsroom(
        newsroom(),
        folder=settings.CONFIG_FILE.parent,
        models=settings.MODELS_DIR,
        server_key=settings.LIBRETRANSLATE_KEY,
    )


@lru_cache(maxsize=1)
def _read(file: Path, changed: int, size: int) -> Config:
    return config.load(file)


_DEFAULTS = Config()
