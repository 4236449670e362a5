"""The credit around an article, written from an `Attribution` and nothing else.

Knows: which lines stand above and below the text, and their order. Must not know: feeds, machine output, where the
record came from. Wordings are `wording`'s, escaping is `lines`'.

What the licences ask for (CC 4.0 §3(a)(1): creator, notices, link to the material, statement of changes, licence with
link; CC 3.0 §4(b) also title and a credit naming the translation) goes into the text itself, above and below it,
because partners' systems keep the text and drop what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.errors import SourceError
from pipeline.rights.licences import SITE, name_in
from pipeline.rights.lines import Line, Piece, clean, fill, joined, phrase, pieces_text, web_address
from pipeline.rights.wording import Wording, wording
from pipeline.types import Attribution, Correction


def wrap(a: Attribution, body_html: str, corrections: Sequence[Correction] = ()) -> str:
    """The article's HTML with its credit: byline, source, translator, changes, corrections; text; original, licence.

    `body_html` must be sanitised already: it is the only argument that is not escaped. SourceError when the original
    has no web address, because there is no credit without a link.
    """
    parts = (top_html(a), _html(_correction_lines(a, corrections)), body_html.strip(), bottom_html(a))
    return "\n".join(part for part in parts if part)


def byline(a: Attribution) -> str:
    """Author and publisher as plain text: "Por Ana Ruiz, El Medio"."""
    return pieces_text(_byline(a))


def translator_line(a: Attribution) -> str:
    """Who translated, with what, and who reviewed it, as plain text; "" for an unchanged copy."""
    return pieces_text(_translator(a)) if a.translated else ""


def creator_line(a: Attribution) -> str:
    """Author and publisher for a feed's creator field: "Ana Ruiz, El Medio"."""
    return ", ".join(part for part in (wording(a.language).listed(_authors(a)), clean(a.publisher)) if part)


def names_for_feed(a: Attribution) -> tuple[str, ...]:
    """Creators for feeds that list them one by one: the authors, then the publisher. Never the translator."""
    return (*_authors(a), clean(a.publisher))


def top_html(a: Attribution) -> str:
    """What stands above the text: byline, first publication, translator, notice of changes."""
    return _html(_top(a))


def top_text(a: Attribution) -> str:
    """The same lines as plain text, one a line."""
    return _plain(_top(a))


def notice_html(a: Attribution) -> str:
    """The notice of changes; "" for an unchanged copy."""
    return _html(_notice(a))


def notice_text(a: Attribution) -> str:
    """The notice of changes as plain text; "" for an unchanged copy."""
    return _plain(_notice(a))


def bottom_html(a: Attribution) -> str:
    """What stands below the text: the link to the original, the licence, the contact."""
    return _html(_bottom(a))


def bottom_text(a: Attribution) -> str:
    """The same lines as plain text, one a line."""
    return _plain(_bottom(a))


def licence_html(a: Attribution) -> str:
    """The licence line."""
    return _licence(a).html


def licence_text(a: Attribution) -> str:
    """The licence line as plain text, for a feed's rights field."""
    return _licence(a).text


def correction_text(a: Attribution, correction: Correction) -> str:
    """One correction as readers see it."""
    return _correction_lines(a, (correction,))[0].text


def stub_title(language: str) -> str:
    """The title that replaces a withdrawn article's."""
    return wording(language).withdrawn_title


def stub_html(a: Attribution, on: date, contact: str | None = None) -> str:
    """The text that replaces a withdrawn article's. It names nobody: a withdrawal may be at the licensor's request."""
    return Line("credit-withdrawn", _withdrawal(a, on, contact)).html


def stub_text(a: Attribution, on: date, contact: str | None = None) -> str:
    """The same as plain text."""
    return pieces_text(_withdrawal(a, on, contact))


def _top(a: Attribution) -> tuple[Line, ...]:
    lines = [Line("credit-byline", _byline(a)), Line("credit-source", _first_published(a))]
    if a.translated:
        lines.append(Line("credit-translator", _translator(a)))
    return (*lines, *_notice(a))


def _bottom(a: Attribution) -> tuple[Line, ...]:
    words = wording(a.language)
    address = _original(a)
    link = fill(words.original, publisher=clean(a.publisher), url=Piece(address, href=address))
    lines = [Line("credit-original", link), _licence(a)]
    if a.contact:
        lines.append(Line("credit-contact", fill(words.contact, contact=_contact(a.contact))))
    return tuple(lines)


def _authors(a: Attribution) -> tuple[str, ...]:
    """Authors without blanks and without the publisher, which is named anyway."""
    names = (clean(author) for author in a.authors)
    return tuple(name for name in names if name and name.casefold() != clean(a.publisher).casefold())


def _byline(a: Attribution) -> tuple[Piece, ...]:
    words, publisher, authors = wording(a.language), clean(a.publisher), _authors(a)
    if authors:
        return fill(words.byline, author=words.listed(authors), publisher=publisher)
    return fill(words.byline_publisher, publisher=publisher)


def _first_published(a: Attribution) -> tuple[Piece, ...]:
    words = wording(a.language)
    language = phrase(words.in_language, language=words.language(a.original_language)) if a.translated else ""
    on = phrase(words.on_date, date=words.long_date(a.original_date)) if a.original_date else ""
    address = _original(a)
    title = Piece(clean(a.original_title) or address, href=address, language=clean(a.original_language))
    return fill(words.first_published, language=language, publisher=clean(a.publisher), date=on, title=title)


def _translator(a: Attribution) -> tuple[Piece, ...]:
    words = wording(a.language)
    outlet, engine = clean(a.outlet), clean(f"{a.engine} {a.model}")
    review = _review(a, words)
    if outlet and engine:
        return fill(words.translator, maker=phrase(words.maker, outlet=outlet, engine=engine), review=review)
    if outlet or engine:
        return fill(words.translator, maker=outlet or engine, review=review)
    return fill(words.translator_bare, review=review)


def _review(a: Attribution, words: Wording) -> str:
    name = clean(a.reviewer or "")
    if not name:
        return words.unreviewed
    if a.reviewed_on is None:
        return phrase(words.edited, name=name)
    return phrase(words.edited_on, name=name, date=words.long_date(a.reviewed_on))


def _notice(a: Attribution) -> tuple[Line, ...]:
    if not a.translated:
        return ()
    words = wording(a.language)
    others = "".join(f"; {other}" for other in (clean(change).rstrip(".;") for change in a.other_changes) if other)
    pieces = fill(
        words.changes,
        source=words.language(a.original_language),
        target=words.language(a.language),
        others=others,
        publisher=clean(a.publisher),
    )
    return (Line("credit-changes", pieces),)


def _correction_lines(a: Attribution, corrections: Sequence[Correction]) -> tuple[Line, ...]:
    words = wording(a.language)
    return tuple(
        Line(
            "credit-correction",
            fill(words.correction, date=words.long_date(correction.on), what=_sentence(correction.note)),
        )
        for correction in corrections
    )


def _licence(a: Attribution) -> Line:
    words, publisher = wording(a.language), clean(a.publisher)
    house = a.licence is None and a.basis == "house-terms"
    sentences: list[tuple[Piece, ...]] = []
    if a.licence is not None:
        name = Piece(name_in(a.licence, a.language), href=web_address(a.licence.url), rel="license")
        sentences.append(fill(words.licence, publisher=publisher, licence=name))
    elif house:
        terms = Piece(words.terms_label, href=web_address(a.terms_url))
        site = Piece("Creative Commons", href=SITE)
        sentences.append(fill(words.house_terms, publisher=publisher, terms=terms, site=site))
    else:
        sentences.append(fill(words.text_only, publisher=publisher))
    if a.basis == "permission":
        reference = clean(a.permission_reference or "")
        template = words.permission_reference if reference else words.permission
        values = {"publisher": publisher, "reference": reference}
        sentences.append(fill(template, **values))
    if house or (a.licence is not None and a.licence.non_commercial):
        sentences.append(fill(words.non_commercial))
    if a.translated and a.licence is not None and a.licence.share_alike:
        sentences.append(fill(words.share_alike))
    sentences.append(fill(words.media))
    return Line("credit-licence", joined(sentences))


def _withdrawal(a: Attribution, on: date, contact: str | None) -> tuple[Piece, ...]:
    words = wording(a.language)
    sentences = [fill(words.withdrawn, date=words.long_date(on))]
    if contact or a.contact:
        sentences.append(fill(words.contact, contact=_contact(contact or a.contact or "")))
    return joined(sentences)


def _contact(contact: str) -> Piece:
    return Piece(clean(contact), href=web_address(contact))


def _original(a: Attribution) -> str:
    address = web_address(a.original_url)
    if not address:
        raise SourceError(
            f"The original's address cannot be linked: {clean(a.original_url)[:200]!r}",
            es=f"No se puede enlazar la dirección del original: «{clean(a.original_url)[:200]}»",
        )
    return address


def _sentence(note: str) -> str:
    text = clean(note)
    return text if text.endswith((".", "!", "?", "…", ".»", ".”")) else f"{text}."


def _html(lines: Iterable[Line]) -> str:
    return "\n".join(line.html for line in lines)


def _plain(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)
