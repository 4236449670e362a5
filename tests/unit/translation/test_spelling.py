"""Invented words are named; real ones, however they are put together, are left alone."""

from __future__ import annotations

import pytest

from pipeline.translation.spelling import invented, invented_words, is_word
from pipeline.types import Level


def words_of(text: str) -> list[str]:
    return text.split()


REAL = words_of(
    "antes jamás gobernador gobernadora lancheros desapareció habrían cárteles extorsión sobornos allanamientos "
    "incautaron narcotraficantes narcosubmarino exgobernador exjuez vicejefe anticorrupción antidrogas antirrobo "
    "intermunicipales paramilitares reabrirse detenerlos haciéndolo entregárselos mostrándonos presuntamente "
    "ambientalmente socioeconómicas extrajudiciales desplazamientos feminicidios distritales veintisiete kilogramos "
    "ciberdelincuentes blanqueo coyotes sicarios cocaleros fiscalía contrabandistas microtráfico prófugos"
)

INVENTED = words_of(
    "anticrima sfornte emlinto enrrainada anticripción substificadas abordaciones matiladores multicoter drabras "
    "imunidad apoiantes correcionales obstrución esmagadoramente desmobilizados golpeamientos retaliatorias "
    "repreensión migratórios parabenizó disponibilizó"
)


@pytest.mark.parametrize("word", REAL)
def test_a_real_word_passes(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", INVENTED)
def test_an_invented_word_does_not(word: str) -> None:
    assert not is_word(word)


def test_only_words_written_small_are_looked_up() -> None:
    target = "Osorio Chong visitó Tepalcaltepec; la DEA, en www.sfornte.example, escribió a sfornte@emlinto.example."
    assert invented_words("x", target) == ()


def test_a_word_of_the_original_may_stand_in_the_translation() -> None:
    assert invented_words("The huachicoleros fled.", "Los huachicoleros huyeron.") == ()
    assert invented_words("The thieves fled.", "Los huachicolixeros huyeron.") == ("huachicolixeros",)


def test_each_is_named_once_and_in_order() -> None:
    (doubt,) = invented("x", "Una sfornte y un emlinto, otra sfornte.")
    assert doubt.level is Level.WARN
    assert "sfornte, emlinto." in doubt.reason
    assert "sfornte, emlinto." in doubt.reason_es
    assert list(invented("x", "Una red y un muro.")) == []
