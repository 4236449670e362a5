"""Rules for articles that arrive as JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pipeline.errors import UnreadablePayload
from pipeline.types import Format, Level, Story
from tests.unit.ingest.samples import PARAGRAPHS, TITLE, codes, page, story

FORM: dict[str, Any] = {
    "headline": TITLE,
    "standfirst": "A town bets on teachers.",
    "body_html": "".join(f"<p>{text}</p>" for text in PARAGRAPHS),
    "authors": ["ANA MCALLISTER", "Luis Mora"],
    "published": "2019-09-03T22:30:00-05:00",
    "section": "Brief",
    "keywords": ["Peru", "Ports"],
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "language": "en",
}


def form(**changes: object) -> Story:
    return story(json.dumps(FORM | changes), Format.JSON)


def test_wordpress_post_is_read_with_its_terms_and_author() -> None:
    read = story(page("wordpress.json"), Format.JSON)
    assert read.rung == "payload"
    assert read.headline == "Harbour Town Swaps ‘Patrol’ Boats & Nets for Night Schools"
    assert read.published == date(2019, 9, 3)
    assert read.authors == ("Ana McAllister",)
    assert (read.section, read.keywords) == ("Brief", ("Peru & Ports", "Schools"))
    assert len(read.blocks) == 3
    assert read.rights_text == "We encourage readers to copy this text under a licence."
    assert read.licence_marks == ("https://creativecommons.org/licenses/by/4.0/",)


def test_excerpt_that_wordpress_cut_off_is_no_standfirst() -> None:
    assert story(page("wordpress.json"), Format.JSON).standfirst is None
    written = page("wordpress.json").decode().replace("said on Monday that the town [&hellip;]", "has a plan.")
    assert story(written, Format.JSON).standfirst == "The mayor of Puerto Claro has a plan."


def test_date_falls_back_to_utc() -> None:
    post = json.loads(page("wordpress.json"))
    del post["date"]
    assert story(json.dumps(post), Format.JSON).published == date(2019, 9, 4)


def test_own_form_is_read_field_by_field() -> None:
    read = form()
    assert (read.headline, read.standfirst, read.section) == (TITLE, "A town bets on teachers.", "Brief")
    assert read.authors == ("Ana McAllister", "Luis Mora")
    assert read.published == date(2019, 9, 3)
    assert read.licence_marks == ("https://creativecommons.org/licenses/by/4.0/",)
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS
    assert codes(read) == set()


def test_form_takes_plain_text_too() -> None:
    read = form(body_html=None, body_text="\n\n".join((*PARAGRAPHS, "DONATE", "We encourage readers to copy it.")))
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS
    assert read.rights_text == "We encourage readers to copy it."


def test_envelope_wins_over_the_form() -> None:
    payload = json.dumps(FORM)
    read = story(payload, Format.JSON, headline="Ours", author="Eva Sol and Ada Luz", published=date(2020, 1, 1))
    assert (read.headline, read.authors, read.published) == ("Ours", ("Eva Sol", "Ada Luz"), date(2020, 1, 1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headline", 5),
        ("headline", ["a"]),
        ("standfirst", {}),
        ("body_html", True),
        ("authors", "x" * 2_000),
        ("authors", {"name": "x"}),
        ("authors", [1]),
        ("authors", ["a"] * 101),
        ("published", "yesterday"),
        ("published", 1567561800),
        ("keywords", [["a"]]),
        ("licence", 4.0),
        ("language", "e" * 40),
        ("section", "s" * 70_000),
    ],
)
def test_field_of_the_wrong_kind_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(UnreadablePayload, match=f"“{field}”"):
        form(**{field: value})


@pytest.mark.parametrize(
    "post", [{"title": {"rendered": 1}, "content": {}}, {"title": "x", "content": {"rendered": []}}]
)
def test_damaged_wordpress_post_is_refused(post: object) -> None:
    with pytest.raises(UnreadablePayload, match="title"):
        story(json.dumps(post), Format.JSON)


@pytest.mark.parametrize(
    "payload", ["{", "[]", "[1, 2]", '"text"', "null", "[" * 100_000, '{"a": 1' + "0" * 5_000 + "}"]
)
def test_what_is_no_article_object_is_refused(payload: str) -> None:
    with pytest.raises(UnreadablePayload, match="JSON"):
        story(payload, Format.JSON)


def test_invisible_characters_and_lone_surrogates_do_not_get_through() -> None:
    payload = json.dumps(FORM).replace("Harbour Town", "Harbour\\u0000 \\ud800Town\\u202e")
    payload = payload.replace("The mayor", "The\\u0007 mayor")
    read = story(payload, Format.JSON)
    assert read.headline == TITLE
    assert read.blocks[0].text == PARAGRAPHS[0]
    assert "control-characters" in codes(read, Level.INFO)
