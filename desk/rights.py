"""A rights record in words: what it rests on, and what it allows for each kind of partner.

Knows: the gate's questions. Must not know: its rules; what is said here is what the gate answers, sentence by sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.words.sentences import because
from pipeline.ledger import catalog
from pipeline.ledger.models import Source
from pipeline.rights import gate
from pipeline.rights.terms_page import Verdict
from pipeline.types import Permission, Rights, UseClass

USES: dict[str, str | Promise] = {
    UseClass.NON_COMMERCIAL: _("Non-commercial (N)"),
    UseClass.ADS: _("With advertisements (A)"),
    UseClass.PAID: _("Paid for (P)"),
}
BASES: dict[str, str | Promise] = {
    "licence": _("a licence"),
    "house-terms": _("the publisher's own terms"),
    "permission": _("a written permission"),
    "none": _("nothing: all rights reserved"),
}
VERDICTS: dict[str, str | Promise] = {
    Verdict.SAME: _("The page still says what was filed."),
    Verdict.ELSEWHERE: _("The page has changed, and what the record rests on still stands on it. Read what changed."),
    Verdict.GONE: _("What the record rests on is not on the page. Read the page, and file the record again."),
    Verdict.UNREACHABLE: _("The page could not be read."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question to the gate and what it says."""

    words: str | Promise
    ruling: str
    code: str
    reason: str


def record(source: Source) -> Rights | None:
    return catalog.rights_of(source)


def answers(source: Source, *, language: str, today: date) -> list[Answer]:
    """What the record on file for a source allows."""
    return answers_of(record(source), language=language, today=today)


def answers_of(rights: Rights | None, *, language: str, today: date) -> list[Answer]:
    """May it be translated, and may that go to each kind of partner. An article's own mark may say otherwise."""
    asked: list[tuple[str | Promise, Permission]] = [
        (_("Translate it"), gate.may_translate(rights, None, language=language, today=today)),
        *(
            (words, gate.may_publish(rights, None, UseClass(use), language=language, today=today))
            for use, words in USES.items()
        ),
    ]
    return [Answer(words=words, ruling=str(said.ruling), code=said.code, reason=because(said)) for words, said in asked]
