"""A forgotten password: a letter with a link that works once, and not a word about who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk import people, throttle
from desk.roles import Role
from feeds import outbox, resets
from pipeline.ledger.models import Event, Unit
from tests.make import Office
from tests.process.installation import free_port
from tests.spine.test_letters import Mailbox

if TYPE_CHECKING:
    from pytest_django import Settings

OLD, NEW = "un puente sobre el Arroyo", "cuatro gatos en la azotea"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()


@pytest.fixture
def ana(office: Office, person: Callable[..., User]) -> User:
    user = person(Role.EDITOR, "ana")
    user.email = "ana@eco.example"
    user.set_password(OLD)
    user.save()
    return user


def ask(office: Office, name: str = "ana") -> str:
    """Ask for a link, let the worker do what is due; what the page said."""
    answer = Client(headers={"Accept-Language": "en"}).post(reverse("desk:reset"), {"username": name})
    assert answer.status_code == 200
    office.clock.at = timezone.now() + timedelta(seconds=1)  # the desk lives by the wall clock
    office.run()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", answer.content.decode())


def link(box: Mailbox) -> str:
    """The path of the link in the last letter."""
    letter = message_from_bytes(box.got[-1], policy=policy.default)
    assert letter["To"] == "ana@eco.example"
    body = letter.get_body(("plain",))
    assert body is not None
    [found] = re.findall(r"https://eco\.example/\S+", body.get_content())
    return urlsplit(found).path


def test_the_link_makes_a_new_password_once(office: Office, ana: User, mailbox: Mailbox) -> None:
    elsewhere = Client()
    elsewhere.force_login(ana)
    ask(office)
    place = link(mailbox)
    visitor = Client(headers={"Accept-Language": "en"})
    opened = visitor.get(place, follow=True)
    secret = place.rpartition("/")[2]
    assert opened.redirect_chain[-1][0].endswith("/typed"), "the secret leaves the address before anything is shown"
    assert secret not in opened.content.decode()
    form = opened.request["PATH_INFO"]
    refused = visitor.post(form, {"new_password1": "short", "new_password2": "short"})
    assert "at least 12 characters" in refused.content.decode()
    done = visitor.post(form, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Your password was changed." in done.content.decode()
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert elsewhere.get(reverse("desk:front")).status_code == 302, "every session has ended"
    assert (
        "This link has been used" in Client(headers={"Accept-Language": "en"}).get(place, follow=True).content.decode()
    )
    told = Event.objects.filter(subject="user:ana").order_by("pk").values_list("action", flat=True)
    assert list(told) == [throttle.ASKED, "user.reset-mailed", "user.password-changed"]


def test_nobody_learns_who_has_an_account(office: Office, ana: User, mailbox: Mailbox) -> None:
    User.objects.create_user("eva", password=OLD)  # no address
    people.switch(ana, on=False, actor="test", reason="x", now=timezone.now())
    answers = {ask(office, name) for name in ("ana", "eva", "nobody-at-all")}
    assert len(answers) == 1
    assert "a letter is on its way" in answers.pop()
    assert mailbox.got == []
    assert Event.objects.filter(action=throttle.ASKED).count() == 3


def test_a_name_is_sent_few_letters_and_an_address_may_not_go_on_asking(
    office: Office, ana: User, mailbox: Mailbox
) -> None:
    said = {ask(office) for _ in range(throttle.LETTERS + 2)}
    assert len(said) == 1, "the answer does not tell"
    assert len(mailbox.got) == throttle.LETTERS
    for _ in range(throttle.ASKING - throttle.LETTERS - 2):
        ask(office, "somebody")
    answer = Client().post(reverse("desk:reset"), {"username": "ana"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_the_letter_lies_nowhere_that_others_can_read(office: Office, ana: User, mailbox: Mailbox) -> None:
    mailbox.says = "451 try again later"
    ask(office)
    unit = Unit.objects.get(subject=f"{resets.SUBJECT}:{ana.pk}")
    assert (unit.state, unit.error_code) == ("ready", "partner-unavailable")
    assert outbox.waiting() == []
    mailbox.says = "250 OK"
    office.clock.forward(hours=1)
    office.run()
    secret = link(mailbox).rpartition("/")[2]
    assert outbox.waiting() == []
    assert not any(secret in str(row) for row in [*Event.objects.values(), *Unit.objects.values()])


def test_without_a_mail_server_the_page_says_whom_to_ask(office: Office, ana: User, settings: Settings) -> None:
    settings.SMTP_URL = ""
    answer = Client(headers={"Accept-Language": "en"}).post(reverse("desk:reset"), {"username": "ana"})
    assert "tornavoz users password" in answer.content.decode()
    assert not Unit.objects.filter(subject__startswith=resets.SUBJECT).exists()
    place = resets.PLACE.format(user="MQ", token="x")
    assert place == reverse("desk:reset-confirm", kwargs={"uidb64": "MQ", "token": "x"})
