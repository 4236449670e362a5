"""The glossary: finding terms, accepting their forms, putting a lost name back, and its files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.translation.glossary import Glossary, Term, agreeing, carried, spelled_out
from pipeline.translation.glossary_files import Glossaries, read, shipped
from pipeline.translation.glossary_merge import as_toml, merge
from pipeline.translation.memory import DictMemory
from pipeline.translation.names import folded
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, Level, Story
from tests.fakes import PhraseBook

GUARD = Term(source="National Guard", target="Guardia Nacional", gender="f")
DEA = Term(source="DEA", keep=True, gender="f", expand="Administración de Control de Drogas")
LAUNDERING = Term(source="money laundering", target="lavado de dinero", variants=("blanqueo de capitales",))
HITMAN = Term(source="hitman", also=("hitmen",), target="sicario")
CHOICE = Term(source="Interior Ministry", target="Ministerio del Interior", choose=True)
HOUSE = Glossary([GUARD, DEA, LAUNDERING, HITMAN, CHOICE])


def names(sentence: str, glossary: Glossary = HOUSE) -> list[str]:
    return [found.text for found in glossary.found(sentence)]


# --- finding ---------------------------------------------------------------------------------------------------------


def test_a_name_is_found_as_it_stands_and_a_common_noun_in_any_case() -> None:
    assert names("The National Guard and the DEA met.") == ["National Guard", "DEA"]
    assert names("the national guard of birds") == []
    assert names("Money Laundering and hitmen") == ["Money Laundering", "hitmen"]


def test_words_inside_words_and_addresses_are_no_terms() -> None:
    assert names("An IDEA at www.DEA.example and @DEA and #DEA, DEA-like") == []
    assert names("The DEA's men") == ["DEA"]


def test_the_longest_term_wins() -> None:
    both = Glossary([GUARD, Term(source="Bolivarian National Guard", target="Guardia Nacional Bolivariana")])
    assert names("The Bolivarian National Guard came.", both) == ["Bolivarian National Guard"]


@pytest.mark.parametrize(
    ("term", "target"),
    [
        (GUARD, "la guardia nacional"),
        (HITMAN, "Los sicarios huyeron."),
        (HITMAN, "Una sicaria huyó."),
        (LAUNDERING, "el blanqueo de capitales"),
        (LAUNDERING, "Lavado de\u00a0dinero"),
        (Term(source="network", target="red criminal"), "dos redes criminales"),
        (Term(source="boss", target="capo"), "los capos"),
        (Term(source="judge", target="juez"), "los jueces"),
    ],
)
def test_a_term_is_accepted_in_its_forms(term: Term, target: str) -> None:
    assert carried(term, folded(target))


@pytest.mark.parametrize(
    ("term", "target"),
    [(GUARD, "la Guardia Civil"), (HITMAN, "los sicomoros"), (DEA, "la IDEA"), (LAUNDERING, "lavado de autos")],
)
def test_other_words_are_not_the_term(term: Term, target: str) -> None:
    assert not carried(term, folded(target))


def test_a_missed_term_is_told_once() -> None:
    missed = HOUSE.missed("The DEA said the DEA had left.", "La agencia dijo que se había ido.")
    assert [found.term.source for found in missed] == ["DEA"]


def test_a_later_entry_wins_and_off_takes_one_out() -> None:
    changed = Glossary([GUARD, DEA, Term(source="National Guard", target="Guardia Nal."), Term(source="DEA", off=True)])
    assert [(term.source, term.target) for term in changed.terms] == [("National Guard", "Guardia Nal.")]
    assert changed.version != Glossary([GUARD]).version
    assert Glossary([GUARD, DEA]).version == Glossary([DEA, GUARD]).version
    assert Glossary().version == ""


# --- putting it right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "gender", "after"),
    [
        ("Habló el ", "f", "Habló la "),
        ("Fue del ", "f", "Fue de la "),
        ("Fue de la ", "m", "Fue del "),
        ("Llegó a la ", "m", "Llegó al "),
        ("El ", "fp", "Las "),
        ("Vio un ", "f", "Vio una "),
        ("Vio a los ", "f", "Vio a la "),
        ("Habló con ", "f", "Habló con "),
        ("Habló el ", "", "Habló el "),
    ],
)
def test_the_article_before_a_term_agrees(before: str, gender: str, after: str) -> None:
    assert agreeing(before, gender) == after  # type: ignore[arg-type]


def story(*paragraphs: str) -> Story:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in paragraphs)
    return Story(rung="payload", headline="A day", blocks=blocks, language="en")


def engine(**phrases: str) -> PhraseBook:
    return PhraseBook({"A day": "Un día", **phrases})


def test_a_lost_name_is_asked_again_under_a_mark_and_put_back_with_its_article() -> None:
    book = engine(**{
        "The National Guard arrived.": "El guarda de la nación llegó.",
        "The ⟦0⟧ arrived.": "El ⟦0⟧ llegó.",
    })  # fmt: skip
    draft = translate(story("The National Guard arrived."), book, DictMemory(), glossary=HOUSE)
    assert draft.blocks[0].text == "La Guardia Nacional llegó."
    assert draft.findings == ()
    assert draft.glossary == HOUSE.version


def test_what_is_there_is_not_asked_again() -> None:
    book = engine(**{"The National Guard arrived.": "Llegó la Guardia Nacional."})
    translate(story("The National Guard arrived."), book, DictMemory(), glossary=HOUSE)
    assert [len(asked) for asked in book.asked] == [2]


def test_a_term_that_cannot_be_put_back_is_told() -> None:
    book = engine(**{"The DEA left.": "La agencia se fue.", "The ⟦0⟧ left.": "Se fue."})
    draft = translate(story("The DEA left."), book, DictMemory(), glossary=HOUSE)
    [finding] = draft.findings
    assert (finding.code, finding.level, finding.place) == ("glossary", Level.WARN, "b0.0")
    assert "“DEA”" in finding.reason
    assert "«DEA»" in finding.reason_es


@pytest.mark.parametrize("sentence", ["It was money laundering.", "The Interior Ministry left."])
def test_a_common_noun_and_a_name_of_several_translations_are_told_and_not_forced(sentence: str) -> None:
    book = engine(**{sentence: "Otra cosa."})
    draft = translate(story(sentence), book, DictMemory(), glossary=HOUSE)
    assert [(finding.code, finding.level) for finding in draft.findings] == [("glossary", Level.INFO)]
    assert draft.blocks[0].text == "Otra cosa."


def test_an_acronym_is_spelled_out_at_its_first_mention_only() -> None:
    told: set[str] = set()
    assert spelled_out("Llegó la DEA.", [DEA], told) == "Llegó la Administración de Control de Drogas (DEA)."
    assert spelled_out("La DEA se fue.", [DEA], told) == "La DEA se fue."


@pytest.mark.parametrize(
    "text",
    [
        "«La DEA miente», dijo.",
        'Dijo: "la DEA miente".',
        "La Administración de Control de Drogas (DEA) llegó.",
        "La IDEA llegó.",
        "Véase www.example.org/DEA/a.",
    ],
)
def test_quotations_addresses_and_what_is_spelled_out_stay(text: str) -> None:
    assert spelled_out(text, [DEA], set()) == text


def test_spelling_out_is_an_option_and_keeps_the_links() -> None:
    house = Glossary([DEA], expand_acronyms=True)
    book = engine(**{"The DEA came.": "La DEA vino.", "The DEA left.": "La DEA se fue."})
    draft = translate(story("The DEA came.", "The DEA left."), book, DictMemory(), glossary=house)
    assert [block.text for block in draft.blocks] == [
        "La Administración de Control de Drogas (DEA) vino.",
        "La DEA se fue.",
    ]


# --- files -----------------------------------------------------------------------------------------------------------

CSV = (
    "\ufeffsource;target;also;variants;keep;gender;note\n"
    "DEA;;;;yes;f;\n"
    "hitman;sicario;hitmen|hit man;asesino a sueldo;;m;\n"
)
TBX = """<?xml version="1.0"?><martif type="TBX"><text><body><termEntry>
<note>From the desk.</note>
<langSet xml:lang="en-US"><tig><term>hitman</term></tig><tig><term>hit man</term></tig></langSet>
<langSet xml:lang="es"><tig><term>sicario</term><termNote type="grammaticalGender">masculine</termNote></tig>
<tig><term>asesino a sueldo</term></tig></langSet></termEntry>
<termEntry><langSet xml:lang="fr"><tig><term>tueur</term></tig></langSet></termEntry></body></text></martif>"""


def test_csv_and_tbx_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "a.tbx").write_text(TBX, encoding="utf-8")
    keep, hitman = read(tmp_path / "a.csv", "en", "es")
    assert (keep.source, keep.keep, keep.gender) == ("DEA", True, "f")
    assert (hitman.also, hitman.variants, hitman.gender) == (("hitmen", "hit man"), ("asesino a sueldo",), "m")
    [term] = read(tmp_path / "a.tbx", "en", "es")
    assert (term.source, term.also, term.target, term.variants) == (
        "hitman",
        ("hit man",),
        "sicario",
        ("asesino a sueldo",),
    )
    assert (term.gender, term.note) == ("m", "From the desk.")


def test_our_own_form_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    odd = Term(source='The "Bull"', target="El «Toro»\\", note="tab\tand ñ", group="terms")
    path.write_text(as_toml([odd, *HOUSE.terms], name="x", source_language="en", language="es"), encoding="utf-8")
    assert Glossary(read(path, "en", "es")).terms[0] == odd
    assert [term.source for term in read(path, "en", "es")][1:] == [term.source for term in HOUSE.terms]
    assert read(path, "en", "pt") == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", "terms = [", "not valid TOML"),
        ("a.toml", 'terms = [{source = "x"}]', "terms, entry 1: 'x' needs a target"),
        ("a.toml", 'terms = [{sorce = "x"}]', "unknown key 'sorce'"),
        ("a.toml", 'terms = [{source = "x", target = "y", gender = "n"}]', "gender must be"),
        ("a.toml", 'terms = [{source = "x", target = "y", also = "z"}]', "also has the wrong type"),
        ("a.csv", "a,b\n1,2\n", "the first row must name the columns"),
        ("a.csv", "source,target\nx,\n", "line 2: 'x' needs a target"),
        ("a.tbx", "<html/>", "no TBX file"),
        ("a.tbx", "<tbx>", "well-formed"),
        ("a.txt", "x", "no glossary we know"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(name: str, content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused, match=says):
        read(tmp_path / name, "en", "es")


def test_a_sources_own_terms_win_and_a_changed_file_is_read_again(tmp_path: Path) -> None:
    house, own = tmp_path / "house.toml", tmp_path / "own.csv"
    house.write_text('terms = [{source = "DEA", target = "casa"}]', encoding="utf-8")
    own.write_text("source,target\nDEA,fuente\n", encoding="utf-8")
    made = Glossaries(tmp_path, ["house.toml"], {"post": ["own.csv"]})
    assert {made("post", "en", "es").found("The DEA.")[0].term.wanted} == {"fuente"}
    assert {made("other", "en", "es").found("The DEA.")[0].term.wanted} == {"casa"}
    assert made("post", "en", "es") is made("post", "en", "es")
    own.write_text("source,target\nDEA,fuente nueva\n", encoding="utf-8")
    os.utime(own, ns=(1, 1))
    assert made("post", "en", "es").found("The DEA.")[0].term.wanted == "fuente nueva"
    with pytest.raises(FileRefused, match=r"gone\.toml"):
        Glossaries(tmp_path, ["gone.toml"], {})("post", "en", "es")


def test_merging_tells_what_it_would_do_and_does_it(tmp_path: Path) -> None:
    into, file = tmp_path / "house.toml", tmp_path / "more.csv"
    into.write_text('mine = [{source = "DEA", keep = true}, {source = "bribe", target = "coima"}]', encoding="utf-8")
    file.write_text("source,target,keep\nDEA,,yes\nbribe,soborno,\nloot,botín,\n", encoding="utf-8")
    before = into.read_text(encoding="utf-8")
    planned = merge(into, file, "en", "es", write=False)
    assert (planned.new, planned.changed, planned.same) == (1, 1, 1)
    assert into.read_text(encoding="utf-8") == before
    assert merge(into, file, "en", "es", write=True) == planned
    assert {term.source: term.target for term in read(into, "en", "es")} == {
        "DEA": "",
        "bribe": "soborno",
        "loot": "botín",
    }


# --- what is shipped -------------------------------------------------------------------------------------------------


def test_the_shipped_glossary_has_three_hundred_entries_each_said_once() -> None:
    terms = shipped("en", "es")
    assert len(terms) >= 300
    wordings = [wording for term in terms for wording in term.wordings]
    assert len(wordings) == len(set(wordings))
    assert shipped("en", "pt") == ()


def test_every_shipped_entry_accepts_its_own_translation() -> None:
    for term in shipped("en", "es"):
        for wording in (term.wanted, *term.variants):
            assert carried(term, folded(f"x {wording} x")), term.source


def test_a_shipped_note_with_english_words_has_spanish_ones() -> None:
    english = {"a", "and", "army", "both", "by", "case", "elsewhere", "in", "is", "not", "or", "the", "until"}
    noted = [term for term in shipped("en", "es") if term.note]
    assert len(noted) > 20
    assert [term.note for term in noted if english & set(term.note.split()) and not term.note_es] == []
    assert [term.note_es for term in noted if (english - {"a"}) & set(term.note_es.split())] == []


def test_the_spanish_of_a_note_is_told_in_spanish_and_makes_no_other_glossary() -> None:
    plain = Term(source="straw man", target="testaferro", note="prestanombres in Mexico")
    noted = replace(plain, note_es="prestanombres en México")
    assert Glossary([noted]).version == Glossary([plain]).version
    for term, spanish in ((plain, "prestanombres in Mexico."), (noted, "prestanombres en México.")):
        book = engine(**{"It was a straw man.": "Otra cosa."})
        draft = translate(story("It was a straw man."), book, DictMemory(), glossary=Glossary([term]))
        [finding] = draft.findings
        assert finding.reason.endswith("prestanombres in Mexico.")
        assert finding.reason_es.endswith(spanish)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("DEA", "DEA"),
        ("National Guard", "Guardia Nacional"),
        ("White House", "Casa Blanca"),
        ("money laundering", "lavado de dinero"),
        ("Semáforo Delictivo", "Semáforo Delictivo"),
        ("InSight Crime", "InSight Crime"),
        ("Wilson Center", "Wilson Center"),
        ("New York Times", "New York Times"),
    ],
)
def test_what_every_newsroom_expects_is_in_it(source: str, target: str) -> None:
    [found] = Glossary(shipped("en", "es")).found(f"a {source} b")
    assert found.term.wanted == target


def test_a_shipped_name_that_may_be_forced_has_a_gender_if_it_takes_an_article() -> None:
    without = [term.source for term in shipped("en", "es") if term.fixed and not term.gender and not term.keep]
    assert without == ["International Crisis Group"]
