"""An editor who reads Spanish reads why something was refused, held or stopped in Spanish, with the details."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desk.roles import Role
from pipeline.ledger import translations
from pipeline.ledger.models import Delivery, Event, Revision, TermsPage, Unit, Watch
from pipeline.stages import Step, UnitState
from pipeline.translation import models
from pipeline.types import Format, Hypothesis
from tests.fakes import PhraseBook
from tests.make import Office, story
from tests.servers import site

ALLOWED = '\n[network]\nallow_private = ["127.0.0.1"]\n'


class Reader:
    """Somebody at the Spanish desk."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def text(self, place: str) -> str:
        return self._text(self.client.get(place, follow=True, headers={"Accept-Language": "es"}).content)

    def post(self, address: str, /, **data: object) -> str:
        """What the page says after the deed."""
        given = {name: str(value) for name, value in data.items()}
        return self._text(self.client.post(address, given, follow=True, headers={"Accept-Language": "es"}).content)

    @staticmethod
    def _text(page: bytes) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


@pytest.fixture
def reader(signed_in: Callable[[Role | None], Client]) -> Reader:
    return Reader(signed_in(Role.ADMIN))


@pytest.fixture
def held(office: Office) -> int:
    """An article of which the engine left a paragraph in English."""
    return office.half_translated()


def act(article: int, verb: str) -> str:
    return reverse("desk:act", kwargs={"article": article, "language": "es", "verb": verb})


def newest(article: int) -> int:
    row = translations.newest(article, "es")
    assert row is not None
    return row.pk


def test_a_decision_about_an_old_version_is_refused(held: int, reader: Reader) -> None:
    read = newest(held)
    reader.post(act(held, "save"), place="b2.0", html="La alcaldesa dijo que nadie pagará peaje.", base=read)
    assert newest(held) != read
    said = reader.post(act(held, "decide"), decision="approve", base=read)
    assert f"El artículo {held} tiene una versión más reciente que la que usted leyó; lea antes esa." in said


def test_a_decision_lacks_its_reason(held: int, reader: Reader) -> None:
    base = newest(held)
    assert "Diga por qué se rechaza." in reader.post(act(held, "decide"), decision="reject", base=base)
    assert "Indique qué espera." in reader.post(act(held, "decide"), decision="hold", base=base)
    waived = reader.post(act(held, "waive"), code="copied", place="b2.0", base=base)
    assert "Dar por bueno un aviso pide un motivo" in waived
    assert "El texto nuevo está vacío." in reader.post(act(held, "save"), place="b2.0", html=" ", base=base)
    assert "El texto nuevo está vacío." in reader.post(act(held, "type"), place="b2.0", html=" ", base=base)


def test_what_is_decided_is_not_decided_again(held: int, reader: Reader) -> None:
    base = newest(held)
    reader.post(act(held, "decide"), decision="approve", base=base)
    said = reader.post(act(held, "decide"), decision="approve", base=base)
    assert f"Solo se aprueba una traducción retenida, y la del artículo {held} no lo está." in said
    said = reader.post(act(held, "decide"), decision="reject", reason="tarde", base=base)
    assert f"La traducción {base} ya no admite ese cambio" in said


def test_an_article_is_withdrawn_once(office: Office, reader: Reader) -> None:
    article = office.publish()
    place = f"/desk/articles/{article}/withdraw"
    assert "Retirado." in reader.post(place, kind="kill", reason="un error")
    assert re.search(rf"El artículo {article} ya se retiró el \d{{4}}-\d\d-\d\d\.", reader.text(place))


def test_a_page_of_terms_that_is_no_page(office: Office, reader: Reader) -> None:
    form = {"basis": "house-terms", "reason": "x", "read": "1"}
    with site() as publisher:
        office.apply(office.text + ALLOWED)
        url = publisher.put("/terms.pdf", b"%PDF-1.7", kind="application/pdf")
        said = reader.post("/desk/sources/silent-times/rights", **form, terms_url=url)
        assert f"{url} es application/pdf, no una página de texto. Ábrala y pegue lo que dice." in said
        gone = reader.post("/desk/sources/silent-times/rights", **form, terms_url=f"{publisher.base}/none")
        assert f"{publisher.base}/none responde 404. Ábrala en un navegador y pegue lo que dice." in gone
    private = reader.post("/desk/sources/silent-times/rights", **form, terms_url="http://10.0.0.1/terms")
    assert "10.0.0.1 está en 10.0.0.1, que no es una dirección pública, así que no se consulta." in private
    lacking = reader.post("/desk/sources/silent-times/rights", basis="permission", reason="x")
    assert "Un permiso pide una referencia: qué carta, de qué día." in lacking


def test_a_page_of_terms_that_is_gone_is_told_on_the_spot_and_afterwards(office: Office, reader: Reader) -> None:
    with site() as publisher:
        office.apply(office.text + ALLOWED)
        url = publisher.put("/terms", "<p>You may republish our articles.</p>")
        form = {"basis": "licence", "licence": "https://creativecommons.org/licenses/by/4.0/", "reason": "x"}
        form |= {"terms_url": url}
        page = reader.client.post("/desk/sources/silent-times/rights", {**form, "read": "1"}).content.decode()
        [form["page"]] = re.findall(r'name="page" value="(\d+)"', page)
        shown = reader.client.post("/desk/sources/silent-times/rights", form).content.decode()
        [form["token"]] = re.findall(r'name="token" value="(\w+)"', shown)
        reader.post("/desk/sources/silent-times/rights", **form)
        publisher.put("/terms", status=404)
        said = f"No se pudo leer la página. {url} responde 404. Ábrala en un navegador y pegue lo que dice."
        assert said in reader.post("/desk/sources/silent-times/terms")
    kept = TermsPage.objects.get(state="kept")
    assert (kept.reason.partition(" answers ")[0], kept.reason_es.partition(" responde ")[0]) == (url, url)
    assert said in reader.text("/desk/sources/silent-times")
    assert f"{url} responde 404." in reader.text("/desk/waiting/terms")


def test_a_campaign_of_nothing_or_in_the_wrong_state(office: Office, reader: Reader) -> None:
    article = office.publish()
    nothing = reader.text("/desk/campaigns/plan?verb=send&product=")
    assert "Indique qué enviar de nuevo: un artículo, producto, socio, fuente" in nothing
    assert "Escriba números" not in nothing
    place = reverse("desk:campaign-start")
    reader.post(place, verb="send", articles=article, key="k1", reason="se perdió")
    said = reader.post("/desk/campaigns/1/resume")
    assert "La campaña 1 no se puede reanudar: está en marcha." in said


def test_what_is_not_there_is_named(office: Office, reader: Reader) -> None:
    article = office.publish()
    assert f"Nada del artículo {article} espera turno" in reader.post(f"/desk/articles/{article}/hurry")
    assert (
        "«gate» ya está retirado."
        in [reader.post("/desk/glossary/retire", source="gate", reason="r") for _ in range(2)][1]
    )
    term = reader.post("/desk/glossary/add", source="gate", reason="r")
    assert "el término: «gate» necesita una traducción (target), o que nunca se traduzca (keep = true)." in term
    only = reader.post("/desk/people/admin", role="viewer")
    assert "admin es la única persona con el rol de administración; désela antes a otra." in only


# --- what the ledger keeps -----------------------------------------------------------------------------------------


class WithoutModel(PhraseBook):
    """An engine whose model was taken away."""

    folder = Path("nowhere")

    def translate(self, *given: object, **more: object) -> list[Hypothesis]:
        models.choose(self.folder, "en", "es")
        raise AssertionError("there is a model")


def test_work_that_stopped_says_why(office: Office, reader: Reader, tmp_path: Path) -> None:
    office.engine = WithoutModel(office.engine.phrases)
    office.engine.folder = tmp_path / "models"
    article = office.receive().article
    office.run()
    [row] = Unit.objects.filter(state=UnitState.PARKED)
    said = (
        f"No hay ningún modelo de «en» a «es» instalado en {tmp_path}/models. Ejecute: tornavoz models install starter"
    )
    assert row.last_error_es.startswith(said)
    assert row.last_error.startswith("No model en to es is installed")
    assert said[:60] in reader.text("/desk/")
    assert said in reader.text("/desk/waiting/parked")
    trace = reader.text(f"/desk/articles/{article}/trace")
    assert said in trace
    assert "No model en to es" not in trace
    assert "reason_es" not in trace
    [event] = Event.objects.filter(action="unit.parked")
    assert (event.details["code"], event.reason) == ("model-missing", row.last_error)
    english = reader.client.get("/desk/waiting/parked", headers={"Accept-Language": "en"}).content.decode()
    assert "No model en to es is installed" in english
    # what runs again has no error left in any language
    office.engine = PhraseBook(office.engine.phrases)
    Unit.objects.filter(pk=row.pk).update(state=UnitState.READY)
    office.run()
    row.refresh_from_db()
    assert (row.error_code, row.last_error, row.last_error_es) == ("", "", "")


def test_what_nobody_foresaw_is_quoted(office: Office, reader: Reader) -> None:
    office.engine.phrases.clear()
    office.receive()
    office.run()
    for _ in range(6):
        office.clock.forward(hours=2)
        office.run()
    [row] = Unit.objects.filter(state=UnitState.PARKED, step=Step.TRANSLATE)
    assert (row.error_code, row.last_error_es) == ("unexpected", "")
    assert "Ocurrió algo imprevisto. «" in reader.text("/desk/waiting/parked")
    assert "Ocurrió algo imprevisto. «" in reader.text("/desk/audit?action=unit.parked")


def test_a_row_from_before_the_ledger_had_spanish_says_what_its_code_means(office: Office, reader: Reader) -> None:
    row = Unit.objects.order_by("pk")[0]
    row.state, row.error_code, row.last_error = UnitState.PARKED, "model-missing", "No model en to es."
    row.save()
    said = reader.text("/desk/waiting/parked")
    assert "No hay ningún modelo instalado para este par de idiomas." in said
    assert "«No model en to es.»" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"payload": b" ", "form": Format.TEXT},
            "Lo recibido está vacío. Revise el archivo o la dirección de donde vino.",
        ),
        ({"payload": b"{"}, "Lo recibido no es JSON válido"),
        ({"url": None}, "Falta la dirección del original; entregue de nuevo el mismo archivo con --url"),
        ({"url": "ftp://river.example/x"}, "no empieza por http:// ni https://"),
        ({"url": "https://elsewhere.example/x"}, "el registro de derechos de The River Post no la cubre"),
        (
            {"payload": {**story(), "published": None}},
            "No se encontró la fecha de publicación. Indique la fecha del artículo.",
        ),
    ],
)
def test_an_article_that_is_held_says_why(given: dict[str, Any], said: str, office: Office, reader: Reader) -> None:
    article = office.receive(**given).article
    office.run()
    row = Revision.objects.get(article=article)
    assert row.state == "held"
    assert said in row.reason_es
    page = reader.text(f"/desk/articles/{article}/trace")
    assert page.count(said) == 2, "as it stands, and as it happened"
    assert row.reason not in page
    assert said[:40] in reader.text("/desk/waiting/readings")


def test_a_push_that_fails_says_why_and_quotes_the_partners_server(
    office: Office, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORNAVOZ_WEBHOOK_LA_VOZ", "whsec_" + base64.b64encode(b"n" * 32).decode())
    hooked = 'name = "La Voz"\nwebhook = "https://192.168.3.4/hook"'
    office.apply(office.text.replace('name = "La Voz"', hooked))
    article = office.publish()
    said = "192.168.3.4 está en 192.168.3.4, que no es una dirección pública, así que no se consulta."
    for place in ("/desk/waiting/deliveries", "/desk/partners/la-voz", f"/desk/articles/{article}/trace"):
        assert said in reader.text(place), place
    Delivery.objects.filter(partner__slug="la-voz").update(reason="503 Slow down", reason_es="")
    quoted = "El servidor del socio rechazó el envío. «503 Slow down»"
    assert quoted in reader.text("/desk/waiting/deliveries")
    assert quoted in reader.text("/desk/partners/la-voz")


def test_a_feed_that_fails_says_why(office: Office, reader: Reader) -> None:
    with site() as publisher:
        url = publisher.put("/feed", "gone", status=410)
        office.apply(
            office.text.replace(
                'url = "https://silent.example/"',
                f'url = "https://silent.example/"\nfeed = "{url}"\npoll_minutes = 30',
            )
            + ALLOWED
        )
        office.run()
        assert Watch.objects.get().reason == f"{url} answers 410."
        page = reader.text("/desk/sources/silent-times")
        assert page.count(f"{url} responde 410.") == 2, "as it stands, and in the history"
        publisher.put("/feed", "<p>no feed</p>")
        office.clock.forward(hours=3)
        office.run()
        page = reader.text("/desk/sources/silent-times")
        assert f"{url} responde con algo que no es RSS ni Atom. Revise la dirección del canal." in page
