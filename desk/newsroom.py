"""newsroom.toml as the desk reads it: once, and again when the file changed.

Knows: where the file is. Must not know: what it says.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from pipeline import config as toml
from pipeline.config import Config
from pipeline.errors import ConfigError


def config() -> Config:
    """The file's content; what a newsroom has without one, where there is none. Raises ConfigError for a broken one."""
    path: Path = settings.CONFIG_FILE
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return _read(path, stamp)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> Config:
    return toml.load(path)
