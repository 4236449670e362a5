"""The state folder: made, upgraded, kept in step with its newsroom.toml.

Knows: which folders and files belong in it. Must not know: the command line.
"""

from __future__ import annotations

import os
import shutil
from importlib import resources
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.ledger.models import Source


_CLOSED = ("private", "outbox")  # partners' feeds, letters: nobody else on this machine reads them


def prepare(sample: Path | None, *, actor: str) -> list[str]:
    """Make what is missing and upgrade what is old. Returns what was done, a line each."""
    done: list[str] = []
    home = _folder()
    try:
        for folder in (home, *(home / name for name in ("public", "models", "locks"))):
            folder.mkdir(parents=True, exist_ok=True)
        for name in _CLOSED:
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{home} cannot be made: {error.strerror}. Choose another with --home") from error
    config_file = home / "newsroom.toml"
    if sample is not None:
        done += _keep_before(config_file, sample)
        shutil.copyfile(sample, config_file)
        done.append(f"{config_file} taken from {sample}")
    elif not config_file.exists():
        config_file.write_text(sample_config(), encoding="utf-8")
        done.append(f"{config_file} written: edit it to make it yours")
    from workers.cli.common import open_newsroom

    open_newsroom()
    from django.core.management import call_command

    _close_new_ledger()
    call_command("migrate", verbosity=0)
    done.append("ledger up to date")
    done += apply_config(actor=actor)
    done += _starter_model()
    return done


def _close_new_ledger() -> None:
    """A new ledger in the state folder is for its owner only: SQLite gives the two files beside it the same mode.

    The folder itself has to be open to a web server that reads `public`, so all else closes its own door. What is
    there already keeps the mode that somebody may have chosen.
    """
    from django.conf import settings
    from django.db import connection

    ledger = settings.HOME / "ledger.db"
    if connection.settings_dict["NAME"] == ledger:
        ledger.touch(mode=0o600)


def refuse_another(sample: Path) -> None:
    """ConfigError if the state folder belongs to another newsroom than the one of `sample`, known by its first line.

    The demo publishes invented articles: it must not do so in the feeds of a newsroom that partners read.
    """
    home = _folder()
    config_file = home / "newsroom.toml"
    if config_file.exists() and _first_line(config_file) != _first_line(sample):
        raise ConfigError(
            f"{home} is the state folder of a newsroom, and the demo would take its place. "
            "Give it an empty folder: tornavoz --home FOLDER demo"
        )


def _folder() -> Path:
    return Path(os.environ.get("TORNAVOZ_HOME") or "var").resolve()


def _first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()


def _keep_before(config_file: Path, sample: Path) -> list[str]:
    """Put the newsroom.toml that is there aside, if another one takes its place; and so that none before it is lost."""
    if not config_file.exists() or config_file.read_bytes() == sample.read_bytes():
        return []
    names = (f"{config_file.name}.before{number or ''}" for number in count())
    aside = next(each for name in names if not (each := config_file.with_name(name)).exists())
    config_file.replace(aside)
    return [f"the {config_file.name} that was there is {aside} now"]


def ledger_repair() -> str:
    """What to look at when the ledger cannot be read or written."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite" and not settings.HOME.is_dir():
        return f"there is no newsroom in {settings.HOME}. Run: tornavoz init"
    if connection.vendor == "sqlite":
        return f"see that {settings.HOME} can be written and has room on its disk"
    return "start the database, or mend DATABASE_URL"


def sample_config() -> str:
    """The newsroom.toml that a new newsroom starts from."""
    return resources.files("workers").joinpath("samples/newsroom.toml").read_text(encoding="utf-8")


def check_config() -> None:
    """ConfigError if newsroom.toml cannot be used, FileRefused if a glossary that it names cannot."""
    from django.conf import settings

    from pipeline import config, opening
    from pipeline.translation.glossary_files import nothing

    loaded = config.load(settings.CONFIG_FILE)
    terms = opening.glossaries(loaded, settings.CONFIG_FILE.parent, added=nothing)  # the ledger may not be there yet
    for slug in ("", *(source.slug for source in loaded.source)):
        terms(slug, "en", "es")


def apply_config(*, actor: str) -> list[str]:
    """Make the ledger's sources, products and partners equal to the file; ask again where rights changed."""
    from pipeline.actions import upkeep
    from pipeline.actions.rights_step import rights_changed
    from pipeline.clock import now
    from pipeline.ledger import catalog, watches
    from workers.spine import newsroom

    applied = catalog.apply(newsroom().config, now=now(), actor=actor)
    if any(subject.startswith(("product:", "partner:")) for subject in applied.changed):
        upkeep.offer_again(now=now())
    watches.keep_up(newsroom().config, now=now())
    lines = [f"{subject} changed" for subject in applied.changed]
    for slug in applied.rights_changed:
        count = rights_changed(slug, actor=actor, now=now())
        lines.append(f"rights of {slug} changed: {count} articles are asked about again")
    return lines


def source_named(slug: str) -> Source:
    """The active source of this name. ConfigError names the nearest one."""
    from pipeline.config.near import near
    from pipeline.ledger.models import Source

    source = Source.objects.filter(slug=slug, active=True).first()
    if source is None:
        names = list(Source.objects.filter(active=True).values_list("slug", flat=True))
        raise ConfigError(
            f"there is no source {slug!r}{near(slug, names) or '.'} "
            "Add a [[source]] to newsroom.toml and run: tornavoz config"
        )
    return source


def _starter_model() -> list[str]:
    from django.conf import settings

    from pipeline.clock import now
    from pipeline.translation import models

    if models.installed(settings.MODELS_DIR):
        return []
    made = models.install("starter", settings.MODELS_DIR, now())
    return [f"model {made.name} installed (for trying out; see its card: tornavoz models list)"]
