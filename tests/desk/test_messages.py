"""The desk speaks Spanish and English: every word of a page has both, and the compiled file is that of the text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from desk.roles import Role

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
import messages


def test_the_catalogue_holds_what_the_code_asks_for_and_nothing_else() -> None:
    text = messages.text_of(messages.merged())
    assert (messages.FOLDER / "django.po").read_bytes() == text, "run: make messages"
    assert (messages.FOLDER / "django.mo").read_bytes() == messages.compiled(text), "run: make messages"


def test_every_message_has_spanish() -> None:
    assert not [message.id for message in messages.untranslated(messages.merged())]


def test_spanish_and_english_name_the_same_things() -> None:
    """A placeholder that is lost or misspelt would be an error on the page."""
    catalog = messages.merged()
    assert not [(message.id, [str(error) for error in errors]) for message, errors in catalog.check()]


@pytest.mark.parametrize(("language", "words"), [("es", "Hoy"), ("en", "Today")])
def test_the_language_is_the_browsers_until_one_is_chosen(
    language: str, words: str, signed_in: Callable[[Role | None], Client]
) -> None:
    client = signed_in(Role.VIEWER)
    answer = client.get(reverse("desk:front"), headers={"Accept-Language": language})
    assert f"<h1>{words}</h1>" in answer.content.decode()
    client.post(reverse("desk:language"), {"language": "es", "next": reverse("desk:front")})
    chosen = client.get(reverse("desk:front"), headers={"Accept-Language": "en"})
    assert "<h1>Hoy</h1>" in chosen.content.decode()
    assert chosen["Content-Language"] == "es"
