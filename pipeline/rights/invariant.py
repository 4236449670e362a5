"""The attribution invariant: the one statement of what every output must show, whatever its format.

Knows: the credit's wording and how to read an output back. Must not know: who wrote the output, or why. Tests hold
every format to it, and the publish step asks it again for every article: what does not pass is not published.

The rules rest on CC 4.0 §3(a)(1) (creator, link, statement of changes, licence with its link) and, for house terms,
on what publishers of such terms ask for: their name in the byline and a link above and below the text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.rights.attribution import byline, licence_text, notice_text, translator_line
from pipeline.rights.lines import clean
from pipeline.rights.rendered import Reading, flat, readings
from pipeline.types import Attribution


def problems(
    output: str,
    attribution: Attribution,
    *,
    first_words: str,
    last_words: str,
    cleared_images: Collection[str] = (),
) -> list[str]:
    """What is wrong with an article's credit in an output; empty when nothing is.

    `output` is any text: RSS, Atom, JSON, a page, or bare HTML. Every body in it that holds the article's first words
    is judged. `first_words` and `last_words` open and close the article's own text, as `rendered.edge_words` gives
    them. `cleared_images` are the addresses of images with a clearance record.
    """
    try:
        found = [reading for reading in readings(output) if flat(first_words) in reading.text]
    except ValueError as error:
        return [f"unreadable: {error}"]
    if not flat(first_words) or not flat(last_words) or not found:
        return ["body: the article's text is not in the output"]
    messages: list[str] = []
    for reading in found:
        for message in _judge(reading, attribution, flat(first_words), flat(last_words), cleared_images):
            if message not in messages:
                messages.append(message)
    return messages


def _judge(
    reading: Reading, a: Attribution, first_words: str, last_words: str, cleared_images: Collection[str]
) -> list[str]:
    last = reading.text.rfind(last_words)
    if last < 0:
        return ["body: the end of the article's text is not in the output"]
    end = last + len(last_words)
    # The last occurrence: a page may show the opening once more, as its summary, above the credit.
    start = reading.text.rfind(first_words, 0, end)
    if start < 0:
        return ["body: it ends before it begins"]
    return [
        *_byline_problems(reading.text, a, start),
        *_link_problems(reading, a, start, end),
        *_licence_problems(reading, a),
        *_notice_problems(reading.text, a),
        *(f"image without clearance: {source}" for source in reading.images if source not in cleared_images),
    ]


def _byline_problems(text: str, a: Attribution, start: int) -> list[str]:
    credit, translator = byline(a), translator_line(a)
    if not clean(a.publisher) or clean(a.publisher) not in credit:
        return ["byline: the publisher is not named in it"]
    at = text.find(credit)
    if at < 0:
        return ["byline: missing"]
    found = ["byline: it does not stand above the text"] if at >= start else []
    if translator:
        translated_at = text.find(translator)
        if translated_at < 0:
            found.append("translator: the line saying who translated is missing")
        elif translated_at < at:
            found.append("translator: named above the author")
    return found


def _link_problems(reading: Reading, a: Attribution, start: int, end: int) -> list[str]:
    found = []
    if not reading.linked(a.original_url, before=start):
        found.append("original: no link above the text")
    if not reading.linked(a.original_url, after=end):
        found.append("original: no link below the text")
    return found


def _licence_problems(reading: Reading, a: Attribution) -> list[str]:
    if a.licence is not None:
        return [] if reading.linked(a.licence.url) else ["licence: no link to it"]
    if a.basis == "permission":
        return [] if licence_text(a) in reading.text else ["permission: not stated"]
    if a.basis != "house-terms":
        return ["licence: the credit names none"]
    found = []
    if a.terms_url and not reading.linked(a.terms_url):
        found.append("terms: no link to the publisher's terms")
    if not any(_is_creative_commons(href) for _, href in reading.links):
        found.append("terms: no link to creativecommons.org")
    return found


def _notice_problems(text: str, a: Attribution) -> list[str]:
    stated = flat(notice_text(replace(a, translated=True))) in text
    if a.translated and not stated:
        return ["changes: the notice of changes is missing"]
    if stated and not a.translated:
        return ["changes: an unchanged copy says that it was changed"]
    return []


def _is_creative_commons(address: str) -> bool:
    try:
        return urlsplit(address).hostname in ("creativecommons.org", "www.creativecommons.org")
    except ValueError:
        return False
