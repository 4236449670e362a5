"""Published files: replaced whole or not at all, and only when their bytes change.

Knows: folders, renames, gzip, brotli. Must not know: feeds, articles, Django, the clock.

Order of a replacement, under a lock on the folder: all new files are written and flushed under temporary names; the old
compressed twins are removed; the new text is renamed into place; then its twins. A reader therefore never meets an old
twin beside a new text: for a moment there is none, and web servers fall back to the plain file. Removal takes the twins
first for the same reason. Temporary names begin with a dot, so that no server lists or serves them.
"""

from __future__ import annotations

import errno
import fcntl
import gzip as gz
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import brotli

from pipeline.errors import PublishError

# Content codings and the suffixes of their twins, as nginx's brotli_static and gzip_static expect them; best first.
CODINGS = {"br": ".br", "gzip": ".gz"}
_BROTLI_QUALITY = 8  # 9 sets up 32 MB of tables for each text: thirty times as long on a feed, for a hundredth less
DAMAGED = (gz.BadGzipFile, EOFError, zlib.error, brotli.error)  # what unpacking a broken twin raises
_READABLE = 0o644  # the web server may run as another user
_NO_LOCKS = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}  # some network file systems
_REPAIR = ("Repair the disk or the folder", "Repare el disco o la carpeta")  # in English and in Spanish
_WRITE = ("Let the user that runs Tornavoz write to that folder", "Dé permiso de escritura al usuario de Tornavoz")
_MOVE = (
    "Move away the file that stands where the folder should be",
    "Quite el archivo que ocupa el sitio de la carpeta",
)
_REPAIRS = {
    errno.ENOSPC: ("Free some space on that disk", "Libere espacio en ese disco"),
    errno.EDQUOT: (
        "Raise the disk quota of the user that runs Tornavoz",
        "Suba la cuota de disco del usuario de Tornavoz",
    ),
    errno.EROFS: ("Mount that folder for writing", "Monte esa carpeta para escritura"),
    errno.EACCES: _WRITE,
    errno.EPERM: _WRITE,
    errno.ENOTDIR: _MOVE,
    errno.EEXIST: _MOVE,
    errno.EISDIR: (
        "Move away the folder that stands where the file should be",
        "Quite la carpeta que ocupa el sitio del archivo",
    ),
}


def etag(content: bytes) -> str:
    """Strong entity tag (RFC 9110 section 8.8.3) that depends on the bytes alone, quotes included."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def compressed(content: bytes, coding: str = "gzip") -> bytes:
    """The compressed form, without a name or a time in it: the same text always gives the same bytes."""
    if coding == "br":
        return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))
    return gz.compress(content, compresslevel=6, mtime=0)


def unpacked(twin: Path) -> bytes:
    """What a twin holds."""
    content = twin.read_bytes()
    return bytes(brotli.decompress(content)) if twin.suffix == CODINGS["br"] else gz.decompress(content)


def write(path: Path, content: bytes, *, modified: datetime, twins: bool = True) -> bool:
    """Put `content` at `path`, and its twins beside it unless `twins` is false. True if anything was written.

    All files get `modified` as their time, so that Last-Modified agrees. If a text changes while `modified` does not,
    the time still moves on by a second: readers that ask by date alone would never see the change otherwise. Equal
    bytes leave text and time alone; only a twin that is missing or stale is made again. Raises PublishError.
    """
    with _reported(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.parent) as folder:
            return _replace(path, content, modified=modified, twins=twins, folder=folder)


def remove(path: Path) -> bool:
    """Take the file and its twins away, and make that last. True if any was there. Raises PublishError."""
    with _reported(path.parent):
        if not path.parent.is_dir():
            return False
        with _locked(path.parent) as folder:
            gone = [*(_unlink(twin_of(path, coding)) for coding in CODINGS), _unlink(path)]
            if any(gone):
                os.fsync(folder)
            return any(gone)


def clear(folder: Path) -> bool:
    """Take a folder away with every published file in it, at any depth. True if there was one. Raises PublishError."""
    if not folder.is_dir():
        return False
    with _reported(folder):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                _unlink(path)
        folder.rmdir()
    return True


def twin_of(path: Path, coding: str = "gzip") -> Path:
    """Where the twin of `path` in that coding stands."""
    return path.with_name(path.name + CODINGS[coding])


def _replace(path: Path, content: bytes, *, modified: datetime, twins: bool, folder: int) -> bool:
    time = int(modified.timestamp()) * 1_000_000_000
    same = False
    if path.exists():
        before = path.stat().st_mtime_ns
        same = path.read_bytes() == content
        time = before if same else max(time, before + 1_000_000_000)
    packed = {twin_of(path, coding): compressed(content, coding) if twins else None for coding in CODINGS}
    if same and all(_twin_agrees(twin, body, time) for twin, body in packed.items()):
        return False
    waiting: list[tuple[Path, Path]] = []
    try:
        if not same:
            waiting.append((_staged(path, content, time), path))
        waiting += [(_staged(path, body, time), twin) for twin, body in packed.items() if body is not None]
        for twin in packed:
            _unlink(twin)
        while waiting:
            waiting[0][0].replace(waiting[0][1])
            waiting.pop(0)
    finally:
        for temporary, _ in waiting:
            _unlink(temporary)
    os.fsync(folder)
    return True


def _twin_agrees(twin: Path, packed: bytes | None, time: int) -> bool:
    if packed is None:
        return not twin.exists()
    return twin.exists() and twin.stat().st_mtime_ns == time and twin.read_bytes() == packed


def _staged(path: Path, content: bytes, time: int) -> Path:
    """Write under a temporary name in the same folder, flushed to disk; returns that name."""
    descriptor, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _READABLE)
            os.utime(file.fileno(), ns=(time, time))
            os.fsync(file.fileno())
    except BaseException:
        _unlink(temporary)
        raise
    return temporary


def _unlink(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold the folder against other writers of ours; yields its descriptor, which also serves to flush the renames."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        repair, repair_es = _REPAIRS.get(error.errno or 0, _REPAIR)
        reason = error.strerror or type(error).__name__
        raise PublishError(
            f"The output folder {folder} cannot be written: {reason}. {repair}; "
            "the files published before stay as they are, and the work is tried again by itself.",
            es=f"No se puede escribir en la carpeta de salida {folder}: {reason}. {repair_es}; los archivos ya "
            "publicados quedan como están, y la tarea se intenta de nuevo por sí sola.",
        ) from error
