"""How sure the engine was: thresholds are each model's own, and measured when it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.translation import models
from pipeline.translation.confidence import percentiles, unsure
from pipeline.types import Level, Origin
from tests.labelled import _draft


def levels(target: str, score: float | None, origin: Origin = Origin.ENGINE, place: str = "b0.0") -> list[Level]:
    draft = _draft(["Something was said."], [target])
    match = replace(draft.matches[0], score=score, origin=origin, place=place)
    return [doubt.level for _, doubt in unsure(replace(draft, matches=(match,), doubt_below=(-1.0, -0.5)))]


def test_percentiles_need_enough_sentences() -> None:
    assert percentiles([-0.1] * 49) is None
    assert percentiles([-float(number) for number in range(100)]) == (-98.0, -94.0)


def test_an_unusually_unsure_sentence_warns_and_in_a_headline_or_quotation_holds() -> None:
    assert levels("Se dijo algo.", -0.4) == []
    assert levels("Se dijo algo.", -0.6) == [Level.WARN]
    assert levels("Se dijo algo.", -1.1) == [Level.WARN]
    assert levels("«Se dijo algo».", -1.1) == [Level.HOLD]
    assert levels("«Se dijo algo».", -0.6) == [Level.WARN]
    assert levels("Se dijo algo.", -1.1, place="headline") == [Level.HOLD]


def test_an_editors_words_and_those_without_a_score_are_not_doubted() -> None:
    assert levels("Se dijo algo.", -9.0, Origin.EDITOR) == []
    assert levels("Se dijo algo.", None) == []
    assert list(unsure(_draft(["Something was said."], ["Se dijo algo."]))) == []


@pytest.mark.model
def test_a_model_is_measured_when_it_is_installed(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    made = install_starter(tmp_path)
    assert made.doubt_below is not None
    first, fifth = made.doubt_below
    assert first <= fifth < 0
    assert models.installed(tmp_path)[0].doubt_below == made.doubt_below
