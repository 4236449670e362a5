"""A story through the translate step, with an engine that knows its sentences by heart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pipeline.text.integrity import proof
from pipeline.translation.claims import plainer_doubts
from pipeline.translation.findings import check
from pipeline.translation.glossary import GLOSSARY
from pipeline.translation.memory import DictMemory
from pipeline.translation.sentence import headline_manners
from pipeline.translation.translate import translate
from pipeline.types import Block, BlockKind, Draft, Level, Match, Origin, Span, Story
from tests.fakes import PhraseBook

HREF = (("href", "https://example.org/ruling"),)
BOOK = {
    "Court frees former mayor": "tribunal libera a exalcalde.",
    "A summary of the day.": "Un resumen del día.",
    "The judge read the ruling on Monday.": "La jueza leyó el fallo el lunes.",
    "the ruling": "el fallo",
    "Nobody came.": "No vino nadie.",
    "The road is closed.": "El camino está cerrado.",
}


def story(*blocks: Block, headline: str = "Court frees former mayor", standfirst: str | None = None) -> Story:
    return Story(rung="payload", headline=headline, standfirst=standfirst, blocks=blocks, language="en")


def paragraph(text: str, *spans: Span) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=text, spans=spans)


def over(text: str, part: str, tag: str = "a", attributes: tuple[tuple[str, str], ...] = HREF) -> Span:
    at = text.index(part)
    return Span(tag=tag, start=at, end=at + len(part), attributes=attributes)


def match_at(draft: Draft, place: str) -> Match:
    return next(match for match in draft.matches if match.place == place)


RULING = "The judge read the ruling on Monday."
LINKED = paragraph(f"{RULING} Nobody came.", over(RULING, "the ruling"))


def test_a_story_is_translated_block_by_block() -> None:
    given = story(LINKED, paragraph("The road is closed."), standfirst="A summary of the day.")
    draft = translate(given, PhraseBook(BOOK), DictMemory())
    assert draft.language == "es"
    assert draft.headline == "Tribunal libera a exalcalde"
    assert draft.standfirst == "Un resumen del día."
    assert [block.text for block in draft.blocks] == [
        "La jueza leyó el fallo el lunes. No vino nadie.",
        "El camino está cerrado.",
    ]
    assert draft.findings == ()
    assert {match.origin for match in draft.matches} == {Origin.ENGINE}
    assert {match.model for match in draft.matches} == {PhraseBook(BOOK).identity.model}
    assert check(given, draft) == ()


def test_a_link_lands_on_the_words_that_carry_it() -> None:
    (block,) = translate(story(LINKED), PhraseBook(BOOK), DictMemory()).blocks
    (span,) = block.spans
    assert (span.tag, span.attributes, block.text[span.start : span.end]) == ("a", HREF, "el fallo")


def test_code_in_a_sentence_is_not_set_by_the_rules_of_typography() -> None:
    text = 'Set the tax to rate = "15%" and add 15%.'
    code = 'rate = "15%"'
    book = {text: 'Ponga la tasa en rate = "15%" y sume un 15%.'}
    given = story(paragraph(text, over(text, code, "code", ())))
    (block,) = translate(given, PhraseBook(BOOK | book), DictMemory()).blocks
    assert block.text == 'Ponga la tasa en rate = "15%" y sume un 15\u00a0%.'
    (span,) = block.spans
    assert block.text[span.start : span.end] == code


def test_the_memory_is_asked_before_the_engine_and_gives_the_same_words_and_links() -> None:
    engine, memory = PhraseBook(BOOK), DictMemory()
    cold = translate(story(LINKED), engine, memory)
    calls = len(engine.asked)
    warm = translate(story(LINKED), engine, memory)
    assert len(engine.asked) == calls
    assert (warm.headline, warm.blocks) == (cold.headline, cold.blocks)
    assert {match.origin for match in warm.matches} == {Origin.MEMORY}
    assert [(one.target, one.spans, one.score) for one in warm.matches] == [
        (one.target, one.spans, one.score) for one in cold.matches
    ]


def test_only_the_new_sentences_of_an_update_reach_the_engine() -> None:
    engine, memory = PhraseBook(BOOK), DictMemory()
    translate(story(paragraph("Nobody came.")), engine, memory)
    translate(story(paragraph("Nobody came. The road is closed.")), engine, memory)
    assert engine.asked[-1] == ("The road is closed.",)


def test_one_call_asks_everything_and_no_sentence_twice() -> None:
    engine = PhraseBook(BOOK)
    translate(story(LINKED, LINKED, paragraph("Nobody came. Nobody came.")), engine, DictMemory())
    assert len(engine.asked) == 1
    assert sorted(engine.asked[0]) == sorted(["Court frees former mayor", RULING, "the ruling", "Nobody came."])


def test_another_engine_does_not_get_the_first_ones_words() -> None:
    memory = DictMemory()
    translate(story(paragraph("Nobody came.")), PhraseBook(BOOK), memory)
    other = translate(story(paragraph("Nobody came.")), PhraseBook({**BOOK, "Nobody came.": "Nadie."}), memory)
    assert other.blocks[0].text == "Nadie."


@pytest.mark.parametrize("text", ["2019", "12 %", "https://example.org/a_b", "—", "@desk, #News24"])
def test_what_has_no_words_never_reaches_the_engine(text: str) -> None:
    engine = PhraseBook(BOOK)
    draft = translate(story(paragraph(text)), engine, DictMemory())
    assert draft.blocks[0].text == text
    assert match_at(draft, "b0.0").origin is Origin.SOURCE
    assert engine.asked == [("Court frees former mayor",)]


def test_the_newsrooms_own_translation_wins_and_is_credited_to_the_glossary() -> None:
    heading = Block(kind=BlockKind.HEADING, text="The Desk Analysis", spans=(Span(tag="em", start=0, end=17),))
    draft = translate(
        story(heading), PhraseBook(BOOK), DictMemory(), fixed={"The Desk Analysis": "Análisis de The Desk"}
    )
    match = match_at(draft, "b0.0")
    assert (match.target, match.origin, match.model) == ("Análisis de The Desk", Origin.MEMORY, GLOSSARY)
    assert match.spans == (Span(tag="em", start=0, end=20),)


@pytest.mark.parametrize(
    ("label", "wholly", "target"),
    [
        ("SEE ALSO:", False, "LEA TAMBIÉN: El camino está cerrado."),
        ("See also:", True, "Lea también: El camino está cerrado."),
    ],
)
def test_the_words_before_a_pointer_are_a_set_phrase(label: str, wholly: bool, target: str) -> None:
    text = f"{label}\u00a0The road is closed."
    pointer = Block(kind=BlockKind.SEE_ALSO, text=text, spans=(over(text, text if wholly else "The road is closed."),))
    engine = PhraseBook(BOOK)
    [block] = translate(story(pointer), engine, DictMemory()).blocks
    assert block.text == target.replace(": ", ":\u00a0")
    linked = "".join(block.text[span.start : span.end] for span in block.spans)
    assert linked.replace("\u00a0", "") == (target.replace(": ", ":") if wholly else "El camino está cerrado.")
    assert not any("see also" in each.lower() for asked in engine.asked for each in asked)


def test_a_quotation_over_two_sentences_has_its_marks_as_a_pair() -> None:
    engine = PhraseBook(
        {**BOOK, '"Nobody came.': '"No vino nadie.', 'All is lost," she said.': 'Todo está perdido", dijo.'}
    )
    draft = translate(story(paragraph("“Nobody came. All is lost,” she said.")), engine, DictMemory())
    assert draft.blocks[0].text == "«No vino nadie. Todo está perdido», dijo."
    assert match_at(draft, "b0.0").target == "«No vino nadie."
    assert match_at(draft, "b0.1").target == "Todo está perdido», dijo."
    assert check(story(paragraph("“Nobody came. All is lost,” she said.")), draft) == ()


def test_verbatim_blocks_stay_as_they_are() -> None:
    code = Block(kind=BlockKind.VERBATIM, text="if not came: return Nobody")
    draft = translate(story(code, paragraph("Nobody came.")), PhraseBook(BOOK), DictMemory())
    assert draft.blocks == (code, paragraph("No vino nadie."))


def test_a_shouted_headline_is_lowered_before_it_is_translated() -> None:
    engine = PhraseBook(BOOK)
    draft = translate(story(paragraph("Nobody came."), headline="COURT FREES FORMER MAYOR"), engine, DictMemory())
    assert draft.headline == "Tribunal libera a exalcalde"
    assert match_at(draft, "headline").source == "COURT FREES FORMER MAYOR"


def test_the_engine_hears_straight_quotes_and_readers_see_angled_ones() -> None:
    text = "“We don’t know,” she said."
    engine = PhraseBook({**BOOK, text: '"No sabemos", dijo.', "don’t": "no"})
    draft = translate(story(paragraph(text, over(text, "don’t"))), engine, DictMemory())
    assert '"We don\'t know," she said.' in engine.asked[0]
    assert draft.blocks[0].text == "«No sabemos», dijo."
    assert match_at(draft, "b0.0").source == text
    assert check(story(paragraph(text, over(text, "don’t"))), draft) == ()


def test_progress_counts_sentences_and_ends_at_the_total() -> None:
    told: list[tuple[int, int]] = []
    translate(story(LINKED), PhraseBook(BOOK), DictMemory(), on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (4, 4)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


# --- attempts after the first ------------------------------------------------------------------------------------


def test_an_altered_address_is_cut_out_and_the_rest_translated_around_it() -> None:
    text = "Write to the_desk@example.org for the list."
    book = {**BOOK, text: "Escriba a the desk@example.org.", "Write to": "Escriba a", "for the list.": "por la lista."}
    draft = translate(story(paragraph(text)), PhraseBook(book), DictMemory())
    assert draft.blocks[0].text == "Escriba a the_desk@example.org por la lista."
    assert draft.blocks[0].spans == ()


def test_a_changed_figure_is_asked_again_under_a_mark() -> None:
    text = "The road cost 1,573.5 pesos in 2019."
    book = {
        **BOOK,
        text: "El camino costó 53 pesos en 2019.",
        "The road cost ⟦0⟧ pesos in ⟦1⟧.": "En ⟦1⟧ el camino costó ⟦0⟧ pesos.",
    }
    engine = PhraseBook({**book, "The road cost": "El camino costó", "pesos in": "pesos en"}, mark="?")
    draft = translate(story(paragraph(text)), engine, DictMemory())
    assert draft.blocks[0].text.replace("\u202f", "").replace("\u00a0", " ") == "En 2019 el camino costó 1.573,5 pesos."


def test_a_mark_that_is_lost_leaves_the_first_answer_for_the_checks_to_hold() -> None:
    text = "The road cost 573 pesos."
    book = {**BOOK, text: "El camino costó 53 pesos.", "The road cost ⟦0⟧ pesos.": "El camino costó pesos."}
    given = story(paragraph(text))
    draft = translate(given, PhraseBook(book, mark="?"), DictMemory())
    assert draft.blocks[0].text == "El camino costó 53 pesos."
    assert ("numbers", Level.HOLD, "b0.0") in [(each.code, each.level, each.place) for each in check(given, draft)]


QUOTED = "In Lima he called it “a gift” (“a trap,” says Ana Quispe)."
FRAME = "In Lima he called it ⟦0⟧ (⟦1⟧, says Ana Quispe)."


def test_a_quotation_that_was_lost_is_asked_by_itself_and_put_into_its_frame() -> None:
    book = {**BOOK, QUOTED: "En Lima lo llamó «un regalo (trampa, dice Ana Quispe)."}
    book |= {FRAME: "En Lima lo llamó ⟦0⟧ (⟦1⟧, dice Ana Quispe).", "a gift": "Un regalo.", "a trap": "Una trampa."}
    given = story(paragraph(QUOTED))
    draft = translate(given, PhraseBook(book), DictMemory())
    assert draft.blocks[0].text == "En Lima lo llamó «un regalo» («una trampa», dice Ana Quispe)."
    assert "quotes" not in [each.code for each in check(given, draft)]


def test_a_name_that_was_lost_too_is_marked_in_the_frame_and_in_the_quotation() -> None:
    text = "“Quispe lied,” said Quispe in Lima."
    marked = "“⟦0⟧ lied,” said ⟦1⟧ in Lima."
    book = {**BOOK, text: "Mintió el Quisque», dijo en Lima.", marked: "Mintió ⟦0⟧», dijo ⟦1⟧ en Lima."}
    book |= {"⟦0⟧ lied": "⟦0⟧ mintió.", "⟦0⟧, said ⟦1⟧ in Lima.": "⟦0⟧, dijo ⟦1⟧ en Lima."}
    draft = translate(story(paragraph(text)), PhraseBook(book, mark="?"), DictMemory())
    assert draft.blocks[0].text == "«Quispe mintió», dijo Quispe en Lima."


@pytest.mark.parametrize("frame", ["En Lima lo llamó ⟦0⟧, dice Ana Quispe.", "En Lima lo llamó ⟦0⟧ (⟦1⟧ ⟦1⟧)."])
def test_a_frame_that_lost_a_quotation_leaves_the_first_answer_for_the_checks_to_hold(frame: str) -> None:
    first = "En Lima lo llamó «un regalo (trampa, dice Ana Quispe)."
    book = {**BOOK, QUOTED: first, FRAME: frame, "a gift": "Un regalo.", "a trap": "Una trampa."}
    given = story(paragraph(QUOTED))
    draft = translate(given, PhraseBook(book), DictMemory())
    assert draft.blocks[0].text == first
    assert ("quotes", Level.HOLD, "b0.0") in [(each.code, each.level, each.place) for each in check(given, draft)]


def test_a_link_in_a_quotation_that_was_lost_is_in_it_afterwards() -> None:
    span = over(QUOTED, "“a trap,”")
    book = {**BOOK, QUOTED: "Lo llamó «un regalo (trampa, dice Ana Quispe)."}
    book |= {FRAME: "Lo llamó ⟦0⟧ (⟦1⟧, dice Ana Quispe).", "a gift": "Un regalo.", "a trap": "Una trampa."}
    draft = translate(story(paragraph(QUOTED, span)), PhraseBook(book, mark="?"), DictMemory())
    (block,) = draft.blocks
    assert block.text == "Lo llamó «un regalo» («una trampa», dice Ana Quispe)."
    assert proof((span,), block.spans, block.text) == []


def test_markup_that_finds_no_room_is_translated_piece_by_piece() -> None:
    """Two links cannot share one word."""
    text = "Red and green."
    spans = (over(text, "Red"), over(text, "green", attributes=(("href", "https://example.org/2"),)))
    book = {**BOOK, text: "Bicolor.", "Red": "Rojo", "green": "verde", "and": "y", ".": "."}
    draft = translate(story(paragraph(text, *spans)), PhraseBook(book, mark=""), DictMemory())
    (block,) = draft.blocks
    assert [block.text[span.start : span.end] for span in block.spans] == ["Rojo", "verde"]
    assert proof(spans, block.spans, block.text) == []
    assert draft.findings == ()


def test_an_empty_answer_keeps_every_link() -> None:
    text = "Red and green."
    span = over(text, "green")
    engine = PhraseBook({**BOOK, text: "", "Red and": "", "green": ""}, mark="")
    draft = translate(story(paragraph(text, span)), engine, DictMemory())
    assert proof((span,), draft.blocks[0].spans, draft.blocks[0].text) == []


def test_a_sentence_whose_markup_cannot_be_proven_stays_in_the_source_and_holds() -> None:
    """An address that may not be published survives no writing and reading of the markup, however it is placed."""
    text = "See the ruling today."
    span = over(text, "the ruling", attributes=(("href", "javascript:alert(1)"),))
    draft = translate(story(paragraph(text, span)), PhraseBook(BOOK, mark="?"), DictMemory())
    assert draft.blocks == (paragraph(text, span),)
    assert match_at(draft, "b0.0").origin is Origin.SOURCE
    assert [(each.code, each.level, each.place) for each in draft.findings] == [("markup", Level.HOLD, "b0.0")]


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("tribunal libera al alcalde.", "Court frees mayor", "Tribunal libera al alcalde"),
        ("«nadie vino», dice alcalde", "“Nobody came”", "«Nadie vino», dice alcalde"),
        ("¿quién pagó?", "Who paid?", "¿Quién pagó?"),
        ("la respuesta es…", "The answer is...", "La respuesta es…"),
        ("Se acabó.", "It is over.", "Se acabó."),
        ("12 mineros murieron", "12 miners died", "12 mineros murieron"),
        ("ñandúes en fuga", "Rheas on the run", "Ñandúes en fuga"),
        ("", "Court", ""),
    ],
)
def test_headline_manners(text: str, source: str, expected: str) -> None:
    assert headline_manners(text, source) == expected


def lines(matches: Sequence[Match]) -> Mapping[str, str]:
    return {match.place: match.target for match in matches}


def test_what_else_is_in_the_article_does_not_change_a_sentence() -> None:
    alone = translate(story(LINKED), PhraseBook(BOOK), DictMemory())
    among = translate(story(LINKED, paragraph("The road is closed."), LINKED), PhraseBook(BOOK), DictMemory())
    assert lines(alone.matches).items() <= lines(among.matches).items()
    assert among.blocks[0] == among.blocks[2] == alone.blocks[0]


def test_a_doubt_that_was_lost_is_asked_again_in_plainer_words() -> None:
    text = "He has reportedly fled."
    book = PhraseBook(
        BOOK | {text: "Ha huido.", "He has, according to reports, fled.": "Según informes, ha huido."}
        | {"He has supposedly fled.": "Se fue."}
    )  # fmt: skip
    draft = translate(story(paragraph(text)), book, DictMemory())
    assert draft.blocks[0].text == "Según informes, ha huido."


def test_a_doubt_that_came_through_is_not_asked_again() -> None:
    text = "He has reportedly fled."
    book = PhraseBook(BOOK | {text: "Al parecer, ha huido."})
    assert translate(story(paragraph(text)), book, DictMemory()).blocks[0].text == "Al parecer, ha huido."
    assert len(book.asked) == 1


@pytest.mark.parametrize(
    ("source", "plainer"),
    [
        ("Reportedly, three fled.", "According to reports, three fled."),
        ("Three allegedly fled.", "Three, according to the accusation, fled."),
        ("Three suspected traffickers fled.", "Three supposed traffickers fled."),
        ("He is suspected of fraud.", None),
        ("Nobody fled.", None),
    ],
)
def test_doubts_are_put_in_plainer_words(source: str, plainer: str | None) -> None:
    assert (plainer_doubts(source) or [None])[0] == plainer
