"""Calibrating a model: measuring what is usual for it, without which the checks that doubt the unusual stay silent.

Knows: which checks need a measure, which models can be measured. Must not know: how one is measured, what checks do.

A model is measured when it is installed. One that was installed before a measure existed lacks it until it is
calibrated again; no word that it writes depends on that, so nothing has to be translated anew.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors import ModelDamaged, ModelRefused
from pipeline.translation import canary
from pipeline.translation.models import Installed, rewrite, verify

REPAIR = "tornavoz models calibrate"


def silent(model: Installed) -> list[str]:
    """Codes of the checks that say nothing of a model's drafts, because what is usual for it is not known."""
    measures = {"confidence": model.doubt_below, "omission": model.faint_below}
    return [code for code, measure in measures.items() if measure is None]


def possible(model: Installed) -> bool:
    """Have we sentences to measure it with?"""
    return model.from_code == canary.MEASURED_FROM


def said(model: Installed) -> str:
    """The same in words for whoever runs the installation; empty where nothing is silent."""
    codes = silent(model)
    what = f"the checks {' and '.join(codes)} are silent" if len(codes) > 1 else f"the check {''.join(codes)} is silent"
    why = "it was never calibrated" if possible(model) else f"no sentences from “{model.from_code}” to calibrate with"
    return f"{what}: {why}" if codes else ""


def calibrate(model: Installed) -> Installed:
    """Measure what is usual for an installed model and write it down; all else about it stays as it is.

    Raises ModelDamaged if its files are not those that were installed, ModelRefused if it cannot be measured.
    """
    if not possible(model):
        raise ModelRefused(
            f"{model.name} cannot be calibrated: it translates from “{model.from_code}”, and there are sentences to "
            f"measure with in “{canary.MEASURED_FROM}” only."
        )
    if problems := verify(model):
        raise ModelDamaged(f"{model.name}: {'; '.join(problems)}. Install it again, which calibrates it too.")
    usual = canary.measure(model)
    measured = replace(model, doubt_below=usual.doubt_below, faint_below=usual.faint_below)
    rewrite(measured)
    return measured
