"""An editor's day in a real browser, from the held article to its withdrawal, with the feed asked over HTTP.

The editor's work is done by the pages alone; the pipeline's by the steps, as a worker would run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection

from desk import roles
from desk.roles import Role
from pipeline.ledger import translations
from tests.desk.browser import Desk
from tests.make import OTHER_PARAGRAPHS, PARAGRAPHS, SPANISH, Office, other

GOOD = "La alcaldesa dijo que nadie pagará peaje."
PASSWORD = "un puente sobre el Arroyo"
OpenDesk = Callable[..., Desk]


@pytest.fixture
def newsroom(open_desk: OpenDesk, office: Office) -> Office:
    """By the wall clock, because the desk reads it. After `open_desk`, so that the server sees what is committed."""
    office.clock.at = datetime.now(UTC) - timedelta(hours=2)
    return office


@pytest.fixture
def held(newsroom: Office) -> int:
    """A sample of which the engine left a sentence in English."""
    del newsroom.engine.phrases[PARAGRAPHS[2]]
    newsroom.engine.mark = ""
    article = newsroom.receive().article
    newsroom.run()
    return article


@contextmanager
def worker(office: Office) -> Iterator[None]:
    """A worker beside the browser: whatever becomes due is run."""
    stop = Signal()

    def run() -> None:
        while not stop.is_set():
            office.clock.at = datetime.now(UTC)
            office.run()
            stop.wait(0.05)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def feed(desk: Desk, product: str = "es/all") -> dict[str, dict[str, object]]:
    """The items of the public feed, by guid, as a partner fetches them."""
    answer = httpx.get(f"{desk.url}/feeds/{product}/feed.json", timeout=10)
    return {item["id"]: item for item in answer.raise_for_status().json()["items"]}


def until(holds: Callable[[], object], desk: Desk, what: str) -> None:
    """Wait for something outside the page; the page's own clock does the waiting."""
    for _ in range(200):
        if holds():
            return
        desk.page.wait_for_timeout(50)
    pytest.fail(f"it did not come to pass: {what}")


def test_from_the_held_article_to_its_correction(open_desk: OpenDesk, newsroom: Office, held: int) -> None:
    roles.give(User.objects.create_user("ana", password=PASSWORD), Role.CHIEF)
    desk = open_desk(language="es")
    page = desk.go("/desk/review")
    page.get_by_label("Nombre").fill("ana")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")
    with worker(newsroom):
        # find it, fix the sentence, approve it; by keys where there are some
        page.get_by_role("link", name="El puente abre tras nueve años de obras").click()
        page.locator("mark").first.wait_for()
        assert not desk.complaints()
        desk.picture("review-1280")
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        desk.write("Párrafo 3, frase 1", "La alcaldesa dijo que 7 no pagarán.")
        page.locator(".look .remark", has_text="Cifras").wait_for()
        desk.picture("review-editing-1280")
        desk.write("Párrafo 3, frase 1", GOOD)
        page.get_by_text("Las comprobaciones no ven nada").wait_for()
        page.keyboard.press("Control+Enter")
        page.get_by_text("Guardado.").wait_for()
        page.get_by_text("Ya ningún aviso la detiene.").wait_for()
        page.get_by_role("button", name="Aprobar y publicar").click()
        page.get_by_text("Va camino de los canales").wait_for()
        until(lambda: any(GOOD in str(item["content_html"]) for item in feed(desk).values()), desk, "it is in the feed")
        [(guid, item)] = feed(desk).items()
        # correct it
        desk.go(f"/desk/review/{held}/es")
        page.get_by_role("link", name="Editar párrafo 3, frase 1").click()
        desk.write("Párrafo 3, frase 1", "Nadie pagará peaje, dijo la alcaldesa.")
        page.get_by_role("button", name="Guardar para la corrección").click()
        page.get_by_label("Nota para los lectores").fill("Se precisa quién lo dijo.")
        desk.picture("correction-1280")
        page.get_by_role("button", name="Publicar la corrección").click()
        page.get_by_text("Los lectores ven su nota").wait_for()
        until(lambda: "Se precisa" in str(feed(desk)[guid]["content_html"]), desk, "the correction is in the feed")
        assert "Nadie pagará peaje, dijo la alcaldesa." in str(feed(desk)[guid]["content_html"])
        assert feed(desk)[guid]["date_published"] == item["date_published"]
        # the versions tell who did what
        desk.go(f"/desk/review/{held}/es/versions")
        page.locator("ins").first.wait_for()
        assert "edición" in page.locator("main").inner_text()
        assert not desk.complaints()
        desk.picture("versions-1280")


def test_from_the_dry_run_to_the_withdrawal(open_desk: OpenDesk, newsroom: Office) -> None:
    for number in range(60):
        newsroom.receive(url=f"https://river.example/{number}")
    newsroom.run()
    article = newsroom.publish(other(), url="https://river.example/library")
    guid = newsroom.release(article).guid
    desk = open_desk(Role.CHIEF, name="ana")
    page = desk.go("/desk/campaigns")
    page.get_by_role("link", name="Planear una campaña").click()
    page.get_by_label("Producto").select_option("es/all")
    page.get_by_role("button", name="Ensayo").click()
    page.get_by_text("61 publicaciones coinciden: 244 envíos salen").wait_for()
    assert not desk.complaints()
    desk.picture("campaign-plan-1280")
    before = feed(desk)[guid]
    page.get_by_label("Motivo").fill("se perdió el envío")
    page.get_by_role("button", name="Hacer 244 envíos").click()
    page.get_by_text("en marcha").wait_for()
    seen = set()
    with worker(newsroom):
        for _ in range(400):  # the page asks by itself; what it shows on the way is noted
            seen.add(page.locator("progress").get_attribute("value"))
            if page.locator("#progress .badge", has_text="terminada").count():
                break
            page.wait_for_timeout(25)
        page.locator("#progress .badge", has_text="terminada").wait_for()
        page.get_by_text("61 de 61 publicaciones entregadas").wait_for()
        assert len(seen) > 1, "the progress was seen to move"
        until(lambda: feed(desk)[guid]["date_modified"] != before["date_modified"], desk, "it went out again")
        assert not desk.complaints()
        desk.picture("campaign-1280")
        # withdraw it, and see it gone
        desk.go(f"/desk/articles/{article}/withdraw")
        page.get_by_label("Retirada a petición: la pidió la fuente").check()
        page.get_by_label("Motivo").fill("la fuente lo pidió")
        assert not desk.complaints()
        desk.picture("withdraw-1280")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Retirar").click()
        page.get_by_text("El texto salió de todos los canales").wait_for()
    stub = feed(desk)[guid]
    assert SPANISH[OTHER_PARAGRAPHS[0]] not in str(stub)
    assert httpx.get(f"{desk.url}/es/articles/{article}.html", timeout=10).status_code == 410


def test_a_viewer_can_do_none_of_it(open_desk: OpenDesk, newsroom: Office, held: int) -> None:
    article = newsroom.publish(other(), url="https://river.example/library")
    desk = open_desk(Role.VIEWER)
    desk.allowed.add("403")
    page = desk.go(f"/desk/review/{held}/es?edit=b2.0")
    page.locator("mark").first.wait_for()
    assert page.locator("main form, main textarea, main button").count() == 0
    assert page.get_by_role("link", name="retirar").count() == 0
    for path in (f"/desk/articles/{article}/withdraw", "/desk/campaigns/plan?product=es/all&verb=send"):
        desk.go(path)
        page.get_by_text("«jefatura»").wait_for()
    for path in (f"/desk/review/{held}/es/do/decide", "/desk/campaigns/start", f"/desk/articles/{article}/withdraw"):
        answer = page.request.post(f"{desk.url}{path}", form={"decision": "approve"}, headers={"Referer": desk.url})
        assert answer.status == 403, path
    row = translations.newest(held, "es")
    assert row is not None
    assert row.state == "held"


def test_a_stale_save_becomes_a_merge(open_desk: OpenDesk, newsroom: Office, held: int) -> None:
    ana, eva = open_desk(Role.EDITOR, name="ana"), open_desk(Role.EDITOR, name="eva")
    for desk in (ana, eva):
        desk.go(f"/desk/review/{held}/es?edit=b2.0")
    eva.write("Párrafo 3, frase 1", GOOD)
    eva.page.get_by_text("Las comprobaciones no ven nada").wait_for()
    eva.page.keyboard.press("Control+Enter")
    eva.page.get_by_text("Guardado.").wait_for()
    ana.write("Párrafo 3, frase 1", "Nadie pagará, según la alcaldesa.")
    ana.page.get_by_role("button", name="Guardar").click()
    ana.page.get_by_text("Dos personas cambiaron esta frase").wait_for()
    merge = ana.page.locator(".merge").inner_text()
    assert GOOD in merge
    assert "Nadie pagará, según la alcaldesa." in merge
    assert not ana.complaints()
    ana.picture("merge-1280")
    row = translations.newest(held, "es")
    assert row is not None
    assert row.version == 2, "nothing was overwritten"
    ana.write("Párrafo 3, frase 1", "Nadie pagará peaje, según la alcaldesa.")
    ana.page.get_by_role("button", name="Guardar").click()
    ana.page.get_by_text("Guardado.").wait_for()
    until(lambda: translations.newest(held, "es").version == 3, ana, "the merge is saved")  # type: ignore[union-attr]


def test_what_was_typed_is_there_after_the_window_was_closed(open_desk: OpenDesk, newsroom: Office, held: int) -> None:
    desk = open_desk(Role.EDITOR, name="ana")
    desk.go(f"/desk/review/{held}/es?edit=b2.0")
    desk.write("Párrafo 3, frase 1", "A medias")
    desk.page.get_by_text("Las comprobaciones").or_(desk.page.locator(".look .remark")).first.wait_for()
    desk.page.close()
    desk.page = desk.window()
    desk.go(f"/desk/review/{held}/es")
    desk.page.locator(".unsaved ins", has_text="medias").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_review_can_be_used_by_everybody(
    open_desk: OpenDesk, newsroom: Office, held: int, width: int
) -> None:
    newsroom.publish(other(), url="https://river.example/library")
    desk = open_desk(Role.CHIEF, width=width)
    for path, name in (
        ("/desk/review", "held"),
        (f"/desk/review/{held}/es?edit=b2.0", "review-field"),
        (f"/desk/review/{held}/es/versions", "versions-one"),
        (f"/desk/review/{held}/es/preview", "preview"),
        ("/desk/campaigns", "campaigns"),
        ("/desk/campaigns/plan?product=es/all&verb=send", "campaign-plan"),
        (f"/desk/articles/{held}/withdraw", "withdraw"),
    ):
        desk.go(path)
        desk.page.wait_for_load_state("networkidle")
        assert not desk.complaints(), path
        assert not desk.overflows(), path
        desk.picture(f"{name}-{width}")


def test_an_article_cannot_hurt_the_desk(open_desk: OpenDesk, newsroom: Office) -> None:
    """Scripts and markup in every field of what comes in stay text."""
    evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'
    newsroom.engine.mark = ""
    payload = {
        "headline": f"Bridge {evil} opens",
        "body_html": f"<p>{PARAGRAPHS[0]} {evil}</p>"
        f"<p><a href=\"javascript:document.title='owned'\">x</a> {PARAGRAPHS[1]}</p>"
        "<p>&lt;script&gt;document.title='owned'&lt;/script&gt; is what he wrote.</p>",
        "author": f"Ana {evil}",
        "published": "2026-03-13",
        "section": evil,
    }
    article = newsroom.receive(payload).article
    newsroom.run()
    desk = open_desk(Role.CHIEF)
    for path in ("/desk/review", f"/desk/review/{article}/es?edit=headline", f"/desk/review/{article}/es/preview"):
        desk.go(path)
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.title() != "owned", path
        assert desk.page.locator("main script, main img, main [onerror]").count() == 0, path
