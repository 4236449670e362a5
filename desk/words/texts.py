"""Texts and their sentences: where a sentence stands, where it came from, how a version was made, in which language."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from desk.words.sentences import spanish
from pipeline.types import Origin

MADE: dict[str, str | Promise] = {  # how a version of a translation came about
    "drafted": _("translation"),
    "edited": _("edit"),
    "undone": _("step back"),
    "corrected": _("correction"),
    "ordered-again": _("new translation"),
}

ORIGINS: dict[str, str | Promise] = {  # where a sentence of a translation came from
    Origin.ENGINE: _("machine"),
    Origin.MEMORY: _("memory"),
    Origin.EDITOR: _("editor"),
    Origin.SOURCE: _("as in the original"),
    "machine": _("machine"),  # the same of a sentence that is remembered
    "import": _("imported"),
}

_SENTENCE = re.compile(r"b(\d+)\.(\d+)")  # block and sentence, counted from 0
_NAMED: dict[str, str | Promise] = {"headline": _("headline"), "standfirst": _("standfirst")}


def made(kind: str) -> str | Promise:
    """How a version of a translation came about, in the reader's words."""
    return MADE.get(kind, kind)


def origin(name: str) -> str | Promise:
    """Where a sentence came from, in the reader's words."""
    return ORIGINS.get(name, name)


def place(code: str) -> str:
    """Where a sentence stands: "b2.0" is the first sentence of the third paragraph."""
    if found := _SENTENCE.fullmatch(code):
        paragraph, sentence = (int(number) + 1 for number in found.groups())
        return gettext("paragraph %(paragraph)d, sentence %(sentence)d") % {
            "paragraph": paragraph,
            "sentence": sentence,
        }
    return str(_NAMED.get(code, code))


def spot(code: str) -> str:
    """The same in short, for the margin: "3.1"."""
    if found := _SENTENCE.fullmatch(code):
        return ".".join(str(int(number) + 1) for number in found.groups())
    return place(code)


def tongue(code: str) -> str:
    """A language by its name in the language of the page; one that Django does not know keeps its tag."""
    try:
        name = str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
    return name.lower() if spanish() else name
