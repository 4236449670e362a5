"""Which article belongs in which product."""

from __future__ import annotations

import pytest

from pipeline.release.products import Selection

ARTICLE = {"source": "river-post", "section": "Bridges", "keywords": ("Tolls", "Rivers"), "licence": "by-nc"}


def takes(selection: Selection, **changes: object) -> bool:
    fields = {**ARTICLE, **changes}
    return selection.takes(**fields)  # type: ignore[arg-type]


def test_no_filter_takes_everything() -> None:
    assert takes(Selection())
    assert takes(Selection(), section=None, keywords=())


@pytest.mark.parametrize(
    ("rules", "taken"),
    [
        ({"sources": ["river-post"]}, True),
        ({"sources": ["harbor-wire", "river-post"]}, True),
        ({"sources": ["harbor-wire"]}, False),
        ({"sections": ["Bridges"]}, True),
        ({"sections": ["bridges"]}, True),
        ({"sections": ["Prisons"]}, False),
        ({"keywords": ["tolls"]}, True),
        ({"keywords": ["floods", "RIVERS"]}, True),
        ({"keywords": ["river"]}, False),
        ({"sources": ["river-post"], "sections": ["Bridges"], "keywords": ["Tolls"]}, True),
        ({"sources": ["river-post"], "sections": ["Bridges"], "keywords": ["floods"]}, False),
        ({"sources": ["harbor-wire"], "sections": ["Bridges"]}, False),
        ({"licences": ["by-nc"]}, True),
        ({"licences": ["by", "cc0"]}, False),
        ({"licences": ["by-nc"], "sections": ["Prisons"]}, False),
        ({}, True),
        ({"sources": [], "sections": [], "keywords": []}, True),
    ],
)
def test_each_filter_that_is_set_must_match(rules: dict[str, list[str]], taken: bool) -> None:
    assert takes(Selection.of(rules)) is taken


def test_an_article_without_a_section_is_in_no_product_that_asks_for_one() -> None:
    assert not takes(Selection(sections=("Bridges",)), section=None)
    assert not takes(Selection(keywords=("tolls",)), keywords=())


def test_what_is_used_without_a_licence_is_in_no_product_that_asks_for_one() -> None:
    assert takes(Selection(), licence=None)
    assert not takes(Selection(licences=("by-nc",)), licence=None)


def test_case_is_compared_as_readers_would() -> None:
    assert takes(Selection(sections=("PRISIÓN",)), section="prisión")
    assert takes(Selection(keywords=("STRASSE",)), keywords=("Straße",))
