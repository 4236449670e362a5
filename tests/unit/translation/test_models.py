"""What may be installed, what is refused, and what is found again."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import FetchFailed, ModelDamaged, ModelMissing, ModelRefused
from pipeline.translation import alignment, models, pairs
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.marking import followed
from pipeline.translation.package import Limits, digest, unpack

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
METADATA = {"package_version": "1.0", "from_code": "en", "to_code": "es", "type": "translate"}
FILES: Mapping[str, bytes] = {
    "metadata.json": json.dumps(METADATA).encode(),
    "README.md": b"A model.",
    "sentencepiece.model": b"pieces" * 9,
    "model/model.bin": bytes(range(256)) * 4,
    "model/config.json": b"{}",
}


def packed(path: Path, files: Mapping[str, bytes] = FILES, *, top: str = "en_es/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{top}{name}", data)
    return path


def refusal(package: Path, tmp_path: Path, limits: Limits | None = None) -> str:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(ModelRefused) as caught:
        unpack(package, folder, limits)
    outside = {path for path in tmp_path.rglob("*") if folder not in path.parents} - {folder, package}
    assert not outside
    return str(caught.value)


def test_a_sound_package_is_unpacked_without_its_top_folder(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel")
    folder = tmp_path / "out"
    folder.mkdir()
    metadata = unpack(package, folder)
    assert metadata.name == "translate-en_es 1.0"
    assert {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    } == FILES


def test_sentence_splitters_in_a_package_are_left_out(tmp_path: Path) -> None:
    extra = {"stanza/en/tokenize/ewt.pt": b"pickle", "minisbd/en.onnx": b"net", "stanza/resources.json": b"{}"}
    folder = tmp_path / "out"
    folder.mkdir()
    unpack(packed(tmp_path / "a.argosmodel", {**FILES, **extra}), folder)
    assert not (folder / "stanza").exists()
    assert not (folder / "minisbd").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside.txt", "outside its own folder"),
        ("model/../../outside.txt", "outside its own folder"),
        ("model\\..\\outside.txt", "outside its own folder"),
        ("setup.py", "no model needs"),
        ("model/deeper/model.bin", "no model needs"),
        ("model/.hidden", "no model needs"),
        ("spacy/code.py", "no model needs"),
    ],
)
def test_names_out_of_place_are_refused(tmp_path: Path, name: str, said: str) -> None:
    assert said in refusal(packed(tmp_path / "a.argosmodel", {**FILES, name: b"x"}), tmp_path)


def test_an_absolute_name_is_refused(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel")
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("/etc/outside.txt", b"x")
    assert "exactly one folder" in refusal(package, tmp_path)


def test_a_package_of_only_absolute_names_is_refused(tmp_path: Path) -> None:
    assert "outside its own folder" in refusal(packed(tmp_path / "a.argosmodel", top="/en_es/"), tmp_path)


def test_files_without_a_folder_are_refused(tmp_path: Path) -> None:
    assert "exactly one folder" in refusal(packed(tmp_path / "a.argosmodel", top=""), tmp_path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    package = packed(tmp_path / "a.argosmodel")
    with zipfile.ZipFile(package, "a") as archive:
        entry = zipfile.ZipInfo("en_es/model/link")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert "plain file" in refusal(package, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel")
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("en_es/metadata.json", b"{}")
    assert "twice" in refusal(package, tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    many = {f"model/part{place}": b"x" for place in range(64)}
    assert "at most 64" in refusal(packed(tmp_path / "a.argosmodel", {**FILES, **many}), tmp_path)


@pytest.mark.parametrize("limits", [Limits(single=1000), Limits(total=1000), Limits(ratio=1)])
def test_what_inflates_too_far_is_refused(tmp_path: Path, limits: Limits) -> None:
    package = packed(tmp_path / "a.argosmodel", {**FILES, "model/model.bin": b"\0" * 20_000})
    assert "inflates" in refusal(package, tmp_path, limits)


def test_a_bomb_is_refused_by_its_ratio_alone(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel", {**FILES, "model/model.bin": b"\0" * 8_000_000})
    assert "inflates" in refusal(package, tmp_path)


def test_a_size_that_lies_does_not_help(tmp_path: Path) -> None:
    """The central directory says 10 bytes where 20,000 are packed."""
    big = {**FILES, "model/model.bin": os.urandom(20_000)}
    package = packed(tmp_path / "a.argosmodel", big)
    data = package.read_bytes()
    package.write_bytes(data.replace((20_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert "not a whole model package" in refusal(package, tmp_path)


@pytest.mark.parametrize("missing", ["metadata.json", "model/model.bin", "sentencepiece.model"])
def test_a_package_without_its_parts_is_refused(tmp_path: Path, missing: str) -> None:
    files = {name: data for name, data in FILES.items() if name != missing}
    assert missing in refusal(packed(tmp_path / "a.argosmodel", files), tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "sbd"}, "type 'sbd'"),
        ({"from_code": "../../en"}, "language code"),
        ({"to_code": None}, "language code"),
        ({"package_version": "../1"}, "package_version"),
        ({"package_version": "1.x.y"}, "package_version"),
        ({"target_prefix": "x" * 65}, "target_prefix"),
    ],
)
def test_metadata_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    files = {**FILES, "metadata.json": json.dumps({**METADATA, **change}).encode()}
    assert said in refusal(packed(tmp_path / "a.argosmodel", files), tmp_path)


@pytest.mark.parametrize("metadata", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_metadata_that_cannot_be_read_is_refused(tmp_path: Path, metadata: bytes) -> None:
    said = refusal(packed(tmp_path / "a.argosmodel", {**FILES, "metadata.json": metadata}), tmp_path)
    assert "metadata.json cannot be read" in said


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "a.argosmodel"
    package.write_bytes(b"not a zip at all")
    assert "not a whole model package" in refusal(package, tmp_path)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_truncated_download_is_refused(tmp_path: Path, cut: float) -> None:
    package = packed(tmp_path / "a.argosmodel")
    data = package.read_bytes()
    package.write_bytes(data[: int(len(data) * cut)])
    assert "not a whole model package" in refusal(package, tmp_path)


def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel", {**FILES, "model/model.bin": os.urandom(5000)})
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 0xFF
    package.write_bytes(data)
    assert "not a whole model package" in refusal(package, tmp_path)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="There is no file"):
        models.install(tmp_path / "gone.argosmodel", tmp_path / "models", NOW)


@pytest.mark.model
def test_a_model_that_does_not_load_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    package = packed(tmp_path / "a.argosmodel")
    with pytest.raises(ModelRefused, match="does not load"):
        models.install(package, tmp_path / "models", NOW)
    assert list((tmp_path / "models").iterdir()) == []


# --- the bundled model -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    models.install("starter", folder, NOW)
    return folder


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(home, tmp_path / "models"))


@pytest.mark.model
def test_the_starter_is_installed_whole_and_found_again(home: Path) -> None:
    (model,) = models.installed(home)
    assert models.verify(model) == []
    assert (model.from_code, model.to_code) == ("en", "es")
    assert model.origin == "starter"
    assert model.installed_at == NOW
    assert model.canary_target not in ("", model.canary_source)
    assert models.choose(home, "en", "es") == models.choose(home, "en", "es", model.name) == model
    assert models.load(model.path) == model
    assert model.path.name.startswith(f"en_es-{model.version}-{model.sha256[:8]}")


@pytest.mark.model
def test_installing_twice_is_installing_once(copy: Path) -> None:
    before = models.installed(copy)
    again = models.install("starter", copy, datetime(2027, 1, 1, tzinfo=UTC))
    assert [again] == models.installed(copy) == before


@pytest.mark.model
def test_installing_over_a_damaged_model_repairs_it(copy: Path) -> None:
    (model,) = models.installed(copy)
    (model.path / "model" / "model.bin").write_bytes(b"rot")
    models.install("starter", copy, NOW)
    (repaired,) = models.installed(copy)
    assert models.verify(repaired) == []
    assert repaired.model_sha256 == model.model_sha256


@pytest.mark.model
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: (path / "sentencepiece.model").unlink(), "sentencepiece.model is missing"),
        (lambda path: (path / "metadata.json").write_bytes(b"{}"), "metadata.json has changed"),
        (lambda path: (path / "model" / "vmap.txt").write_bytes(b"x"), "model/vmap.txt does not belong there"),
    ],
)
def test_verify_names_what_differs(copy: Path, damage: Callable[[Path], object], said: str) -> None:
    (model,) = models.installed(copy)
    damage(model.path)
    assert models.verify(model) == [said]


@pytest.mark.model
def test_the_newest_version_is_chosen_unless_one_is_named(copy: Path) -> None:
    (model,) = models.installed(copy)
    for version in ("0.9", "0.10"):
        other = copy / f"en_es-{version}-00000000"
        shutil.copytree(model.path, other)
        record = json.loads((other / "installed.json").read_text())
        (other / "installed.json").write_text(
            json.dumps({**record, "version": version, "name": f"translate-en_es {version}"})
        )
    assert models.choose(copy, "en", "es").version == "0.10"
    assert models.choose(copy, "en", "es", "translate-en_es 0.9").version == "0.9"
    assert models.choose(copy, "en", "es", model.path.name) == model


@pytest.mark.parametrize("name", [None, "translate-en_es 7"])
def test_a_missing_model_names_the_command_that_helps(tmp_path: Path, name: str | None) -> None:
    with pytest.raises(ModelMissing, match="tornavoz models install starter"):
        models.choose(tmp_path / "nowhere", "en", "es", name)


def test_an_unreadable_record_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "installed.json").write_text("{}")
    assert models.installed(tmp_path) == []
    with pytest.raises(ModelDamaged):
        models.load(tmp_path / "x")


@pytest.mark.model
def test_nothing_is_written_outside_the_models_folder_and_no_splitter_is_imported(tmp_path: Path) -> None:
    """Installs, loads and asks the index (at an address that refuses) in a process with a home of its own."""
    home = tmp_path / "home"
    home.mkdir()
    program = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from pipeline.errors import FetchFailed; from pipeline.translation import models\n"
        "from pipeline.translation.argos import ArgosEngine\n"
        "folder = Path(sys.argv[1])\n"
        "model = models.install('starter', folder, datetime.now(UTC))\n"
        "assert ArgosEngine(model, inter_threads=1).translate(['The road is open.'])[0].text\n"
        "try: models.install('en-es', folder, datetime.now(UTC))\n"
        "except FetchFailed as error: assert 'path' in str(error), error\n"
        "else: raise SystemExit('no FetchFailed')\n"
        "banned = {'minisbd', 'onnxruntime', 'argostranslate.sbd', 'argostranslate.translate', 'torch', 'stanza'}\n"
        "assert not banned & set(sys.modules), banned & set(sys.modules)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARGOS_"))}
    environment |= {"HOME": str(home), "ARGOS_PACKAGE_INDEX": "http://127.0.0.1:9/"}
    command = [sys.executable, "-c", program, str(tmp_path / "models")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert list(home.iterdir()) == []


def test_an_unknown_reference_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises((ModelRefused, FetchFailed), match="path"):
        models.install("no-such-file.argosmodel", tmp_path, NOW)


# --- attention settings ------------------------------------------------------------------------------------------


@pytest.mark.model
def test_the_attention_setting_can_be_changed_without_touching_another_byte(copy: Path) -> None:
    (model,) = models.installed(copy)
    path = model.path / "model" / "model.bin"
    shipped, before = alignment.read(path), path.read_bytes()
    if shipped is None:
        assert model.alignment == ""
        return
    alignment.write(path, alignment.Setting(-2, 3))
    after = path.read_bytes()
    assert alignment.read(path) == (-2, 3)
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 4
    alignment.write(path, shipped)
    assert path.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"\6\0\0\0", bytes(range(64)), b"\6\0\0\0\xff\xff" + b"a" * 70_000])
def test_an_unknown_model_layout_is_left_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    assert alignment.read(path) is None
    with pytest.raises(ValueError, match="no alignment setting"):
        alignment.write(path, alignment.Setting(-1, 0))
    assert path.read_bytes() == data


def test_a_setting_must_win_clearly() -> None:
    assert alignment.better(0.98, 0.9)
    assert not alignment.better(0.91, 0.9)
    assert not alignment.better(0.0, 0.0)


@pytest.mark.model
def test_the_attention_that_carries_links_best_is_kept(copy: Path) -> None:
    """No setting that is tried follows the marked words clearly better than the one that was left."""
    (model,) = models.installed(copy)
    path = model.path / "model" / "model.bin"
    kept = alignment.read(path)
    if kept is None:
        return
    marked = pairs.read()[0]
    most = followed(marked, ArgosEngine(model, inter_threads=1).aligned)
    for setting in {alignment.Setting(-1, 1), *alignment.CANDIDATES} - {kept}:
        alignment.write(path, setting)
        there = replace(model, files={name: digest(model.path / name) for name in model.files})
        assert not alignment.better(followed(marked, ArgosEngine(there, inter_threads=1).aligned), most)
