"""Writes into the documentation what the code knows better: `make docs`. With --check it only says what is stale.

Knows: which block of which page is made from which facts, and how it looks. Must not know: how a fact is found.

A page holds blocks between `<!-- made: NAME -->` and `<!-- /made -->`; everything around them is written by hand.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import facts
import interface
import keys
import reasons

from pipeline import stages
from pipeline.rights.table import REASONS, TABLE
from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS, ArticleCheck, SentenceCheck
from pipeline.types import Ruling

BLOCK = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- /made -->)", re.S)
RULINGS = {Ruling.ALLOW: "allow · sí", Ruling.HOLD: "hold · espera", Ruling.REFUSE: "refuse · no"}


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- README and command line ---------------------------------------------------------------------------------------

GROUPS = {
    "Start": ("demo", "init", "config", "up", "doctor"),
    "Take in and look": ("submit", "run", "status", "trace"),
    "Publishers' feeds": ("sources list", "sources poll", "sources announced", "sources take"),
    "Rights": ("rights show", "rights file", "rights check", "rights keep"),
    "Edit": ("approve", "reject", "waive", "retry", "hurry", "correct", "withdraw", "resyndicate"),
    "Review": ("review list", "review show", "review edit", "review undo", "review history", "review hold",
               "review approve", "review reject", "review waive"),
    "Campaigns": ("campaign plan", "campaign start", "campaign status", "campaign list", "campaign pause",
                  "campaign resume", "campaign cancel", "campaign retry"),
    "Official versions": ("editions list", "editions link", "editions pass-over"),
    "Translation memory": ("memory stats", "memory import", "memory export", "memory forget"),
    "Glossary": ("glossary check", "glossary report", "glossary import", "glossary add", "glossary retire",
                 "glossary restore"),
    "Partners and publishers": ("partners list", "partners withheld", "tokens issue", "tokens list", "tokens revoke",
                                "receipts",
                                "hub list", "hub end", "deliveries list", "deliveries resend",
                                "credit list", "credit report", "credit check", "credit settle", "courtesy draft",
                                "courtesy list", "courtesy send"),
    "People": ("users add", "users list", "users role", "users password", "users disable", "users enable"),
    "Models": ("models list", "models install", "models verify", "models calibrate", "models compare"),
    "Processes, one by one": ("serve", "worker", "beat", "publish"),
}  # fmt: skip


def commands_table() -> str:
    """Every command, in the order in which a newsroom meets them; what each does stands in the reference."""
    known = facts.commands()
    named = [name for names in GROUPS.values() for name in names]
    if set(named) != set(known):
        raise facts.Unexplained(f"docs/build.py groups other commands than there are: {set(named) ^ set(known)}")
    return table(("for", "`tornavoz` …"), ((title, _by_noun(names)) for title, names in GROUPS.items()))


def _by_noun(names: tuple[str, ...]) -> str:
    """ "`users` add, list · `receipts`": a noun once, with its verbs."""
    verbs: dict[str, list[str]] = {}
    for name in names:
        noun, _, verb = name.partition(" ")
        verbs.setdefault(noun, []).extend([verb] if verb else [])
    return " · ".join(f"`{noun}` {', '.join(each)}".strip() for noun, each in verbs.items())


def cli_reference() -> str:
    """The help of every command, as it is printed."""
    known = facts.commands()
    parts = []
    for title, names in GROUPS.items():
        parts.append(f"## {title}")
        parts += [f"### tornavoz {name}\n\n```text\n{facts.help_of(name, known[name])}\n```" for name in names]
    return "\n\n".join(parts)


# --- configuration -------------------------------------------------------------------------------------------------


def configuration() -> str:
    """Every table and key."""
    parts = []
    for heading, (words, rows) in keys.tables().items():
        lines = table(
            ("key", "holds", "default", "meaning"),
            ((f"`{key.name}`", key.form, key.default, key.meaning) for key in rows),
        )
        parts.append(f"## `{heading}`\n\n{' '.join(words.split())}\n\n{lines}")
    return "\n\n".join(parts)


def environment() -> str:
    """Every variable that is read."""
    return table(
        ("variable", "meaning", "`NAME_FILE` too"),
        ((f"`{name}`", words, "yes" if as_file else "") for name, (as_file, words) in keys.variables().items()),
    )


# --- errors, rights, checks ----------------------------------------------------------------------------------------

RETRIES = {
    "never": "parked at once",
    "later": "tried again later, five times at most",
    "operator": "parked until the installation is repaired",
}


def error_codes() -> str:
    """The error tree, indented."""
    rows = []
    for depth, error in reasons.error_tree():
        words = (inspect.getdoc(error) or "").splitlines()[0]
        rows.append((f"{'· ' * depth}`{error.code}`", error.__name__, words, error.spanish, RETRIES[error.retry]))
    return table(("code", "error", "means", "español", "then"), rows)


def rights_codes() -> str:
    """Reason codes of the rights gate."""
    return table(
        ("code", "answer", "English", "español"),
        ((f"`{code}`", RULINGS[each.ruling], each.english, each.spanish) for code, each in REASONS.items()),
    )


def rights_summary() -> str:
    """Each situation: translating, and sharing the translation by use class."""
    rows = []
    for situation, row in TABLE.items():
        uses = (row.translation.non_commercial, row.translation.ads, row.translation.paid)
        listed = row.translation.listed
        answers = [_answer(code) for code in (row.translate, *uses)]
        rows.append((situation, *answers, f"{_answer(listed)}" if listed else ""))
    heads = ("situation", "translate · traducir", "N", "A", "P", "a use that the record names · uso que consta")
    return table(heads, rows)


def _answer(code: str) -> str:
    return f"{RULINGS[REASONS[code].ruling]}<br>`{code}`"


def checks() -> str:
    """The translation checks."""
    every: list[SentenceCheck | ArticleCheck] = [*SENTENCE_CHECKS, *ARTICLE_CHECKS]
    return table(
        ("code", "at most", "languages", "English", "español"),
        ((f"`{each.code}`", str(each.level), _languages(each), each.about, each.about_es) for each in every),
    )


def _languages(each: SentenceCheck | ArticleCheck) -> str:
    """The languages that a check reads."""
    if isinstance(each, ArticleCheck) or not each.spanish:
        return "all"
    return ", ".join(["es", *each.also])


def other_findings() -> str:
    """Findings of intake, text and rights, and of the translate step itself."""
    return table(
        ("code", "level", "English", "español"),
        ((f"`{code}`", level, english, spanish) for code, (level, english, spanish) in reasons.findings().items()),
    )


def holds() -> str:
    """Holds that no check made."""
    return table(
        ("code", "English", "español"),
        ((f"`{code}`", english, spanish) for code, (english, spanish) in reasons.holds().items()),
    )


# --- metrics, architecture -----------------------------------------------------------------------------------------


def metrics() -> str:
    """Every metric."""
    return table(
        ("metric", "kind", "counts", "labels"),
        ((f"`{name}`", kind, words, labels) for name, (kind, words, labels) in facts.metrics().items()),
    )


def module_map() -> str:
    """Every module with the first words of its docstring, folder by folder."""
    parts: list[str] = []
    folder = ""
    for path, words in sorted(facts.modules().items(), key=lambda item: (_order(item[0]), item[0])):
        parent, _, name = path.rpartition("/")
        if parent != folder:
            folder = parent
            parts.append(f"\n### `{parent}/`\n")
            if name == "__init__.py":
                parts.append(f"{words}\n")
        if name != "__init__.py":
            parts.append(f"- [`{name}`](../{path}) {words}")
    return "\n".join(parts).strip()


def _order(path: str) -> tuple[int, str]:
    return facts.PACKAGES.index(path.split("/", 1)[0]), path.rpartition("/")[0]


def states() -> str:
    """The state tables, from the docstrings of pipeline/stages.py."""
    kinds = (
        stages.RevisionState,
        stages.EditionState,
        stages.TranslationState,
        stages.ReleaseState,
        stages.DeliveryState,
        stages.ReceiptState,
        stages.PlacementState,
        stages.UnitState,
    )
    return "\n\n".join(
        f"**{kind.__name__.removesuffix('State')}**\n\n```text\n{inspect.getdoc(kind)}\n```" for kind in kinds
    )


def queues() -> str:
    """Which queue serves which step."""
    return table(("step", "queue"), ((f"`{step}`", f"`{queue}`") for step, queue in stages.QUEUE_OF.items()))


# --- what partners run ---------------------------------------------------------------------------------------------


def receiver(name: str, language: str) -> Callable[[], str]:
    """A file that partners may copy, as it lies in docs/how-to/receiver, where the tests run it."""
    path = facts.ROOT / "docs" / "how-to" / "receiver" / name
    return lambda: f"```{language}\n{path.read_text(encoding='utf-8').strip()}\n```"


# --- API -----------------------------------------------------------------------------------------------------------


def api_operations() -> str:
    """Every operation of the partner API."""
    parts = []
    for told in interface.operations():
        lines = [f"### {told.method} {told.path}", f"Scope: `{told.scope}`", *told.text]
        if told.parts:
            lines.append(_api_parts(told.parts, "parameter"))
        if told.sends:
            lines.append(f"Send: {told.sends} ({', '.join(f'`{each}`' for each in told.types)})")
        lines.append(f"Answer: {told.status}, {told.gets}")
        parts.append("\n\n".join(lines))
    return "\n\n".join(parts)


def api_shapes() -> str:
    """Every record that goes over the wire."""
    return "\n\n".join(
        "\n\n".join((f"### {told.name}", *told.text, _api_parts(told.fields, "field"))) for told in interface.shapes()
    )


def _api_parts(parts: Iterable[interface.Part], head: str) -> str:
    rows = (
        (f"`{part.name}`", part.form + (f", in the {part.place}" if part.place else ""),
         "yes" if part.required else "", part.meaning)
        for part in parts
    )  # fmt: skip
    return table((head, "holds", "required", "meaning"), rows)


def api_problems() -> str:
    """Every code that an error of the API may have."""
    return table(
        ("code", "status", "meaning"),
        ((f"`{code}`", str(status), words) for code, (status, words) in interface.CODES.items()),
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "commands": commands_table,
    "cli": cli_reference,
    "configuration": configuration,
    "environment": environment,
    "errors": error_codes,
    "rights-codes": rights_codes,
    "rights-summary": rights_summary,
    "checks": checks,
    "findings": other_findings,
    "holds": holds,
    "metrics": metrics,
    "modules": module_map,
    "states": states,
    "queues": queues,
    "verify-python": receiver("verify.py", "python"),
    "verify-php": receiver("verify.php", "php"),
    "verify-node": receiver("verify.mjs", "javascript"),
    "past-python": receiver("past.py", "python"),
    "websub-php": receiver("websub.php", "php"),
    "api-operations": api_operations,
    "api-shapes": api_shapes,
    "api-problems": api_problems,
}


def pages() -> list[Path]:
    """Every page that may hold blocks."""
    return [facts.ROOT / "README.md", *sorted((facts.ROOT / "docs").rglob("*.md"))]


def renewed(text: str) -> str:
    """The page's text with every block made anew. KeyError for a block that nobody makes."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{BLOCKS[match[2]]()}\n\n{match[3]}", text)


def stale() -> dict[Path, str]:
    """Pages that differ from what the code says, with their new text."""
    found = {path: (path.read_text(encoding="utf-8")) for path in pages()}
    return {path: fresh for path, text in found.items() if (fresh := renewed(text)) != text}


def main(arguments: list[str]) -> int:
    """0 when everything is fresh (or was made so), 1 when --check found stale pages, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: build.py [--check]\n")
        return 2
    found = stale()
    for path, text in found.items():
        sys.stdout.write(f"{'stale' if arguments else 'written'}: {path.relative_to(facts.ROOT)}\n")
        if not arguments:
            path.write_text(text, encoding="utf-8")
    return 1 if arguments and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
