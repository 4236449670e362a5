"""The rights gate, asked about what the ledger has on file.

Knows: whose record and which licence mark belong to an article. Must not know: the rules; they are in rights/gate.py.
"""

from __future__ import annotations

from datetime import date

from pipeline.ledger import catalog
from pipeline.ledger.models import Source
from pipeline.rights import gate
from pipeline.rights.evidence import evidence_intact, evidence_matches
from pipeline.rights.licences import single
from pipeline.types import Finding, Permission, Story, UseClass


def to_translate(source: Source, story: Story, *, language: str, today: date) -> Permission:
    """May a translation of this story be made?"""
    return gate.may_translate(catalog.rights_of(source), single(story.licence_marks), language=language, today=today)


def to_publish(source: Source, story: Story, use: UseClass, *, language: str, today: date) -> Permission:
    """May a translation of this story be given to somebody who puts it to this use?"""
    return to_publish_marked(source, story.licence_marks, use, language=language, today=today)


def to_publish_marked(
    source: Source, marks: tuple[str, ...], use: UseClass, *, language: str, today: date
) -> Permission:
    """The same for a story of which only the licence marks are at hand: all that the answer depends on."""
    return gate.may_publish(catalog.rights_of(source), single(marks), use, language=language, today=today)


def doubts(source: Source, story: Story) -> tuple[Finding, ...]:
    """What is wrong with the evidence: an altered record, or terms on the page that differ from those on file."""
    rights = catalog.rights_of(source)
    if rights is None:
        return ()
    found = (evidence_intact(rights), evidence_matches(rights, story.rights_text))
    return tuple(finding for finding in found if finding is not None)
