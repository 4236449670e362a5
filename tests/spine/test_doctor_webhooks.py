"""The doctor on webhooks: whoever is to be pushed to needs a secret to sign with, before the first push is parked."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pipeline import config
from tests.make import Office
from workers.abroad import webhooks
from workers.check import Check

NAME = "TORNAVOZ_WEBHOOK_LA_VOZ"
SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def asked(office: Office, *, hook: bool = True) -> Check:
    text = office.text
    if hook:
        text = text.replace('slug = "la-voz"', 'slug = "la-voz"\nwebhook = "https://la-voz.example/hook"')
    return webhooks(config.parse(text))


def test_a_partner_whose_pushes_cannot_be_signed_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    found = asked(office)
    assert not found.ok
    assert f"{NAME} is not set" in found.says
    assert "tornavoz retry" in found.repair

    monkeypatch.setenv(NAME, "whsec_c2hvcnQ=")
    assert "a secret of 5 bytes" in asked(office).says


def test_a_secret_in_the_environment_or_in_a_file_will_do(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, SECRET)
    assert (asked(office).ok, asked(office).says) == (True, "1 partners have one, with a secret")

    monkeypatch.delenv(NAME)
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="ascii")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert asked(office).ok


def test_without_webhooks_there_is_nothing_to_say(office: Office) -> None:
    assert (asked(office, hook=False).ok, asked(office, hook=False).says) == (
        True,
        "0 partners have one, with a secret",
    )
