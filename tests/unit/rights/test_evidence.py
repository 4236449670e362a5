"""House terms rest on a captured sentence: it must be whole on file and unchanged on the page."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.rights.evidence import evidence_intact, evidence_matches, evidence_sha256
from pipeline.types import Level, Rights

SENTENCE = "We invite you to share our work for non-commercial purposes – but keep the author's “byline”."
SAME_WORDS = 'We  invite you to share\u00a0our work for non-commercial\npurposes - but keep the author’s "byline". '
OTHER_WORDS = "We no longer allow sharing of our work."


def house(text: str | None = SENTENCE, sha256: str | None = None) -> Rights:
    return Rights(basis="house-terms", terms_text=text, terms_sha256=sha256)


def test_digest_ignores_quotes_dashes_and_spaces_only() -> None:
    assert evidence_sha256(SENTENCE) == evidence_sha256(SAME_WORDS)
    assert evidence_sha256(SENTENCE) != evidence_sha256(SENTENCE.replace("non-commercial", "commercial"))
    assert evidence_sha256("abc") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(
    "sha256",
    [None, evidence_sha256(SENTENCE), hashlib.sha256(SENTENCE.encode()).hexdigest(), evidence_sha256(SENTENCE).upper()],
)
def test_evidence_with_its_own_digest_is_intact(sha256: str | None) -> None:
    assert evidence_intact(house(sha256=sha256)) is None


def test_altered_evidence_holds() -> None:
    finding = evidence_intact(house(text=OTHER_WORDS, sha256=evidence_sha256(SENTENCE)))
    assert finding is not None
    assert (finding.code, finding.level) == ("evidence-altered", Level.HOLD)


@pytest.mark.parametrize("rights", [house(), house(text=None, sha256=evidence_sha256(SENTENCE))])
def test_the_same_sentence_on_the_page_is_no_finding(rights: Rights) -> None:
    assert evidence_matches(rights, SAME_WORDS) is None


@pytest.mark.parametrize("rights", [house(), house(text=None, sha256=evidence_sha256(SENTENCE))])
def test_another_sentence_on_the_page_holds(rights: Rights) -> None:
    finding = evidence_matches(rights, OTHER_WORDS)
    assert finding is not None
    assert (finding.code, finding.level) == ("terms-changed", Level.HOLD)
    assert finding.reason_es


@pytest.mark.parametrize("captured", [None, "", " \n"])
def test_terms_not_on_the_page_warn(captured: str | None) -> None:
    finding = evidence_matches(house(), captured)
    assert finding is not None
    assert (finding.code, finding.level) == ("terms-not-seen", Level.WARN)


def test_house_terms_without_a_copy_warn() -> None:
    finding = evidence_matches(house(text=None), SENTENCE)
    assert finding is not None
    assert (finding.code, finding.level) == ("terms-not-on-file", Level.WARN)


def test_a_licence_needs_no_sentence() -> None:
    record = Rights(basis="licence", licence="CC BY 4.0")
    assert evidence_matches(record, None) is None
    assert evidence_matches(record, SENTENCE) is None
