"""The benchmark itself, small: that its contestants run and that its text is the reference's. No figure is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.translation import models
from pipeline.translation.argos import ArgosEngine
from pipeline.translation.package import digest, unpack
from tests.benchmarks import ceiling, corpus, grown
from tests.benchmarks.bench_translate import Bench, measured, printed


@pytest.mark.model
def test_a_small_run_compares_every_sentence_with_one_call_each(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    model = install_starter(tmp_path / "models")
    bench = Bench(model=model.path, home=tmp_path, articles=1)
    report = measured(bench, ("argos-celery", "argos-1", "ours", "newsroom", "raw", "scoring"), 1)
    assert report["sentences"] == 30
    assert report["differing"] == []
    assert report["identical"]["ours"] == "30/30"
    assert report["void"]  # thirty sentences prove nothing about speed
    assert {row["name"] for row in report["rows"]} == {"argos-celery", "argos-1", "ours", "newsroom", "raw"}
    # the same loop in Celery says the same as without it: every paragraph of the reference, sentence for sentence
    told = bench.results["argos-celery"][0]["texts"]
    assert len(told) > 5
    assert all(text for text in told.values())
    assert report["positions_searched_per_piece"] >= 1
    # a row counts what its contestant did, so nobody did less than the answers themselves
    assert all(row["per_cent_at_work"] >= row["per_cent_of_ceiling"] for row in report["rows"])
    assert all(row["cpu_seconds"] > 0 and row["peak_rss_mb"] > 0 for row in report["rows"])
    assert "VOID" in printed(report)


def test_the_ceiling_counts_the_weights_that_each_piece_meets(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    model = install_starter(tmp_path)
    work = ceiling.work(model.path / "model" / "model.bin")
    assert work.source > 0
    assert work.target > 0
    assert work.of(10, 20, 4) == 10 * work.source + 80 * work.target


@pytest.mark.model
def test_the_grown_model_has_the_shape_of_an_argos_model_and_nearly_the_starters_words(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    starter = install_starter(tmp_path / "models")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpack(grown.package(starter.path, tmp_path), folder)  # not installed: to be measured takes it minutes
    files = {path.relative_to(folder).as_posix(): digest(path) for path in folder.rglob("*") if path.is_file()}
    model = replace(starter, path=folder, files=files)
    width, inner = 512, 2048
    work = ceiling.work(model.path / "model" / "model.bin")
    assert work.source == 6 * (4 * width**2 + 2 * width * inner) + 6 * 2 * width**2
    assert work.target == 6 * (6 * width**2 + 2 * width * inner) + 32_000 * width
    asked = corpus.sentences(corpus.articles(1))[:15]
    small, large = (ArgosEngine(each, inter_threads=1).translate(asked) for each in (starter, model))
    same = sum(one.text == other.text for one, other in zip(small, large, strict=True))
    assert same > len(asked) / 2  # sums are rounded another way, which here and there changes a word
