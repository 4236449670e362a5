"""The map in docs/architecture.md is the tree."""

from __future__ import annotations

import re
import subprocess

import facts
import pytest

TEXT = (facts.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MAP = TEXT.split("<!-- made: modules -->")[1].split("<!-- /made -->")[0]
NAMED = set(re.findall(r"^- \[`[^`]+`\]\(\.\./([^)]+)\)", MAP, re.M))


def tree() -> set[str]:
    """Modules of the four packages, but for empty ones, packages' own files and migrations."""
    found = set()
    for package in ("pipeline", "feeds", "desk", "workers"):
        for path in (facts.ROOT / package).rglob("*.py"):
            if path.name != "__init__.py" and path.parent.name != "migrations" and path.read_text(encoding="utf-8"):
                found.add(path.relative_to(facts.ROOT).as_posix())
    return found


def test_every_module_is_on_the_map() -> None:
    assert tree() - NAMED == set()


def test_nothing_is_on_the_map_that_is_not_there() -> None:
    assert NAMED - tree() == set()


def test_every_file_that_the_page_names_exists() -> None:
    for name in set(re.findall(r"`((?:pipeline|feeds|workers|desk|docs|tests)/[a-z0-9_/.-]+)`", TEXT)):
        assert (facts.ROOT / name).exists(), name


def test_every_decision_names_files_that_exist() -> None:
    for page in sorted((facts.ROOT / "docs" / "adr").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for name in set(re.findall(r"`((?:pipeline|feeds|workers|tests)/[a-z0-9_/.-]+)`", text)):
            assert (facts.ROOT / name).exists(), f"{page.name}: {name}"


def test_decisions_are_numbered_without_a_gap_and_have_the_same_parts() -> None:
    pages = sorted((facts.ROOT / "docs" / "adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        heads = re.findall(r"^## (.+)$", text, re.M)
        assert heads == ["Context", "Decision", "Consequences", "How it is enforced"], page.name


def test_decisions_that_the_code_points_to_exist() -> None:
    listed = subprocess.run(
        ["grep", "-rhoE", r"docs/adr/[0-9]{4}", "pipeline", "feeds", "workers", "pyproject.toml"],
        cwd=facts.ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert listed
    for name in listed:
        assert list(facts.ROOT.glob(f"{name}-*.md")), name


@pytest.mark.parametrize("state_folder_part", ["public", "private", "models", "outbox", "locks"])
def test_every_folder_of_the_state_is_explained(state_folder_part: str) -> None:
    assert f"| `{state_folder_part}/` |" in TEXT
