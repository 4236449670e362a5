"""The sample articles: complete, invented, and of the shapes that the demo shows."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

import workers
from pipeline.types import Envelope, Format

FOLDER = Path(workers.__file__).parent / "samples"
LISTED: dict[str, Any] = tomllib.loads((FOLDER / "samples.toml").read_text(encoding="utf-8"))
ARTICLES: list[dict[str, Any]] = LISTED["article"]
PUBLISHERS: dict[str, dict[str, Any]] = {publisher["slug"]: publisher for publisher in LISTED["publisher"]}


def article(file: str) -> dict[str, Any]:
    [found] = [entry for entry in ARTICLES if entry["file"] == file]
    return found


def test_every_sample_is_listed_and_every_listed_one_is_there() -> None:
    assert {entry["file"] for entry in ARTICLES} == {path.name for path in FOLDER.iterdir() if path.suffix != ".toml"}


@pytest.mark.parametrize("entry", ARTICLES, ids=lambda entry: entry["file"])
def test_a_sample_makes_an_envelope(entry: dict[str, Any]) -> None:
    fields = {name: value for name, value in entry.items() if name not in {"file", "outcome", "format"}}
    envelope = Envelope(format=Format(entry["format"]), **fields)
    assert envelope.source in PUBLISHERS
    assert urlsplit(envelope.url or "").hostname == urlsplit(PUBLISHERS[envelope.source]["url"]).hostname


def test_no_sample_points_at_a_real_publisher() -> None:
    assert all((urlsplit(publisher["url"]).hostname or "").endswith(".example") for publisher in PUBLISHERS.values())


def test_the_correction_changes_one_line_and_says_which_in_spanish() -> None:
    before = (FOLDER / "corrected.txt").read_text(encoding="utf-8").splitlines()
    after = (FOLDER / "corrected-2.txt").read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][0].replace("42", "24") == changed[0][1]
    assert article("corrected-2.txt")["url"] == article("corrected.txt")["url"]
    assert "42" in article("corrected-2.txt")["correction"]


def test_the_refused_sample_says_itself_that_it_may_not_be_adapted() -> None:
    page = html.fromstring((FOLDER / "no-derivatives.html").read_text(encoding="utf-8"))
    assert page.xpath("//a[@rel='license']/@href") == ["https://creativecommons.org/licenses/by-nd/4.0/"]
    assert article("no-derivatives.html")["outcome"] == "refused"


def test_the_page_sample_has_what_a_translation_must_carry_over() -> None:
    page = html.fromstring((FOLDER / "links.html").read_text(encoding="utf-8"))
    [body] = page.xpath("//article")
    for element, least in {"a": 6, "blockquote": 1, "li": 4, "em": 4, "strong": 3, "h2": 2}.items():
        assert len(body.xpath(f".//{element}")) >= least, element


def test_the_wordpress_sample_is_a_post_of_its_rest_api() -> None:
    post = json.loads((FOLDER / "wordpress.json").read_text(encoding="utf-8"))
    assert post["link"] == article("wordpress.json")["url"]
    assert post["_embedded"]["author"][0]["name"] == article("wordpress.json")["author"]
    assert post["content"]["rendered"].count("<p>") >= 6


@pytest.mark.parametrize("file", ["plain.txt", "corrected.txt"])
def test_the_text_samples_have_the_shape_of_a_scraped_page(file: str) -> None:
    text = (FOLDER / file).read_text(encoding="utf-8")
    crumb, kicker, _, title, *_ = text.splitlines()
    assert crumb == f"HomeNewsBrief{title}"
    assert kicker == "BRIEF"
    for mark in ("Frontera Review Analysis", "SEE ALSO: ", "share icon icon icon", "DONATE", "Related Content"):
        assert f"\n\n{mark}" in text
    assert text.count("We encourage readers to copy") == 1
