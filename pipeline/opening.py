"""A newsroom put together from its configuration: which engines, which glossaries.

Knows: where models and glossary files are. Must not know: who works with the newsroom. Engines load their models when
they are first asked for a sentence, never here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.config import Config
from pipeline.ingest.http import Limits
from pipeline.ledger import glossary as desk
from pipeline.remote import Remote
from pipeline.steps import Newsroom
from pipeline.translation.engine import Engine
from pipeline.translation.engines import Engines
from pipeline.translation.glossary import Term
from pipeline.translation.glossary_files import Glossaries
from pipeline.translation.models import Installed, installed
from pipeline.types import EngineIdentity


def newsroom(loaded: Config, *, folder: Path, models: Path, server_key: str = "") -> Newsroom:
    """`folder` is that of newsroom.toml, beside which glossary files are looked for.

    `server_key` is for the translation server, where the newsroom uses one instead of installed models.
    """
    return Newsroom(
        config=loaded,
        engine_for=_engines(loaded, models, server_key),
        glossary_for=glossaries(loaded, folder),
        model_of=partial(_model_of, models),
    )


def _engines(loaded: Config, models: Path, server_key: str) -> Callable[[str, str], Engine]:
    translation = loaded.translation
    if translation.engine == "libretranslate":
        return remote(loaded, server_key)
    return Engines(models, mode=translation.mode, threads=translation.threads, pinned=translation.models)


def remote(loaded: Config, server_key: str, limits: Limits | None = None) -> Remote:
    """The translation server that newsroom.toml names."""
    return Remote(
        str(loaded.translation.url),
        name=loaded.translation.server_models,
        api_key=server_key,
        allow_private=frozenset(loaded.network.allow_private),
        limits=limits,
    )


def _model_of(models: Path, engine: EngineIdentity) -> Installed | None:
    """The model behind an engine, as it is installed."""
    return next((each for each in installed(models) if each.model_sha256 == engine.model_sha256), None)


def glossaries(
    loaded: Config, folder: Path, *, added: Callable[[str, str], tuple[Term, ...]] = desk.added
) -> Glossaries:
    """The glossaries that newsroom.toml names, and the desk's terms."""
    return Glossaries(
        folder,
        loaded.glossary.files,
        {source.slug: source.glossary for source in loaded.source},
        with_shipped=loaded.glossary.shipped,
        expand_acronyms=loaded.glossary.expand_acronyms,
        added=added,
    )
