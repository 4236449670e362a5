"""What a chief settles in a real browser: a source's rights, and a term of the glossary."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desk.roles import Role
from pipeline.ledger.models import Event, Source, TermsPage
from tests.desk.browser import Desk
from tests.desk.test_editors_journey import feed, newsroom, until, worker
from tests.make import PARAGRAPHS, Office, other, story
from tests.servers import site

__all__ = ["newsroom"]  # a fixture
OpenDesk = Callable[..., Desk]


def test_rights_are_filed_after_a_look_at_what_they_change(open_desk: OpenDesk, newsroom: Office) -> None:
    for number in range(3):
        newsroom.receive(other(), source="silent-times", url=f"https://silent.example/{number}")
    newsroom.run()
    desk = open_desk(Role.CHIEF, name="ana")
    page = desk.go("/desk/sources/silent-times")
    page.get_by_role("link", name="Registrar derechos").click()
    page.get_by_label("Se basa en").select_option("house-terms")
    page.get_by_label("Página de condiciones").fill("https://silent.example/reuse")
    page.get_by_label("Lo que dice la página").fill("You may translate our articles if you name us.")
    page.get_by_label("¿Se puede hacer y difundir una traducción?").select_option("yes")
    page.get_by_label("Sin ánimo de lucro (N)").check()
    page.get_by_label("Motivo").fill("leído en su página")
    page.get_by_role("button", name="Mostrar qué pasaría").click()
    page.locator("#effect").wait_for()
    assert page.locator("#effect dd").first.inner_text() == "3"
    assert Source.objects.get(slug="silent-times").rights is None
    assert not desk.complaints()
    desk.picture("rights-1280")
    page.get_by_role("button", name="Registrar", exact=True).click()
    page.get_by_text("Se consultan de nuevo 3 artículos").wait_for()
    with worker(newsroom):
        until(lambda: len(feed(desk)) == 3, desk, "the articles are in the feed")
    event = Event.objects.get(action="rights.filed")
    assert (event.actor, event.reason) == ("desk:ana", "leído en su página")


def test_the_publishers_page_is_read_at_the_desk(open_desk: OpenDesk, newsroom: Office) -> None:
    sentence = "You may translate and republish our articles if you name us."
    with site() as publisher:
        newsroom.apply(newsroom.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        url = publisher.put("/reuse", f"<nav>Front page</nav><h1>Using our work</h1><p>{sentence}</p><p>Thank you.</p>")
        desk = open_desk(Role.CHIEF, name="ana")
        page = desk.go("/desk/sources/silent-times/rights")
        page.get_by_label("Se basa en").select_option("house-terms")
        page.get_by_label("Página de condiciones").fill(url)
        page.get_by_role("button", name="Leer la página").click()
        page.get_by_role("heading", name="Lo que dice la página").wait_for()
        assert page.get_by_label("Se basa en").input_value() == "house-terms"
        assert not desk.complaints()
        page.get_by_role("button", name="Tomar esta frase").first.click()
        page.wait_for_function("() => document.querySelector('[name=terms_text]').value !== ''")
        assert page.get_by_label("Lo que dice la página, palabra por palabra").input_value() == sentence
        assert not desk.overflows()
        desk.picture("terms-1280")
        page.get_by_label("¿Se puede hacer y difundir una traducción?").select_option("yes")
        page.get_by_label("Sin ánimo de lucro (N)").check()
        page.get_by_label("Motivo").fill("leído en su página")
        page.get_by_label("Motivo").press("Enter")  # shows the effect; it does not read the page again
        page.locator("#effect").wait_for()
        page.get_by_role("button", name="Registrar", exact=True).click()
        page.get_by_role("button", name="Comparar con la página ahora").click()
        page.get_by_text("La página sigue diciendo lo que se registró.").first.wait_for()
        assert not desk.complaints()
    assert TermsPage.objects.get().state == "kept"


def test_a_term_is_added_and_stands_beside_the_sentence(open_desk: OpenDesk, newsroom: Office) -> None:
    newsroom.apply(newsroom.text + '\n[translation]\nreview = "always"\n[glossary]\nshipped = false\n')
    article = newsroom.receive(story()).article
    newsroom.run()
    desk = open_desk(Role.CHIEF, name="ana")
    page = desk.go("/desk/glossary")
    page.get_by_text("Añadir un término").click()
    page.get_by_label("En el original").fill("bridge")
    page.get_by_label("En la traducción").fill("pasarela")
    page.get_by_role("button", name="Guardar el término").click()
    page.get_by_text("«bridge» cuenta a partir de la próxima traducción").wait_for()
    assert not desk.complaints()
    place = next(f"b{at}.0" for at, text in enumerate(PARAGRAPHS) if "bridge" in text.lower())
    desk.go(f"/desk/review/{article}/es?edit={place}")
    terms = page.locator(".terms")
    terms.get_by_text("pasarela").wait_for()
    assert "falta" in terms.inner_text()
    assert not desk.complaints()
    desk.picture("review-terms-1280")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_effect_of_a_record_can_be_read_by_everybody(open_desk: OpenDesk, newsroom: Office, width: int) -> None:
    newsroom.receive(other(), source="silent-times", url="https://silent.example/1")
    newsroom.run()
    desk = open_desk(Role.CHIEF, width=width)
    page = desk.go("/desk/sources/silent-times/rights")
    page.get_by_label("Motivo").fill("x")
    page.get_by_label("Licencia", exact=True).fill("https://creativecommons.org/licenses/by/4.0/")
    page.get_by_role("button", name="Mostrar qué pasaría").click()
    page.locator("#effect").wait_for()
    assert not desk.complaints()
    assert not desk.overflows()
