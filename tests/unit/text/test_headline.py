"""Rules of lowering headlines before translation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.headline import is_title_case, lower_title_case

BODY = (
    "The Gulf Cartel moved cocaine through the port. Officials in Veracruz told the White House that the cartel pays "
    "every house. Agents of the DEA said LaSusa was right, and that Enrique Peña Nieto knew. The attorney general "
    "spoke with Attorney General's Office staff. In Tijuana, the gang paid Knights of the Temple. Reported crime rose."
)


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Gulf Cartel Moves More Cocaine Through Veracruz", "Gulf Cartel moves more cocaine through Veracruz"),
        ("How the White House Pays Every House", "How the White House pays every house"),
        ("Peña Nieto’s Last Reform Fails", "Peña Nieto’s last reform fails"),
        ("DEA Agents Arrest FARC Leader in Tijuana", "DEA agents arrest FARC leader in Tijuana"),
        ("VERACRUZ: DEA SAYS LASUSA WAS RIGHT", "Veracruz: DEA says LaSusa was right"),
        ("Crime in Guatemala Rose: The Next War", "Crime in Guatemala rose: the next war"),
        ("Who Pays? The Cartel Does", "Who pays? The cartel does"),
        ("MS-13 Leader Held in U.S. Jail", "MS-13 leader held in U.S. jail"),
        ("Did Knights of the Temple Win?", "Did Knights of the Temple win?"),
        ("MEXICO'S GANGS GROW", "Mexico's gangs grow"),
        ("Attorney General’s Office Opens Case", "Attorney General’s Office opens case"),
    ],
)
def test_title_case_is_lowered_and_names_stay(headline: str, expected: str) -> None:
    assert is_title_case(headline)
    assert lower_title_case(headline, BODY) == expected


@pytest.mark.parametrize(
    "headline",
    [
        "Cartel moves more cocaine through Veracruz",
        "Mayor resigns",
        "Gangs",
        "",
        "¿?",
        "Enrique Peña Nieto meets Ana Paz",
    ],
)
def test_sentence_case_is_left_alone(headline: str) -> None:
    assert not is_title_case(headline)
    assert lower_title_case(headline, BODY) == headline


def test_headline_that_is_all_names_stays() -> None:
    assert lower_title_case("Enrique Peña Nieto in Veracruz", BODY) == "Enrique Peña Nieto in Veracruz"


@given(st.text(max_size=40), st.text(max_size=80))
def test_only_case_ever_changes(headline: str, body: str) -> None:
    lowered = lower_title_case(headline, body)
    assert len(lowered) == len(headline)
    assert lowered.casefold() == headline.casefold()


@given(
    st.lists(st.sampled_from(["Gulf", "Cartel", "House", "The", "of", "DEA’s", "WAR", "?", ":", "Veracruz"])).map(
        " ".join
    )
)
def test_lowering_is_idempotent(headline: str) -> None:
    once = lower_title_case(headline, BODY)
    assert lower_title_case(once, BODY) == once
