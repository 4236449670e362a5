"""What every answer of the desk says to the browser: no inline script, no frames, no caching, no guessing of types."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from desk import assets
from desk.roles import Role

TEMPLATES = Path(__file__).parents[2] / "desk" / "templates"


def test_pages_run_no_script_but_our_own_and_stand_in_no_frame(signed_in: Callable[[Role | None], Client]) -> None:
    for address in (reverse("desk:front"), "/desk/no-such-page"):
        answer = signed_in(Role.VIEWER).get(address)
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in signed_in(Role.VIEWER).get(reverse("desk:front"))["Cache-Control"]


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    wrong = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|\|safe\b|autoescape off")
    found = [path.name for path in sorted(TEMPLATES.rglob("*.html")) if wrong.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_assets_may_be_kept_for_ever_because_their_address_changes(client: Client) -> None:
    answer = client.get(assets.address("desk.css"))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert client.get("/desk/assets/000000000000/desk.css").status_code == 404
    packed = client.get(assets.address("htmx-2.0.11.min.js"), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 20_000


def test_feeds_carry_no_header_of_the_desk(client: Client, office: object) -> None:
    answer = client.get("/feeds/es/all/rss.xml")
    assert answer.status_code == 200
    assert answer["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert "Content-Language" not in answer
    assert not answer.cookies


@pytest.mark.parametrize("text", ["one", "another"])
def test_a_server_under_test_answers_from_the_folder_of_its_test(server: str, home: Path, text: str) -> None:
    """However many servers this process has started before: what another test published is not ours to show."""
    (home / "public" / "note.txt").write_text(text)
    assert httpx.get(f"{server}/note.txt", timeout=10).text == text
