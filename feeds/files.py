"""Published files: replaced whole or not at all, and only when their bytes change.

Knows: folders, renames, gzip. Must not know: feeds, articles, Django, the clock.

Order of a replacement, under a lock on the folder: both new files are written and flushed under temporary names; the
old `.gz` twin is removed; the new text is renamed into place; then its twin. A reader therefore never meets an old twin
beside a new text: for a moment there is no twin, and web servers fall back to the plain file. Removal takes the twin
first for the same reason. Temporary names begin with a dot, so that no server lists or serves them.
"""

from __future__ import annotations

import errno
import fcntl
import gzip as gz
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.errors import PublishError

TWIN = ".gz"  # suffix of the precompressed twin, as nginx's gzip_static and others expect it
_READABLE = 0o644  # the web server may run as another user
_NO_LOCKS = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}  # some network file systems
_REPAIRS = {
    errno.ENOSPC: "Free some space on that disk",
    errno.EDQUOT: "Raise the disk quota of the user that runs Tornavoz",
    errno.EROFS: "Mount that folder for writing",
    errno.EACCES: "Let the user that runs Tornavoz write to that folder",
    errno.EPERM: "Let the user that runs Tornavoz write to that folder",
    errno.ENOTDIR: "Move away the file that stands where the folder should be",
    errno.EEXIST: "Move away the file that stands where the folder should be",
    errno.EISDIR: "Move away the folder that stands where the file should be",
}


def etag(content: bytes) -> str:
    """Strong entity tag (RFC 9110 section 8.8.3) that depends on the bytes alone, quotes included."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def compressed(content: bytes) -> bytes:
    """The gzip form, without a name or a time in its header: the same text always gives the same bytes."""
    return gz.compress(content, compresslevel=6, mtime=0)


def write(path: Path, content: bytes, *, modified: datetime, gzip: bool = True) -> bool:
    """Put `content` at `path`, and its twin beside it unless `gzip` is false. True if anything was written.

    Both files get `modified` as their time, so that Last-Modified agrees. If a text changes while `modified` does not,
    the time still moves on by a second: readers that ask by date alone would never see the change otherwise. Equal
    bytes leave text and time alone; only a twin that is missing or stale is made again. Raises PublishError.
    """
    with _reported(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.parent) as folder:
            return _replace(path, content, modified=modified, gzip=gzip, folder=folder)


def remove(path: Path) -> bool:
    """Take the file and its twin away, and make that last. True if either was there. Raises PublishError."""
    with _reported(path.parent):
        if not path.parent.is_dir():
            return False
        with _locked(path.parent) as folder:
            gone = [_unlink(twin_of(path)), _unlink(path)]
            if any(gone):
                os.fsync(folder)
            return any(gone)


def twin_of(path: Path) -> Path:
    """Where the gzip twin of `path` stands."""
    return path.with_name(path.name + TWIN)


def _replace(path: Path, content: bytes, *, modified: datetime, gzip: bool, folder: int) -> bool:
    twin, time = twin_of(path), int(modified.timestamp()) * 1_000_000_000
    same = False
    if path.exists():
        before = path.stat().st_mtime_ns
        same = path.read_bytes() == content
        time = before if same else max(time, before + 1_000_000_000)
    packed = compressed(content) if gzip else None
    if same and _twin_agrees(twin, packed, time):
        return False
    waiting: list[tuple[Path, Path]] = []
    try:
        if not same:
            waiting.append((_staged(path, content, time), path))
        if packed is not None:
            waiting.append((_staged(path, packed, time), twin))
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
        repair = _REPAIRS.get(error.errno or 0, "Repair the disk or the folder")
        reason = error.strerror or type(error).__name__
        raise PublishError(
            f"The output folder {folder} cannot be written: {reason}. {repair}; "
            "the files published before stay as they are, and the work is tried again by itself."
        ) from error
