"""What a partner's page can lack, each as a finding in both languages.

Knows: words and levels. Must not know: how a page is judged (`proof`).
"""

from __future__ import annotations

from typing import Final

from pipeline.rights.lines import clean
from pipeline.types import Correction, Finding, Level

STILL_SHOWN: Final = "withdrawn-still-shown"
CORRECTION: Final = "proof-correction"


def text_missing() -> Finding:
    return Finding(
        code="proof-text-missing",
        level=Level.WARN,
        reason="The article's text is not on the page as it is served. Open it: it may stand behind a wall or be "
        "written by a script; then judge it by eye.",
        reason_es="El texto del artículo no está en la página tal como se sirve. Ábrala: puede estar tras un muro o "
        "escribirlo un programa; júzguela entonces a la vista.",
    )


def text_cut(coverage: float) -> Finding:
    percent = round(coverage * 100)
    return Finding(
        code="proof-text-cut",
        level=Level.WARN,
        reason=f"Only {percent} % of the text is on the page. A shortened text has to say that it was shortened.",
        reason_es=f"Solo el {percent} % del texto está en la página. Un texto abreviado tiene que decir que lo está.",
    )


def still_shown() -> Finding:
    return Finding(
        code="withdrawn-still-shown",
        level=Level.HOLD,
        reason="The article was withdrawn and its text is still on the page. Ask the partner to take it down.",
        reason_es="El artículo fue retirado y su texto sigue en la página. Pida al medio que lo quite.",
    )


def byline_missing(publisher: str) -> Finding:
    return Finding(
        code="proof-byline",
        level=Level.HOLD,
        reason=f"No byline names {publisher}. It belongs above the text, beside the author.",
        reason_es=f"Ninguna firma nombra a {publisher}. Va sobre el texto, junto al autor.",
    )


def author_missing(name: str) -> Finding:
    return Finding(
        code="proof-author",
        level=Level.HOLD,
        reason=f"The author {name} is not named.",
        reason_es=f"No se nombra a {name}, que firma el texto.",
    )


def link_missing_above(address: str) -> Finding:
    return Finding(
        code="proof-link-above",
        level=Level.HOLD,
        reason=f"No link to the original stands above the text: {address}",
        reason_es=f"Sobre el texto no hay enlace al original: {address}",
    )


def link_missing_below(address: str) -> Finding:
    return Finding(
        code="proof-link-below",
        level=Level.HOLD,
        reason=f"No link to the original stands below the text: {address}",
        reason_es=f"Bajo el texto no hay enlace al original: {address}",
    )


def link_nofollow() -> Finding:
    return Finding(
        code="proof-link-nofollow",
        level=Level.WARN,
        reason="A link to the original is marked nofollow, which takes from the publisher what the link is for.",
        reason_es="Un enlace al original lleva nofollow, que quita al medio de origen aquello para lo que sirve.",
    )


def licence_missing(name: str, others: str) -> Finding:
    return Finding(
        code="proof-licence",
        level=Level.HOLD,
        reason=f"No link leads to {name}. Licences that the page links to: {others}.",
        reason_es=f"Ningún enlace lleva a {name}. Licencias que la página enlaza: {others}.",
    )


def terms_missing(address: str) -> Finding:
    return Finding(
        code="proof-terms",
        level=Level.HOLD,
        reason=f"The publisher's terms ask for a link to {address}, and there is none.",
        reason_es=f"Las condiciones del medio piden un enlace a {address}, y no lo hay.",
    )


def permission_missing() -> Finding:
    return Finding(
        code="proof-permission",
        level=Level.HOLD,
        reason="The page does not say that the text is used with permission.",
        reason_es="La página no dice que el texto se usa con permiso.",
    )


def changes_missing(statement: str) -> Finding:
    return Finding(
        code="proof-changes",
        level=Level.HOLD,
        reason=f"The notice of changes is missing. It has to say: {statement}",
        reason_es=f"Falta el aviso de cambios. Tiene que decir: {statement}",
    )


def changes_reworded() -> Finding:
    return Finding(
        code="proof-changes-reworded",
        level=Level.WARN,
        reason="That this is a translation is said in other words than in the credit. Read whether they are enough.",
        reason_es="Que es una traducción se dice con otras palabras que en el crédito. Lea si bastan.",
    )


def changes_cut(publisher: str) -> Finding:
    return Finding(
        code="proof-changes-cut",
        level=Level.WARN,
        reason=f"The notice of changes no longer says that {publisher} has not approved this version.",
        reason_es=f"El aviso de cambios ya no dice que {publisher} no ha aprobado esta versión.",
    )


def translator_missing() -> Finding:
    return Finding(
        code="proof-translator",
        level=Level.WARN,
        reason="The page does not say that a machine translated the text.",
        reason_es="La página no dice que el texto lo tradujo una máquina.",
    )


def correction_missing(correction: Correction) -> Finding:
    note = clean(correction.note)
    return Finding(
        code="proof-correction",
        level=Level.HOLD,
        reason=f"The correction is not on the page, so it may show the old text: {note}",
        reason_es=f"La corrección no está en la página, que quizá muestre el texto anterior: {note}",
    )


def image_taken(address: str) -> Finding:
    return Finding(
        code="proof-image",
        level=Level.HOLD,
        reason=f"A picture in the text comes from the publisher's server; pictures are not covered: {address}",
        reason_es=f"Una imagen del texto viene del servidor del medio de origen; no están incluidas: {address}",
    )
