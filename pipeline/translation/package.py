"""Opens a model package: reads what is inside, refuses what is unsafe, unpacks the rest.

Knows: the layout of an .argosmodel file (a zip with one top folder) and how much of it is believed. Must not know:
where models are installed, how one is loaded.

A package comes from elsewhere, so nothing it says about itself is trusted: sizes are counted while bytes are inflated,
names are matched against a list, and an unknown name refuses the package rather than being skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from pipeline.errors import ModelRefused

_CHUNK = 1 << 20
_WANTED = re.compile(r"metadata\.json|README\.md|sentencepiece\.model|bpe\.model|model/[A-Za-z0-9][A-Za-z0-9._-]*")
# Sentence splitters that travel in packages. We cut sentences ourselves, and Stanza files are pickles: never unpacked.
_SKIPPED = re.compile(r"(?:stanza|minisbd)/.+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a package may hold. Bytes; `ratio` is inflated bytes over packed bytes."""

    files: int = 64
    total: int = 2 * 1024**3
    single: int = 1536 * 1024**2
    text: int = 1024**2  # metadata.json and README.md
    ratio: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What metadata.json says, checked."""

    from_code: str
    to_code: str
    version: str
    target_prefix: str = ""

    @property
    def name(self) -> str:
        return f"translate-{self.from_code}_{self.to_code} {self.version}"


def digest(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(package: Path, folder: Path, limits: Limits | None = None) -> Metadata:
    """Unpack `package` into the empty `folder` (without its top folder) and check that it is whole.

    Every file is flushed to the disk. Raises ModelRefused with a sentence for the operator; what was written so far
    then stays in `folder`, which the caller throws away.
    """
    limits = limits or Limits()
    if not package.is_file():
        raise ModelRefused(f"There is no file {package}. Check the path.")
    try:
        with zipfile.ZipFile(package) as archive:
            entries = _entries(archive, limits)
            budget = min(limits.total, limits.ratio * package.stat().st_size)
            for name, entry in entries.items():
                budget -= _inflate(archive, entry, folder / name, min(budget, _limit(name, limits)))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeDecodeError) as error:
        raise ModelRefused(
            f"{package.name} is not a whole model package ({error}). Fetch it again and compare its checksum."
        ) from error
    return _whole(folder, package.name)


def _entries(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The wanted files by their name under the top folder. Raises ModelRefused for anything out of place."""
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(files) > limits.files:
        raise ModelRefused(f"The package holds {len(files)} files; a model has at most {limits.files}.")
    tops = {PurePosixPath(entry.filename).parts[0] for entry in files if entry.filename}
    if len(tops) != 1:
        raise ModelRefused("The package must hold exactly one folder with the model in it. Use the file as published.")
    top = tops.pop()
    wanted: dict[str, zipfile.ZipInfo] = {}
    for entry in files:
        name = _checked(entry, top)
        if _SKIPPED.fullmatch(name):
            continue
        if not _WANTED.fullmatch(name):
            raise ModelRefused(f"The package holds a file that no model needs: {name!r}. Use the file as published.")
        if name in wanted:
            raise ModelRefused(f"The package holds {name!r} twice. Use the file as published.")
        wanted[name] = entry
    return wanted


def _checked(entry: zipfile.ZipInfo, top: str) -> str:
    """The entry's name under the top folder, or ModelRefused if it could point elsewhere."""
    name = entry.filename
    path = PurePosixPath(name)
    mode = entry.external_attr >> 16
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or top in ("/", "..", "."):
        raise ModelRefused(f"The package tries to write outside its own folder: {name!r}. Do not use it.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise ModelRefused(f"The package holds something other than a plain file: {name!r}. Do not use it.")
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModelRefused("The package is encrypted or packed in an unusual way. Use the file as published.")
    return name[len(top) + 1 :]


def _limit(name: str, limits: Limits) -> int:
    return limits.text if name in ("metadata.json", "README.md") else limits.single


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, limit: int) -> int:
    """Write one entry and return its real size, whatever size it claims."""
    path.parent.mkdir(exist_ok=True)
    size = 0
    with archive.open(entry) as source, path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise ModelRefused(
                    f"{entry.filename!r} inflates to more than a model may hold. Do not use the package."
                )
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size


def _whole(folder: Path, package: str) -> Metadata:
    metadata = folder / "metadata.json"
    if not metadata.is_file():
        raise ModelRefused(f"{package} has no metadata.json, so it is not an Argos package. Use the file as published.")
    if not (folder / "model" / "model.bin").is_file():
        raise ModelRefused(f"{package} has no model/model.bin. Fetch it again.")
    if not any((folder / name).is_file() for name in ("sentencepiece.model", "bpe.model")):
        raise ModelRefused(f"{package} has neither sentencepiece.model nor bpe.model. Fetch it again.")
    try:
        return metadata_of(json.loads(metadata.read_bytes()))
    except ValueError as error:
        raise ModelRefused(f"{package}: metadata.json cannot be read ({error}). Use the file as published.") from error


def metadata_of(fields: object) -> Metadata:
    """Check the fields of a metadata.json. Raises ModelRefused for another type, ValueError if unreadable."""
    if not isinstance(fields, Mapping):
        raise ValueError("not an object")
    if (kind := fields.get("type", "translate")) != "translate":
        raise ModelRefused(f"This is a package of type {kind!r}. Tornavoz needs one of type 'translate'.")
    codes = [fields.get("from_code"), fields.get("to_code")]
    for code in codes:
        if not isinstance(code, str) or not _LANGUAGE.fullmatch(code):
            raise ValueError(f"language code {code!r}")
    version, prefix = fields.get("package_version"), fields.get("target_prefix", "")
    if not isinstance(version, str) or not re.fullmatch(r"[0-9A-Za-z.+-]{1,32}", version):
        raise ValueError(f"package_version {version!r}")
    try:
        Version(version)
    except InvalidVersion as error:
        raise ValueError(f"package_version {version!r}") from error
    if not isinstance(prefix, str) or len(prefix) > 64:
        raise ValueError("target_prefix")
    return Metadata(from_code=str(codes[0]), to_code=str(codes[1]), version=version, target_prefix=prefix)
