"""The kept quality of the model: its pages say what is kept, and it only rises."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import quality

from pipeline.translation.pairs import read

ALL: quality.Kept = json.loads(quality.KEPT.read_text(encoding="utf-8"))


@pytest.fixture(params=ALL)
def kept(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What is kept of one kind of processor."""
    return ALL[request.param]


def test_the_pages_are_made_from_what_is_kept() -> None:
    assert quality.PAGE.read_text(encoding="utf-8") == quality.page(ALL), "run: python docs/quality.py --pages"
    assert quality.CARD.read_text(encoding="utf-8") == quality.card(ALL), "run: python docs/quality.py --pages"


def test_every_kind_of_processor_has_its_own_scores() -> None:
    known = {*quality.INSTRUCTIONS.values(), "aarch64", "arm64"}
    assert ALL.keys() <= known
    assert quality.processor()
    for kind, kept in ALL.items():
        line = f"| {kind} | {kept['measured_on']} | {kept['scores']['bleu']} |"
        assert (line in quality.page(ALL)) == (len(ALL) > 1)


def test_it_was_measured_on_the_set_that_is_shipped(kept: dict[str, Any]) -> None:
    pairs, sha256 = read()
    assert (kept["pairs"], kept["pairs_sha256"]) == (len(pairs), sha256), "run: make quality"
    assert kept["links_lost"] == 0
    assert kept["trees"] >= 10_000


def test_scores_may_rise_or_stay(kept: dict[str, Any]) -> None:
    assert quality.fallen(kept, None) == []
    assert quality.fallen(kept, kept) == []
    better = copy.deepcopy(kept)
    better["scores"]["bleu"] += 1
    assert quality.fallen(better, kept) == []


@pytest.mark.parametrize("name", quality.RISING)
def test_none_of_them_may_fall(name: str, kept: dict[str, Any]) -> None:
    worse = copy.deepcopy(kept)
    worse["scores"] = {**worse["scores"], "bleu": 0, "chrf": 0}
    worse |= {"articles_clean": -1, "sentences_clean": -1, "links_lost": 1}
    worse["quotations"] = {**kept["quotations"], "lost": kept["quotations"]["sentences"]}
    worse["markings"] = [{**each, "exact": 0, "overlap": 0} for each in worse["markings"]]
    assert any(line.startswith(name) for line in quality.fallen(worse, kept))


def test_another_test_set_is_not_compared(kept: dict[str, Any]) -> None:
    assert "another one" in quality.fallen({**kept, "pairs_sha256": "x"}, kept)[0]
