"""Models as installed things: put there once, whole and checked, found again by language pair.

Knows: the models folder, what is written down about each model, and the Argos package index. Must not know: how a
model translates (a canary in a process of its own finds out whether it does).

A model's folder appears under its final name in one rename, after every file has been checked and flushed. Its files
are never changed afterwards: replacing a model means installing another beside it. Of what is written down about it,
only what is usual for it may be measured anew, which changes no word that it writes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from packaging.version import Version

from pipeline.errors import FetchFailed, ModelDamaged, ModelMissing, ModelRefused
from pipeline.translation import canary
from pipeline.translation.package import Limits, digest, unpack

STARTER = Path(__file__).parent / "starter"
_RECORD = "installed.json"
_PAIR = re.compile(r"([a-z]{2,3})[-_]([a-z]{2,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One installed model. `path` is where it was found; everything else is written down in its folder."""

    path: Path
    name: str  # "translate-en_es 0.1"
    from_code: str
    to_code: str
    version: str
    sha256: str  # of the package file
    model_sha256: str  # over the names and digests of the installed files
    files: Mapping[str, str]  # name -> digest
    installed_at: datetime
    origin: str  # "starter", "file name.argosmodel", "index en-es"
    canary_source: str
    canary_target: str
    alignment: str  # which attention is read, "layer -1, heads 1"; empty where the model does not say
    target_prefix: str = ""
    # what is usual for it, see confidence.py and omission.py; None for a model from before it was measured
    doubt_below: tuple[float, float] | None = None
    faint_below: float | None = None


def install(ref: str | Path, models_dir: Path, now: datetime, *, limits: Limits | None = None) -> Installed:
    """Install a package and return it; one that is already there, and sound, is returned as it stands.

    `ref` is "starter" (the newest bundled package), a path to an .argosmodel file, or a pair such as "en-es", which is
    fetched from the Argos package index. Raises ModelRefused, FetchFailed.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    if ref == "starter":
        return _install(_newest_starter(), "starter", models_dir, now, limits)
    if isinstance(ref, str) and (pair := _PAIR.fullmatch(ref)) and not Path(ref).exists():
        with _fetched(pair[1], pair[2], models_dir) as package:
            return _install(package, f"index {pair[1]}-{pair[2]}", models_dir, now, limits)
    package = Path(ref)
    return _install(package, package.name, models_dir, now, limits)


def installed(models_dir: Path) -> list[Installed]:
    """Every installed model, by name. A folder whose record cannot be read is left out; `verify` is for the rest."""
    if not models_dir.is_dir():
        return []
    records = (path for path in models_dir.iterdir() if not path.name.startswith(".") and (path / _RECORD).is_file())
    found = [model for path in records if (model := _read(path)) is not None]
    return sorted(found, key=lambda model: (model.from_code, model.to_code, Version(model.version), model.path.name))


def choose(models_dir: Path, source: str, target: str, name: str | None = None) -> Installed:
    """The newest model of a pair, or the one called `name` ("translate-en_es 0.1" or its folder's name).

    Raises ModelMissing.
    """
    fitting = [model for model in installed(models_dir) if (model.from_code, model.to_code) == (source, target)]
    if name is not None:
        fitting = [model for model in fitting if name in (model.name, model.path.name)]
    if not fitting:
        called, spanish = (f" called {name!r}", f" llamado «{name}»") if name is not None else ("", "")
        command = f"tornavoz models install {'starter' if (source, target) == ('en', 'es') else f'{source}-{target}'}"
        raise ModelMissing(
            f"No model {source} to {target}{called} is installed in {models_dir}. Run: {command} "
            "(or give the path of an .argosmodel file).",
            es=f"No hay ningún modelo de «{source}» a «{target}»{spanish} instalado en {models_dir}. "
            f"Ejecute: {command} (o indique un archivo .argosmodel).",
        )
    return max(fitting, key=lambda model: (Version(model.version), model.installed_at))


def verify(model: Installed) -> list[str]:
    """Read every file again and say what differs from what was installed; an empty list is good news."""
    there = {path.relative_to(model.path).as_posix() for path in model.path.rglob("*") if path.is_file()}
    problems = [f"{name} is missing" for name in sorted(set(model.files) - there)]
    problems += [f"{name} does not belong there" for name in sorted(there - set(model.files) - {_RECORD})]
    problems += [
        f"{name} has changed"
        for name, expected in sorted(model.files.items())
        if name in there and digest(model.path / name) != expected
    ]
    return problems


def rewrite(model: Installed) -> None:
    """Put this record in the place of the one in the model's folder, in one rename."""
    aside = Path(tempfile.mkdtemp(prefix=".record-", dir=model.path.parent))
    try:
        _write(model, aside / _RECORD)
        (aside / _RECORD).replace(model.path / _RECORD)
        _flush(model.path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _newest_starter() -> Path:
    packages = sorted(STARTER.glob("translate-*.argosmodel"), key=_bundled_version)
    if not packages:
        raise ModelRefused("No starter model came with this installation. Give the path of an .argosmodel file.")
    return packages[-1]


def _bundled_version(package: Path) -> Version:
    """translate-en_es-0_1.argosmodel -> 0.1"""
    return Version(package.stem.rsplit("-", 1)[-1].replace("_", "."))


def _install(package: Path, origin: str, models_dir: Path, now: datetime, limits: Limits | None) -> Installed:
    fresh = Path(tempfile.mkdtemp(prefix=".incoming-", dir=models_dir))
    try:
        metadata = unpack(package, fresh, limits)
        sha256 = digest(package)
        home = models_dir / f"{metadata.from_code}_{metadata.to_code}-{metadata.version}-{sha256[:8]}"
        present = _read(home) if (home / _RECORD).is_file() else None
        if present is not None and not verify(present):
            return present
        sung = canary.sing(fresh, metadata)
        files = {path.relative_to(fresh).as_posix(): digest(path) for path in fresh.rglob("*") if path.is_file()}
        model = Installed(
            path=home,
            name=metadata.name,
            from_code=metadata.from_code,
            to_code=metadata.to_code,
            version=metadata.version,
            sha256=sha256,
            model_sha256=_model_digest(files),
            files=dict(sorted(files.items())),
            installed_at=now,
            origin=origin,
            canary_source=sung.source,
            canary_target=sung.target,
            alignment=sung.alignment,
            doubt_below=sung.usual.doubt_below,
            faint_below=sung.usual.faint_below,
            target_prefix=metadata.target_prefix,
        )
        _write(model, fresh / _RECORD)
        fresh.chmod(0o755)  # mkdtemp made it private, but the workers may run as another user than the installer
        for each in (fresh / "model", fresh):
            _flush(each)
        if home.exists():  # damaged: put aside, so that the good one can take its name
            home.rename(models_dir / f".damaged-{home.name}-{fresh.name.removeprefix('.incoming-')}")
        fresh.rename(home)
        _flush(models_dir)
        return model
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _model_digest(files: Mapping[str, str]) -> str:
    """Over everything that can change an answer; the README cannot."""
    lines = [f"{name} {digest}\n" for name, digest in sorted(files.items()) if name != "README.md"]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _write(model: Installed, record: Path) -> None:
    fields = dataclasses.asdict(model)
    del fields["path"]
    fields["installed_at"] = model.installed_at.isoformat()
    with record.open("x", encoding="utf-8") as file:
        json.dump(fields, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> Installed | None:
    try:
        fields: dict[str, Any] = json.loads((path / _RECORD).read_text(encoding="utf-8"))
        fields["installed_at"] = datetime.fromisoformat(fields["installed_at"])
        fields["doubt_below"] = tuple(fields["doubt_below"]) if fields.get("doubt_below") else None
        Version(fields["version"])
        return Installed(path=path, **fields)
    except (ValueError, TypeError, KeyError):
        return None


def load(path: Path) -> Installed:
    """The model in this folder. Raises ModelDamaged if its record cannot be read."""
    if not (path / _RECORD).is_file() or (model := _read(path)) is None:
        raise ModelDamaged(
            f"{path} holds no readable {_RECORD}. Install the model again.",
            es=f"{path} no contiene un {_RECORD} que se pueda leer. Instale el modelo de nuevo.",
        )
    return model


def _flush(folder: Path) -> None:
    """Make a folder's entries survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _fetched(source: str, target: str, models_dir: Path) -> Iterator[Path]:
    """Download the newest package of a pair from the Argos index; the file is gone afterwards."""
    advice = "Or fetch the .argosmodel file elsewhere and give its path."
    spanish = "O consiga el archivo .argosmodel por otra vía e indique dónde está."
    package, settings = _argos(models_dir)
    index = Path(settings.local_package_index)
    index.unlink(missing_ok=True)  # an old index would be taken for today's
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(30)  # argostranslate opens addresses without one
    try:
        package.update_package_index()  # logs a failure and returns
        if not index.is_file():
            raise FetchFailed(
                f"The Argos package index cannot be reached at {settings.remote_package_index}. {advice}",
                es=f"No se puede consultar el índice de Argos en {settings.remote_package_index}. {spanish}",
            )
        fitting = [
            each for each in package.get_available_packages() if (each.from_code, each.to_code) == (source, target)
        ]
        if not fitting:
            raise ModelRefused(f"The Argos package index has no model {source} to {target}. {advice}")
        wanted = max(fitting, key=lambda each: Version(each.package_version))
        (Path(settings.downloads_dir) / f"{package.argospm_package_name(wanted)}.argosmodel").unlink(missing_ok=True)
        try:
            path = Path(wanted.download())
        except Exception as error:  # argostranslate raises plain Exception
            raise FetchFailed(
                f"The model {source}-{target} could not be fetched: {error}. {advice}",
                es=f"No se pudo obtener el modelo {source}-{target}: {error}. {spanish}",
            ) from error
    finally:
        socket.setdefaulttimeout(timeout)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _argos(models_dir: Path) -> tuple[Any, Any]:
    """argostranslate's package and settings modules.

    Importing them makes folders, by default in the home directory; the variables they read point into the models folder
    while that happens, and are put back.
    """
    home = str(models_dir / ".argos")
    places = {"ARGOS_PACKAGES_DIR": f"{home}/packages"}
    places |= dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), home)
    before = {name: os.environ.get(name) for name in places}
    os.environ.update(places)
    try:
        from argostranslate import package, settings
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return package, settings
