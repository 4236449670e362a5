"""Figures in the style of a variety of Spanish, from the original's own figure; brackets closed where that is plain."""

from __future__ import annotations

import pytest

from pipeline.translation.fidelity import numbers
from pipeline.translation.numerals import STYLES, closed, numerals

SOURCE = "Some 12,345 people paid 3.5 percent of 1,234.5 pesos in 2016."


@pytest.mark.parametrize(
    ("variety", "text"),
    [
        ("es-ES", "Unas 12\u202f345 personas pagaron un 3,5 % de 1234,5 pesos en 2016."),
        ("es-419", "Unas 12\u202f345 personas pagaron un 3.5 % de 1234.5 pesos en 2016."),
        ("es-MX", "Unas 12,345 personas pagaron un 3.5 % de 1,234.5 pesos en 2016."),
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        "Unas 12.345 personas pagaron un 3,5 % de 1.234,5 pesos en 2016.",
        "Unas 12,345 personas pagaron un 3.5 % de 1,234.5 pesos en 2016.",
        "Unas 12 345 personas pagaron un 3,5 % de 1234,5 pesos en 2016.".replace("12 345", "12\u00a0345"),
    ],
)
def test_a_variety_writes_the_originals_figures_whatever_the_engine_printed(variety: str, text: str, said: str) -> None:
    written = numerals(said, SOURCE, variety)
    assert written == text
    assert numerals(written, SOURCE, variety) == written
    assert list(numbers(SOURCE, written)) == []


@pytest.mark.parametrize("variety", STYLES)
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("In 2016 he paid “1,234 pesos”.", "En 2016 pagó «1.234 pesos»."),  # quotations stay
        ("It is at 3.5.2 and 10:30.", "Está en 3.5.2 y a las 10:30."),
        ("He has 12,345 books.", "Tiene muchos libros, 99.999."),  # a figure that the original lacks
        ("See www.example.org/1,234.5 now.", "Véase www.example.org/1,234.5 ya."),
        ("Nobody paid.", "Nadie pagó 1.234."),
    ],
)
def test_what_is_no_figure_of_the_original_stays(variety: str, source: str, text: str) -> None:
    assert numerals(text, source, variety) == text


@pytest.mark.parametrize(
    ("source", "text", "mended"),
    [
        ("He left (with a gun).", "Se fue (con un arma.", "Se fue (con un arma)."),
        ("He left [sic].", "Se fue [sic", "Se fue [sic]"),
        (
            "The bank (in Lima) closed.",
            "El banco (en Lima cerró.",
            "El banco (en Lima cerró.",
        ),  # its place is not plain
        ("He left (with a gun).", "Se fue (con un arma).", "Se fue (con un arma)."),
        ("He left.", "Se (fue.", "Se (fue."),
    ],
)
def test_a_bracket_is_closed_where_its_place_is_plain(source: str, text: str, mended: str) -> None:
    assert closed(text, source) == mended
