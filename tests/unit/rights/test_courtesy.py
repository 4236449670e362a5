"""The courtesy message is complete, the same each time, and cannot be bent by what it quotes."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from pipeline.errors import ConfigError
from pipeline.rights.courtesy import CourtesyItem, draft

ON = date(2026, 5, 26)
ITEMS = (
    CourtesyItem(
        title="Ports & Owners: a «long» story",
        original_url="https://medio.example/news/ports",
        our_url="https://red.example/a/1",
        feeds=("Puertos", "Todo"),
    ),
    CourtesyItem(title="Second", original_url="https://medio.example/news/2", our_url="https://red.example/a/2"),
)


def message(**more: object) -> EmailMessage:
    arguments: dict[str, object] = {
        "publisher": "El Faro",
        "to": "Redacción <desk@medio.example>",
        "sender": "Red Sur <avisos@red.example>",
        "items": ITEMS,
        "on": ON,
    }
    return draft(**(arguments | more))  # type: ignore[arg-type]


def text_of(sent: EmailMessage) -> str:
    received = email.message_from_bytes(sent.as_bytes(), policy=SMTP)
    assert isinstance(received, EmailMessage)
    return str(received.get_content()).replace("\r\n", "\n")


def test_the_message_lists_every_article_with_both_addresses_and_its_feeds() -> None:
    text = text_of(message())
    assert "1. Ports & Owners: a «long» story\n" in text
    for item in ITEMS:
        assert item.title in text
        assert item.original_url in text
        assert item.our_url in text
    assert "Feeds / Canales: Puertos, Todo" in text
    assert text.count("Feeds / Canales") == 1


def test_the_message_speaks_both_languages() -> None:
    text = text_of(message())
    assert "On 26 May 2026 we republished 2 articles of yours" in text
    assert "El 26 de mayo de 2026 republicamos estos 2 artículos suyos" in text
    assert "1 article of yours" in text_of(message(items=ITEMS[:1]))
    assert "este artículo suyo" in text_of(message(items=ITEMS[:1]))


def test_headers() -> None:
    sent = message()
    assert str(sent["To"]) == "Redacción <desk@medio.example>"
    assert str(sent["From"]) == "Red Sur <avisos@red.example>"
    assert str(sent["Subject"]) == "Republished in translation: 2 articles from El Faro, 2026-05-26"
    assert sent["Date"].datetime == datetime(2026, 5, 26, 12, tzinfo=UTC)


def test_the_same_day_and_articles_give_the_same_message() -> None:
    assert message().as_bytes() == message().as_bytes()
    ids = {str(message()["Message-ID"]), str(message(items=ITEMS[:1])["Message-ID"])}
    ids.add(str(message(to="otra@medio.example")["Message-ID"]))
    ids.add(str(message(on=date(2026, 5, 27))["Message-ID"]))
    assert len(ids) == 4
    assert all(value.startswith("<courtesy.2026-05-2") and value.endswith("@red.example>") for value in ids)


def test_message_id_and_date_can_be_given() -> None:
    at = datetime(2026, 5, 27, 8, 30, tzinfo=UTC)
    sent = message(message_id="<uno@red.example>", at=at)
    assert str(sent["Message-ID"]) == "<uno@red.example>"
    assert sent["Date"].datetime == at


def test_quoted_words_cannot_add_headers() -> None:
    nasty = "X\r\nBcc: todos@otro.example\r\n\r\nhola"
    item = CourtesyItem(title=nasty, original_url=nasty, our_url=nasty, feeds=(nasty,))
    sent = message(publisher=nasty, items=(item,), message_id="<a@b>\r\nBcc: x@otro.example")
    received = email.message_from_bytes(sent.as_bytes(), policy=SMTP)
    assert received["Bcc"] is None
    assert sorted(received.keys()) == sorted(message().keys())
    assert "\nBcc:" not in text_of(sent)


@pytest.mark.parametrize("field", ["to", "sender"])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "nadie",
        "a@medio.example\r\nBcc: b@otro.example",
        "a@medio.example, b@otro.example",
        "Ana <a@medio.example>\nBcc: x@otro.example",
        "@medio.example",
        "a b@medio.example",
    ],
)
def test_only_a_single_plain_address_is_taken(field: str, address: str) -> None:
    with pytest.raises(ConfigError):
        message(**{field: address})


def test_nothing_to_tell_is_no_message() -> None:
    with pytest.raises(ValueError, match="at least one"):
        message(items=())
