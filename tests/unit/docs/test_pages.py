"""Pages can be believed: what they tell people to type exists, links lead somewhere, nothing of a private machine."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import build
import click
import facts
import pytest

from pipeline import config
from pipeline.config.tables import RightsTable
from workers.cli import main

WRITTEN = [*build.pages(), *(facts.ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)


def fenced(language: str) -> list[tuple[str, str]]:
    return [
        (path.relative_to(facts.ROOT).as_posix(), body)
        for path in WRITTEN
        for kind, body in FENCE.findall(path.read_text(encoding="utf-8"))
        if kind == language
    ]


def printed_commands() -> Iterator[tuple[str, str]]:
    for page, body in fenced("sh"):
        without_texts = re.sub(r"<<'END'\n.*?^END$", "", body, flags=re.S | re.M)
        for line in without_texts.replace("\\\n", " ").splitlines():
            if line.strip():
                yield page, line.strip()


def inline_commands() -> Iterator[tuple[str, str]]:
    """Commands in running text, given whole: those with an ellipsis or a placeholder are only mentioned."""
    for path in WRITTEN:
        text = FENCE.sub("", path.read_text(encoding="utf-8"))
        for command in re.findall(r"`(tornavoz [^`]+)`", text):
            if not re.search(r"…|\b[A-Z]{3,}\b", command):
                yield path.relative_to(facts.ROOT).as_posix(), command


def read(command: click.Command, words: list[str], *, whole: bool) -> None:
    """Let click read a command line and run none of it. `whole` asks for required parameters as well."""
    if isinstance(command, click.Group):
        inner = command.get_command(click.Context(command), words[0])
        assert inner is not None, f"there is no command {words[0]!r}"
        if words[1:] or whole:
            read(inner, words[1:], whole=whole)
    else:
        command.make_context(command.name, list(words), resilient_parsing=not whole)


def test_there_are_commands_to_look_at() -> None:
    assert len(list(printed_commands())) > 30
    assert len(list(inline_commands())) > 20


AS_ROOT = {
    *("apt", "cp", "editor", "install", "nginx", "systemctl", "systemd-run", "useradd"),
    *("createdb", "createuser"),
}


@pytest.mark.parametrize(("page", "line"), list(printed_commands()))
def test_every_printed_command_exists_with_these_options(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "sudo":
        words = words[3:] if words[1] == "-u" else words[1:]
        assert words[0] in AS_ROOT, f"{page}: unknown program {words[0]}"
        if words[0] == "systemd-run":
            [at] = [at for at, word in enumerate(words) if word.endswith("/bin/tornavoz")]
            read(main, words[at + 1 :], whole=True)
    elif "tornavoz" in words:
        read(main, words[words.index("tornavoz") + 1 :], whole=True)
    elif words[0] == "make":
        targets = re.findall(r"^(\S+):", (facts.ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
        assert words[1] in targets or words[1] == ".venv/.installed"
    elif "/" in words[0]:
        assert (facts.ROOT / words[0]).exists()
    else:
        assert words[0] in {
            "cat",
            "cd",
            "chmod",
            "curl",
            "ls",
            "pg_dump",
            "pg_restore",
            "pip",
            "python3",
            "docker",
            "git",
            "export",
            "sed",
            ".",
        }, f"{page}: unknown program {words[0]}"


@pytest.mark.parametrize(("page", "line"), sorted(set(inline_commands())))
def test_every_command_in_running_text_exists(page: str, line: str) -> None:
    words = shlex.split(line)[1:]
    if words[0].startswith("-"):
        return  # options of tornavoz itself
    read(main, words, whole=False)


@pytest.mark.parametrize(("page", "body"), fenced("toml"))
def test_every_printed_configuration_can_be_used(page: str, body: str) -> None:
    text = body
    if "[source.rights]" in body and "[[source]]" not in body:
        text = f'[[source]]\nslug = "a"\npublisher = "A"\nurl = "https://a.example/"\n{body}'
    config.parse(text, name=page)


def test_the_house_terms_in_print_have_their_true_digest() -> None:
    from pipeline.rights.evidence import evidence_intact

    bodies = [body for page, body in fenced("toml") if 'basis = "house-terms"' in body]
    assert bodies
    for body in bodies:
        rights = RightsTable.model_validate(tomllib.loads(body)["source"]["rights"]).record()
        assert rights.terms_sha256
        assert evidence_intact(rights) is None


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(facts.ROOT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:|mailto:", target):
            path, _, anchor = target.partition("#")
            file = page.parent / path if path else page
            assert file.exists(), target
            if anchor:
                heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
                assert anchor in {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    todo = [facts.ROOT / "README.md"]
    while todo:
        page = todo.pop().resolve()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                file = (page.parent / target).resolve()
                todo += sorted(file.glob("*.md")) if file.is_dir() else [file]
    lost = {path for path in build.pages() if path.resolve() not in seen}
    assert not lost, f"no link leads to {sorted(path.name for path in lost)}"


# --- nothing of a private machine ----------------------------------------------------------------------------------

FOREIGN_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("deb", "debian", "org"),
        ("security", "debian", "org"), ("archive", "ubuntu", "com"), ("unpkg", "com"), ("jsdelivr", "net"),
    )
]  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.~…}$])/(?:wor" + r"k|roo" + r"t|home/\w+)/[\w.-]")
TEMPORARY_PATH = re.compile(r"(?<![\w.~…}$])/tm" + r"p/[\w.-]")


def kept_files() -> list[Path]:
    """What git keeps or would keep: text files only."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=facts.ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = (facts.ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8_000]]


def test_no_kept_file_names_a_path_of_some_machine() -> None:
    found = [
        f"{path.relative_to(facts.ROOT)}:{number}: {line.strip()[:100]}"
        for path in kept_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line) or (path.suffix == ".md" and TEMPORARY_PATH.search(line))
    ]
    assert found == []


def test_no_kept_file_names_a_package_registry() -> None:
    found = [
        f"{path.relative_to(facts.ROOT)}: {host}"
        for path in kept_files()
        for host in FOREIGN_HOSTS
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["see /wor" + "k/main/x", "'/roo" + "t/.cache'", "(/home/" + "ana/notes)", "open /tm" + "p/x"]
)
def test_paths_of_a_machine_are_recognised(line: str) -> None:
    assert MACHINE_PATH.search(line) or TEMPORARY_PATH.search(line)


@pytest.mark.parametrize("line", ["https://a.example/work/3", "art/work/x", "./work/x", "$HOME/work/x"])
def test_other_paths_are_left_in_peace(line: str) -> None:
    assert not MACHINE_PATH.search(line)


# --- the entry that the README shows -------------------------------------------------------------------------------


def test_the_credit_in_the_readme_is_the_one_that_is_written() -> None:
    """Only the credit is compared, never the translation: models get better."""
    from pipeline.rights.attribution import bottom_html, top_html
    from pipeline.rights.licences import parse
    from pipeline.types import Attribution

    credit = Attribution(
        publisher="Frontera Review",
        publisher_url="https://frontera-review.example/",
        original_url="https://frontera-review.example/news/brief/port-seizure-new-cocaine-route/",
        original_title="Port Seizure in Costaverde Points to New Cocaine Route",
        original_language="en",
        language="es",
        authors=("Elena Mariscal",),
        original_date=date(2026, 3, 14),
        licence=parse("https://creativecommons.org/licenses/by-nc/4.0/"),
        contact="redaccion@tornavoz.example",
        outlet="Tornavoz",
        engine="Argos Translate",
        model="translate-en_es 0.1",
    )
    readme = (facts.ROOT / "README.md").read_text(encoding="utf-8")
    shown = "".join(re.findall(r'<p class="credit-.*?</p>', readme, re.S))
    assert "".join(shown.split()) == "".join((top_html(credit) + bottom_html(credit)).split())
