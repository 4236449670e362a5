"""What is missing from a story, or strange in it, told to editors before anything is translated.

Knows: a story, and the bar it must pass. Must not know: how it was read. Nothing here changes a text.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from pipeline.text.dates import long_date_en, long_date_es
from pipeline.text.hygiene import clean
from pipeline.types import BlockKind, Finding, Level, Story

FEWEST_PARAGRAPHS = 3
EARLIEST = date(1970, 1, 2)  # the day before is what programs write that know none
ENOUGH_TO_TELL = 200  # characters from which a language can be told with confidence

_DOUBLED = re.compile(r"\b([^\W\d_]{2,}) \1\b(?![-’'])", re.IGNORECASE)
# English that is right when said twice, and names that are
_RIGHTLY_DOUBLED = frozenset(
    {"had", "that", "very", "so", "no", "ha", "bye", "hear", "there", "many", "much", "far", "long", "is", "do", "now"}
    | {"sirhan", "duran", "pago", "walla", "baden", "boutros", "bora", "lang"}
)


def shortfalls(story: Story, publisher: str) -> tuple[Finding, ...]:
    """Findings for everything an article needs and this one lacks. The original's address is the caller's to judge."""
    found = [
        *([] if story.headline else [_TITLE_MISSING]),
        *([] if story.published else [_DATE_MISSING]),
        *([] if story.authors or publisher.strip() else [_AUTHOR_MISSING]),
        *([] if story.rights_text or story.licence_marks else [_RIGHTS_MISSING]),
    ]
    paragraphs = sum(block.kind is BlockKind.PARAGRAPH for block in story.blocks)
    if not paragraphs:
        found.append(_BODY_MISSING)
    elif paragraphs < FEWEST_PARAGRAPHS:
        found.append(_body_short(paragraphs))
    return tuple(found)


def unlikely_date(story: Story, today: date) -> tuple[Finding, ...]:
    """A finding when a story says it was published in days to come, or before there was a web. It stands in the credit.

    Where the publisher is it may be tomorrow already.
    """
    published = story.published
    if published is None or EARLIEST <= published <= today + timedelta(days=1):
        return ()
    day, day_es = long_date_en(published), long_date_es(published)
    return (
        Finding(
            code="date-unlikely",
            level=Level.HOLD,
            reason=f"The date of publication reads {day}, which cannot be. Give the date with the article.",
            reason_es=f"La fecha de publicación es el {day_es}, y eso no puede ser. Indique la fecha del artículo.",
        ),
    )


def wrong_language(story: Story) -> tuple[Finding, ...]:
    """A finding when the body is plainly not in the language that it is said to be in."""
    text = " ".join(block.text for block in story.blocks if block.kind is not BlockKind.VERBATIM)
    if len(text) < ENOUGH_TO_TELL:
        return ()
    declared = story.language.partition("-")[0].lower()
    spoken = _spoken(text[:20_000])
    if spoken == declared:
        return ()
    return (
        Finding(
            code="wrong-language",
            level=Level.HOLD,
            reason=f"The text seems to be in “{spoken}”, not in “{declared}”. Correct the language or reject it.",
            reason_es=f"El texto parece estar en «{spoken}», no en «{declared}». Corrija el idioma o rechácelo.",
        ),
    )


def _spoken(text: str) -> str:
    import py3langid  # loads its model, which takes a second: not before it is needed

    language, _ = py3langid.classify(text)
    return str(language)


def doubled_words(story: Story) -> tuple[Finding, ...]:
    """Words that stand twice in a row in the original: the publisher's slip, which a translation might hide."""
    texts = (block.text for block in story.blocks if block.kind is not BlockKind.VERBATIM)
    found = [match.group() for text in texts for match in _DOUBLED.finditer(text) if _is_slip(match)]
    if not found:
        return ()
    words = ", ".join(dict.fromkeys(found))
    return (
        Finding(
            code="doubled-word",
            level=Level.WARN,
            reason=f"A word stands twice in a row in the original: {words}. The text is left as it is.",
            reason_es=f"En el original hay una palabra repetida: {words}. El texto se deja como está.",
        ),
    )


def _is_slip(match: re.Match[str]) -> bool:
    first, second = match.group().split(" ")
    if first.lower() in _RIGHTLY_DOUBLED:
        return False
    # "The Will will ..." is a name and a verb; a sentence may begin "The the", which is a slip
    return first == second or (first[0].isupper() and match.start() == 0)


def control_characters(text: str) -> tuple[Finding, ...]:
    """A finding when a text holds characters that cannot be seen and were taken out."""
    removed = {character: count for character, count in Counter(text).items() if not clean(character)}
    if not removed:
        return ()
    names = ", ".join(sorted(f"U+{ord(character):04X}" for character in removed)[:8])
    count = sum(removed.values())
    return (
        Finding(
            code="control-characters",
            level=Level.INFO,
            reason=f"{count} invisible characters were removed ({names}).",
            reason_es=f"Se han eliminado {count} caracteres invisibles ({names}).",
        ),
    )


def damaged_characters(count: int) -> tuple[Finding, ...]:
    """A finding when some bytes of a page were no characters in the encoding that it declares."""
    if not count:
        return ()
    return (
        Finding(
            code="damaged-characters",
            level=Level.WARN,
            reason=f"{count} characters of the page could not be read and show as “\ufffd”. Compare with the original.",
            reason_es=f"No se pudieron leer {count} caracteres, que aparecen como «\ufffd». Compare con el original.",
        ),
    )


_TITLE_MISSING = Finding(
    code="title-missing",
    level=Level.HOLD,
    reason="No title was found. Give the headline with the article.",
    reason_es="No se encontró el título. Indique el titular del artículo.",
)
_BODY_MISSING = Finding(
    code="body-missing",
    level=Level.HOLD,
    reason="No paragraph was found. Check that the payload is the article's page.",
    reason_es="No se encontró ningún párrafo. Compruebe que lo recibido es la página del artículo.",
)
_DATE_MISSING = Finding(
    code="date-missing",
    level=Level.HOLD,
    reason="No date of publication was found. Give the date with the article.",
    reason_es="No se encontró la fecha de publicación. Indique la fecha del artículo.",
)
_AUTHOR_MISSING = Finding(
    code="author-missing",
    level=Level.HOLD,
    reason="Neither an author nor a publisher is known, so nobody could be credited. Give one of them.",
    reason_es="No se conoce ni autor ni medio, así que no habría a quién atribuirlo. Indique uno de los dos.",
)
_RIGHTS_MISSING = Finding(
    code="rights-missing",
    level=Level.WARN,
    reason="No reuse terms were found with the article; only the source's rights record counts.",
    reason_es="El artículo no trae condiciones de reutilización; solo cuenta el registro de derechos de la fuente.",
)


def _body_short(paragraphs: int) -> Finding:
    return Finding(
        code="body-short",
        level=Level.HOLD,
        reason=f"Only {paragraphs} of at least {FEWEST_PARAGRAPHS} paragraphs were found. See whether text is missing.",
        reason_es=f"Solo hay {paragraphs} de al menos {FEWEST_PARAGRAPHS} párrafos. Compruebe si falta texto.",
    )
