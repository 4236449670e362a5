"""newsroom.toml as the desk reads it: once, and again when the file changed; and the engines that it speaks of.

Knows: where the file is. Must not know: what it says. The desk never translates: an engine loads its model when it is
first asked for a sentence, which no page does.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from pipeline import config as toml
from pipeline import opening
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.steps import Newsroom
from pipeline.translation.glossary_files import Glossaries


def config() -> Config:
    """The file's content; what a newsroom has without one, where there is none. Raises ConfigError for a broken one."""
    return _read(settings.CONFIG_FILE, _stamp())


def glossaries() -> Glossaries:
    """The glossaries that the file names, and the desk's terms. Raises ConfigError."""
    return _glossaries(settings.CONFIG_FILE, _stamp())


def _stamp() -> int | None:
    """When the file was changed; None where there is none."""
    path: Path = settings.CONFIG_FILE
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error}", es=f"No se puede leer {path}: {error}") from error


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int | None) -> Config:
    return Config() if stamp is None else toml.load(path)


@lru_cache(maxsize=4)
def _glossaries(path: Path, stamp: int | None) -> Glossaries:
    return opening.glossaries(_read(path, stamp), path.parent)


def newsroom() -> Newsroom:
    """What a dry run asks: the configuration, and which model would translate today. Raises ConfigError."""
    return opening.newsroom(
        config(), folder=settings.CONFIG_FILE.parent, models=settings.MODELS_DIR, server_key=settings.LIBRETRANSLATE_KEY
    )
