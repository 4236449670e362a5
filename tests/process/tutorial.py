"""docs/tutorial.md as something that can be carried out: commands, what they print, what a person does at the desk.

Numbered steps of the page are written in the few forms below, so that a program can follow them to the letter. A step
in any other form is an error: nobody would notice if it stopped being true. Words in parentheses are remarks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"


@dataclass(frozen=True, slots=True)
class Commands:
    """A block to type into a shell."""

    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What the commands before it print, in order; «…» stands for anything."""

    text: str

    def there(self, output: str) -> bool:
        """Whether the output holds it. Line breaks are of no account, because they depend on the terminal."""
        parts = [r"\s+".join(re.escape(word) for word in part.split()) for part in self.text.split("…")]
        return re.search(r"\s*.*?\s*".join(parts), output, re.S) is not None


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do or to see in the browser: its form, and the words given in the step."""

    form: str
    words: tuple[str, ...]


FORMS = {
    "open": r"Open <(http://\S+?)>\.?",
    "write": r"Write `([^`]+)` in \*([^*]+)\*\.?",
    "password": r"your password in \*([^*]+)\*\.?",
    "first": r"Choose the first article of the list\.?",
    "choose": r"Choose \*([^*]+)\*\.?",
    "see": r"You see \*([^*]+)\*\.?",
    "reload": r"Reload the page until you see \*([^*]+)\*\.?",
    "": r"and|\([^)]*\)\.?",  # says nothing to do
}
_FORM = re.compile("|".join(f"(?P<form_{name}>{form})" for name, form in FORMS.items()))
_PART = re.compile(r"^```(?P<kind>\w+)\n(?P<body>.*?)^```|^\d+\. (?P<step>[^\n]+(?:\n {3}[^\n]+)*)", re.S | re.M)


def read(page: Path = PAGE) -> list[Commands | Printed | Deed]:
    """Everything that the page asks for, in its order."""
    return list(_parts(page.read_text(encoding="utf-8")))


def _parts(text: str) -> Iterator[Commands | Printed | Deed]:
    for part in _PART.finditer(text):
        if part["kind"] == "sh":
            yield Commands(part["body"])
        elif part["kind"] == "text":
            yield Printed(part["body"].strip())
        elif part["step"]:
            yield from deeds(part["step"])
        else:
            raise ValueError(f"the tutorial has a block of {part['kind']!r}, which nobody can carry out")


def deeds(step: str) -> Iterator[Deed]:
    """What one numbered step asks for. ValueError where it is not written in one of the forms."""
    left = " ".join(step.split())
    while left:
        found = _FORM.match(left)
        if found is None:
            raise ValueError(f"nobody can carry this step out: {left!r}")
        form = (found.lastgroup or "").removeprefix("form_")
        if form:
            yield Deed(form, tuple(word for word in found.groups()[found.re.groupindex[f"form_{form}"] :] if word))
        left = left[found.end() :].lstrip()
