"""What the checks say of a draft, as findings.

Knows: what is not doubted at all, and whose words stop nothing. Must not know: what any check looks for, engines,
memory, what an editor decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.translation.checks import ARTICLE_CHECKS, SENTENCE_CHECKS
from pipeline.translation.doubts import Doubt
from pipeline.translation.glossary import GLOSSARY
from pipeline.types import Draft, Finding, Level, Match, Origin, Story


def check(story: Story, draft: Draft) -> tuple[Finding, ...]:
    """Everything these checks find, sentence by sentence, then the whole. The draft's own findings are not repeated.

    Sentences kept in the source language on purpose and those of the glossary are not doubted. An editor's own words
    are, but they stop nothing: whoever wrote them has read the original.
    """
    findings: list[Finding] = []
    for match in draft.matches:
        findings.extend(_sentence(match, draft.language))
    for each in ARTICLE_CHECKS:
        findings.extend(_finding(each.code, place, doubt) for place, doubt in each.look(story, draft))
    theirs = {match.place for match in draft.matches if match.origin is Origin.EDITOR}
    return tuple(
        replace(finding, level=Level.WARN) if finding.place in theirs and finding.level is Level.HOLD else finding
        for finding in findings
    )


def _sentence(match: Match, into: str) -> Iterator[Finding]:
    if match.origin is Origin.SOURCE or match.model == GLOSSARY:
        return
    for each in SENTENCE_CHECKS:
        if look := each.look_at(into):
            for doubt in look(match.source, match.target):
                yield _finding(each.code, match.place, doubt)


def _finding(code: str, place: str, doubt: Doubt) -> Finding:
    return Finding(code=code, level=doubt.level, reason=doubt.reason, reason_es=doubt.reason_es, place=place)
