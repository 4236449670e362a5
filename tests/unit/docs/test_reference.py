"""The reference pages say what the code says, and all of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import build
import facts
import keys
import pytest
import reasons

from pipeline.rights.table import REASONS
from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS

REFERENCE = facts.ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


PROGRAM = [sys.executable, str(facts.ROOT / "docs" / "build.py")]


def test_no_page_is_stale() -> None:
    """In a process of its own: click remembers how the first to ask for a command's help wanted it."""
    done = subprocess.run([*PROGRAM, "--check"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"run: make docs\n{done.stdout}{done.stderr}"


def test_a_stale_page_is_noticed_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old.md"
    old.write_text("before\n<!-- made: queues -->\nwhat was true once\n<!-- /made -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(build, "pages", lambda: [old])
    monkeypatch.setattr(facts, "ROOT", tmp_path)
    assert build.main(["--check"]) == 1
    assert "what was true once" in old.read_text(encoding="utf-8")
    assert build.main([]) == 0
    mended = old.read_text(encoding="utf-8")
    assert "what was true once" not in mended
    assert mended.startswith("before\n")
    assert mended.endswith("after\n")
    assert build.main(["--check"]) == 0


def test_a_wrong_argument_is_refused() -> None:
    assert subprocess.run([*PROGRAM, "--chekc"], check=False, capture_output=True).returncode == 2


def test_every_block_is_used_and_every_used_block_exists() -> None:
    used = {match[2] for path in build.pages() for match in build.BLOCK.finditer(path.read_text(encoding="utf-8"))}
    assert used == set(build.BLOCKS)


@pytest.mark.parametrize("words", facts.commands())
def test_every_command_is_documented(words: str) -> None:
    assert f"### tornavoz {words}\n" in page("cli")
    for parameter in facts.commands()[words].params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert option in page("cli")
    noun, _, verb = words.partition(" ")
    [listed] = re.findall(rf"`{noun}`(?: [a-z, -]+)?", commands_in_readme())
    assert not verb or verb in re.split(r"[, ]+", listed)


def commands_in_readme() -> str:
    text = (facts.ROOT / "README.md").read_text(encoding="utf-8")
    return text.split("<!-- made: commands -->")[1].split("<!-- /made -->")[0]


def test_every_configuration_key_is_documented() -> None:
    text = page("configuration")
    for heading, (_, rows) in keys.tables().items():
        section = text.split(f"## `{heading}`\n")[1].split("\n## ")[0]
        for key in rows:
            assert f"| `{key.name}` |" in section, f"{heading} {key.name}"


def test_every_environment_variable_is_documented() -> None:
    for name in keys.variables():
        assert f"| `{name}` |" in page("configuration")


def test_every_error_code_is_documented() -> None:
    for _, error in reasons.error_tree():
        assert f"`{error.code}` | {error.__name__} |" in page("errors")


def test_every_rights_reason_is_documented_in_both_languages() -> None:
    for code, reason in REASONS.items():
        assert f"| `{code}` |" in page("errors")
        assert reason.english in page("errors")
        assert reason.spanish in page("errors")


def test_every_check_and_finding_is_documented() -> None:
    codes = {each.code for each in SENTENCE_CHECKS} | {each.code for each in ARTICLE_CHECKS}
    for code in codes | set(reasons.findings()) | set(reasons.holds()):
        assert f"| `{code}` |" in page("errors")


def test_the_findings_that_the_code_makes_are_found() -> None:
    """The reader of the code is no better than what it finds: a few of each kind of expression."""
    found = reasons.findings()
    assert found["title-missing"][0] == "hold"
    assert "…" in found["wrong-language"][1]
    assert found["images-left-out"][2].startswith("Se han omitido")
    assert {"url-missing", "no-product", "too-large"} <= set(reasons.holds())


def test_every_metric_is_documented() -> None:
    for name in facts.metrics():
        assert f"| `{name}` |" in page("metrics")
    assert "tornavoz_step_seconds" in facts.metrics()
