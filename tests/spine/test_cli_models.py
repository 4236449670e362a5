"""`tornavoz models` and `tornavoz doctor` with more than one model, and with a server in the models' place."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from pipeline.ledger.models import Event
from pipeline.translation import models
from pipeline.translation.models import Installed
from tests.make import NEWSROOM, Office
from tests.servers import small
from workers.cli import main

NOW = datetime(2026, 3, 14, tzinfo=UTC)
PAIRS = "The {1:old port} is closed.\tEl {1:puerto viejo} está cerrado.\nNobody came.\tNadie vino.\n"
SERVER = '[translation]\nengine = "libretranslate"\nurl = "{}"\nserver_models = "opus"\n'
ALLOWED = '[network]\nallow_private = ["127.0.0.1"]\n'

Cli = Callable[..., Result]


@pytest.fixture
def cli(office: Office, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line in this process, on this test's folders."""
    monkeypatch.setattr(settings, "CONFIG_FILE", office.home / "newsroom.toml")

    def run(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(main, [*words], catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    (office.home / "newsroom.toml").write_text(NEWSROOM)
    return run


def again(package: Path, version: str, folder: Path) -> Path:
    """The same package under another version number."""
    made = folder / f"translate-en_es-{version}.argosmodel"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.infolist():
            data = old.read(each)
            if each.filename.endswith("metadata.json"):
                data = json.dumps({**json.loads(data), "package_version": version}).encode()
            new.writestr(each, data)
    return made


@pytest.mark.model
def test_two_installed_packages_are_compared_side_by_side(
    cli: Cli, tmp_path: Path, install_starter: Callable[[Path], Installed]
) -> None:
    first = install_starter(settings.MODELS_DIR)
    package = again(sorted(models.STARTER.glob("translate-*.argosmodel"))[-1], "0.9", tmp_path)
    assert "translate-en_es 0.9 installed" in cli("models", "install", str(package)).stdout
    listed = json.loads(cli("models", "list", "--json").stdout)
    assert [row["name"] for row in listed] == [first.name, "translate-en_es 0.9"]
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(PAIRS, encoding="utf-8")
    said = cli("models", "compare", first.name, "translate-en_es 0.9", "--pairs", str(pairs)).stdout
    rows = {line[:42].strip(): line[42:].split() for line in said.splitlines() if len(line) > 42}
    assert rows["BLEU"][0] == rows["BLEU"][1]
    assert rows["links lost"] == ["0", "0"]
    assert "0 of 2 sentences differ" in said
    told = json.loads(cli("models", "compare", first.name, first.name, "--pairs", str(pairs), "--json").stdout)
    assert [each["model"] for each in told] == [first.name] * 2
    assert "No model is called 'nobody'" in cli("models", "compare", first.name, "nobody", code=1).stderr


@pytest.mark.model
def test_a_server_in_the_models_place_is_named_and_asked(
    cli: Cli, office: Office, tmp_path: Path, install_starter: Callable[[Path], Installed]
) -> None:
    config = office.home / "newsroom.toml"
    model = install_starter(tmp_path)
    with small(model) as url:
        config.write_text(NEWSROOM + SERVER.format(url) + ALLOWED)
        said = cli("models", "list").stdout
        assert f"opus  {url}  answers: libretranslate 1.9-like, en-es" in said
        [row] = json.loads(cli("models", "list", "--json").stdout)
        assert (row["name"], row["answers"], row["pairs"]) == ("opus", True, ["en-es"])
        check = doctors(cli)["translation server"]
        assert check["ok"]
        assert f"{url} answers: libretranslate 1.9-like" in str(check["says"])
        assert "model" not in doctors(cli)
    said = cli("models", "list").stdout
    assert "does not answer" in said
    check = doctors(cli)["translation server"]
    assert not check["ok"]
    assert "does not answer" in str(check["says"])
    assert "TORNAVOZ_LIBRETRANSLATE_KEY" in str(check["repair"])


@pytest.mark.model
def test_doctor_sees_a_wrong_key_a_missing_language_and_a_guarded_address(
    cli: Cli, office: Office, tmp_path: Path, install_starter: Callable[[Path], Installed]
) -> None:
    config = office.home / "newsroom.toml"
    model = install_starter(tmp_path)
    with small(model, api_key="right") as url:
        config.write_text(NEWSROOM + SERVER.format(url) + ALLOWED)
        assert "403" in str(doctors(cli)["translation server"]["says"])
        config.write_text(NEWSROOM + SERVER.format(url))
        assert "allow_private" in str(doctors(cli)["translation server"]["says"])
    portuguese = NEWSROOM + '[[product]]\nslug = "pt"\ntitle = "PT"\nlanguage = "pt"\n'
    with small(model) as url:
        office.apply(portuguese)
        config.write_text(portuguese + SERVER.format(url) + ALLOWED)
        told = str(doctors(cli)["checks of sentences"]["says"])
        assert "es: 21 of 21" in told
        assert "pt: 14 of 21, off: leftover-english, back-translation, dates" in told
        assert "does not translate into pt" in str(doctors(cli)["translation server"]["says"])


@pytest.mark.model
def test_a_model_from_before_a_measure_existed_is_told_of_and_calibrated_where_it_is(
    cli: Cli, install_starter: Callable[[Path], Installed]
) -> None:
    fresh = install_starter(settings.MODELS_DIR)
    assert doctors(cli)["calibration"]["ok"]
    assert cli("models", "verify").stdout == f"ok   {fresh.name}\n"
    record = fresh.path / "installed.json"
    older = json.loads(record.read_text())
    del older["faint_below"]  # as an older Tornavoz wrote it
    older["doubt_below"] = [-9.0, -8.0]
    record.write_text(json.dumps(older))
    said = cli("models", "verify").stdout
    assert f"ok   {fresh.name}" in said
    assert "the check omission is silent: it was never calibrated; run: tornavoz models calibrate" in said
    check = doctors(cli)["calibration"]
    assert not check["ok"]
    assert f"{fresh.name}: the check omission is silent" in str(check["says"])
    assert check["repair"] == "tornavoz models calibrate"
    said = cli("models", "calibrate").stdout
    assert f"{fresh.name} calibrated" in said
    assert models.installed(settings.MODELS_DIR) == [fresh]  # the same measures as at its installation, and all else
    assert [path.name for path in settings.MODELS_DIR.iterdir()] == [fresh.path.name]
    assert doctors(cli)["calibration"]["ok"]
    [event] = Event.objects.filter(action="model.calibrated")
    assert event.details["before"] == {"doubt_below": [-9.0, -8.0], "faint_below": None}
    assert event.details["after"]["faint_below"] == fresh.faint_below
    assert "every model that can be calibrated is" in cli("models", "calibrate").stdout
    assert f"{fresh.name} calibrated" in cli("models", "calibrate", fresh.name).stdout
    assert "No model is called 'nobody'" in cli("models", "calibrate", "nobody", code=1).stderr


@pytest.mark.model
def test_a_changed_model_and_one_without_sentences_are_not_calibrated(
    cli: Cli, install_starter: Callable[[Path], Installed]
) -> None:
    fresh = install_starter(settings.MODELS_DIR)
    record = fresh.path / "installed.json"
    kept = json.loads(record.read_text())
    portuguese = {**kept, "from_code": "pt", "name": "translate-pt_es 0.1", "doubt_below": None, "faint_below": None}
    record.write_text(json.dumps(portuguese))
    told = "the checks confidence and omission are silent: no sentences from “pt” to calibrate with"
    assert cli("models", "verify").stdout == f"ok   translate-pt_es 0.1\n     {told}\n"
    assert doctors(cli)["calibration"] | {"says": ""} == {
        "name": "calibration",
        "ok": True,
        "says": "",
        "repair": "tornavoz models calibrate",
    }
    assert "every model that can be calibrated is" in cli("models", "calibrate").stdout
    assert "cannot be calibrated" in cli("models", "calibrate", "translate-pt_es 0.1", code=1).stderr
    (fresh.path / "metadata.json").write_bytes(b"{}")
    record.write_text(json.dumps({**kept, "faint_below": None}))
    assert "metadata.json has changed" in cli("models", "calibrate", code=1).stderr
    assert json.loads(record.read_text()) == {**kept, "faint_below": None}


def doctors(cli: Cli) -> dict[str, dict[str, object]]:
    """Doctor's checks by name; some fail in a test's newsroom."""
    done = CliRunner().invoke(main, ["doctor", "--json"], catch_exceptions=False)
    return {check["name"]: check for check in json.loads(done.stdout)}
