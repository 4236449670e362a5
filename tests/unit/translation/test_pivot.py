"""From one language to another through a third."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ModelMissing
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.engines import Engines
from pipeline.translation.pivot import PivotEngine
from pipeline.types import Hypothesis
from tests.fakes import PhraseBook

FIRST = PhraseBook({"El puente abrió.": "The bridge opened.", "Nadie pagó.": "Nobody paid."}, source="es", target="en")
SECOND = PhraseBook(
    {"The bridge opened.": "A ponte abriu.", "Nobody paid.": "Ninguém pagou."}, source="en", target="pt"
)


def test_each_sentence_goes_through_both_and_comes_back_in_its_place() -> None:
    engine = PivotEngine(FIRST, SECOND)
    told: list[int] = []
    answers = engine.translate(["Nadie pagó.", "El puente abrió.", "Nadie pagó."], attention=True, on_batch=told.append)
    assert [each.text for each in answers] == ["Ninguém pagou.", "A ponte abriu.", "Ninguém pagou."]
    assert answers[0] == answers[2]
    assert all(each.attention is None for each in answers)
    assert told == sorted(told)
    assert told[-1] == 3
    assert (engine.source, engine.target) == ("es", "pt")
    assert engine.translate([]) == []


@pytest.mark.parametrize("sentence", ["Nadie pagó.", "El puente abrió."])
def test_it_is_as_sure_as_its_less_sure_leg(sentence: str) -> None:
    [half] = FIRST.translate([sentence])
    [end] = SECOND.translate([half.text])
    [answer] = PivotEngine(FIRST, SECOND).translate([sentence])
    assert half.score is not None
    assert end.score is not None
    assert answer.score == min(half.score, end.score)


def test_it_does_not_say_how_sure_it_is_if_a_leg_does_not() -> None:
    class Silent(PhraseBook):
        def translate(self, sentences: Sequence[str], **options: Any) -> list[Hypothesis]:
            return [replace(answer, score=None) for answer in super().translate(sentences, **options)]

    silent = Silent(SECOND.phrases, source="en", target="pt")
    [answer] = PivotEngine(FIRST, silent).translate(["Nadie pagó."])
    assert answer.text == "Ninguém pagou."
    assert answer.score is None


def test_its_identity_names_both_models_and_changes_with_either() -> None:
    engine = PivotEngine(FIRST, SECOND)
    assert engine.identity.model == f"{FIRST.identity.model} + {SECOND.identity.model}"
    other = PivotEngine(FIRST, PhraseBook({"Nobody paid.": "Ninguém."}, source="en", target="pt"))
    assert engine.identity.key != other.identity.key


def test_legs_that_do_not_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="es-en does not lead to es-en"):
        PivotEngine(FIRST, FIRST)


def _installed(folder: Path, source: str, target: str) -> None:
    """The record of a model; its files are not looked at before the first sentence."""
    place = folder / f"{source}_{target}"
    place.mkdir(parents=True)
    record = {
        "name": f"translate-{source}_{target} 1.0",
        "from_code": source,
        "to_code": target,
        "version": "1.0",
        "sha256": "0",
        "model_sha256": f"{source}{target}",
        "files": {},
        "installed_at": "2026-01-02T03:04:00+00:00",
        "origin": "test",
        "canary_source": "",
        "canary_target": "",
        "alignment": "",
    }
    (place / "installed.json").write_text(json.dumps(record))


def engines(folder: Path, **pinned: str) -> Engines:
    return Engines(
        folder, mode="exact", threads=1, pinned={pair.replace("_", "-"): name for pair, name in pinned.items()}
    )


def test_english_stands_between_where_it_can(tmp_path: Path) -> None:
    for pair in (("es", "ca"), ("ca", "pt"), ("es", "en"), ("en", "pt")):
        _installed(tmp_path, *pair)
    assert engines(tmp_path)("es", "pt").identity.model == "translate-es_en 1.0 + translate-en_pt 1.0"


def test_a_direct_model_is_preferred(tmp_path: Path) -> None:
    for pair in (("es", "en"), ("en", "pt"), ("es", "pt")):
        _installed(tmp_path, *pair)
    engine = engines(tmp_path)("es", "pt")
    assert isinstance(engine, ArgosEngine)
    assert engine.identity.model == "translate-es_pt 1.0"


def test_no_way_through_names_the_model_that_is_missing(tmp_path: Path) -> None:
    _installed(tmp_path, "es", "en")
    with pytest.raises(ModelMissing, match="tornavoz models install es-pt"):
        engines(tmp_path)("es", "pt")


def test_a_pinned_model_that_is_missing_is_not_gone_round(tmp_path: Path) -> None:
    for pair in (("es", "en"), ("en", "pt")):
        _installed(tmp_path, *pair)
    with pytest.raises(ModelMissing, match=r"called 'translate-es_pt 2\.0'"):
        engines(tmp_path, es_pt="translate-es_pt 2.0")("es", "pt")
