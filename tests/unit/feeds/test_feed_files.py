"""Files as readers find them: whole, agreeing with their twins, and untouched when nothing changed."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from feeds.files import CODINGS, compressed, etag, remove, twin_of, unpacked, write
from pipeline.errors import PublishError, Retry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def leftovers(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.startswith(".")]


def test_first_write_makes_text_and_twin_with_one_time(tmp_path: Path) -> None:
    path = tmp_path / "es" / "rss.xml"
    assert write(path, b"uno", modified=NOON)
    assert path.read_bytes() == b"uno"
    assert gzip.decompress(twin_of(path).read_bytes()) == b"uno"
    assert path.stat().st_mtime == twin_of(path).stat().st_mtime == NOON.timestamp()
    assert path.stat().st_mode & 0o777 == 0o644
    assert leftovers(path.parent) == []


def test_each_coding_has_its_twin_and_removal_takes_them_all(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    for coding in CODINGS:
        assert unpacked(twin_of(path, coding)) == b"uno"
        assert twin_of(path, coding).stat().st_mtime == NOON.timestamp()
    assert remove(path)
    assert list(tmp_path.iterdir()) == []


def test_equal_bytes_leave_everything_alone(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    before = (path.stat(), twin_of(path).stat())
    assert not write(path, b"uno", modified=NOON + timedelta(hours=1))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before[0].st_ino, before[0].st_mtime_ns)
    assert twin_of(path).stat().st_ino == before[1].st_ino


def test_changed_bytes_replace_both(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    assert write(path, b"dos", modified=NOON + timedelta(hours=1))
    assert path.read_bytes() == b"dos"
    assert gzip.decompress(twin_of(path).read_bytes()) == b"dos"


def test_time_moves_on_whenever_bytes_change(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    for content in (b"uno", b"dos", b"tres"):
        write(path, content, modified=NOON)
    assert path.stat().st_mtime == NOON.timestamp() + 2
    assert twin_of(path).stat().st_mtime == path.stat().st_mtime


def test_twin_that_is_lost_or_stale_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    inode = path.stat().st_ino
    twin_of(path).unlink()
    assert write(path, b"uno", modified=NOON)
    twin_of(path).write_bytes(compressed(b"viejo"))
    assert write(path, b"uno", modified=NOON)
    assert gzip.decompress(twin_of(path).read_bytes()) == b"uno"
    assert path.stat().st_ino == inode


def test_file_without_twin_takes_an_old_twin_away(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    assert write(path, b"uno", modified=NOON, twins=False)
    assert not twin_of(path).exists()


def test_old_twin_is_gone_before_the_new_text_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)
    original, seen = Path.replace, []

    def watched(self: Path, target: Path) -> Path:
        seen.append((target.name, [coding for coding in CODINGS if twin_of(path, coding).exists()]))
        return original(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    write(path, b"dos", modified=NOON)
    assert seen == [("rss.xml", []), ("rss.xml.br", []), ("rss.xml.gz", ["br"])]


def test_interrupted_write_keeps_the_old_text_and_no_scraps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rss.xml"
    write(path, b"uno", modified=NOON)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(PublishError, match="Free some space"):
            write(path, b"dos", modified=NOON)
    assert path.read_bytes() == b"uno"
    assert gzip.decompress(twin_of(path).read_bytes()) == b"uno"
    assert leftovers(tmp_path) == []


def test_twins_are_the_same_at_any_time() -> None:
    assert compressed(b"uno") == compressed(b"uno")
    assert compressed(b"uno")[4:8] == b"\0\0\0\0"


def test_tag_depends_on_the_bytes_alone() -> None:
    assert etag(b"uno") == etag(b"uno") != etag(b"dos")
    assert etag(b"uno").startswith('"')
    assert etag(b"uno").endswith('"')


def test_remove_takes_text_and_twin(tmp_path: Path) -> None:
    path = tmp_path / "articulo.html"
    write(path, b"uno", modified=NOON)
    assert remove(path)
    assert list(tmp_path.iterdir()) == []
    assert not remove(path)
    assert not remove(tmp_path / "never" / "there.html")


def test_folder_that_is_a_file_is_reported_with_its_repair(tmp_path: Path) -> None:
    blocked = tmp_path / "es"
    blocked.write_text("not a folder")
    with pytest.raises(PublishError) as caught:
        write(blocked / "rss.xml", b"uno", modified=NOON)
    assert str(blocked) in str(caught.value)
    assert "Move away the file" in str(caught.value)
    assert caught.value.retry is Retry.LATER


def test_writers_at_once_leave_a_text_with_its_own_twin(tmp_path: Path) -> None:
    path = tmp_path / "rss.xml"

    def several(name: int) -> None:
        for turn in range(15):
            write(path, f"{name}:{turn}".encode() * 50, modified=NOON)

    threads = [Thread(target=several, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gzip.decompress(twin_of(path).read_bytes()) == path.read_bytes()
    assert leftovers(tmp_path) == []
