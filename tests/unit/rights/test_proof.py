"""The proof of a credit on pages that partners' templates made: what is whole passes, and each loss is told by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rights import attribution as credit
from pipeline.rights import licences, passage, webpage
from pipeline.rights.proof import CURE, Proof, Shown, Verdict, cure_by, judge
from pipeline.rights.wording import LANGUAGES
from pipeline.types import Attribution, Correction, Level

FOUND = datetime(2026, 3, 14, 9, tzinfo=UTC)
PARAGRAPHS = (
    "El nuevo puente sobre el río Arroyo abrió el lunes, con nueve años de retraso y sin ceremonia alguna.",
    "La obra costó «41 millones de pesos», según la alcaldesa, que prometió que nadie pagará peaje.",
    "Dos pueblos esperaban el paso desde la inundación de 2017, cuando la balsa se perdió con todo su ganado.",
    "Los primeros en cruzar fueron los alumnos de la escuela, que llegaron a clase antes que el maestro.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
HEADLINE = "El puente abre tras nueve años de obras"
PAGE = "https://el-faro.example/2026/03/puente/"


def licensed(mark: str) -> Attribution:
    return Attribution(
        publisher="The River Post",
        publisher_url="https://river.example/",
        original_url="https://river.example/2026/02/bridge?id=4&view=full",
        original_title="Bridge opens after nine years",
        original_language="en",
        language="es",
        authors=("Ana Pond", "Léa O'Hara"),
        original_date=date(2026, 2, 27),
        licence=licences.parse(mark),
        contact="redaccion@eco.example",
        outlet="Eco Sur",
        engine="Argos",
        model="translate-en_es 0.1",
    )


CREDIT = licensed("CC BY 4.0")
SHOWN = Shown(attribution=CREDIT, headline=HEADLINE, body=BODY)


def template(inner: str, *, headline: str = HEADLINE, foot: str = "") -> str:
    """A partner's page: menu, teaser list, headline, the text, comments."""
    return f"""<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>{headline} – El Faro</title>
    <script>var texto = "{PARAGRAPHS[3]}";</script></head>
    <body><nav><ul><li><a href="/">Inicio</a></li><li><a href="/rio">Río</a></li></ul></nav>
    <aside><h3>Lo último</h3><a href="/2026/03/puente/">{PARAGRAPHS[0]}</a></aside>
    <article><h1>{headline}</h1>{inner}</article>{foot}<footer>© El Faro. Aviso legal.</footer></body></html>"""


def codes(proof: Proof, level: Level = Level.HOLD) -> list[str]:
    return [finding.code for finding in proof.findings if finding.level is level]


def test_a_page_that_kept_our_credit_is_proved_without_a_word() -> None:
    proof = judge(template(credit.wrap(CREDIT, BODY)), SHOWN, address=PAGE)
    assert (proof.verdict, proof.findings, proof.coverage) == (Verdict.PROVED, (), 1.0)
    assert "Por Ana Pond" in proof.excerpt
    assert "Lea el original en The River Post" in proof.excerpt
    assert PARAGRAPHS[1] not in proof.excerpt


def test_a_template_may_dress_the_text_as_it_likes() -> None:
    dressed = credit.wrap(CREDIT, BODY)
    for before, after in (
        ("<p>El nuevo", '<p><span class="drop">E</span>l nue\u00advo'),
        ("«41 millones", "&ldquo;41&nbsp;millones"),
        ("pesos»", "pesos&rdquo;"),
        ("<p>Dos pueblos", "<div class=ad><ins>Publicidad: zapatos</ins></div><p>DOS PUEBLOS"),
        ("perdió", "perdio\u0301"),
        ("https://river.example/2026", "http://www.river.example/2026"),
        ("&amp;view=full", "&amp;view=full&amp;utm_source=faro#top"),
        ("https://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/deed.es"),
        ("O&#x27;Hara", "O’Hara"),
    ):
        assert before in dressed, before
        dressed = dressed.replace(before, after)
    proof = judge(template(dressed), SHOWN, address=PAGE)
    assert (proof.verdict, proof.findings) == (Verdict.PROVED, ())


def test_a_partner_may_put_the_credit_in_its_own_words_and_places() -> None:
    page = template(
        '<div class="meta"><span>Ana Pond y Léa O’Hara</span> <b>The River Post</b></div>'
        f'<p>Traducción del inglés; <a href="{CREDIT.original_url}">texto original</a></p>{BODY}'
        f'<p class="fuente">Fuente: {CREDIT.original_url} · Licencia https://creativecommons.org/licenses/by/4.0/</p>'
    )
    proof = judge(page, SHOWN, address=PAGE)
    assert proof.verdict is Verdict.PROVED
    assert codes(proof, Level.WARN) == ["proof-changes-reworded", "proof-translator"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_credit_is_found_in_each_of_its_languages(language: str) -> None:
    a = replace(CREDIT, language=language, original_language="de" if language == "en" else "en")
    whole, shown = credit.wrap(a, BODY), replace(SHOWN, attribution=a)
    assert judge(template(whole), shown, address=PAGE).findings == ()
    silent = whole.replace('<p class="credit-changes">', '<p hidden class="credit-changes">')
    assert codes(judge(template(silent), shown, address=PAGE)) == ["proof-changes"]
    unnamed = whole.replace('<p class="credit-byline">', '<p hidden class="credit-byline">')
    assert codes(judge(template(unnamed), shown, address=PAGE))[0] == "proof-byline"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ('<p class="credit-byline">Por Ana Pond y Léa O&#x27;Hara, The River Post</p>', "", "proof-byline"),
        ("Por Ana Pond y Léa O&#x27;Hara, The River Post", "Por Ana Pond y Léa O’Hara", "proof-byline"),
        ("Por Ana Pond y Léa O&#x27;Hara, The River Post", "Por The River Post", "proof-author"),
        ('<p class="credit-source">', '<p hidden class="credit-source">', "proof-link-above"),
        ('<p class="credit-source">', '<p style="display: none">', "proof-link-above"),
        ('<p class="credit-original">', '<template><p class="credit-original">', "proof-link-below"),
        ('<p class="credit-licence">', '<p hidden class="credit-licence">', "proof-licence"),
        ("licenses/by/4.0/", "licenses/by-nc/4.0/", "proof-licence"),
        ("licenses/by/4.0/", "licenses/by/3.0/", "proof-licence"),
        ('<p class="credit-changes">', '<p hidden class="credit-changes">', "proof-changes"),
        (PARAGRAPHS[2], f'{PARAGRAPHS[2]}<img src="https://river.example/up/bridge.jpg" alt="">', "proof-image"),
    ],
)
def test_each_loss_is_named(before: str, after: str, lost: str) -> None:
    whole = credit.wrap(CREDIT, BODY)
    assert before in whole
    proof = judge(template(whole.replace(before, after)), SHOWN, address=PAGE)
    assert proof.verdict is Verdict.FAILED
    assert lost in codes(proof)
    for finding in proof.findings:
        assert finding.reason
        assert finding.reason_es


def test_both_links_below_are_not_one_above() -> None:
    top, bottom = credit.top_html(CREDIT), credit.bottom_html(CREDIT)
    assert codes(judge(template(BODY + top + bottom), SHOWN, address=PAGE)) == ["proof-link-above"]
    assert codes(judge(template(top + bottom + BODY), SHOWN, address=PAGE)) == ["proof-link-below"]


def test_a_link_through_a_redirector_is_no_link_to_the_original() -> None:
    through = credit.wrap(CREDIT, BODY).replace(
        'href="https://river.example/2026', 'href="https://out.example/?u=https://river'
    )
    assert codes(judge(template(through), SHOWN, address=PAGE)) == ["proof-link-above"]  # below it is written out too


def test_a_teaser_above_and_a_quotation_below_do_not_move_the_text() -> None:
    """Only the links count that stand around the text itself: here one stands above the teaser, one in a comment."""
    page = template(
        BODY,
        foot=f'<ol class="comments"><li>«{PARAGRAPHS[3]}» <a href="{CREDIT.original_url}">dicen aquí</a></li></ol>',
    )
    above = page.replace("<nav>", f'<nav><a href="{CREDIT.original_url}">x</a>')
    assert "proof-link-below" not in codes(judge(page, SHOWN, address=PAGE))
    assert "proof-link-above" in codes(judge(page, SHOWN, address=PAGE))
    assert "proof-link-above" not in codes(judge(above, SHOWN, address=PAGE))
    found = passage.find(webpage.read(page).words, webpage.words_of(" ".join(PARAGRAPHS)))
    assert found is not None
    assert webpage.read(page).excerpt(found.start, found.end) == "\n".join(PARAGRAPHS)


def test_a_page_without_a_body_tag_is_seen_from_its_first_element() -> None:
    page = webpage.read(
        "<!doctype html><title>Terms</title><main>May be <b>re</b>used, v4.0.<p>With a link.</p></main>"
    )
    assert page.texts == ["May be reused, v4.0.", "With a link."]


def test_a_menu_entry_is_no_byline() -> None:
    whole = credit.wrap(CREDIT, BODY).replace("Por Ana Pond y Léa O&#x27;Hara, The River Post", "Ana Pond y Léa O’Hara")
    page = template(whole).replace("<li><a href=", "<li><a href='/medios'>The River Post</a></li><li><a href=", 1)
    assert codes(judge(page, SHOWN, address=PAGE)) == ["proof-byline"]


def test_what_a_partner_might_do_better_is_a_note_and_no_failure() -> None:
    whole = credit.wrap(CREDIT, BODY).replace('view=full">https', 'view=full" rel="nofollow">https')
    assert codes(judge(template(whole), SHOWN, address=PAGE), Level.WARN) == ["proof-link-nofollow"]
    short = credit.wrap(CREDIT, "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2]))
    proof = judge(template(short), SHOWN, address=PAGE)
    assert (proof.verdict, codes(proof, Level.WARN)) == (Verdict.PROVED, ["proof-text-cut"])
    unsaid = credit.wrap(CREDIT, BODY).replace("The River Post no ha revisado", "Nadie ha revisado")
    assert codes(judge(template(unsaid), SHOWN, address=PAGE), Level.WARN) == ["proof-changes-cut"]


def test_a_page_without_the_text_says_nothing_about_the_credit() -> None:
    for page in ("", "<html></html>", template("<p>Suscríbase para leer.</p>"), "\x00\x0b", "no es html"):
        proof = judge(page, SHOWN, address=PAGE)
        assert (proof.verdict, codes(proof, Level.WARN)) == (Verdict.UNCLEAR, ["proof-text-missing"])


def test_a_correction_has_to_be_on_the_page() -> None:
    note = Correction(on=date(2026, 3, 2), note="La obra costó 41 millones, no 14.")
    corrected = replace(SHOWN, corrections=(note,))
    assert codes(judge(template(credit.wrap(CREDIT, BODY)), corrected, address=PAGE)) == ["proof-correction"]
    assert judge(template(credit.wrap(CREDIT, BODY, (note,))), corrected, address=PAGE).findings == ()


def test_a_withdrawn_text_has_to_leave_whatever_its_credit() -> None:
    withdrawn = replace(SHOWN, withdrawn=True)
    still = judge(template(credit.wrap(CREDIT, BODY)), withdrawn, address=PAGE)
    assert (still.verdict, codes(still)) == (Verdict.FAILED, ["withdrawn-still-shown"])
    gone = judge(template(credit.stub_html(CREDIT, date(2026, 3, 3))), withdrawn, address=PAGE)
    assert (gone.verdict, gone.findings) == (Verdict.REMOVED, ())


def test_house_terms_and_permissions_have_marks_of_their_own() -> None:
    house = replace(CREDIT, licence=None, basis="house-terms", terms_url="https://river.example/reuse")
    whole = credit.wrap(house, BODY)
    shown = replace(SHOWN, attribution=house)
    assert judge(template(whole), shown, address=PAGE).findings == ()
    assert codes(judge(template(whole.replace("/reuse", "/x")), shown, address=PAGE)) == ["proof-terms"]
    assert codes(judge(template(whole.replace("creativecommons.org", "cc.example")), shown, address=PAGE)) == [
        "proof-terms"
    ]
    allowed = replace(CREDIT, licence=None, basis="permission")
    shown = replace(SHOWN, attribution=allowed)
    assert judge(template(credit.wrap(allowed, BODY)), shown, address=PAGE).findings == ()
    silent = credit.wrap(allowed, BODY).replace("Usado con permiso", "Usado")
    assert codes(judge(template(silent), shown, address=PAGE)) == ["proof-permission"]


def test_what_is_in_the_public_domain_asks_for_courtesy_only() -> None:
    free = replace(SHOWN, attribution=licensed("CC0 1.0"))
    proof = judge(template(BODY), free, address=PAGE)
    assert proof.verdict is Verdict.PROVED
    assert {"proof-byline", "proof-licence"} <= set(codes(proof, Level.WARN))


@pytest.mark.parametrize(
    ("mark", "term"),
    [("CC BY 4.0", CURE), ("CC BY-NC-SA 4.0", CURE), ("CC BY 3.0", timedelta(0)), ("CC BY-SA 2.5", timedelta(0))],
)
def test_only_licences_of_4_0_know_a_cure(mark: str, term: timedelta) -> None:
    a = licensed(mark)
    failed = judge(template(BODY), replace(SHOWN, attribution=a), address=PAGE)
    assert cure_by(a, failed.findings, FOUND) == FOUND + term
    whole = judge(template(credit.wrap(a, BODY)), replace(SHOWN, attribution=a), address=PAGE)
    assert cure_by(a, whole.findings, FOUND) is None
    still = judge(template(BODY), replace(SHOWN, attribution=a, withdrawn=True), address=PAGE)
    assert cure_by(a, still.findings, FOUND) == FOUND


def test_a_missing_correction_ends_no_licence() -> None:
    note = Correction(on=date(2026, 3, 2), note="La obra costó 41 millones, no 14.")
    a = licensed("CC BY 3.0")
    shown = replace(SHOWN, attribution=a, corrections=(note,))
    failed = judge(template(credit.wrap(a, BODY)), shown, address=PAGE)
    assert failed.verdict is Verdict.FAILED
    assert cure_by(a, failed.findings, FOUND) is None
    worse = judge(template(BODY), shown, address=PAGE)
    assert cure_by(a, worse.findings, FOUND) == FOUND


def test_a_permission_knows_no_cure() -> None:
    allowed = replace(CREDIT, licence=None, basis="permission")
    failed = judge(template(BODY), replace(SHOWN, attribution=allowed), address=PAGE)
    assert cure_by(allowed, failed.findings, FOUND) == FOUND


def test_relative_links_count_from_the_page_or_its_base() -> None:
    own = replace(CREDIT, original_url="https://el-faro.example/original")
    whole = credit.wrap(own, BODY).replace(
        'href="https://el-faro.example/original">https://el-faro.example/original', 'href="/original">aquí'
    )
    assert judge(template(whole), replace(SHOWN, attribution=own), address=PAGE).findings == ()
    elsewhere = template(whole).replace("<head>", '<head><base href="https://other.example/">')
    assert codes(judge(elsewhere, replace(SHOWN, attribution=own), address=PAGE)) == ["proof-link-below"]


@pytest.mark.parametrize(("depth", "verdict"), [(200, Verdict.PROVED), (100_000, Verdict.UNCLEAR)])
def test_a_page_nested_without_end_is_no_error(depth: int, verdict: Verdict) -> None:
    deep = "<div>" * depth + credit.wrap(CREDIT, BODY) + "</div>" * depth
    assert judge(template(deep), SHOWN, address=PAGE).verdict is verdict


def test_a_page_without_end_is_read_as_far_as_an_article_can_stand() -> None:
    endless = template(credit.wrap(CREDIT, BODY), foot="<p>" + "palabra " * 300_000)
    assert len(webpage.read(endless).words) == 100_000
    assert judge(endless, SHOWN, address=PAGE).verdict is Verdict.PROVED
    glued = template(credit.wrap(CREDIT, BODY).replace("Consultas:", "…" * 100_000))
    assert len(judge(glued, SHOWN, address=PAGE).excerpt) < 10_000


WORDS = st.lists(st.sampled_from(["uno", "dos", "tres", "río", "mar", "sol"]), max_size=40)


@given(
    before=WORDS,
    text=st.lists(st.sampled_from([f"p{n}" for n in range(60)]), min_size=5, max_size=60, unique=True),
    after=WORDS,
)
def test_a_text_is_found_where_it_stands(before: list[str], text: list[str], after: list[str]) -> None:
    found = passage.find([*before, *text, *after], text)
    assert found is not None
    assert (found.start, found.end, found.coverage) == (len(before), len(before) + len(text), 1.0)


@given(page=WORDS, text=WORDS)
def test_a_passage_lies_within_its_page(page: list[str], text: list[str]) -> None:
    found = passage.find(page, text)
    assert found is None or (0 <= found.start < found.end <= len(page) and 0 < found.coverage <= 1)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://a.example/x", "http://www.a.example/x/", True),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2&utm_medium=feed", True),
        ("https://a.example/a%C3%B1o", "https://a.example/año", True),
        ("https://a.example/x", "https://a.example/y", False),
        ("https://a.example/x?p=1", "https://a.example/x?p=2", False),
        ("https://a.example:8443/x", "https://a.example/x", False),
        ("mailto:a@a.example", "mailto:a@a.example", False),
        ("http://[", "http://[", False),
        ("https://a.example:99999/", "https://a.example/", False),
    ],
)
def test_addresses_are_compared_as_a_reader_would(first: str, second: str, same: bool) -> None:
    assert webpage.same_address(first, second) is same
    assert webpage.same_address(second, first) is same
