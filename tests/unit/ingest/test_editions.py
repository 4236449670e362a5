"""Which addresses are a publisher's own versions of a story."""

from __future__ import annotations

import json

import pytest

from pipeline.ingest import editions, payload
from pipeline.ingest.profile import SourceProfile

URL = "https://medio.example/2026/ports/"
ES = "https://medio.example/es/2026/puertos/"


@pytest.mark.parametrize(
    "offered",
    [
        ("es", "https://medio.example/"),
        ("es", "https://es.medio.example"),
        ("es", "https://medio.example/es/"),
        ("es-419", "https://medio.example/es-mx"),
        ("es", URL),
        ("es", URL.rstrip("/")),
        ("en-GB", "https://medio.example/uk/2026/ports"),
        ("es", "/es/2026/puertos/"),
        ("es", "javascript:alert(1)"),
        ("es", "https://[medio.example/puertos"),
        ("", ES),
    ],
)
def test_what_is_no_version_of_the_story(offered: tuple[str, str]) -> None:
    assert editions.others([offered], own="en", url=URL) == ()


def test_the_first_address_of_each_language_counts() -> None:
    found = [("es_ES", ES), ("es-es", "https://medio.example/other/page"), ("pt", "https://medio.example/pt/portos")]
    assert editions.others(found, own="en", url=URL) == (("es-es", ES), ("pt", "https://medio.example/pt/portos"))


@pytest.mark.parametrize(
    "extra",
    [
        {"wpml_translations": [{"locale": "es_ES", "id": 7, "post_title": "Puertos", "href": ES}]},
        {"translations": {"es_ES": ES, "fr": 12}},
        {"wpml_translations": ["?", None], "translations": {"es_ES": ES}},
    ],
)
def test_wordpress_names_them_in_a_post(extra: dict[str, object]) -> None:
    post = {"title": {"rendered": "Ports"}, "content": {"rendered": "<p>Words.</p>"}, "link": URL, **extra}
    reading = payload.read(json.dumps(post), SourceProfile(publisher="El Medio", language="en"))
    assert reading.editions == (("es-es", ES),)
    assert [finding.code for finding in reading.findings] == ["other-edition"]


def test_polylangs_post_ids_lead_nowhere() -> None:
    assert editions.in_wordpress({"translations": {"es": 12}, "wpml_translations": {"es": ES}}) == ()
