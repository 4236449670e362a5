"""A withdrawal is also told by e-mail: sent where there is a mail server, else drafted for a person to send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings

from feeds import letters, outbox
from pipeline.actions.withdraw import withdraw
from pipeline.errors import ConfigError
from pipeline.ledger import receipts
from pipeline.ledger.models import Attempt, Delivery, Unit
from tests.make import HEADLINE, PARAGRAPHS, SPANISH, Office
from tests.process.installation import free_port

EMAIL = "web@la-voz.example"


@dataclass
class Mailbox:
    """What a mail server took, and what it says instead when a test wants it to."""

    says: str = "250 OK"
    got: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the server looks for this name
        self.got.append(envelope.content)
        return self.says


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server on this machine, and SMTP_URL pointing to it."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def addressed(office: Office, settings: Settings) -> Office:
    """One partner has an address; no mail server yet."""
    settings.SMTP_URL = ""
    office.apply(office.text.replace('slug = "la-voz"', f'slug = "la-voz"\nemail = "{EMAIL}"'))
    office.run()
    return office


def take_back(office: Office, *, kind: Any = "kill") -> int:
    article = office.publish(section="Bridges")  # in two products
    office.clock.forward(hours=1)
    withdraw(article, kind=kind, reason="the mayor's lawyer called", actor="ana", now=office.clock())
    office.run()
    return article


def letter() -> Delivery:
    return Delivery.objects.get(channel="email")


def test_a_partner_with_an_address_gets_one_letter_however_many_products(addressed: Office, mailbox: Mailbox) -> None:
    article = take_back(addressed)
    [content] = mailbox.got
    message = message_from_bytes(content, policy=SMTP)
    text = message.get_content()
    assert (message["To"], message["From"]) == (EMAIL, "redaccion@eco.example")
    assert "URGENTE" in message["Subject"]
    assert f"tag:eco.example,2026:article/{article}/es" in text
    assert f"https://eco.example/es/articles/{article}.html" in text
    assert "14 de marzo de 2026" in text
    assert "14 March 2026" in text
    assert letter().state == "sent"
    assert Attempt.objects.filter(delivery=letter()).count() == 1
    assert outbox.waiting() == []


def test_a_letter_holds_no_word_of_the_article_and_nothing_internal(addressed: Office, mailbox: Mailbox) -> None:
    take_back(addressed, kind="takedown")
    text = message_from_bytes(mailbox.got[0], policy=SMTP).as_string()
    assert "URGENTE" not in text
    for sentence in (HEADLINE, *PARAGRAPHS, "lawyer", "Ana Pond"):
        assert sentence not in text
        assert SPANISH.get(sentence, sentence) not in text


@pytest.mark.parametrize(("says", "state"), [("451 try later", "waiting"), ("554 no such person", "refused")])
def test_what_a_mail_server_says_decides(says: str, state: str, addressed: Office, mailbox: Mailbox) -> None:
    mailbox.says = says
    take_back(addressed)
    assert letter().state == state
    assert says[:3] in letter().reason
    mailbox.says = "250 OK"
    addressed.clock.forward(minutes=1)
    addressed.run()
    assert (letter().state == "sent") is (state == "waiting")
    ids = {message_from_bytes(content)["Message-ID"] for content in mailbox.got}
    assert len(ids) == 1, "a repeat can be told from a second withdrawal"


def test_a_mail_server_that_is_away_is_waited_for(addressed: Office, mailbox: Mailbox, settings: Settings) -> None:
    running, settings.SMTP_URL = settings.SMTP_URL, "smtp://127.0.0.1:9"
    take_back(addressed)
    assert letter().state == "waiting"
    settings.SMTP_URL = running
    addressed.clock.forward(minutes=1)
    addressed.run()
    assert letter().state == "sent"


def test_without_a_mail_server_the_letter_is_drafted_and_a_person_sends_it(
    addressed: Office, settings: Settings
) -> None:
    article = take_back(addressed)
    [path] = outbox.waiting()
    assert re.fullmatch(r"2026-03-14-withdrawal-\d+-la-voz\.eml", path.name)
    assert (letter().state, letter().reason_code) == ("drafted", "no-mail-server")
    assert path.name in letter().reason
    with pytest.raises(ConfigError, match="SMTP_URL"):
        letters.send(path, actor="ana", now=addressed.clock())
    assert outbox.waiting() == [path]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "transmit", lambda _: None)
        letters.send(path, actor="ana", now=addressed.clock())
    assert outbox.waiting() == []
    assert letter().state == "sent"
    states = {row["state"] for row in receipts.of_article(article) if row["partner"] == "la-voz" and row["withdrawn"]}
    assert "sent" in states


def test_a_letter_does_not_wait_for_a_webhook_that_fails(
    addressed: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked = addressed.text.replace(f'email = "{EMAIL}"', f'email = "{EMAIL}"\nwebhook = "https://la-voz.example/h"')
    addressed.apply(hooked)  # its signing secret was forgotten: the pushes wait for the operator
    addressed.run()
    article = addressed.receive().article
    addressed.run()
    withdraw(article, kind="kill", reason="x", actor="ana", now=addressed.clock())
    addressed.run()
    assert letter().state == "sent"
    assert Unit.objects.get(subject=f"partner:{letter().partner_id}").state == "parked"


def test_an_address_that_is_none_waits_for_the_operator(addressed: Office, mailbox: Mailbox) -> None:
    addressed.apply(addressed.text.replace(EMAIL, "the web desk"))
    article = take_back(addressed)
    [parked] = addressed.fate(article)["parked"]
    assert "Not a single e-mail address" in parked["reason"]
    assert letter().state == "pending"
