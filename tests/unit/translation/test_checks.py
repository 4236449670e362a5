"""Labelled sentence pairs for every check: those that must be doubted and those that must be let pass."""

from __future__ import annotations

import pytest

from pipeline.translation.checks import ARTICLE_CHECKS, GLOSSARY, SENTENCE_CHECKS, ArticleCheck, SentenceCheck, check
from pipeline.types import Block, BlockKind, Draft, EngineIdentity, Level, Match, Origin, Span, Story

Pair = tuple[str, str]
LOOKS = {each.code: each.look for each in SENTENCE_CHECKS}
IDENTITY = EngineIdentity(engine="test", engine_version="1", model="test 1", model_sha256="0", settings="")

HOLDS: dict[str, list[Pair]] = {
    "empty": [
        ("The road is closed.", ""),
        ("The road is closed.", "   "),
        ("Yes.", "…"),
        ("He was not there in 2019.", "2019."),
        ("“Nobody knows”, she said.", "«», ."),
        ("One river, two banks", "-"),
        ("See the list", "12"),
        ("Water", "."),
    ],
    "copied": [
        ("The road is closed today.", "The road is closed today."),
        ("Read the full report here", "Read the full report here"),
        ("Nobody saw the truck leave.", "Nobody saw the truck leave."),
        ("Police found 3 bodies near Iguala.", "police found 3 bodies near Iguala"),
        ("Why the harvest failed", "Why the Harvest Failed"),
        ("Mayor denies taking a bribe", "Mayor denies taking a bribe."),
        ("The bank didn't answer our letter.", "The bank didn't answer our letter."),
        ("Listen to the whole interview", "«Listen to the whole interview»"),
    ],
    "numbers": [
        ("The road cost 573 million dollars.", "La carretera costó 53 millones de dólares."),
        ("At least 43 people died.", "Murieron al menos 34 personas."),
        ("It began in 1998.", "Comenzó en 1989."),
        ("The fund holds 1,234.5 tonnes.", "El fondo guarda 12.345 toneladas."),
        ("He paid $4.5 billion.", "Pagó 4.500.000 dólares."),
        ("Output fell by 12 percent.", "La producción cayó por ciento."),
        ("The police came at night.", "La policía llegó a las 23."),
        ("Two men left.", "Se fueron 22 hombres."),
        ("They spent 2 million euros.", "Gastaron 2 euros."),
        ("Some 2,300 families fled.", "Huyeron unas 230 familias."),
    ],
    "amounts": [
        ("The debt is two billion.", "La deuda es de dos billones."),
        ("A billion people saw it.", "Un billón de personas lo vio."),
        ("It cost $3bn.", "Costó 3 billones de dólares."),
        ("Billions were lost.", "Se perdieron billones."),
        ("Prices rose 5%.", "Los precios subieron 5."),
        ("Some 40 percent agreed.", "Unos 40 estuvieron de acuerdo."),
        ("It cost 5 euros.", "Costó 5 $."),
        ("It cost $5.", "Costó 5 €."),
    ],
    "addresses": [
        ("See https://example.org/a for more.", "Véase https://example.org para más."),
        ("See https://example.org/a_b.", "Véase https://example.org/a b."),
        ("Write to desk@example.org.", "Escriba a desk@example.com."),
        ("Write to desk@example.org.", "Escriba a la redacción."),
        ("Follow @the_desk today.", "Siga a @la_mesa hoy."),
        ("Follow @the_desk today.", "Siga a @ the desk hoy."),
        ("Tag it #OpenData now.", "Márquelo #DatosAbiertos ya."),
        ("Nothing to see.", "Nada que ver en www.example.org."),
    ],
    "leftover-english": [
        ("x", "El alcalde said that the road would be closed with no warning."),
        ("x", "The government has not said when they will be back from there."),
        ("x", "This is what the people of the valley told us about it."),
        ("x", "Los vecinos said they were afraid of the men who came after the flood."),
        ("x", "It was not until the end of the year that they could return."),
        ("x", "Because of this, the court would not let him out before the trial."),
        ("x", "There were more than ten of them, and she was with some of those."),
        ("x", "Según the report, it was only after the fire that they had been told."),
    ],
    "repetition": [
        ("He was very tired.", "Estaba muy muy muy muy cansado."),
        ("The men and women left.", "Los hombres y los hombres y los hombres y los hombres."),
        ("Follow us.", "Sigue a wwwwwwww."),
        ("She gave the list to the court.", "Dio la lista al tribunal dio la lista al tribunal."),
        ("It ended.", "Terminó en la la la."),
        ("Rain fell.", "La lluvia de la lluvia de la lluvia de la lluvia."),
        ("The court will hear it.", "no no no"),
        ("He said it.", "que se dijo que se dijo que se dijo que se dijo que"),
    ],
    "length": [
        ("The judge asked the witness to come back on Monday morning.", "El juez."),
        ("The judge asked the witness to come back on Monday morning.", "Lunes por la mañana."),
        ("Nobody in the village wanted to talk about the missing men.", "Nadie en el pueblo."),
        ("He was a man of few words and many old friends.", "Hombre de pocas."),
        ("We do not know who is to go in or out.", "No lo sabemos; " * 10),
        ("It is as bad as it can be for us all.", "Es todo lo malo que puede llegar a ser, y aún más, " * 3),
        (
            "I am on my way to see if it is so.",
            "Voy de camino, y llegaré dentro de poco tiempo, para ver si es así o no." * 2,
        ),
        ("The port of the city was closed for the whole week.", "Cerrado."),
    ],
    "residue": [
        ("He left.", "Se <unk> fue."),
        ("He left.", "Se fu\ufffd."),
        ("Cats & dogs.", "Gatos &amp; perros."),
        ("He left.", "Se fue ⟦0⟧."),
        ("He left.", "Se fue ⟧."),
        ("He left.", "Se ⁇ fue."),
        ("“He left.”", "&quot;Se fue.&quot;"),
        ("He left.", "Se▁fue.</s>"),
    ],
}

SILENT: dict[str, list[Pair]] = {
    "empty": [
        ("The road is closed.", "El camino está cerrado."),
        ("2019", "2019"),
        ("—", "—"),
        ("No.", "No."),
        ("Yes", "Sí"),
        ("…", ""),
        ("12%", "12 %"),
        ("OK", "Ok"),
    ],
    "copied": [
        ("Radio Nacional de Colombia", "Radio Nacional de Colombia"),
        ("Ana Ruiz, Pedro Gil and Eva Paz", "Ana Ruiz, Pedro Gil and Eva Paz"),
        ("The Washington Post", "The Washington Post"),
        ("Bank of the South", "Bank of the South"),
        ("No comment", "No comment"),
        ("Final total", "Final total"),
        ("The road is closed today.", "El camino está cerrado hoy."),
        ("COVID-19 in Peru", "COVID-19 in Peru"),
    ],
    "numbers": [
        ("The fund holds 1,234.5 tonnes.", "El fondo guarda 1.234,5 toneladas."),
        ("The fund holds 1,234.5 tonnes.", "El fondo guarda 1,234.5 toneladas."),
        ("He paid $4.5 billion.", "Pagó 4.500 millones de dólares."),
        ("He paid $4.5 billion.", "Pagó 4,5 mil millones de dólares."),
        ("He paid $4.5bn.", "Pagó 4500 millones de dólares."),
        ("Some 2,300 families fled.", "Huyeron unas 2 300 familias."),
        ("Some 12,300 families fled.", "Huyeron unas 12\u202f300 familias."),
        ("Two men left.", "Se fueron 2 hombres."),
        ("5 men left.", "Se fueron cinco hombres."),
        ("Twenty-five men left.", "Se fueron 25 hombres."),
        ("In the 1990s it grew.", "En los años 90 creció."),
        ("In the 1990s it grew.", "En la década de 1990 creció."),
        ("It began at 3:30 p.m.", "Comenzó a las 15:30."),
        ("A 19th-century bridge fell.", "Cayó un puente del siglo XIX."),
        ("The 2018-19 season ended.", "Terminó la temporada 2018-2019."),
        ("Half a million people came.", "Vinieron 500.000 personas."),
        ("A decade ago he left.", "Hace 10 años se fue."),
        ("One of the men spoke.", "Uno de los hombres habló."),
        ("The G20 met in 2024.", "El G20 se reunió en 2024."),
        ("It fell by 5.25%.", "Cayó un 5,25 %."),
        ("On May 26, 2016 he was freed.", "El 26 de mayo de 2016 fue liberado."),
        ("Over a million voted.", "Votó más de un millón."),
        ("Article 3.2 says so.", "Lo dice el artículo 3.2."),
        ("See https://example.org/2024/12 now.", "Véase https://example.org/2024/12 ya."),
        ("He was 1st in line.", "Era el primero de la fila."),
        ("More than 200 thousand came.", "Vinieron más de 200.000."),
        ("A hundred men and 3 women came.", "Vinieron 100 hombres y tres mujeres."),
        ("No. 7 is closed.", "El n.º 7 está cerrado."),
    ],
    "amounts": [
        ("The debt is two billion.", "La deuda es de dos mil millones."),
        ("The debt is two trillion.", "La deuda es de dos billones."),
        ("Prices rose 5%.", "Los precios subieron un 5 %."),
        ("Prices rose 5 percent.", "Los precios subieron un 5 por ciento."),
        ("It rose 2% in May.", "Subió dos puntos porcentuales en mayo."),
        ("It cost 5 dollars.", "Costó $5."),
        ("It cost €5.", "Costó 5 €."),
        ("He forged tickets.", "Falsificó billetes."),
    ],
    "addresses": [
        ("See https://example.org/a for more.", "Véase https://example.org/a para más."),
        ("See https://example.org/a.", "Véase «https://example.org/a»."),
        ("Write to desk@example.org.", "Escriba a desk@example.org."),
        ("Follow @the_desk today.", "Siga hoy a @the_desk."),
        ("Tag it #OpenData now.", "Márquelo ya #OpenData."),
        ("See www.example.org and a@b.org.", "Véanse a@b.org y www.example.org."),
        ("He is #1.", "Es el n.º 1."),
        ("AT&T paid.", "AT&T pagó."),
    ],
    "leftover-english": [
        ("x", "El alcalde dijo que la carretera estaría cerrada."),
        ("x", "Según The Washington Post, la policía no actuó."),
        ("x", "La serie House of Cards y The Wire se vieron en todo el país."),
        ("x", "El Federal Bureau of Investigation abrió una investigación."),
        ("x", "Su disco Songs for the Deaf salió en 2002."),
        ("x", "El software es open source."),
        ("x", "Un informe de Bank of America y de Doctors Without Borders."),
        ("x", "No has de venir a pie, me dijo, sin más."),
    ],
    "repetition": [
        ("He was very tired.", "Estaba muy, muy cansado."),
        ("No, no, no, he said.", "No, no, no, dijo."),
        ("The law of the land of the free.", "La ley de la tierra de los libres."),
        ("Ha ha ha ha!", "¡Ja ja ja ja!"),
        ("Day after day, year after year.", "Día tras día, año tras año."),
        ("Follow www.example.org.", "Siga www.example.org."),
        (
            "The men of the valley and the women of the coast met in the house of the mayor of the town.",
            "Los hombres del valle y las mujeres de la costa se reunieron en la casa del alcalde del pueblo.",
        ),
        ("Goooooal!", "¡Goooooool!"),
    ],
    "length": [
        ("The judge asked the witness to come back on Monday.", "El juez pidió al testigo que volviera el lunes."),
        ("Why?", "¿Por qué razón lo hicieron?"),
        ("No comment.", "No quiso hacer ninguna declaración al respecto."),
        ("Rain.", "Lluvias."),
        ("What now for the old port?", "¿Qué pasa ahora?"),
        ("Nobody in the village wanted to talk about the men.", "Nadie en el pueblo quería hablar de los hombres."),
        ("He was a man of few words and many old friends.", "Era hombre de pocas palabras y muchos amigos."),
        ("We do not know who is to go in or out.", "No sabemos quién debe entrar ni quién debe salir."),
    ],
    "residue": [
        ("He left.", "Se fue."),
        ("Type &amp; to see it.", "Escriba &amp; para verlo."),
        ("AT&T; then Ford.", "AT&T; luego Ford."),
        ("R&D paid.", "I+D pagó."),
        ("1 < 2", "1 < 2"),
        ("The sign ⟦ is rare.", "El signo ⟦ es raro."),
        ("What?!", "¡¿Qué?!"),
        ("The tag </s> ends it.", "La marca </s> lo termina."),
    ],
}

WARNS: dict[str, list[Pair]] = {
    "quotes": [("“No,” he said.", "No, dijo."), ("He left.", "Se «fue»."), ('He said "no".', "Dijo «no.")],
    "negation": [
        ("He did not pay.", "Pagó."),
        ("They never came.", "Siempre vinieron."),
        ("She didn't know.", "Lo sabía."),
        ("Nobody spoke.", "Todos hablaron."),
    ],
    "hedge": [
        ("The alleged leader fled.", "El líder huyó."),
        ("A suspected trafficker died.", "Murió un traficante."),
        ("He reportedly fled.", "Huyó."),
        ("He was accused of fraud.", "Fue culpable de fraude."),
    ],
    "publisher-doubled-word": [("He left the the house.", "Dejó la la casa.")],
    "invented-word": [("A strong fabric.", "Una sfornte tela."), ("The so-called methods.", "Las abordaciones.")],
    "length": [("The judge asked the witness to come back on Monday morning.", "El juez pidió al testigo volver.")],
    "leftover-english": [("x", "El alcalde habló del informe que se publicó ayer with the others en la capital.")],
}

QUIET: dict[str, list[Pair]] = {
    "quotes": [("“No,” he said.", "«No», dijo."), ("“It goes on.", "«Sigue."), ('He said "no".', "Dijo “no”.")],
    "negation": [
        ("He did not pay.", "No pagó."),
        ("See No. 5.", "Véase el n.º 5."),
        ("Not only he came.", "Vino él y otros."),
        ("Without water, they left.", "Sin agua, se fueron."),
    ],
    "hedge": [
        ("The alleged leader fled.", "El presunto líder huyó."),
        ("A suspected trafficker died.", "Murió un supuesto traficante."),
        ("He reportedly fled.", "Al parecer, huyó."),
        ("He was accused of fraud.", "Fue acusado de fraude."),
    ],
    "publisher-doubled-word": [("He had had enough.", "Estaba harto."), ("He left.", "Se fue.")],
}


def cases(table: dict[str, list[Pair]]) -> list[tuple[str, str, str]]:
    return [(code, source, target) for code, pairs in table.items() for source, target in pairs]


@pytest.mark.parametrize(("code", "source", "target"), cases(HOLDS))
def test_a_hold_fires(code: str, source: str, target: str) -> None:
    assert Level.HOLD in {doubt.level for doubt in LOOKS[code](source, target)}


@pytest.mark.parametrize(("code", "source", "target"), cases(SILENT) + cases(QUIET))
def test_a_sound_translation_passes(code: str, source: str, target: str) -> None:
    assert list(LOOKS[code](source, target)) == []


@pytest.mark.parametrize(("code", "source", "target"), cases(WARNS))
def test_a_warning_is_given_and_does_not_hold(code: str, source: str, target: str) -> None:
    assert [doubt.level for doubt in LOOKS[code](source, target)] == [Level.WARN]


def test_a_doubled_word_is_named_and_only_noted_where_the_translation_is_clean() -> None:
    (doubt,) = LOOKS["publisher-doubled-word"]("He saw the the road.", "Vio el camino.")
    assert doubt.level is Level.INFO
    assert "the the" in doubt.reason
    assert "the the" in doubt.reason_es


def test_each_hold_check_has_eight_cases_on_either_side() -> None:
    holding = {each.code for each in SENTENCE_CHECKS if each.level is Level.HOLD}
    assert holding == set(HOLDS) == set(SILENT)
    assert min(len(pairs) for pairs in (*HOLDS.values(), *SILENT.values())) >= 8


def test_codes_are_unique_and_explained_in_both_languages() -> None:
    every: list[SentenceCheck | ArticleCheck] = [*SENTENCE_CHECKS, *ARTICLE_CHECKS]
    assert len({each.code for each in every}) == len(every)
    for each in every:
        assert each.about.endswith(".")
        assert each.about_es.endswith(".")
        assert each.about != each.about_es


# --- whole drafts ------------------------------------------------------------------------------------------------

LINK = (Span(tag="a", start=0, end=3, attributes=(("href", "https://example.org/"),)),)


def story_of(*texts: str, spans: tuple[Span, ...] = ()) -> Story:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans) for text in texts)
    return Story(rung="payload", headline="A headline", blocks=blocks, language="en")


def draft_of(story: Story, *texts: str, spans: tuple[Span, ...] = (), origin: Origin = Origin.ENGINE) -> Draft:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans) for text in texts)
    matches = tuple(
        Match(place=f"b{place}.0", source=given.text, target=text, origin=origin, spans=spans)
        for place, (given, text) in enumerate(zip(story.blocks, texts, strict=False))
    )
    return Draft(language="es", headline="Un titular", standfirst=None, blocks=blocks, matches=matches, engine=IDENTITY)


def codes(story: Story, draft: Draft) -> list[tuple[str, Level, str]]:
    return [(finding.code, finding.level, finding.place) for finding in check(story, draft)]


def test_a_clean_draft_has_no_findings() -> None:
    story = story_of("The road is closed.", "Nobody came in 2019.", spans=LINK)
    assert check(story, draft_of(story, "El camino está cerrado.", "Nadie vino en 2019.", spans=LINK)) == ()


def test_a_finding_names_its_sentence() -> None:
    story = story_of("The road is closed.", "Nobody came in 2019.")
    found = codes(story, draft_of(story, "El camino está cerrado.", "Nadie vino en 2018."))
    assert set(found) == {("numbers", Level.HOLD, "b1.0")}


def test_a_lost_link_holds() -> None:
    story = story_of("The road is closed.", spans=LINK)
    assert codes(story, draft_of(story, "El camino está cerrado.")) == [("links", Level.HOLD, "b0")]


def test_a_link_cut_in_two_by_a_sentence_end_passes() -> None:
    story = story_of("The road is closed.", spans=LINK)
    again = (*LINK, Span(tag="a", start=4, end=8, attributes=LINK[0].attributes))
    assert codes(story, draft_of(story, "El camino está cerrado.", spans=again)) == []


@pytest.mark.parametrize("texts", [("El camino está cerrado.",), ("El camino está cerrado.", "")])
def test_a_missing_block_holds(texts: tuple[str, ...]) -> None:
    story = story_of("The road is closed.", "Nobody came.")
    assert ("structure", Level.HOLD) in {(code, level) for code, level, _ in codes(story, draft_of(story, *texts))}


def test_a_body_in_english_holds_even_where_each_sentence_was_kept_on_purpose() -> None:
    text = "The governor of the province met farmers whose land had been flooded by the broken dam. "
    story = story_of(text * 2)
    assert ("language", Level.HOLD, "") in codes(story, draft_of(story, text * 2, origin=Origin.SOURCE))


def test_a_body_in_spanish_passes() -> None:
    text = "El gobernador de la provincia se reunió con los campesinos cuyas tierras inundó la presa rota. "
    story = story_of("The governor met the farmers whose land was flooded by the broken dam. " * 2)
    assert "language" not in {code for code, _, _ in codes(story, draft_of(story, text * 2))}


def test_what_the_newsroom_fixed_itself_is_not_doubted() -> None:
    story = story_of("Read the full report here")
    draft = draft_of(story, "Read the full report here", origin=Origin.MEMORY)
    glossary = tuple(
        Match(place=each.place, source=each.source, target=each.target, origin=each.origin, model=GLOSSARY)
        for each in draft.matches
    )
    fixed = Draft(
        language="es", headline="Un titular", standfirst=None, blocks=draft.blocks, matches=glossary, engine=IDENTITY
    )
    assert ("copied", Level.HOLD, "b0.0") in codes(story, draft)
    assert codes(story, fixed) == []
