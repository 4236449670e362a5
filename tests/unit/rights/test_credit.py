"""The credit's lines in Spanish and English, for each basis of rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.rights import attribution as credit
from pipeline.rights.licences import parse
from pipeline.rights.wording import LANGUAGES, Wording, wording
from pipeline.types import Attribution, Correction

ORIGINAL = "https://medio.example/news/river-ports?a=1&b=2"
SPANISH = Attribution(
    publisher="El Faro del Sur",
    publisher_url="https://medio.example/",
    original_url=ORIGINAL,
    original_title="River Ports & Their Owners",
    original_language="en",
    language="es",
    authors=("Ana Ruiz", "Inés Vidal"),
    original_date=date(2016, 5, 26),
    licence=parse("CC BY-NC-SA 4.0"),
    contact="derechos@tornavoz.example",
    outlet="Red Sur",
    engine="argos",
    model="translate-en_es 0.1",
)
ENGLISH = replace(SPANISH, language="en")
VERBATIM = replace(ENGLISH, translated=False)
HOUSE = replace(SPANISH, licence=None, basis="house-terms", terms_url="https://medio.example/terms")
PERMITTED = replace(SPANISH, licence=None, basis="permission", permission_reference="Carta 12/2026")


def test_spanish_top_block_names_author_source_translator_and_changes_in_that_order() -> None:
    assert credit.top_text(SPANISH).splitlines() == [
        "Por Ana Ruiz e Inés Vidal, El Faro del Sur",
        "Publicado primero en inglés por El Faro del Sur el 26 de mayo de 2016: "
        f"River Ports & Their Owners ({ORIGINAL})",
        "Traducción automática: Red Sur con argos translate-en_es 0.1 · sin revisión humana",
        "Cambios: traducido del inglés al español; se omitieron imágenes y elementos de la página. "
        "El Faro del Sur no ha revisado ni aprobado esta versión. Si hay diferencias, vale el texto en inglés.",
    ]


def test_spanish_bottom_block_links_the_original_and_the_licence() -> None:
    assert credit.bottom_text(SPANISH).splitlines() == [
        f"Lea el original en El Faro del Sur: {ORIGINAL}",
        "Texto: El Faro del Sur, Creative Commons Atribución-NoComercial-CompartirIgual 4.0 Internacional "
        "(https://creativecommons.org/licenses/by-nc-sa/4.0/). Solo para uso no comercial. "
        "Esta traducción se ofrece con la misma licencia. Las fotos y los gráficos no están incluidos.",
        "Consultas: derechos@tornavoz.example",
    ]


def test_english_wording() -> None:
    reviewed = replace(ENGLISH, reviewer="Eva Gil", reviewed_on=date(2026, 1, 2), other_changes=("shortened.",))
    assert credit.top_text(reviewed).splitlines() == [
        "By Ana Ruiz and Inés Vidal, El Faro del Sur",
        f"First published in English by El Faro del Sur on 26 May 2016: River Ports & Their Owners ({ORIGINAL})",
        "Machine translation: Red Sur with argos translate-en_es 0.1 · edited by Eva Gil, 2 January 2026",
        "Changes made: translated from English into English; images and page furniture left out; shortened. "
        "El Faro del Sur has neither reviewed nor approved this version. If they differ, follow the English text.",
    ]


@pytest.mark.parametrize(
    ("language", "top", "bottom"),
    [
        (
            "pt",
            [
                "Por Ana Ruiz e Inés Vidal, El Faro del Sur",
                "Publicado primeiro em inglês por El Faro del Sur em 26 de maio de 2016: "
                f"River Ports & Their Owners ({ORIGINAL})",
                "Tradução automática: Red Sur com argos translate-en_es 0.1 · sem revisão humana",
                "Alterações: traduzido do inglês para o português; imagens e elementos da página foram omitidos. "
                "El Faro del Sur não revisou nem aprovou esta versão. Em caso de diferença, vale o texto em inglês.",
            ],
            "Texto: El Faro del Sur, Creative Commons Atribuição-NãoComercial-CompartilhaIgual 4.0 Internacional "
            "(https://creativecommons.org/licenses/by-nc-sa/4.0/). Somente para uso não comercial. "
            "Esta tradução é oferecida sob a mesma licença. Fotos e gráficos não estão incluídos.",
        ),
        (
            "fr",
            [
                "Par Ana Ruiz et Inés Vidal, El Faro del Sur",
                "Publié d’abord en anglais par El Faro del Sur le 26 mai 2016 : "
                f"River Ports & Their Owners ({ORIGINAL})",
                "Traduction automatique : Red Sur avec argos translate-en_es 0.1 · sans relecture humaine",
                "Modifications : traduit en français à partir du texte en anglais ; images et éléments de la page "
                "omis. "
                "El Faro del Sur n’a ni relu ni approuvé cette version. En cas de différence, le texte en anglais "
                "fait foi.",
            ],
            "Texte : El Faro del Sur, Creative Commons Attribution - Pas d’Utilisation Commerciale - "
            "Partage dans les Mêmes Conditions 4.0 International "
            "(https://creativecommons.org/licenses/by-nc-sa/4.0/). Uniquement pour un usage non commercial. "
            "Cette traduction est proposée sous la même licence. Les photos et les graphiques ne sont pas compris.",
        ),
    ],
)
def test_wording_in_further_languages(language: str, top: list[str], bottom: str) -> None:
    a = replace(SPANISH, language=language)
    assert [line.replace("\u00a0", " ") for line in credit.top_text(a).splitlines()] == top
    assert credit.licence_text(a).replace("\u00a0", " ") == bottom


def test_an_unchanged_copy_has_no_translator_and_no_notice() -> None:
    assert credit.top_text(VERBATIM).splitlines() == [
        "By Ana Ruiz and Inés Vidal, El Faro del Sur",
        f"First published by El Faro del Sur on 26 May 2016: River Ports & Their Owners ({ORIGINAL})",
    ]
    assert credit.translator_line(VERBATIM) == ""
    assert credit.notice_html(VERBATIM) == ""
    assert "same licence" not in credit.licence_text(VERBATIM)


def test_the_licence_link_says_so_and_the_source_links_are_plain() -> None:
    wrapped = credit.wrap(SPANISH, "<p>Texto.</p>")
    assert '<a href="https://creativecommons.org/licenses/by-nc-sa/4.0/" rel="license">' in wrapped
    assert wrapped.count('<a href="https://medio.example/news/river-ports?a=1&amp;b=2">') == 2
    assert "nofollow" not in wrapped


def test_the_original_title_stays_in_its_language() -> None:
    assert '<cite lang="en" translate="no">River Ports &amp; Their Owners</cite></a>' in credit.top_html(SPANISH)


def test_wrap_puts_corrections_above_the_text_and_the_rest_below() -> None:
    wrapped = credit.wrap(SPANISH, "\n<p>Texto.</p>\n", [Correction(on=date(2026, 2, 1), note="el nombre del puerto")])
    classes = [line.split('"')[1] if 'class="' in line else "body" for line in wrapped.splitlines()]
    assert classes == [
        "credit-byline",
        "credit-source",
        "credit-translator",
        "credit-changes",
        "credit-correction",
        "body",
        "credit-original",
        "credit-licence",
        "credit-contact",
    ]
    assert "Corregido el 1 de febrero de 2026: el nombre del puerto.</p>" in wrapped


@pytest.mark.parametrize(
    ("note", "end"), [("un nombre", "un nombre."), ("Un nombre.", "Un nombre."), ("«Así.»", "«Así.»")]
)
def test_a_correction_ends_in_one_full_stop(note: str, end: str) -> None:
    text = credit.correction_text(SPANISH, Correction(on=date(2026, 2, 1), note=note))
    assert text == f"Corregido el 1 de febrero de 2026: {end}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "es",
            "Texto: El Faro del Sur. Reproducción permitida según las condiciones de ese medio "
            "(https://medio.example/terms); más información en Creative Commons (https://creativecommons.org/). "
            "Solo para uso no comercial. Las fotos y los gráficos no están incluidos.",
        ),
        (
            "en",
            "Text: El Faro del Sur. Republication permitted under the publisher’s terms (https://medio.example/terms); "
            "more at Creative Commons (https://creativecommons.org/). For non-commercial use only. "
            "Photos and graphics are not covered.",
        ),
    ],
)
def test_house_terms_claim_no_licence_but_point_to_the_terms(language: str, text: str) -> None:
    a = replace(HOUSE, language=language)
    assert credit.licence_text(a) == text
    assert 'rel="license"' not in credit.licence_html(a)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("Carta 12/2026", "Usado con permiso de El Faro del Sur (Carta 12/2026)."),
        (None, "Usado con permiso de El Faro del Sur."),
    ],
)
def test_a_permission_is_stated_with_its_reference(reference: str | None, text: str) -> None:
    line = credit.licence_text(replace(PERMITTED, permission_reference=reference))
    assert line == f"Texto: El Faro del Sur. {text} Las fotos y los gráficos no están incluidos."


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        ((), "Por El Faro del Sur"),
        (("  ", "el faro del sur"), "Por El Faro del Sur"),
        (("Ana Ruiz",), "Por Ana Ruiz, El Faro del Sur"),
        (("Ana", "Luis", "Hilda"), "Por Ana, Luis e Hilda, El Faro del Sur"),
        (("Ana", "Yvonne"), "Por Ana e Yvonne, El Faro del Sur"),
        (("Ana", "Hiedra"), "Por Ana y Hiedra, El Faro del Sur"),
        (("Ana", "Yolanda"), "Por Ana y Yolanda, El Faro del Sur"),
    ],
)
def test_spanish_bylines(authors: tuple[str, ...], line: str) -> None:
    assert credit.byline(replace(SPANISH, authors=authors)) == line


def test_a_name_that_ends_in_a_full_stop_gets_no_second_one() -> None:
    a = replace(PERMITTED, publisher="Faro y Cía.", permission_reference=None)
    assert credit.licence_text(a).startswith("Texto: Faro y Cía. Usado con permiso de Faro y Cía. Las fotos")


def test_names_for_feeds_never_hold_the_translator() -> None:
    assert credit.names_for_feed(SPANISH) == ("Ana Ruiz", "Inés Vidal", "El Faro del Sur")
    assert credit.creator_line(SPANISH) == "Ana Ruiz e Inés Vidal, El Faro del Sur"
    assert credit.creator_line(replace(SPANISH, authors=())) == "El Faro del Sur"


@pytest.mark.parametrize(
    ("outlet", "engine", "reviewer", "on", "line"),
    [
        ("Red Sur", "", None, None, "Traducción automática: Red Sur · sin revisión humana"),
        ("", "argos", "Eva Gil", None, "Traducción automática: argos · revisada por Eva Gil"),
        ("", "", None, None, "Traducción automática · sin revisión humana"),
        (
            "Red Sur",
            "argos",
            "Eva Gil",
            date(2026, 1, 2),
            "Traducción automática: Red Sur con argos · revisada por Eva Gil, 2 de enero de 2026",
        ),
    ],
)
def test_the_translator_line_says_what_is_known(
    outlet: str, engine: str, reviewer: str | None, on: date | None, line: str
) -> None:
    a = replace(SPANISH, outlet=outlet, engine=engine, model="", reviewer=reviewer, reviewed_on=on)
    assert credit.translator_line(a) == line


def test_without_a_date_the_source_line_has_none() -> None:
    line = credit.top_text(replace(SPANISH, original_date=None)).splitlines()[1]
    assert line.startswith("Publicado primero en inglés por El Faro del Sur: River Ports")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "/news/1", "", "https://", "data:text/html,x", "https://medio.example/a b", "https://[x/"],
)
def test_no_credit_without_a_web_address_of_the_original(address: str) -> None:
    with pytest.raises(SourceError):
        credit.wrap(replace(SPANISH, original_url=address), "<p>Texto.</p>")


def test_other_addresses_are_linked_only_when_they_are_web_addresses() -> None:
    hostile = replace(HOUSE, terms_url="javascript:alert(1)", contact="javascript:alert(2)")
    wrapped = credit.wrap(hostile, "<p>Texto.</p>")
    assert 'href="javascript' not in wrapped
    linked = credit.bottom_html(replace(SPANISH, contact="https://tornavoz.example/contacto"))
    assert '<a href="https://tornavoz.example/contacto">' in linked


def test_a_slot_in_a_name_is_not_filled() -> None:
    a = replace(SPANISH, outlet="{engine}", authors=("{publisher}",))
    assert credit.byline(a) == "Por {publisher}, El Faro del Sur"
    assert "{engine} con argos" in credit.translator_line(a)


def test_direction_overrides_and_control_characters_are_dropped() -> None:
    assert credit.byline(replace(SPANISH, authors=("Ana\u202e\x00\x0b\nRuiz",))) == "Por Ana Ruiz, El Faro del Sur"


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("es", "Retirado", "Retirado el 3 de marzo de 2026. Elimine su copia, por favor. Consultas: yo@red.example"),
        ("en", "Withdrawn", "Withdrawn on 3 March 2026. Please remove your copy. Questions: yo@red.example"),
        ("pt", "Retirado", "Retirado em 3 de março de 2026. Por favor, remova a sua cópia. Contato: yo@red.example"),
        ("fr", "Retiré", "Retiré le 3 mars 2026. Merci de supprimer votre copie. Contact : yo@red.example"),
    ],
)
def test_a_withdrawal_stub_asks_for_removal_and_names_nobody(language: str, title: str, text: str) -> None:
    a, on = replace(SPANISH, language=language), date(2026, 3, 3)
    assert credit.stub_title(language) == title
    assert credit.stub_text(a, on, "yo@red.example") == text
    assert credit.stub_html(a, on, "yo@red.example").replace("\u00a0", " ") == f'<p class="credit-withdrawn">{text}</p>'
    assert "derechos@tornavoz.example" in credit.stub_html(a, on)
    assert "Consultas" not in credit.stub_text(replace(SPANISH, contact=None), on)


def test_a_language_without_wording_is_an_error() -> None:
    with pytest.raises(ConfigError, match="'fi'"):
        credit.byline(replace(SPANISH, language="fi"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pack_fills_every_slot(language: str) -> None:
    pack: Wording = wording(language.upper() + "-XX")
    assert all(pack.language(known) != known for known in LANGUAGES)
    assert pack.language("tlh") == "tlh"
    for name in Wording.__slots__:
        value = getattr(pack, name)
        assert value, name
    everything = [replace(SPANISH, language=language, reviewer="Eva", reviewed_on=date(2026, 1, 2)), HOUSE, PERMITTED]
    for a in everything:
        wrapped = credit.wrap(a, "<p>x</p>", [Correction(on=date(2026, 1, 2), note="y")])
        assert "{" not in wrapped
