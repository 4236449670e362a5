"""The files that build, start and ship Tornavoz keep their promises. No container is started here."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.judges import program

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("demo", "up", "test", "check", "bench", "docs", "clean", "help")
EXTRAS = ("dev", "broker", "postgres")

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("tornavoz:")}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

each_service = pytest.mark.parametrize("name", SERVICES)


def pins() -> dict[str, Version]:
    found: dict[str, Version] = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line)
            assert match, f"not an exact pin: {line}"
            found[canonicalize_name(match[1])] = Version(match[2])
    return found


def requirements() -> list[Requirement]:
    lines = list(PROJECT["dependencies"])
    for extra in EXTRAS:
        lines += PROJECT["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def test_nobody_is_made_to_install_what_only_tests_or_one_extra_need() -> None:
    base = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    for extra, lines in PROJECT["optional-dependencies"].items():
        assert not base & {canonicalize_name(Requirement(line).name) for line in lines}, extra


# --- docker compose ------------------------------------------------------------------------------------------------


def test_the_parts_of_an_installation_are_all_there() -> None:
    assert set(SERVICES) == {
        "init",
        "web",
        "worker-translate",
        "worker-io",
        "worker-deliver",
        "beat",
        "redis",
        "postgres",
    }


@each_service
def test_no_service_runs_as_root(name: str) -> None:
    user = str(SERVICES[name]["user"])
    assert user.partition(":")[0] not in {"", "0", "root"}


@each_service
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)


@each_service
def test_every_image_is_pinned(name: str) -> None:
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert re.match(r"\d+\.\d+", tag), f"{SERVICES[name]['image']} floats"


@each_service
def test_every_lasting_service_has_a_health_check_and_starts_again(name: str) -> None:
    service = SERVICES[name]
    if service["restart"] == "no":
        assert name == "init"
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_the_stores_are_out_of_reach_from_outside(name: str) -> None:
    assert "ports" not in SERVICES[name]
    assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_only_the_parts_that_speak_to_others_can_leave_the_host() -> None:
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {
        "web",
        "worker-io",
        "worker-deliver",
        "beat",  # does their work where they do not answer
    }


def test_the_web_port_is_published_on_the_loopback_address_only() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_secrets_come_as_files_and_never_as_values() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|TOKEN|_URL", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                secret = value.removeprefix("/run/secrets/")
                assert secret in service["secrets"], f"{name}: {variable} points to a secret that is not mounted"
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_whatever_the_environment_can_hold_reaches_each_of_our_parts() -> None:
    for name, service in OURS.items():
        assert service["env_file"] == [{"path": "./var/tornavoz.env", "required": False}], name


def test_only_our_own_parts_know_the_ledgers_address() -> None:
    assert {name for name, service in SERVICES.items() if "database_url" in service["secrets"]} == set(OURS)


def test_the_broker_keeps_an_append_only_file_and_never_evicts() -> None:
    [settings] = SERVICES["redis"]["command"]
    for line in ("appendonly yes", "appendfsync everysec", 'save ""', "maxmemory-policy noeviction", "requirepass $$("):
        assert f"\n{line}" in settings
    limit = re.search(r"maxmemory (\d+)mb", settings)
    assert limit
    assert int(limit[1]) * 2 <= int(SERVICES["redis"]["mem_limit"].removesuffix("m"))  # a rewrite copies pages


def test_everything_waits_for_the_ledgers_tables() -> None:
    for name, service in OURS.items():
        if name != "init":
            assert service["depends_on"]["init"] == {"condition": "service_completed_successfully"}


def test_every_volume_and_network_in_use_is_declared() -> None:
    volumes = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert volumes == set(COMPOSE["volumes"])
    assert {name for service in SERVICES.values() for name in service["networks"]} == set(COMPOSE["networks"])


def test_the_image_carries_the_projects_version() -> None:
    assert {service["image"] for service in OURS.values()} == {f"tornavoz:{PROJECT['version']}"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_in_use_exists(name: str) -> None:
    from workers.cli import main

    parses(main, OURS[name]["command"])
    if not OURS[name]["healthcheck"].get("disable"):
        program, *arguments = OURS[name]["healthcheck"]["test"][1:]
        assert program == "tornavoz"
        parses(main, arguments)


def parses(command: click.Command, arguments: list[str]) -> None:
    """Let click read the command line down to the last command and its arguments, and run none of it."""
    if isinstance(command, click.Group):
        inner = command.get_command(click.Context(command), arguments[0])
        assert inner is not None, f"there is no command {arguments[0]}"
        parses(inner, arguments[1:])
    else:
        command.make_context(command.name, list(arguments))


def test_a_worker_serves_every_queue() -> None:
    served = {
        queue for service in OURS.values() if service["command"][0] == "worker" for queue in service["command"][1:]
    }
    assert served == {"intake", "translate", "publish", "deliver"}


# --- systemd -------------------------------------------------------------------------------------------------------

UNITS = ROOT / "deploy" / "systemd"


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_every_unit_starts_a_command_that_exists(path: Path) -> None:
    from workers.cli import main

    [line] = re.findall(r"^ExecStart=/opt/tornavoz/\.venv/bin/tornavoz (.+)$", path.read_text(), re.M)
    for queue in ("intake", "translate", "publish", "deliver") if "%i" in line else ("",):
        parses(main, line.replace("%i", queue).split())


def test_systemd_takes_the_units_and_what_they_share(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    shared = tmp_path / "tornavoz-.service.d" / "tornavoz.conf"
    shared.parent.mkdir()
    shared.write_text((UNITS / "tornavoz.conf").read_text())
    for path in UNITS.glob("*.service"):
        text = path.read_text().replace("/opt/tornavoz/.venv/bin/tornavoz", sys.executable)
        (tmp_path / path.name.replace("@.", "@translate.")).write_text(text)

    def verified() -> str:
        done = subprocess.run(
            [analyze, "verify", *map(str, sorted(tmp_path.glob("*.service")))],
            env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if "tornavoz" in line)

    assert verified() == ""
    shared.write_text(shared.read_text() + "NoSuchSetting=1\n")
    assert verified().count("NoSuchSetting") >= 1, "the shared settings are read"


# --- image, secrets ------------------------------------------------------------------------------------------------


def test_the_image_runs_as_the_user_that_compose_names() -> None:
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert [*users] == [OURS["web"]["user"]]


def test_the_image_is_built_from_pinned_parts() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+\.\d+-slim-\w+$", text, re.M)
    assert set(re.findall(r"^FROM (\S+)", text, re.M)) == {"${PYTHON_IMAGE}"}
    assert "-c constraints.txt" in text


def test_nothing_unlisted_enters_the_image() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert not allowed & {"var", ".git", ".venv", "tests"}
    for name in re.findall(r"^COPY (?!--from)(.+) \./$", (ROOT / "Dockerfile").read_text(), re.M)[0].split():
        assert name in allowed


def test_secrets_are_made_once_random_and_shut_away(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make = [str(ROOT / "deploy" / "make-secrets"), str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(re.fullmatch(r"[0-9a-f]{64}\n", first[name]) for name in ("secret_key", "postgres_password"))
    assert len(set(first.values())) == len(first)
    assert first["postgres_password"].strip() in first["database_url"]
    assert first["redis_password"].strip() in first["redis_url"]
    subprocess.run(make, check=True, capture_output=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first


def test_compose_looks_for_secrets_where_they_are_made_and_git_does_not() -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./var/secrets/{name}"}
    assert "var/" in (ROOT / ".gitignore").read_text().splitlines()


# --- make, continuous integration ----------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_target_is_there_and_explained() -> None:
    told = subprocess.run(["make", "-C", str(ROOT), "help"], check=True, capture_output=True, text=True).stdout
    for target in TARGETS:
        assert re.search(rf"^  make {target}\t\S", told, re.M), target
        subprocess.run(["make", "-C", str(ROOT), "-n", target], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_changed_dependency_is_installed_before_anything_runs(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        else:
            shutil.copy(source, tmp_path / name)
    stamp = tmp_path / ".venv" / ".installed"
    stamp.parent.mkdir()
    stamp.touch()
    for changed in ("pyproject.toml", "constraints.txt"):
        os.utime(stamp, (2_000_000_000, 2_000_000_000))
        for name in ("pyproject.toml", "constraints.txt", ".ci/venv"):
            os.utime(tmp_path / name, (1_900_000_000, 1_900_000_000))
        assert "pip install" not in dry_run(tmp_path)
        os.utime(tmp_path / changed, (2_000_000_001, 2_000_000_001))
        assert "pip install" in dry_run(tmp_path)


def dry_run(folder: Path) -> str:
    return subprocess.run(["make", "-C", str(folder), "-n", "demo"], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("script", "shell"), [(".ci/run", "bash"), (".ci/venv", "sh"), ("deploy/make-secrets", "sh")])
def test_scripts_can_be_run_and_stop_at_the_first_error(script: str, shell: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    subprocess.run([shell, "-n", str(path)], check=True)
    assert re.search(r"^set -eu", path.read_text(), re.M)


def test_continuous_integration_runs_every_check_and_every_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "export CI=true" in lines
    assert lines.index("make check") < lines.index("make test")


def test_an_old_python_is_refused_with_a_way_out(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python 3.9.2' && exit 0\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "sh").symlink_to("/bin/sh")
    told = subprocess.run(
        ["/bin/sh", str(ROOT / ".ci" / "venv"), str(tmp_path / "venv")],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode != 0
    assert "Python 3.9.2" in told.stderr
    assert "apt install" in told.stderr
    assert not (tmp_path / "venv").exists()


# --- pins ----------------------------------------------------------------------------------------------------------


def test_every_declared_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    found = pins()
    for requirement in requirements():
        name = canonicalize_name(requirement.name)
        assert name in found, f"{requirement} has no pin"
        assert requirement.specifier.contains(found[name], prereleases=True), f"{requirement}: {found[name]}"


def test_everything_that_an_installation_brings_is_pinned_and_nothing_else() -> None:
    """Follow the requirements of what is installed here, from ours down to the last."""
    brought: set[str] = set()
    todo: list[tuple[str, frozenset[str]]] = [
        (canonicalize_name(line.name), frozenset(line.extras)) for line in requirements()
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        name, extras = todo.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        brought.add(name)
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            marker = needed.marker
            # lxml writes its extras with a hyphen and its users ask with an underscore; to pip they are one
            asked = {"", *extras, *(extra.replace("_", "-") for extra in extras)}
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in asked):
                todo.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    assert brought == set(pins())
