"""The ladder: whatever comes in, one `Story` comes out, with findings for what it lacks.

Knows: which rung reads which format, and that what the sender states wins over what the payload says.
Must not know: the ledger, rights decisions, who asked.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.errors import ExtractionFailed
from pipeline.ingest import page, payload, plaintext
from pipeline.ingest.charset import refuse_size, text_of_page, text_of_plain
from pipeline.ingest.checks import (
    control_characters,
    damaged_characters,
    doubled_words,
    shortfalls,
    wrong_language,
)
from pipeline.ingest.dateline import names
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.reading import Reading
from pipeline.text.hygiene import clean, collapse
from pipeline.types import Envelope, Format, Incoming, Story

_LOOKS_LIKE_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html[\s>])", re.I | re.S
)


def read(incoming: Incoming, profile: SourceProfile) -> Story:
    """Read an article out of a payload.

    Raises TooLarge and UnreadablePayload for what cannot be read, and ExtractionFailed when neither a title nor any
    text was found. Everything less than that is a finding of the story; one at level HOLD keeps it from going on.
    """
    envelope = incoming.envelope
    refuse_size(incoming.payload, profile.max_bytes)
    reading = _reading(incoming, profile)
    story = Story(
        rung=reading.rung,
        headline=_stated(envelope.headline) or reading.headline or "",
        standfirst=reading.standfirst,
        blocks=reading.blocks,
        language=_stated(envelope.language) or reading.language or profile.language,
        authors=names(clean(envelope.author or "")) or reading.authors,
        published=envelope.published or reading.published,
        section=_stated(envelope.section) or reading.section,
        keywords=envelope.keywords or reading.keywords,
        rights_text=reading.rights_text,
        licence_marks=_licences(envelope, reading),
        editions=reading.editions,
        findings=reading.findings,
    )
    if not story.blocks and not story.headline:
        raise ExtractionFailed(
            "Neither a title nor any text was found. Check that the payload is the article and its format is right.",
            es="No se encontró título ni texto. Compruebe que lo recibido es el artículo y que su formato es el "
            "indicado.",
        )
    more = (*shortfalls(story, profile.publisher), *wrong_language(story), *doubled_words(story))
    return replace(story, findings=(*story.findings, *more))


def _reading(incoming: Incoming, profile: SourceProfile) -> Reading:
    envelope = incoming.envelope
    if envelope.format is Format.HTML:
        return _page(incoming, profile)
    text = text_of_plain(incoming.payload)
    if envelope.format is Format.JSON:
        return payload.read(text, profile, base_url=envelope.url)
    if _LOOKS_LIKE_PAGE.match(text):  # labelled as text, but it is a page's source
        return _page(incoming, profile)
    reading = plaintext.read(text, profile, headline=envelope.headline)
    return replace(reading, findings=reading.findings + control_characters(text))


def _page(incoming: Incoming, profile: SourceProfile) -> Reading:
    text, damaged = text_of_page(incoming.payload)
    reading = page.read(text, profile, base_url=incoming.envelope.url)
    return replace(reading, findings=reading.findings + damaged_characters(damaged) + control_characters(text))


def _licences(envelope: Envelope, reading: Reading) -> tuple[str, ...]:
    stated = _stated(envelope.licence)
    return tuple(dict.fromkeys((*([stated] if stated else []), *reading.licence_marks)))


def _stated(text: str | None) -> str | None:
    return collapse(clean(text)) or None if text else None
