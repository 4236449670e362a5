"""What the pages of the desk say: the same facts as the ledger's, and nothing that is cut without its count."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from desk import throttle
from desk.pages import front
from desk.roles import Role, role_of
from feeds import outbox, tokens
from pipeline.ledger import pulse
from pipeline.ledger.models import Event, Partner, Token, Unit
from pipeline.rights.table import REASONS
from tests.make import HEADLINE, NEWSROOM, SPANISH, Office, other, story

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def at_the_offices_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (
        "desk.pages.front",
        "desk.pages.hurry",
        "desk.templatetags.desk",
        "desk.pages.official",
        "desk.pages.partners",
        "desk.pages.sources",
    ):
        monkeypatch.setattr(f"{place}.now", office.clock)


@pytest.fixture
def viewer(signed_in: Callable[[Role | None], Client], at_the_offices_time: None) -> Client:
    return signed_in(Role.VIEWER)


@pytest.fixture
def admin(signed_in: Callable[[Role | None], Client], at_the_offices_time: None) -> Client:
    return signed_in(Role.ADMIN)


def text(client: Client, place: str) -> str:
    answer = client.get(place)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# --- front page ----------------------------------------------------------------------------------------------------


def test_what_needs_a_person_stands_there_oldest_first_with_the_count_of_the_rest(
    office: Office, viewer: Client
) -> None:
    held = []
    for number in range(front.SHOWN + 3):
        office.clock.forward(minutes=1)
        held.append(office.receive(story(), url=f"https://silent.example/{number}", source="silent-times").article)
    office.run()
    page = text(viewer, "/desk/")
    shown = [page.index(f"/desk/articles/{article}/trace") for article in held[: front.SHOWN]]
    assert shown == sorted(shown)
    assert f"/desk/articles/{held[front.SHOWN]}/trace" not in page
    assert "Rights to be settled" in page
    assert ">3 more<" in page
    whole = text(viewer, "/desk/waiting/rights")
    assert all(f"/desk/articles/{article}/trace" in whole for article in held)


def test_reasons_are_told_in_the_editors_language(office: Office, viewer: Client) -> None:
    office.receive(story(), url="https://silent.example/1", source="silent-times")
    office.run()
    said = REASONS["rights-unknown"]
    assert escape(said.english) in text(viewer, "/desk/")
    spanish = viewer.get("/desk/", headers={"Accept-Language": "es"}).content.decode()
    assert "Derechos por aclarar" in spanish
    assert escape(said.spanish) in spanish
    assert escape(said.english) not in spanish


def test_a_desk_with_nothing_to_do_says_so_and_shows_what_went_out(office: Office, viewer: Client) -> None:
    pulse.beat(pulse.SWEEPER, now=office.clock())
    article = office.publish()
    page = text(viewer, "/desk/")
    assert "Nothing needs a person." in page
    assert "The machines have nothing left to do" in page
    assert "Nobody is at work" not in page
    assert "El puente abre tras nueve años de obras" in page
    assert f"/desk/articles/{article}/trace" in page


def test_it_says_when_nobody_is_at_work_and_since_when(office: Office, viewer: Client) -> None:
    assert "no sweeper was ever heard" in text(viewer, "/desk/")
    pulse.beat(pulse.SWEEPER, now=office.clock())
    assert "Nobody is at work" not in text(viewer, "/desk/")
    office.clock.forward(minutes=5)
    assert "last heard" in text(viewer, "/desk/")
    assert ">5 minutes ago<" in text(viewer, "/desk/")


def test_the_age_of_the_oldest_due_work_is_shown_for_each_step(office: Office, viewer: Client) -> None:
    office.receive()
    office.clock.forward(seconds=20)
    page = text(viewer, "/desk/")
    assert "reading 20 seconds" in page
    assert "Nobody takes the step" not in page
    office.clock.forward(minutes=3)
    assert "Nobody takes the step «reading»: the oldest work has waited for 3 minutes." in text(viewer, "/desk/")


def test_an_embargo_is_listed_with_its_end(office: Office, viewer: Client) -> None:
    office.apply(NEWSROOM.replace('title = "Todo"', 'title = "Todo"\ndelay_minutes = 90'))
    office.publish()
    page = text(viewer, "/desk/")
    assert "Scheduled" in page
    end = office.clock() + timedelta(minutes=90)
    assert f"{end:%Y-%m-%d %H:%M} UTC" in page


def test_a_publishers_own_version_is_decided_where_it_is_shown(
    office: Office, viewer: Client, signed_in: Callable[[Role | None], Client]
) -> None:
    own = "https://river.example/es/2026/puente"
    article = office.publish(story(editions={"es": own}))
    assert "The publisher has its own version" in text(viewer, "/desk/")
    assert own in text(viewer, "/desk/waiting/official")
    assert "Translate all the same" not in text(viewer, f"/desk/articles/{article}/trace")
    editor = signed_in(Role.EDITOR)
    assert "Translate all the same" in text(editor, f"/desk/articles/{article}/trace")
    address = f"/desk/articles/{article}/official/es"
    assert "give the headline" in editor.post(address, {"verb": "link", "reason": "x"}, follow=True).content.decode()
    assert "Say why." in editor.post(address, {"verb": "link", "headline": "Puente"}, follow=True).content.decode()
    editor.post(address, {"verb": "link", "headline": "Abre el puente", "reason": "theirs"})
    office.run()
    assert [entry["title"] for entry in office.items().values()] == ["Abre el puente"]
    editor.post(address, {"verb": "pass-over", "reason": "an excerpt only"})
    office.run()
    assert [entry["title"] for entry in office.items().values()] == [SPANISH[HEADLINE]]


def test_an_article_that_waits_can_be_put_first_by_an_editor(
    office: Office, viewer: Client, signed_in: Callable[[Role | None], Client]
) -> None:
    article = office.receive().article
    assert "Urgent: do it first" not in text(viewer, f"/desk/articles/{article}/trace")
    editor = signed_in(Role.EDITOR)
    assert "Urgent: do it first" in text(editor, f"/desk/articles/{article}/trace")
    done = editor.post(f"/desk/articles/{article}/hurry", follow=True).content.decode()
    assert "goes first" in done
    assert "Urgent: do it first" not in done
    assert Unit.objects.filter(urgent=True).values_list("step", flat=True).get() == "extract"
    office.run()
    assert "nothing of article" in editor.post(f"/desk/articles/{article}/hurry", follow=True).content.decode()


def test_there_is_no_pile_of_another_name(viewer: Client) -> None:
    assert viewer.get("/desk/waiting/everything").status_code == 404
    for number in ("0", "-1", "x", "9" * 30):
        assert viewer.get(f"/desk/waiting/parked?page={number}").status_code == 200


# --- search --------------------------------------------------------------------------------------------------------


def test_search_counts_all_and_shows_a_page(office: Office, viewer: Client) -> None:
    office.engine.mark = ""
    for number in range(30):
        office.receive(other(), url=f"https://river.example/{number}")
    office.receive()
    office.run()
    page = text(viewer, "/desk/search?words=biblioteca")
    assert "<strong>30 articles</strong>" in page
    assert page.count("data-row") == 25
    assert 'href="?words=biblioteca&amp;page=2"' in page
    assert text(viewer, "/desk/search?words=biblioteca&page=2").count("data-row") == 5
    assert "<strong>1 article</strong>" in text(viewer, "/desk/search?words=puente")
    assert "<strong>0 articles</strong>" in text(viewer, "/desk/search?words=puente&state=held")


def test_a_filter_that_makes_no_sense_is_said_not_guessed(office: Office, viewer: Client) -> None:
    answer = viewer.get("/desk/search?since=tomorrow&state=lost")
    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


# --- sources, partners, products -----------------------------------------------------------------------------------


def test_a_sources_rights_are_what_the_gate_answers_in_words(office: Office, viewer: Client) -> None:
    page = text(viewer, "/desk/sources/harbor-wire")  # CC BY-NC
    for words in ("Non-commercial (N)", "With advertisements (A)", "Paid for (P)", "no pay wall", "by-nc/4.0"):
        assert words in page
    assert "There is no rights record" in text(viewer, "/desk/sources/silent-times")
    assert "newsroom.toml" in page
    assert viewer.get("/desk/sources/nobody").status_code == 404


def test_a_token_is_shown_once_to_an_admin_and_opens_the_partners_feed(office: Office, admin: Client) -> None:
    answer = admin.post("/desk/partners/el-faro/tokens", {"name": "web site"})
    row = Token.objects.get()
    shown = answer.content.decode()
    start = shown.index(f"tvz_{row.key}_")
    token = shown[start : shown.index("<", start)]
    assert tokens.find(token, now=office.clock()) == row
    assert "no-store" in answer["Cache-Control"]
    later = text(admin, "/desk/partners/el-faro")
    assert token not in later
    assert f"tvz_{row.key}_…" in later
    assert Event.objects.get(action="token.issued").actor == "desk:admin"


def test_a_token_is_revoked_with_a_reason_or_not_at_all(office: Office, admin: Client) -> None:
    tokens.issue(Partner.objects.get(slug="el-faro"), actor="test", now=office.clock())
    row = Token.objects.get()
    address = "/desk/partners/el-faro/tokens/revoke"
    admin.post(address, {"key": row.key, "reason": " "})
    admin.post("/desk/partners/la-voz/tokens/revoke", {"key": row.key, "reason": "not theirs"})
    assert Token.objects.get().revoked_at is None
    admin.post(address, {"key": row.key, "reason": "lost laptop"})
    assert Token.objects.get().revoked_at is not None
    assert Event.objects.get(action="token.revoked").reason == "lost laptop"


def test_who_may_not_make_tokens_is_not_offered_it(office: Office, viewer: Client) -> None:
    assert "Make a token" not in text(viewer, "/desk/partners/el-faro")


# --- audit and people ----------------------------------------------------------------------------------------------


def test_whoever_may_not_come_in_is_told_which_role_it_takes(viewer: Client) -> None:
    said = viewer.get("/desk/people").content.decode()
    assert "An admin can give it to you." in said
    assert "or a higher one" not in said, "there is none above admin"
    assert "or a higher one" in viewer.get("/desk/campaigns/plan").content.decode()


def test_times_say_their_zone_and_languages_their_name(office: Office, viewer: Client) -> None:
    article = office.publish()
    for path in ("/desk/audit", f"/desk/articles/{article}/trace"):
        assert re.search(r"\d\d:\d\d:\d\d UTC</td>", viewer.get(path).content.decode()), path
    for path in ("/desk/search", "/desk/glossary"):
        assert re.search(r'<option value="es"( selected)?>Spanish</option>', viewer.get(path).content.decode()), path


def test_the_audit_trail_is_filtered_and_counted(office: Office, viewer: Client) -> None:
    article = office.publish()
    mine = Event.objects.filter(article=article)
    assert f"<strong>{mine.count()} events</strong>" in text(viewer, f"/desk/audit?article={article}")
    releases = mine.filter(action__startswith="release.").count()
    assert f"<strong>{releases} event" in text(viewer, f"/desk/audit?article={article}&action=release.")
    assert "<strong>0 events</strong>" in text(viewer, "/desk/audit?actor=nobody")
    assert "<strong>0 events</strong>" in text(viewer, "/desk/audit?until=2020-01-01")
    assert viewer.post("/desk/audit").status_code == 405


def test_an_admin_gives_roles_and_switches_off_but_never_the_last_admin(
    office: Office, admin: Client, person: Callable[..., User]
) -> None:
    ana = person(Role.VIEWER, "ana")
    admin.post("/desk/people/ana", {"role": "chief"})
    assert role_of(User.objects.get(pk=ana.pk)) is Role.CHIEF
    admin.post("/desk/people/ana", {"switch": "off", "reason": "left"})
    assert not User.objects.get(pk=ana.pk).is_active
    answer = admin.post("/desk/people/admin", {"role": "viewer"}, follow=True)
    assert "is the only admin" in answer.content.decode()
    assert role_of(User.objects.get(username="admin")) is Role.ADMIN
    assert Event.objects.filter(subject=throttle.subject("ana")).count() == 2


def test_ones_own_password_is_changed_by_proving_the_old_one(
    office: Office, viewer: Client, person: Callable[..., User]
) -> None:
    user = person(Role.VIEWER)
    user.set_password("un puente sobre el Arroyo")
    user.save()
    viewer.force_login(user)
    new = "otro puente sobre el Arroyo"
    wrong = viewer.post("/desk/password", {"old": "guess", "new": new, "again": new})
    assert wrong.status_code == 422
    weak = viewer.post("/desk/password", {"old": "un puente sobre el Arroyo", "new": "short", "again": "short"})
    assert weak.status_code == 422
    done = viewer.post("/desk/password", {"old": "un puente sobre el Arroyo", "new": new, "again": new})
    assert done.status_code == 302
    assert viewer.get("/desk/").status_code == 200
    assert User.objects.get(pk=user.pk).check_password(new)


# --- letters -------------------------------------------------------------------------------------------------------


def test_a_letter_is_read_and_only_a_chief_sends_it(
    office: Office, signed_in: Callable[[Role | None], Client], settings: Settings
) -> None:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = "desk@river.example", "<b>Your article</b> in Spanish"
    letter.set_content("We republished «The bridge».")
    path = outbox.path_of(office.clock().date(), "river-post")
    outbox.put(path, letter, now=office.clock())
    page = text(signed_in(Role.EDITOR), "/desk/mail")
    assert "We republished «The bridge»." in page
    assert "&lt;b&gt;Your article&lt;/b&gt;" in page
    assert "Send it now" not in page
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    chief = signed_in(Role.CHIEF)
    assert "Send it now" in text(chief, "/desk/mail")
    refused = chief.post("/desk/mail/send", {"name": path.name}, follow=True).content.decode()
    assert "Not sent:" in refused
    assert path.exists()
    gone = chief.post("/desk/mail/send", {"name": "../newsroom.toml"}, follow=True).content.decode()
    assert "There is no such letter" in gone
