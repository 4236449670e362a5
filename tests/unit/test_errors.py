"""An error says its sentence in both languages: one that a page can show cannot be written in English alone."""

from __future__ import annotations

import ast
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import FetchFailed, IllegalTransition, StaleVersion

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
import reasons
from facts import ROOT

TREE = [error for _, error in reasons.error_tree()]
CLASSES = {error.__name__ for error in TREE}
SHOWN = ("pipeline", "feeds", "desk")  # workers/ has the command line, which speaks English
NOT_SHOWN = {
    "ModelRefused",  # a package is installed from the command line only
    "StaleWork",  # what is thrown away is not told
}
NO_PAGE = {  # what only a command does, and what is read before there is a page
    "pipeline/settings.py",
    *(f"pipeline/translation/{name}.py" for name in ("calibration", "pairs", "scores", "tmx")),
}
TRANSLATED = {"_", "gettext", "ngettext"}  # such a message is in the reader's language already


def calls(code: str) -> Iterator[ast.Call]:
    """Where an error is made with a message of its own."""
    tree = ast.parse(code)
    chosen = [  # `failure = FetchFailed if … else PageRefused`
        each.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.IfExp)
        if {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)} & CLASSES
        for each in node.targets
        if isinstance(each, ast.Name)
    ]
    made = {*CLASSES, *chosen} - NOT_SHOWN
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in made:
            yield node


def without_spanish(code: str) -> list[int]:
    """Lines on which an error is made with English words and no Spanish ones."""
    return [
        call.lineno
        for call in calls(code)
        if "es" not in {word.arg for word in call.keywords}
        and not {ast.unparse(each.func) for each in ast.walk(call.args[0]) if isinstance(each, ast.Call)} & TRANSLATED
    ]


def sources() -> Iterator[tuple[str, str]]:
    for package in SHOWN:
        for path in sorted((ROOT / package).rglob("*.py")):
            if (name := path.relative_to(ROOT).as_posix()) not in NO_PAGE:
                yield name, path.read_text(encoding="utf-8")


def test_no_error_that_a_page_can_show_is_in_english_alone() -> None:
    found = dict(sources())
    assert sum(len(list(calls(code))) for code in found.values()) > 150, "the code was read"
    assert [f"{name}:{line}" for name, code in found.items() for line in without_spanish(code)] == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('raise IllegalTransition("no")', [1]),
        ('raise IllegalTransition("no", es="No.")', []),
        ('raise errors.IllegalTransition(f"no {x}")', [1]),
        ("raise StaleVersion", []),
        ("raise StaleVersion()", []),
        ('\nfailure = FetchFailed if late else PageRefused\nraise failure("no")', [3]),
        ('def made():\n    return FetchFailed("no")', [2]),
        ('raise IllegalTransition(_("no %(x)s") % {"x": x})', []),
        ('raise StaleWork("taken over")', []),
        ('raise ValueError("no")', []),
    ],
)
def test_an_error_without_spanish_is_found(code: str, lines: list[int]) -> None:
    assert without_spanish(code) == lines


@pytest.mark.parametrize("error", TREE, ids=lambda error: error.__name__)
def test_every_kind_of_error_has_words_of_its_own_in_both_languages(error: type[Exception]) -> None:
    made = error()
    assert "spanish" in vars(error)
    assert made.spanish == vars(error)["spanish"] != str(made)  # type: ignore[attr-defined]


def test_a_message_without_spanish_stands_for_both_and_spanish_travels_with_its_error() -> None:
    assert FetchFailed("503 Slow Down").spanish == "503 Slow Down"
    error = StaleVersion("read that first", es="Lea antes esa.")
    there: IllegalTransition = pickle.loads(pickle.dumps(error))  # noqa: S301  between processes
    assert (str(there), there.spanish) == ("read that first", "Lea antes esa.")


def test_pages_tell_errors_in_the_readers_language() -> None:
    """`str(error)` is English; desk/words/sentences.py knows which one is read."""
    allowed = {"desk/pages/account.py"}  # for the audit trail
    found = []
    for name, code in sources():
        if name.startswith("desk/pages/") and name not in allowed:
            for handler in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ExceptHandler)):
                found += [
                    f"{name}:{node.lineno}"
                    for node in ast.walk(handler)
                    if isinstance(node, ast.Call) and ast.unparse(node) == f"str({handler.name})"
                ]
    assert found == []
