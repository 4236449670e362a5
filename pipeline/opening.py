"""A newsroom put together from its configuration: which engines, which glossaries.

Knows: where models and glossary files are. Must not know: who works with the newsroom. Engines load their models when
they are first asked for a sentence, never here.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Config
from pipeline.steps import Newsroom
from pipeline.translation.engines import Engines
from pipeline.translation.glossary_files import Glossaries


def newsroom(loaded: Config, *, folder: Path, models: Path) -> Newsroom:
    """`folder` is that of newsroom.toml, beside which glossary files are looked for."""
    engines = Engines(
        models,
        mode=loaded.translation.mode,
        threads=loaded.translation.threads,
        pinned=loaded.translation.models,
    )
    return Newsroom(config=loaded, engine_for=engines, glossary_for=glossaries(loaded, folder))


def glossaries(loaded: Config, folder: Path) -> Glossaries:
    """The glossaries that newsroom.toml names."""
    return Glossaries(
        folder,
        loaded.glossary.files,
        {source.slug: source.glossary for source in loaded.source},
        with_shipped=loaded.glossary.shipped,
        expand_acronyms=loaded.glossary.expand_acronyms,
    )
