"""Rules of Spanish typography; every rule also proves its own example."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.quotation import paired_quotes
from pipeline.text.spanish import RULES, Rule, typography


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_turns_its_example(rule: Rule) -> None:
    assert rule.before != rule.after
    assert rule.apply(rule.before) == rule.after
    assert rule.apply(rule.after) == rule.after


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # quotation marks
        ('"Nos vamos", dijo. "Ya".', "«Nos vamos», dijo. «Ya»."),
        ("“Nos vamos”, dijo.", "«Nos vamos», dijo."),
        ("Según «la “ley” vigente»", "Según «la “ley” vigente»"),
        ("“Leyó «El País» y calló”.", "«Leyó “El País” y calló»."),
        ('Dijo: "Nos vamos.', 'Dijo: "Nos vamos.'),
        ('Una tubería de 5" de ancho', 'Una tubería de 5" de ancho'),
        ('"¿Por qué?", preguntó.', "«¿Por qué?», preguntó."),
        ('Dijo que "no hay nada."', "Dijo que «no hay nada»."),
        ("Dijo «no sé...»", "Dijo «no sé...»"),
        ("La sede en «EE. UU.» cerró.", "La sede en «EE. UU.» cerró."),
        ("« Adiós »", "«Adiós»"),
        ("el apodo ('El Güero')", "el apodo ('El Güero')"),
        # ¿ ¡
        ("Quién fue?", "¿Quién fue?"),
        ("¿Quién fue?", "¿Quién fue?"),
        ("Fue así. Por qué? Nadie sabe.", "Fue así. ¿Por qué? Nadie sabe."),
        ("El Sr. Gómez vino?", "¿El Sr.\u00a0Gómez vino?"),
        ("Preguntó «quién fue?» y se fue.", "Preguntó «¿quién fue?» y se fue."),
        ("Qué horror?!", "¡¿Qué horror?!"),
        ("Yahoo! compra la firma.", "Yahoo! compra la firma."),
        ("El dato (?) no consta.", "El dato (?) no consta."),
        ("— Vienes?", "— ¿Vienes?"),
        # signs
        ("Un 3,5% y un 15 % más", "Un 3,5\u00a0% y un 15\u00a0% más"),
        ("a 5 km, 3 kg y 40 €.", "a 5\u00a0km, 3\u00a0kg y 40\u00a0€."),
        ("hay 5 mujeres y 3 grupos", "hay 5 mujeres y 3 grupos"),
        ("N.° 3 y n. º 4", "N.º\u00a03 y n.º\u00a04"),
        ("el calibre .38 y el archivo .csv", "el calibre .38 y el archivo .csv"),
        # dates
        ("el 26 de Mayo de 2016 y en Junio de 2017", "el 26 de mayo de 2016 y en junio de 2017"),
        ("la plaza 25 de Mayo", "la plaza 25 de Mayo"),
        ("Lunes 3 de mayo", "Lunes 3 de mayo"),
        # dashes, abbreviations
        ("Vino - dijo - y se fue.", "Vino —dijo— y se fue."),
        ("Perú – Chile", "Perú – Chile"),
        ("el vuelo Lima-Quito - sin escala", "el vuelo Lima-Quito - sin escala"),
        ("«Vino – dijo – y se fue»", "«Vino – dijo – y se fue»"),
        ("en EEUU y en EE. UU. a las 9 a.m.", "en EE.\u00a0UU. y en EE.\u00a0UU. a las 9\u00a0a.\u00a0m."),
        ("«en EEUU», dijo la Dra. Luna", "«en EEUU», dijo la Dra.\u00a0Luna"),
        # never touched
        (
            "Vea https://a.example/x?q=5%&r=2 y escriba a a.b@c.example o a @d_e.",
            "Vea https://a.example/x?q=5%&r=2 y escriba a a.b@c.example o a @d_e.",
        ),
        ('Vea "https://a.example/p".', "Vea «https://a.example/p»."),
        ("", ""),
    ],
)
def test_typography(found: str, expected: str) -> None:
    assert typography(found) == expected
    assert typography(expected) == expected


SIGNS = st.text(st.sampled_from(list(' \u00a0"“”«»?!¿¡.,;:…()%5aBñ@#-—nº\U000f0000')), max_size=24)
PROSE = st.lists(
    st.sampled_from(
        ["dijo", '"', "“", "”", "«", "»", "Qué", "?", "!", ".", ",", " ", " ", "15%", "26 de Mayo de 2016", "(", ")",
         "https://a.example/5%", "@x", "Sr.", "...", "—", "n° 3", "EE. UU."]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(SIGNS, PROSE, st.text(max_size=30)))
def test_typography_is_idempotent(text: str) -> None:
    once = typography(text)
    assert typography(once) == once


@settings(max_examples=300, deadline=None)
@given(PROSE)
def test_typography_keeps_every_letter_and_figure_in_order(text: str) -> None:
    def words(value: str) -> str:
        return "".join(char for char in value.lower() if char.isalnum() and char not in "º°")

    assert words(typography(text)) == words(text)


def test_a_blank_after_an_opening_quotation_mark_does_not_hide_the_pair() -> None:
    assert typography('Una "red social" y " oportunidades de todos".') == "Una «red social» y «oportunidades de todos»."


def test_an_odd_quotation_mark_leaves_everything_as_it_is() -> None:
    assert typography('Una "red social" y " oportunidades.') == 'Una "red social" y " oportunidades.'


@pytest.mark.parametrize("said", ["Sube un 15% en 30 km", "el decreto nº 45", "en Mayo de 2016", "EE.UU. a las 3 p.m."])
@pytest.mark.parametrize("marks", ["«{}»", "“{}”", '"{}"', "«Uno. {}", "{}», dijo"])
def test_how_somebody_is_quoted_is_left_alone(said: str, marks: str) -> None:
    quoted = f"Dijo {marks.format(said)}" if not marks.startswith("{") else marks.format(said)
    assert said in typography(quoted)


def test_outside_a_quotation_the_same_is_set() -> None:
    assert typography("Sube un 15% y «un 15%», un 15%.") == "Sube un 15\u00a0% y «un 15%», un 15\u00a0%."


def test_code_is_kept_wherever_it_stands() -> None:
    assert typography('Escriba a = "15%" y suba un 15%.', ['a = "15%"']) == 'Escriba a = "15%" y suba un 15\u00a0%.'
    text = '"Escriba "x" y pare.'
    assert paired_quotes(text + ' Ya."', [(9, 12)]) == '«Escriba "x" y pare. Ya.»'
