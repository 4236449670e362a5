"""Dates in running text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from pipeline.text.dates import long_date_en, long_date_es, long_date_fr, long_date_pt, months


@pytest.mark.parametrize(
    ("write", "late", "first"),
    [
        (long_date_es, "26 de mayo de 2016", "1 de septiembre de 2024"),
        (long_date_en, "26 May 2016", "1 September 2024"),
        (long_date_fr, "26 mai 2016", "1er septembre 2024"),
        (long_date_pt, "26 de maio de 2016", "1º de setembro de 2024"),
    ],
)
def test_long_dates(write: Callable[[date], str], late: str, first: str) -> None:
    assert (write(date(2016, 5, 26)), write(date(2024, 9, 1))) == (late, first)


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_a_year_has_twelve_different_months(language: str) -> None:
    assert len(set(months(language))) == 12
