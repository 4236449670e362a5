"""Read an article from JSON: a WordPress REST post, or the form in which other programs hand articles to us.

Knows: the two shapes and the type of each field. Must not know: the envelope, what is enough to publish.

WordPress: `title.rendered`, `content.rendered`, `excerpt.rendered`, `date` (or `date_gmt`), `link`, and when embedded
`_embedded.author` and `_embedded.wp:term`. Own form: `headline` (or `title`), `standfirst`, `body_html` or
`body_text`, `author` or `authors`, `published`, `section`, `keywords`, `licence`, `language`, `url`, and `editions`:
an object of the publisher's own versions, language to address.
A field of the wrong type is refused by name; fields that are not known are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from html import unescape

from pipeline.errors import UnreadablePayload
from pipeline.ingest import editions, page, plaintext
from pipeline.ingest.checks import control_characters
from pipeline.ingest.dateline import iso_date, names
from pipeline.ingest.furniture import sort_out
from pipeline.ingest.marks import licence_addresses
from pipeline.ingest.markup import parsed, text_of
from pipeline.ingest.profile import SourceProfile
from pipeline.ingest.reading import Reading
from pipeline.text.hygiene import clean, collapse
from pipeline.types import Block

LONGEST_FIELD = 65_536  # bytes of UTF-8 in any field but the body
LONGEST_AUTHOR = 1_024
MOST_ITEMS = 100  # authors or keywords
_TEASER_ENDS = ("…", "...", "[…]", "[...]", "&hellip;")

Json = Mapping[str, object]


def read(text: str, profile: SourceProfile, *, base_url: str | None = None) -> Reading:
    """Read a JSON document. Raises UnreadablePayload for invalid JSON, a foreign shape or a field of a wrong type."""
    try:
        document: object = json.loads(text)
    except RecursionError as error:
        raise UnreadablePayload(
            "The JSON is nested too deeply to be read. Send one article as one object.",
            es="El JSON está anidado demasiado hondo para leerlo. Envíe cada artículo como un objeto.",
        ) from error
    except ValueError as error:
        raise UnreadablePayload(
            f"The payload is not valid JSON ({error}). Check it with a JSON validator.",
            es=f"Lo recibido no es JSON válido ({error}). Revíselo con un validador de JSON.",
        ) from error
    if isinstance(document, list) and len(document) == 1:
        document = document[0]  # a REST search by slug answers with a list of one
    if not isinstance(document, Mapping):
        raise UnreadablePayload(
            "The payload is JSON but not an object. Send one article as one object.",
            es="Lo recibido es JSON, pero no un objeto. Envíe cada artículo como un objeto.",
        )
    if isinstance(document.get("content"), Mapping) or isinstance(document.get("title"), Mapping):
        return _wordpress(document, profile, base_url)
    return _form(document, profile, base_url)


# --- WordPress ---------------------------------------------------------------------------------------------------


def _wordpress(post: Json, profile: SourceProfile, base_url: str | None) -> Reading:
    headline = _title(_rendered(post, "title"))
    content = _rendered(post, "content") or ""
    story = page.body(content, profile, base_url=base_url or _text(post, "link"), title=headline)
    embedded = _object(post, "_embedded")
    others = editions.others(editions.in_wordpress(post), own=profile.language, url=base_url or _text(post, "link"))
    sections = list(_terms(embedded, "category"))
    return Reading(
        rung="payload",
        headline=headline,
        standfirst=_written(_title(_rendered(post, "excerpt")), story.blocks),
        blocks=story.blocks,
        authors=tuple(
            profile.author_named(name) for name in _embedded_authors(embedded, profile) or story.dateline.authors
        ),
        published=_day(post, "date") or _day(post, "date_gmt"),
        section=sections[0] if sections else None,
        keywords=tuple(dict.fromkeys(_terms(embedded, "post_tag")))[:MOST_ITEMS],
        rights_text=story.rights_text,
        licence_marks=story.licence_marks,
        editions=others,
        findings=story.findings + control_characters(content) + tuple(editions.findings(others)),
    )


def _rendered(post: Json, name: str) -> str | None:
    return _text(_object(post, name), "rendered", named=f"{name}.rendered", longest=None)


def _written(excerpt: str | None, blocks: tuple[Block, ...]) -> str | None:
    """A standfirst somebody wrote. WordPress makes up a missing one by cutting the first paragraph short."""
    if not excerpt or excerpt.endswith(_TEASER_ENDS):
        return None
    return None if any(block.text.startswith(excerpt) for block in blocks[:2]) else excerpt


def _embedded_authors(embedded: Json, profile: SourceProfile) -> list[str]:
    found: list[str] = []
    for item in _list(embedded, "author", named="_embedded.author"):
        if isinstance(item, Mapping):
            name = _text(item, "name", named="_embedded.author.name", longest=LONGEST_AUTHOR)
            if name and collapse(clean(name)).casefold() != profile.publisher.casefold():
                found.append(collapse(clean(unescape(name))))
    return found


def _terms(embedded: Json, taxonomy: str) -> Iterator[str]:
    for group in _list(embedded, "wp:term", named="_embedded.wp:term"):
        for term in group if isinstance(group, list) else []:
            if isinstance(term, Mapping) and term.get("taxonomy") == taxonomy:
                name = _title(_text(term, "name", named="_embedded.wp:term.name"))
                if name:
                    yield name


# --- the intake form ---------------------------------------------------------------------------------------------


def _form(form: Json, profile: SourceProfile, base_url: str | None) -> Reading:
    headline = _title(_text(form, "headline") or _text(form, "title"))
    authors = (*_names(form, "author"), *_names(form, "authors"))
    licence = _text(form, "licence") or _text(form, "license")
    body_html, body_text = _text(form, "body_html", longest=None), _text(form, "body_text", longest=None)
    base_url = base_url or _text(form, "url")
    own = _object(form, "editions")
    others = editions.others(((name, _text(own, name) or "") for name in own), own=profile.language, url=base_url)
    if body_html:
        story = page.body(body_html, profile, base_url=base_url, title=headline)
        told = Reading(
            rung="payload",
            blocks=story.blocks,
            rights_text=story.rights_text,
            licence_marks=story.licence_marks,
            findings=story.findings,
        )
    else:
        told = _from_text(body_text or "", profile)
    return Reading(
        rung="payload",
        headline=headline,
        standfirst=_title(_text(form, "standfirst")),
        blocks=told.blocks,
        language=_text(form, "language", longest=35),
        authors=tuple(dict.fromkeys(profile.author_named(name) for name in authors)),
        published=_day(form, "published"),
        section=_title(_text(form, "section")),
        keywords=tuple(dict.fromkeys(_strings(form, "keywords"))),
        rights_text=told.rights_text,
        licence_marks=tuple(dict.fromkeys((*([licence.strip()] if licence else []), *told.licence_marks))),
        editions=others,
        findings=told.findings + control_characters(body_html or body_text or "") + tuple(editions.findings(others)),
    )


def _from_text(text: str, profile: SourceProfile) -> Reading:
    """The body alone, so no head is looked for; paragraphs and furniture as in scraped text."""
    found = sort_out(plaintext.paragraphs(text), profile)
    return Reading(
        rung="payload",
        blocks=found.blocks,
        rights_text=found.rights_text,
        licence_marks=licence_addresses(found.rights_text or ""),
        findings=found.findings,
    )


def _names(form: Json, name: str) -> tuple[str, ...]:
    value = form.get(name)
    if isinstance(value, str):
        return names(clean(_within(value, name, LONGEST_AUTHOR)))
    return _strings(form, name, longest=LONGEST_AUTHOR)


def _strings(form: Json, name: str, longest: int = LONGEST_FIELD) -> tuple[str, ...]:
    items = _list(form, name)
    if len(items) > MOST_ITEMS:
        raise UnreadablePayload(
            f"The field “{name}” has {len(items)} entries; {MOST_ITEMS} is the most that is taken.",
            es=f"El campo «{name}» tiene {len(items)} entradas; se admiten {MOST_ITEMS} como máximo.",
        )
    if not all(isinstance(item, str) for item in items):
        raise UnreadablePayload(
            f"The field “{name}” must be a list of strings.", es=f"El campo «{name}» debe ser una lista de textos."
        )
    texts = (collapse(clean(_within(str(item), name, longest))) for item in items)
    return tuple(text for text in texts if text)


# --- fields ------------------------------------------------------------------------------------------------------


def _title(markup: str | None) -> str | None:
    """Text for readers out of a field that may hold entities and markup."""
    if not markup or not markup.strip():
        return None
    text = text_of(parsed(f"<div>{markup}</div>")) if "<" in markup or "&" in markup else markup
    return collapse(clean(text)) or None


def _text(fields: Json, name: str, *, named: str | None = None, longest: int | None = LONGEST_FIELD) -> str | None:
    value = fields.get(name)
    if value is None or value is False:  # PHP answers false where there is nothing
        return None
    if not isinstance(value, str):
        raise UnreadablePayload(
            f"The field “{named or name}” must be a string, not {_kind(value)}.",
            es=f"El campo «{named or name}» debe ser un texto.",
        )
    return value if longest is None else _within(value, named or name, longest)


def _within(value: str, name: str, longest: int) -> str:
    size = len(value.encode("utf-8", "replace"))
    if size > longest:
        raise UnreadablePayload(
            f"The field “{name}” has {size:,} bytes; {longest:,} is the most that is taken.",
            es=f"El campo «{name}» tiene {size:,} bytes; se admiten {longest:,} como máximo.",
        )
    return value


def _object(fields: Json, name: str) -> Json:
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UnreadablePayload(
            f"The field “{name}” must be an object, not {_kind(value)}.", es=f"El campo «{name}» debe ser un objeto."
        )
    return value


def _list(fields: Json, name: str, *, named: str | None = None) -> list[object]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadablePayload(
            f"The field “{named or name}” must be a list, not {_kind(value)}.",
            es=f"El campo «{named or name}» debe ser una lista.",
        )
    return value


def _day(fields: Json, name: str) -> date | None:
    text = _text(fields, name)
    if not text or not text.strip():
        return None
    day = iso_date(text)
    if day is None:
        raise UnreadablePayload(
            f"The field “{name}” must be an ISO 8601 date such as 2016-05-26, not “{text[:40]}”.",
            es=f"El campo «{name}» debe ser una fecha ISO 8601, como 2016-05-26, y no «{text[:40]}».",
        )
    return day


def _kind(value: object) -> str:
    names_of_kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number"}
    return names_of_kinds.get(type(value), "a number")
