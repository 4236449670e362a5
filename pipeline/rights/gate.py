"""The rights gate: may this be translated, and may it be published for this use?

Knows: the record on file, the article's own mark, the decision table. Must not know: who asks, where verdicts are
kept, the clock. It never guesses: whatever is missing, incomplete or contradictory is held with a reason.

Order of judgement, first answer wins: no record; expired record; terms that forbid translation; the article's own mark
against the record; the language of a permission; the table's row for the situation; and last, because it only turns a
yes into a wait, a house rule against systematic republication.

The article's mark against the record: the same licence, another version or port of it, or a stricter one (a superset
of the record's restrictions): the article's mark rules. A looser or incomparable one, or any licence where the record
is not a licence: held as "rights-conflict". A mark that names no single licence: held as "variant-unknown", except
that the bare address of Creative Commons adds nothing to terms or a permission, which often end by pointing there.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.rights.licences import is_pointer, parse, restrictions
from pipeline.rights.table import REASONS, TABLE
from pipeline.types import Licence, Permission, Rights, Ruling, UseClass

BASES: Final = ("licence", "house-terms", "permission", "none")


def may_translate(rights: Rights | None, mark: str | Licence | None, *, language: str, today: date) -> Permission:
    """Whether a translation into `language` may be made; asked before anything is translated.

    A translation that could never be shared is refused too, although ND 4.0 would let it be made in private.
    """
    stop = _stop(rights, language=language, today=today, verbatim=False)
    if stop or rights is None:
        return _permission(stop, None)
    situation, licence = _situation(rights, mark)
    return _verdict(rights, TABLE[situation].translate if situation in TABLE else situation, licence)


def may_publish(
    rights: Rights | None,
    mark: str | Licence | None,
    use: UseClass,
    *,
    language: str,
    today: date,
    verbatim: bool = False,
) -> Permission:
    """Whether a text in `language` may go to products and partners of this use class.

    `verbatim` asks for an unchanged copy of the original instead of a translation.
    """
    stop = _stop(rights, language=language, today=today, verbatim=verbatim)
    if stop or rights is None:
        return _permission(stop, None)
    situation, licence = _situation(rights, mark)
    if situation not in TABLE:
        return _verdict(rights, situation, licence)
    row = TABLE[situation]
    uses = row.copy if verbatim else row.translation
    return _verdict(rights, uses.code(use, listed=use in _listed(rights)), licence)


def _stop(rights: Rights | None, *, language: str, today: date, verbatim: bool) -> str:
    """The code of whatever makes the article's own mark irrelevant, or ""."""
    if rights is None or rights.basis not in BASES:
        return "rights-unknown"
    if rights.expires is not None and today > rights.expires:  # the last day still counts
        return "permission-expired" if rights.basis == "permission" else "record-expired"
    if rights.translation is False and not verbatim:
        return "house-forbids-translation"
    if rights.basis == "permission" and not _covers(rights.languages, language):
        return "permission-language"
    return ""


def _situation(rights: Rights, mark: str | Licence | None) -> tuple[str, Licence | None]:
    """The table's row, or a reason code of its own when record and mark do not agree; and the licence that rules."""
    own, readable = _read(rights, mark)
    if not readable:
        return "variant unknown", None
    if rights.basis != "licence":
        return ("rights-conflict", own) if own else (_without_licence(rights), None)
    filed = parse(rights.licence or "")
    if filed is None:
        return "variant unknown", None
    if own is None or own.url == filed.url:
        return _row_of(filed), filed
    if restrictions(own) >= restrictions(filed):
        return _row_of(own), own
    return "rights-conflict", own


def _read(rights: Rights, mark: str | Licence | None) -> tuple[Licence | None, bool]:
    """The article's own licence, if any, and whether its mark could be understood."""
    if mark is None or isinstance(mark, Licence):
        return mark, True
    if not mark.strip() or (rights.basis in ("house-terms", "permission") and is_pointer(mark)):
        return None, True
    licence = parse(mark)
    return licence, licence is not None


def _row_of(licence: Licence) -> str:
    if licence.code in ("cc0", "pdm"):
        return "public-domain"
    if licence.no_derivatives:
        return f"{licence.code} 4.0" if licence.version == "4.0" else f"{licence.code} to 3.0"
    return licence.code


def _without_licence(rights: Rights) -> str:
    if rights.basis == "permission":
        return "permission"
    if rights.basis == "none":
        return "all rights reserved"
    if not rights.translation:
        return "house terms, silent"
    # Reading translation into terms that do not mention it is a decision; somebody must stand behind it.
    return "house terms, declared" if rights.declared_by or rights.confirmed else "house terms, unsigned"


def _listed(rights: Rights) -> frozenset[UseClass]:
    """Use classes that the record itself names. A licence's uses come from the licence, save for accepted ads."""
    named = frozenset() if rights.basis == "licence" else frozenset(rights.uses)
    return named | {UseClass.ADS} if rights.ads_allowed else named


def _covers(languages: tuple[str, ...], language: str) -> bool:
    """Basic filtering of RFC 4647 §3.3.1: "es" covers "es-MX", not the other way round; no languages means any."""
    wanted = language.lower()
    return not languages or any(
        wanted == given or wanted.startswith(given + "-") for given in map(str.lower, languages)
    )


def _verdict(rights: Rights, code: str, licence: Licence | None) -> Permission:
    if REASONS[code].ruling is Ruling.ALLOW and not rights.systematic:
        code = "house-forbids-systematic"
    return _permission(code, licence)


def _permission(code: str, licence: Licence | None) -> Permission:
    reason = REASONS[code]
    return Permission(ruling=reason.ruling, code=code, reason=reason.english, reason_es=reason.spanish, licence=licence)
