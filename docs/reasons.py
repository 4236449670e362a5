"""Why something failed or stopped: errors, findings and holds, read from the code.

Knows: how the code makes them. Must not know: pages.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from facts import ROOT, Unexplained, tree_of, trees

from pipeline import errors
from workers import broker

_REASONS = ("reason", "reason_es")


def error_tree() -> list[tuple[int, type[errors.PipelineError]]]:
    """Depth and class, parents before their children. Errors outside errors.py are there too."""
    outside = {broker.BrokerError}  # importing is what defines them
    found = list(_descend(errors.PipelineError, 0))
    if lost := outside - {error for _, error in found}:
        raise Unexplained(f"not in the tree: {lost}")
    return found


def _descend(error: type[errors.PipelineError], depth: int) -> Iterator[tuple[int, type[errors.PipelineError]]]:
    yield depth, error
    for child in error.__subclasses__():
        if child.__module__.partition(".")[0] in ("pipeline", "feeds", "desk", "workers"):
            yield from _descend(child, depth + 1)


def findings() -> dict[str, tuple[str, str, str]]:
    """Code -> level, reason in English, reason in Spanish, of every Finding that is made with a literal code.

    "…" stands for what is filled in. The translation checks are not here; they have a list of their own.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
                given = {word.arg: word.value for word in node.keywords}
                if _is_code(given["code"]):
                    level = ast.unparse(given["level"]).rpartition(".")[2].lower()
                    english, spanish = (_text(_followed(given.get(name), node, tree)) for name in _REASONS)
                    found[_text(given["code"])] = (level, english, spanish)
    if dumb := sorted(code for code, (_, english, spanish) in found.items() if not (english and spanish)):
        raise Unexplained(f"findings without a reason in both languages: {dumb}")
    return dict(sorted(found.items()))


def _followed(given: ast.expr | None, user: ast.AST, tree: ast.Module) -> ast.expr | None:
    """The expression itself; for a variable its last assignment above the place where it is used."""
    if not isinstance(given, ast.Name):
        return given
    above = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == given.id
        and node.lineno < getattr(user, "lineno", 0)
    ]
    return max(above, key=lambda node: node.lineno).value if above else None


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def holds() -> dict[str, tuple[str, str]]:
    """Why a revision is held, where no finding or error says it: code -> the sentence in English and in Spanish."""
    found = dict(_troubles(tree_of(ROOT / "pipeline" / "ledger" / "articles.py")))
    for tree in trees():
        for node in ast.walk(tree):
            for code, *sentences in _held_with(node):
                english, spanish = (_text(_followed(each, node, tree)) for each in sentences)
                found[_text(code)] = (english, spanish)
    if dumb := sorted(code for code, said in found.items() if not all(said)):
        raise Unexplained(f"holds without a reason in both languages: {dumb}")
    return dict(sorted(found.items()))


def _troubles(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """(code, sentence, sentence): how the acceptance of an article says what is wrong with it."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Tuple)
            and len(node.elts) == 3
            and _is_code(node.elts[0])
            and all(_is_sentence(each) for each in node.elts[1:])
        ):
            code, english, spanish = (_text(each) for each in node.elts)
            yield code, (english, spanish)


def _held_with(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """Code and sentences of a call to `hold`."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "hold" and len(node.args) == 4:
        _revision, code, english, spanish = node.args
        if _is_code(code):
            yield code, english, spanish


def _is_code(node: ast.expr) -> bool:
    text = _text(node) if isinstance(node, ast.Constant) else ""
    return text.islower() and " " not in text


def _is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or " " in _text(node)
