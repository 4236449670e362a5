"""The decision table, row by row, and what comes before it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.rights.gate import may_publish, may_translate
from pipeline.rights.licences import CODES, VERSIONS, parse
from pipeline.rights.table import REASONS, TABLE
from pipeline.types import Rights, Ruling, UseClass

TODAY = date(2026, 5, 26)
YESTERDAY = TODAY - timedelta(days=1)
N, A, P = UseClass.NON_COMMERCIAL, UseClass.ADS, UseClass.PAID
USES = (N, A, P)


def licensed(mark: str, **more: object) -> Rights:
    return Rights(basis="licence", licence=mark, **more)  # type: ignore[arg-type]


def house(**more: object) -> Rights:
    return Rights(basis="house-terms", terms_url="https://medio.example/terms", **more)  # type: ignore[arg-type]


def permitted(**more: object) -> Rights:
    return Rights(basis="permission", reference="Carta 12/2026", **more)  # type: ignore[arg-type]


DECLARED = house(translation=True, uses=(N,), declared_by="ana")

# record, then the code for: making a translation | sharing it with N | with A | with P
TRANSLATIONS: list[tuple[str, Rights | None, str, str, str, str]] = [
    ("CC0", licensed("CC0"), *("public-domain",) * 4),
    ("public domain mark", licensed("PDM 1.0"), *("public-domain",) * 4),
    ("BY 4.0", licensed("CC BY 4.0"), *("licence-permits",) * 4),
    ("BY 2.0", licensed("CC BY 2.0"), *("licence-permits",) * 4),
    ("BY-SA", licensed("CC BY-SA 4.0"), *("share-alike",) * 4),
    ("BY-NC", licensed("CC BY-NC 4.0"), "nc-use", "nc-use", "nc-ads-use", "nc-paid-use"),
    ("BY-NC-SA", licensed("CC BY-NC-SA 3.0"), "nc-use", "nc-use", "nc-ads-use", "nc-paid-use"),
    (
        "BY-NC, ads accepted",
        licensed("CC BY-NC 4.0", ads_allowed=True),
        "nc-use",
        "nc-use",
        "nc-ads-accepted",
        "nc-paid-use",
    ),
    (
        "BY-NC, uses on the record change nothing",
        licensed("CC BY-NC 4.0", uses=USES),
        "nc-use",
        "nc-use",
        "nc-ads-use",
        "nc-paid-use",
    ),
    ("BY-ND 4.0", licensed("CC BY-ND 4.0"), *("nd-no-sharing",) * 4),
    ("BY-NC-ND 4.0", licensed("CC BY-NC-ND 4.0"), *("nd-no-sharing",) * 4),
    ("BY-NC-ND 4.0, ads accepted", licensed("CC BY-NC-ND 4.0", ads_allowed=True), *("nd-no-sharing",) * 4),
    ("BY-ND 3.0", licensed("CC BY-ND 3.0"), *("nd-no-adaptation",) * 4),
    ("BY-NC-ND 2.5", licensed("CC BY-NC-ND 2.5"), *("nd-no-adaptation",) * 4),
    ("variant unknown", licensed("Creative Commons"), *("variant-unknown",) * 4),
    ("version unknown", licensed("CC BY-NC"), *("variant-unknown",) * 4),
    ("licence left empty", Rights(basis="licence"), *("variant-unknown",) * 4),
    ("house terms, silent", house(uses=(N,)), *("house-terms-silent-on-translation",) * 4),
    (
        "house terms, declared",
        DECLARED,
        "house-terms-declared",
        "house-terms-declared",
        "house-terms-ads-use",
        "house-terms-paid-use",
    ),
    (
        "house terms, confirmed by the publisher",
        house(translation=True, uses=(N,), confirmed=True),
        "house-terms-declared",
        "house-terms-declared",
        "house-terms-ads-use",
        "house-terms-paid-use",
    ),
    (
        "house terms, declared for N, A and P",
        house(translation=True, uses=USES, declared_by="ana"),
        *("house-terms-declared",) * 4,
    ),
    (
        "house terms, declared, ads accepted",
        house(translation=True, uses=(N,), declared_by="ana", ads_allowed=True),
        "house-terms-declared",
        "house-terms-declared",
        "house-terms-declared",
        "house-terms-paid-use",
    ),
    (
        "house terms, declared for no use",
        house(translation=True, declared_by="ana"),
        "house-terms-declared",
        "house-terms-use-unlisted",
        "house-terms-ads-use",
        "house-terms-paid-use",
    ),
    ("house terms, nobody declared it", house(translation=True, uses=(N,)), *("declaration-unsigned",) * 4),
    ("house terms forbid it", house(translation=False, uses=(N,)), *("house-forbids-translation",) * 4),
    (
        "licence, but a house rule forbids",
        licensed("CC BY 4.0", translation=False),
        *("house-forbids-translation",) * 4,
    ),
    ("BY, not systematically", licensed("CC BY 4.0", systematic=False), *("house-forbids-systematic",) * 4),
    (
        "BY-NC, not systematically",
        licensed("CC BY-NC 4.0", systematic=False),
        "house-forbids-systematic",
        "house-forbids-systematic",
        "nc-ads-use",
        "nc-paid-use",
    ),
    ("BY-ND, not systematically", licensed("CC BY-ND 4.0", systematic=False), *("nd-no-sharing",) * 4),
    ("permission for N", permitted(uses=(N,)), "permission", "permission", "permission-use", "permission-use"),
    ("permission for all", permitted(uses=USES, languages=("es",)), *("permission",) * 4),
    ("permission, other language", permitted(uses=USES, languages=("pt", "fr")), *("permission-language",) * 4),
    ("permission, last day", permitted(uses=USES, expires=TODAY), *("permission",) * 4),
    ("permission, expired", permitted(uses=USES, expires=YESTERDAY), *("permission-expired",) * 4),
    ("all rights reserved", Rights(basis="none"), *("all-rights-reserved",) * 4),
    ("no record", None, *("rights-unknown",) * 4),
    ("a basis nobody knows", Rights(basis="rumour", licence="CC BY 4.0"), *("rights-unknown",) * 4),
    ("record expired", licensed("CC BY 4.0", expires=YESTERDAY), *("record-expired",) * 4),
    ("house terms expired", house(translation=False, expires=YESTERDAY), *("record-expired",) * 4),
]

# record, then the code for an unchanged copy to N | A | P
COPIES: list[tuple[str, Rights | None, str, str, str]] = [
    ("CC0", licensed("CC0"), *("public-domain",) * 3),
    ("BY", licensed("CC BY 4.0"), *("licence-permits",) * 3),
    ("BY-SA", licensed("CC BY-SA 4.0"), *("share-alike",) * 3),
    ("BY-NC", licensed("CC BY-NC 4.0"), "nc-use", "nc-ads-use", "nc-paid-use"),
    ("BY-ND 4.0", licensed("CC BY-ND 4.0"), *("verbatim-permitted",) * 3),
    ("BY-ND 3.0", licensed("CC BY-ND 3.0"), *("verbatim-permitted",) * 3),
    ("BY-NC-ND 4.0", licensed("CC BY-NC-ND 4.0"), "nc-use", "nc-ads-use", "nc-paid-use"),
    ("BY-NC-ND 3.0, ads", licensed("CC BY-NC-ND 3.0", ads_allowed=True), "nc-use", "nc-ads-accepted", "nc-paid-use"),
    ("variant unknown", licensed("Creative Commons"), *("variant-unknown",) * 3),
    ("house terms, silent", house(uses=(N,)), "house-terms", "house-terms-ads-use", "house-terms-paid-use"),
    (
        "house terms, no translation",
        house(translation=False, uses=(N,)),
        "house-terms",
        "house-terms-ads-use",
        "house-terms-paid-use",
    ),
    (
        "house terms, no uses",
        house(),
        "house-terms-use-unlisted",
        "house-terms-ads-use",
        "house-terms-paid-use",
    ),
    ("BY-ND, not systematically", licensed("CC BY-ND 4.0", systematic=False), *("house-forbids-systematic",) * 3),
    ("permission", permitted(uses=(N,), languages=("es",)), "permission", "permission-use", "permission-use"),
    ("all rights reserved", Rights(basis="none"), *("all-rights-reserved",) * 3),
    ("no record", None, *("rights-unknown",) * 3),
]


@pytest.mark.parametrize(
    ("rights", "translate", "n", "a", "p"), [row[1:] for row in TRANSLATIONS], ids=[row[0] for row in TRANSLATIONS]
)
def test_translations_follow_the_table(rights: Rights | None, translate: str, n: str, a: str, p: str) -> None:
    assert may_translate(rights, None, language="es", today=TODAY).code == translate
    shared = [may_publish(rights, None, use, language="es", today=TODAY).code for use in USES]
    assert shared == [n, a, p]


@pytest.mark.parametrize(("rights", "n", "a", "p"), [row[1:] for row in COPIES], ids=[row[0] for row in COPIES])
def test_unchanged_copies_follow_the_table(rights: Rights | None, n: str, a: str, p: str) -> None:
    shared = [may_publish(rights, None, use, language="es", today=TODAY, verbatim=True).code for use in USES]
    assert shared == [n, a, p]


RULINGS: dict[Ruling, str] = {
    Ruling.ALLOW: (
        "public-domain licence-permits share-alike nc-use nc-ads-accepted verbatim-permitted house-terms "
        "house-terms-declared permission"
    ),
    Ruling.HOLD: (
        "rights-unknown variant-unknown rights-conflict record-expired permission-expired nc-ads-use "
        "house-terms-silent-on-translation declaration-unsigned house-forbids-systematic "
        "house-terms-use-unlisted house-terms-ads-use"
    ),
    Ruling.REFUSE: (
        "all-rights-reserved nd-no-adaptation nd-no-sharing nc-paid-use house-forbids-translation "
        "house-terms-paid-use permission-language permission-use"
    ),
}


def test_reason_codes_and_their_rulings_are_stable() -> None:
    expected = {code: ruling for ruling, codes in RULINGS.items() for code in codes.split()}
    assert {code: reason.ruling for code, reason in REASONS.items()} == expected


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_is_a_sentence_in_both_languages(code: str) -> None:
    reason = REASONS[code]
    assert reason.english.endswith(".")
    assert reason.spanish.endswith(".")
    assert reason.english != reason.spanish


def test_the_table_names_only_reasons_that_exist() -> None:
    named = {code for row in TABLE.values() for code in (row.translate, *row.translation, *row.copy) if code}
    assert named <= set(REASONS)


@pytest.mark.parametrize("code", ["cc0", "pdm", *CODES])
@pytest.mark.parametrize("version", VERSIONS)
def test_no_licence_is_without_a_row(code: str, version: str) -> None:
    mark = code if code in ("cc0", "pdm") else f"{code} {version} es" if version == "2.1" else f"{code} {version}"
    permission = may_translate(licensed(mark), None, language="es", today=TODAY)
    assert permission.code != "variant-unknown"
    assert permission.licence == parse(mark)
    assert (permission.ruling is Ruling.REFUSE) == ("nd" in code.split("-"))


# record, the article's own mark, code, and the licence that rules
MARKS: list[tuple[str, Rights, str, str, str | None]] = [
    (
        "equal",
        licensed("CC BY 4.0"),
        "https://creativecommons.org/licenses/by/4.0/deed.es",
        "licence-permits",
        "CC BY 4.0",
    ),
    ("no mark", licensed("CC BY 4.0"), "  ", "licence-permits", "CC BY 4.0"),
    ("stricter: NC added", licensed("CC BY 4.0"), "CC BY-NC 4.0", "nc-use", "CC BY-NC 4.0"),
    ("stricter: SA added", licensed("CC BY 4.0"), "CC BY-SA 4.0", "share-alike", "CC BY-SA 4.0"),
    ("stricter: ND added", licensed("CC BY-NC 4.0"), "CC BY-NC-ND 4.0", "nd-no-sharing", "CC BY-NC-ND 4.0"),
    ("stricter than CC0", licensed("CC0"), "CC BY 4.0", "licence-permits", "CC BY 4.0"),
    ("stricter and older", licensed("CC BY 4.0"), "CC BY-ND 3.0", "nd-no-adaptation", "CC BY-ND 3.0"),
    ("another version", licensed("CC BY-NC 4.0"), "CC BY-NC 3.0", "nc-use", "CC BY-NC 3.0"),
    ("another port", licensed("CC BY 3.0"), "CC BY 3.0 ES", "licence-permits", "CC BY 3.0 ES"),
    ("an older ND", licensed("CC BY-ND 4.0"), "CC BY-ND 3.0", "nd-no-adaptation", "CC BY-ND 3.0"),
    ("looser", licensed("CC BY-NC 4.0"), "CC BY 4.0", "rights-conflict", "CC BY 4.0"),
    ("looser than ND", licensed("CC BY-ND 4.0"), "CC BY 4.0", "rights-conflict", "CC BY 4.0"),
    ("neither looser nor stricter", licensed("CC BY-NC 4.0"), "CC BY-SA 4.0", "rights-conflict", "CC BY-SA 4.0"),
    ("record is house terms", DECLARED, "CC BY-NC 4.0", "rights-conflict", "CC BY-NC 4.0"),
    ("record is a permission", permitted(uses=USES), "CC BY-ND 4.0", "rights-conflict", "CC BY-ND 4.0"),
    ("record reserves all rights", Rights(basis="none"), "CC BY 4.0", "rights-conflict", "CC BY 4.0"),
    ("mark unreadable", licensed("CC BY 4.0"), "some rights reserved", "variant-unknown", None),
    ("mark without version", licensed("CC BY-NC 4.0"), "CC BY-NC", "variant-unknown", None),
    ("mark unreadable under house terms", DECLARED, "CC BY-NC", "variant-unknown", None),
    ("bare pointer beside a licence", licensed("CC BY 4.0"), "https://creativecommons.org/", "variant-unknown", None),
    ("bare pointer under house terms", DECLARED, "https://creativecommons.org/", "house-terms-declared", None),
    ("bare pointer, silent terms", house(), "https://creativecommons.org/", "house-terms-silent-on-translation", None),
    ("record unreadable", licensed("Creative Commons"), "CC BY 4.0", "variant-unknown", None),
]


@pytest.mark.parametrize(
    ("rights", "mark", "code", "ruling_licence"), [row[1:] for row in MARKS], ids=[r[0] for r in MARKS]
)
def test_the_articles_own_mark_against_the_record(
    rights: Rights, mark: str, code: str, ruling_licence: str | None
) -> None:
    expected = parse(ruling_licence) if ruling_licence else None
    for permission in (
        may_translate(rights, mark, language="es", today=TODAY),
        may_publish(rights, mark, N, language="es", today=TODAY),
    ):
        assert (permission.code, permission.licence) == (code, expected)


def test_a_parsed_mark_counts_like_a_written_one() -> None:
    mark = parse("CC BY-NC-ND 4.0")
    assert may_translate(licensed("CC BY 4.0"), mark, language="es", today=TODAY).code == "nd-no-sharing"


def test_a_stricter_mark_governs_the_use_class_too() -> None:
    assert may_publish(licensed("CC BY 4.0"), "CC BY-NC 4.0", P, language="es", today=TODAY).ruling is Ruling.REFUSE


@pytest.mark.parametrize(
    ("languages", "language", "covered"),
    [
        ((), "es", True),
        (("es",), "es", True),
        (("es",), "es-MX", True),
        (("ES",), "es", True),
        (("es-MX",), "es", False),
        (("e",), "es", False),
        (("pt", "es"), "es", True),
        (("pt",), "es", False),
    ],
)
def test_a_permission_covers_the_languages_it_names(languages: tuple[str, ...], language: str, covered: bool) -> None:
    permission = may_translate(permitted(uses=USES, languages=languages), None, language=language, today=TODAY)
    assert (permission.code == "permission") is covered


def test_verdicts_carry_the_wording_of_their_code() -> None:
    permission = may_publish(licensed("CC BY-NC 4.0"), None, P, language="es", today=TODAY)
    assert permission.ruling is Ruling.REFUSE
    assert permission.reason == REASONS["nc-paid-use"].english
    assert permission.reason_es == REASONS["nc-paid-use"].spanish
