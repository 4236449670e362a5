"""Measures the installed model and keeps the result: `make quality`.

    python docs/quality.py [--model NAME] [--models-dir DIR] [--pairs FILE] [--allow-lower] [--pages]

Knows: where results are kept (docs/reference/quality.json) and the pages made from them. Must not know: how anything is
measured. The kept scores can only rise: a lower one, or another test set, is refused with exit status 1 unless
--allow-lower says that it is meant. Each kind of processor has its own, since the model's words depend on it
(docs/adr/0004). --pages writes the pages again from what is kept, and measures nothing.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.translation import models, pairs, quality  # noqa: E402

KEPT = ROOT / "docs" / "reference" / "quality.json"
PAGE = ROOT / "docs" / "reference" / "quality.md"
CARD = ROOT / "docs" / "reference" / "model-card.md"
TREES = 10_000
SAMPLES = 12
RISING = {  # what may not fall: name in the file -> how to find it
    "BLEU": lambda kept: kept["scores"]["bleu"],
    "chrF": lambda kept: kept["scores"]["chrf"],
    "articles without a holding finding": lambda kept: kept["articles_clean"],
    "sentences without a finding": lambda kept: kept["sentences_clean"],
    "quotations kept": lambda kept: -kept["quotations"]["lost"],
    "links kept": lambda kept: -kept["links_lost"],
    "exact marks of the ladder": lambda kept: _ladder(kept)["exact"],
    "overlap of the ladder": lambda kept: _ladder(kept)["overlap"],
}


INSTRUCTIONS = {
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}  # best first
Kept = dict[str, dict[str, Any]]  # by kind of processor


def processor() -> str:
    """The kind of this processor: what decides how whole numbers are multiplied, hence the last digit of a score."""
    about = Path("/proc/cpuinfo")
    flags = set(about.read_text(encoding="utf-8").split()) if about.exists() else set()
    return next((name for flag, name in INSTRUCTIONS.items() if flag in flags), platform.machine())


def _ladder(kept: dict[str, Any]) -> dict[str, Any]:
    return next(marking for marking in kept["markings"] if marking["name"] == "ladder")


def fallen(new: dict[str, Any], kept: dict[str, Any] | None) -> list[str]:
    """What is lower than what is kept, in words; empty when the new result may take its place."""
    if kept is None:
        return []
    if new["pairs_sha256"] != kept["pairs_sha256"]:
        return ["the test set is another one, so the scores cannot be compared"]
    return [
        f"{name}: {look(new):g} instead of {look(kept):g}" for name, look in RISING.items() if look(new) < look(kept)
    ]


def page(all_kept: Kept) -> str:
    """The scores as a page: in full of the kind of processor that scores best, beside it what others score."""
    kind, kept = _best(all_kept)
    lines = [
        "# Quality",
        "",
        "<!-- written by docs/quality.py; run: make quality -->",
        "",
        f"{kept['model']}, {kept['pairs']} sentence pairs, measured on {kept['measured_on']} with {kind}. The model is",
        "weighed as it works in the newsroom: whole stage, exact mode, markup and typography included. Scores may only",
        "rise; see [the model card](model-card.md) for what the model is.",
        "",
        "| | whole sentences | cut at every tag |",
        "| --- | ---: | ---: |",
        f"| BLEU | {kept['scores']['bleu']} | {kept['in_pieces']['bleu']} |",
        f"| chrF | {kept['scores']['chrf']} | {kept['in_pieces']['chrf']} |",
        "",
        f"Articles of ten sentences without a finding that holds them: {kept['articles_clean']} %. Sentences without",
        f"any finding: {kept['sentences_clean']} %. Findings: {_counts(kept['findings'])}.",
        "",
        "The test set is the project's own, written in the manner of the field, and easier than news: short, clean,",
        "one reference. Its scores compare models with each other; they say little against published ones.",
        "",
        *_other_kinds(all_kept),
        "## Markup",
        "",
        f"{kept['markings'][0]['elements']} hand-marked elements. The words are the reference's, not the model's, so",
        "the marks hold for any model; the attention is the model's, while it is made to write the reference, in the",
        "form that the memory keeps. `exact` is the very characters of the mark, `overlap` the F1 of the characters.",
        "The rules for small words at the edges were written with this set in view, and which attention is read is",
        "chosen by it when a model is installed, so expect a little less elsewhere.",
        "",
        "| rung | placed % | exact % | overlap % |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {each['name']} | {each['placed']} | {each['exact']} | {each['overlap']} |" for each in kept["markings"]),
        "",
        f"Links lost: {kept['links_lost']}. Who placed what in the ladder: {_counts(kept['rungs'])}.",
        "",
        f"Random trees of inline elements carried through the whole stage without a loss: {kept['trees']:,}.",
        "",
        "## Quotations",
        "",
        f"{kept['quotations']['sentences']} sentences that quote in ways at which small models fail. First answers",
        f"lost or broke the quotations of {kept['quotations']['lost_at_first']}; after asking again, "
        f"{kept['quotations']['lost']} were left for the checks to hold.",
        "",
        "## Pace",
        "",
        f"{kept['sentences_per_second']} sentences a second, {kept['sentences_per_cpu_second']} a CPU-second, on",
        f"{kept['machine']}. This is a note, not a promise: `make bench` compares.",
        "",
        "## Samples",
        "",
        "| source | reference | translation |",
        "| --- | --- | --- |",
        *(f"| {' | '.join(sample)} |" for sample in kept["samples"]),
        "",
        f"Counted with {kept['scores']['signature'].replace('|', ' ')}.",
        "",
    ]
    return "\n".join(lines)


def _best(all_kept: Kept) -> tuple[str, dict[str, Any]]:
    return max(all_kept.items(), key=lambda each: each[1]["scores"]["bleu"])


def _other_kinds(all_kept: Kept) -> list[str]:
    if len(all_kept) == 1:
        return []
    return [
        "Some sentences read otherwise on another kind of processor ([why](../adr/0004-exact-batches.md)), so each",
        "kind has scores of its own:",
        "",
        "| processor | measured on | BLEU | chrF | exact marks % | articles clean % |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {kind} | {kept['measured_on']} | {kept['scores']['bleu']} | {kept['scores']['chrf']} "
            f"| {_ladder(kept)['exact']} | {kept['articles_clean']} |"
            for kind, kept in sorted(all_kept.items())
        ),
        "",
    ]


def card(all_kept: Kept) -> str:
    """The model card: what the package says of itself, and what we measured."""
    _, kept = _best(all_kept)
    package = sorted(models.STARTER.glob("translate-*.argosmodel"))[-1]
    with zipfile.ZipFile(package) as archive:
        readme = next(name for name in archive.namelist() if name.endswith("README.md"))
        own = archive.read(readme).decode()
    deeper = "\n".join(f"#{line}" if line.startswith("#") else line for line in own.strip().splitlines())
    return "\n".join(
        [
            "# Model card",
            "",
            "<!-- written by docs/quality.py; run: make quality -->",
            "",
            f"The model that comes with Tornavoz: `{package.name}`, {package.stat().st_size / 1e6:.0f} MB. It is a",
            "starter: install a larger Argos package for the same pair and it is used from then on",
            "([how](../how-to/models.md)). `tornavoz models compare` shows two of them side by side.",
            "",
            f"Measured here: BLEU {kept['scores']['bleu']}, chrF {kept['scores']['chrf']} on our own set"
            if kept["bundled"]
            else "It was not measured here",
            "([what that means](quality.md)).",
            "",
            "What follows is the card inside the package.",
            "",
            deeper,
            "",
        ]
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _measured(model: models.Installed, file: Path) -> dict[str, Any]:
    pool, sha256 = pairs.read(file)
    threads = os.cpu_count() or 1
    result = dataclasses.asdict(quality.measure_model(model, pool, threads=threads))
    result["samples"] = result["samples"][:: max(1, len(pool) // SAMPLES)][:SAMPLES]
    return {
        **result,
        "pairs_sha256": sha256,
        "bundled": model.origin == "starter",
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{threads} processors",
        "trees": TREES,
    }


def _trees() -> None:
    """The random trees, in full. Raises CalledProcessError when one loses something."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/unit/translation/test_markup_trees.py"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "TORNAVOZ_TREES": str(TREES)})  # noqa: S603


def _write(kept: Kept) -> None:
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")
    CARD.write_text(card(kept), encoding="utf-8")


def main(given: argparse.Namespace) -> int:
    """Measure, compare, keep; the exit status."""
    kept: Kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kind = processor()
    if given.pages:
        _write(kept)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        if given.model:
            folder = given.models_dir
            model = next((each for each in models.installed(folder) if each.name == given.model), None)
            if model is None:
                raise SystemExit(f"no model {given.model!r} in {folder}; there are: {models.installed(folder)}")
        else:
            model = models.install("starter", Path(scratch), datetime.now(UTC))
        new = json.loads(json.dumps(_measured(model, given.pairs)))
    _trees()
    print(page({kind: new}))  # noqa: T201
    lower = fallen(new, kept.get(kind))
    if lower and not given.allow_lower:
        print(f"NOT KEPT, lower than before with {kind}:\n  " + "\n  ".join(lower))  # noqa: T201
        print("If it is meant: make quality ALLOW_LOWER=1")  # noqa: T201
        return 1
    _write({**kept, kind: new})
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the installed model.")
    parser.add_argument("--model", help="name of an installed model; default: the bundled one")
    parser.add_argument("--models-dir", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--pairs", type=Path, default=pairs.SHIPPED)
    parser.add_argument("--allow-lower", action="store_true")
    parser.add_argument("--pages", action="store_true")
    sys.exit(main(parser.parse_args()))
